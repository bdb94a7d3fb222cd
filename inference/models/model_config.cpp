#include "models/model_config.h"

#include <fmt/format.h>

#include <algorithm>

#include "gesta/format/json.h"
#include "models/image_config.h"
#include "models/json_reader.h"
#include "models/sentence_modules.h"
#include "text/tokenizer_files.h"

namespace gesta::models {

using format::Datum;
using format::Document;
using text::FileExists;

namespace {

Status CheckTower(const Tower& tower, const std::string& name) {
  if (tower.layers == 0 || tower.layers > 1000 || tower.width == 0 || tower.heads == 0 ||
      tower.inner == 0 || tower.width % tower.heads != 0) {
    return Status(StatusCode::kBadData,
                  fmt::format("{}: a tower of {} layers, width {}, {} heads, inner width {} cannot "
                              "be",
                              name, tower.layers, tower.width, tower.heads, tower.inner));
  }
  return Status::Ok();
}

// The reference library's names of activations, by what they compute.
Result<std::string> Activation(const std::string& name, const std::string& source) {
  if (name == "gelu" || name == "relu" || name == "quick_gelu") return name;
  if (name == "gelu_pytorch_tanh" || name == "gelu_new" || name == "gelu_fast") {
    return std::string("gelu_tanh");
  }
  return Status(StatusCode::kUnsupported,
                fmt::format("{}: the activation '{}' is not supported", source, name));
}

Status ReadTower(JsonReader* json, const std::string& source, Tower* tower) {
  json->Size("num_hidden_layers", &tower->layers, 1000);
  json->Size("hidden_size", &tower->width, 100'000);
  json->Size("num_attention_heads", &tower->heads, 10'000);
  json->Size("intermediate_size", &tower->inner, 1'000'000);
  json->Number("layer_norm_eps", &tower->epsilon);
  json->Text("hidden_act", &tower->activation);
  GESTA_RETURN_IF_ERROR(json->status());
  GESTA_ASSIGN_OR_RETURN(tower->activation, Activation(tower->activation, source));
  return CheckTower(*tower, source);
}

// BERT and MPNet.
Status ReadSentenceEncoder(const Datum& root, const std::string& source, ModelConfig* config) {
  JsonReader json(root, source);
  const bool mpnet = config->family == Family::kMpnet;
  TextConfig text;
  text.tower = {12, 768, 12, 3072, "gelu", 1e-12};
  text.vocabulary = mpnet ? 30527 : 30522;
  text.positions = 512;
  json.Size("vocab_size", &text.vocabulary);
  json.Size("max_position_embeddings", &text.positions);
  if (mpnet) {
    text.position_buckets = 32;
    text.first_position = 2;
    json.Size("relative_attention_num_buckets", &text.position_buckets, 10'000);
    if (text.position_buckets % 4 != 0) json.Fail("relative_attention_num_buckets", "is odd");
  } else {
    text.token_types = 2;
    json.Size("type_vocab_size", &text.token_types);
    std::string positions = "absolute";
    json.Text("position_embedding_type", &positions);
    if (positions != "absolute") {
      return Status(
          StatusCode::kUnsupported,
          fmt::format("{}: position embeddings of type '{}' are not supported", source, positions));
    }
  }
  GESTA_RETURN_IF_ERROR(ReadTower(&json, source, &text.tower));
  if (text.positions <= text.first_position + 2) json.Fail("max_position_embeddings", "is too few");
  GESTA_RETURN_IF_ERROR(json.status());
  config->max_tokens = text.positions - text.first_position;
  config->padding = "longest";
  config->text = text;
  return Status::Ok();
}

// CLIP and SigLIP: two towers.
Status ReadDualEncoder(const Datum& root, const std::string& source, ModelConfig* config) {
  const bool clip = config->family == Family::kClip;
  JsonReader json(root, source);
  const auto part = [&](std::string_view name) -> const Datum& {
    const Datum* value = root.Find(name);
    return value && value->is_dict() ? *value : Datum::Null();
  };
  const std::string text_name = source + " (text_config)";
  JsonReader text_json(part("text_config"), text_name);
  TextConfig text;
  text.tower = clip ? Tower{12, 512, 8, 2048, "quick_gelu", 1e-5}
                    : Tower{12, 768, 12, 3072, "gelu_pytorch_tanh", 1e-6};
  text.vocabulary = clip ? 49408 : 32000;
  text.positions = clip ? 77 : 64;
  text_json.Size("vocab_size", &text.vocabulary);
  text_json.Size("max_position_embeddings", &text.positions);
  GESTA_RETURN_IF_ERROR(ReadTower(&text_json, text_name, &text.tower));

  const std::string vision_name = source + " (vision_config)";
  JsonReader vision_json(part("vision_config"), vision_name);
  VisionConfig vision;
  vision.tower = clip ? Tower{12, 768, 12, 3072, "quick_gelu", 1e-5}
                      : Tower{12, 768, 12, 3072, "gelu_pytorch_tanh", 1e-6};
  vision.image_size = 224;
  vision.patch_size = clip ? 32 : 16;
  size_t channels = 3;
  vision_json.Size("image_size", &vision.image_size, 10'000);
  vision_json.Size("patch_size", &vision.patch_size, 10'000);
  vision_json.Size("num_channels", &channels, 100);
  GESTA_RETURN_IF_ERROR(ReadTower(&vision_json, vision_name, &vision.tower));
  if (vision.patch_size == 0 || vision.patch_size > vision.image_size) {
    vision_json.Fail("patch_size", "does not fit the images");
  }
  if (channels != 3) vision_json.Fail("num_channels", "is not 3");
  GESTA_RETURN_IF_ERROR(vision_json.status());

  if (clip) {
    text.projection = 512;
    json.Size("projection_dim", &text.projection, 100'000);
    vision.projection = text.projection;
  } else {
    text.projection = text.tower.width;
    text_json.Size("projection_size", &text.projection, 100'000);
    bool head = true;
    vision_json.Flag("vision_use_head", &head);
    if (!head) vision_json.Fail("vision_use_head", "is false, which is not supported");
    if (text.projection != vision.tower.width) {
      text_json.Fail("projection_size", "differs from the images' dimension");
    }
  }
  if (text.positions < 2) text_json.Fail("max_position_embeddings", "is too few");
  for (const Status& status : {json.status(), text_json.status(), vision_json.status()}) {
    GESTA_RETURN_IF_ERROR(status);
  }
  config->max_tokens = text.positions;
  // CLIP's text vector is that of the end mark, which sees nothing behind it: padding changes
  // nothing. SigLIP has no mask and was trained with full rows.
  config->padding = clip ? "longest" : "max_length";
  config->normalize = true;
  config->dimension = text.projection;
  config->text = text;
  config->vision = vision;
  return Status::Ok();
}

Status ReadScript(const Datum& root, const std::string& source, ModelConfig* config) {
  JsonReader json(root, source);
  config->family = Family::kTorchScript;
  std::string file = "model.pt";
  json.Text("module", &file);
  json.Size("dimension", &config->dimension, 1'000'000);
  json.Flag("normalize", &config->normalize);
  json.Text("padding", &config->padding);
  if (config->dimension == 0) json.Fail("dimension", "is missing");
  if (file.find('/') != std::string::npos) json.Fail("module", "is no file of the folder");
  if (config->padding.empty()) config->padding = "longest";
  if (config->padding != "longest" && config->padding != "max_length") {
    json.Fail("padding", "is neither 'longest' nor 'max_length'");
  }
  config->script.file = config->folder + "/" + file;
  if (const Datum* text = json.Find("text")) {
    JsonReader part(*text, source + " (text)");
    config->script.text_method = "forward";
    part.Text("method", &config->script.text_method);
    part.Size("max_tokens", &config->max_tokens, 1'000'000);
    if (config->max_tokens < 2) part.Fail("max_tokens", "is missing");
    if (const Datum* inputs = part.Find("inputs")) {
      for (const Datum& input : inputs->items()) {
        config->script.text_inputs.emplace_back(input.text());
      }
    } else {
      config->script.text_inputs = {"input_ids", "attention_mask"};
    }
    for (const std::string& input : config->script.text_inputs) {
      if (input != "input_ids" && input != "attention_mask" && input != "token_type_ids") {
        part.Fail("inputs",
                  "has '" + input + "'; input_ids, attention_mask and token_type_ids are known");
      }
    }
    GESTA_RETURN_IF_ERROR(part.status());
    config->text.emplace();
  }
  if (const Datum* image = json.Find("image")) {
    JsonReader part(*image, source + " (image)");
    config->script.image_method = "forward";
    part.Text("method", &config->script.image_method);
    GESTA_RETURN_IF_ERROR(part.status());
    config->vision.emplace();
  }
  if (!config->text && !config->vision) json.Fail("text", "and 'image' are missing: one is needed");
  return json.status();
}

Result<Family> FindFamily(const Datum& root, const std::string& source) {
  const Datum* type = root.Find("model_type");
  const std::string_view name = type ? type->text() : std::string_view();
  if (name == "bert") return Family::kBert;
  if (name == "mpnet") return Family::kMpnet;
  if (name == "clip") return Family::kClip;
  // SigLIP 2 with a fixed resolution is a SigLIP with another tokenizer.
  if (name == "siglip") return Family::kSiglip;
  Status unsupported(StatusCode::kUnsupported,
                     name.empty()
                         ? fmt::format("{}: has no model_type", source)
                         : fmt::format("{}: models of type '{}' are not supported", source, name),
                     "supported are bert, mpnet, clip and siglip, and TorchScript modules with a "
                     "gesta_model.json");
  return unsupported;
}

}  // namespace

std::string_view FamilyName(Family family) {
  switch (family) {
    case Family::kBert:
      return "bert";
    case Family::kMpnet:
      return "mpnet";
    case Family::kClip:
      return "clip";
    case Family::kSiglip:
      return "siglip";
    case Family::kTorchScript:
      return "torchscript";
  }
  return "";
}

Result<ModelConfig> ReadModelConfig(const std::string& folder) {
  ModelConfig config;
  config.folder = folder;
  SentenceModules modules;
  const std::string script = folder + "/gesta_model.json";
  if (FileExists(script)) {
    GESTA_ASSIGN_OR_RETURN(const Document document, format::ReadJsonFile(script));
    GESTA_RETURN_IF_ERROR(ReadScript(document.root(), script, &config));
  } else {
    GESTA_ASSIGN_OR_RETURN(modules, ReadSentenceModules(folder));
    config.folder = modules.transformer;
    const std::string path = config.folder + "/config.json";
    if (!FileExists(path)) {
      return Status(StatusCode::kNotFound, path + ": there is no such file",
                    "a model is a folder with config.json, its weights and its tokenizer's files");
    }
    GESTA_ASSIGN_OR_RETURN(const Document document, format::ReadJsonFile(path));
    GESTA_ASSIGN_OR_RETURN(config.family, FindFamily(document.root(), path));
    if (config.family == Family::kBert || config.family == Family::kMpnet) {
      GESTA_RETURN_IF_ERROR(ReadSentenceEncoder(document.root(), path, &config));
      GESTA_RETURN_IF_ERROR(ApplySentenceModules(modules, &config));
    } else {
      GESTA_RETURN_IF_ERROR(ReadDualEncoder(document.root(), path, &config));
    }
  }
  if (config.text) {
    GESTA_ASSIGN_OR_RETURN(config.tokenizer, text::FindTokenizerKind(config.folder));
    if (modules.max_tokens == 0 && config.family != Family::kTorchScript) {
      GESTA_ASSIGN_OR_RETURN(const size_t longest, text::ReadTokenizerMaxLength(config.folder));
      if (longest > 2) config.max_tokens = std::min(config.max_tokens, longest);
    }
  }
  if (config.vision) {
    GESTA_ASSIGN_OR_RETURN(config.image, ReadImageConfig(config));
  }
  return config;
}

}  // namespace gesta::models
