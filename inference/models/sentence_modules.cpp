#include "models/sentence_modules.h"

#include <fmt/format.h>

#include <algorithm>

#include "gesta/format/json.h"
#include "models/json_reader.h"
#include "text/tokenizer_files.h"

namespace gesta::models {

using format::Datum;
using format::Document;
using text::FileExists;

namespace {

// "sentence_transformers.models.Pooling" -> "Pooling"
std::string_view ClassName(std::string_view type) {
  const size_t dot = type.rfind('.');
  return dot == std::string_view::npos ? type : type.substr(dot + 1);
}

Status ReadPooling(const std::string& folder, SentenceModules* modules) {
  const std::string path = folder + "/config.json";
  GESTA_ASSIGN_OR_RETURN(const Document document, format::ReadJsonFile(path));
  JsonReader json(document.root(), path);
  // In the order in which the reference concatenates them.
  struct Mode {
    const char* name;
    const char* flag;
    Pooling pooling;
  };
  static constexpr Mode kModes[] = {
      {"cls", "pooling_mode_cls_token", Pooling::kFirst},
      {"max", "pooling_mode_max_tokens", Pooling::kMax},
      {"mean", "pooling_mode_mean_tokens", Pooling::kMean},
      {"mean_sqrt_len_tokens", "pooling_mode_mean_sqrt_len_tokens", Pooling::kMeanSqrt},
      {"lasttoken", "pooling_mode_lasttoken", Pooling::kLast}};
  bool set[std::size(kModes)] = {};
  bool weighted = false;
  for (size_t i = 0; i < std::size(kModes); ++i) json.Flag(kModes[i].flag, &set[i]);
  json.Flag("pooling_mode_weightedmean_tokens", &weighted);
  // Newer versions: "pooling_mode": "mean", or a list.
  if (const Datum* mode = json.Find("pooling_mode")) {
    const auto choose = [&](std::string_view name) {
      for (size_t i = 0; i < std::size(kModes); ++i) {
        if (name == kModes[i].name) {
          set[i] = true;
          return;
        }
      }
      json.Fail("pooling_mode", fmt::format("has '{}', which is not supported", name));
    };
    if (mode->is_string()) choose(mode->text());
    for (const Datum& name : mode->items()) choose(name.text());
  }
  if (weighted) json.Fail("pooling_mode_weightedmean_tokens", "is not supported");
  for (size_t i = 0; i < std::size(kModes); ++i) {
    if (set[i]) modules->pooling.push_back(kModes[i].pooling);
  }
  if (modules->pooling.empty()) json.Fail("pooling_mode", "names no way of pooling");
  return json.status();
}

Status ReadDense(const std::string& folder, SentenceModules* modules) {
  const std::string path = folder + "/config.json";
  GESTA_ASSIGN_OR_RETURN(const Document document, format::ReadJsonFile(path));
  JsonReader json(document.root(), path);
  DenseConfig dense;
  dense.folder = folder;
  json.Size("in_features", &dense.in, 1'000'000);
  json.Size("out_features", &dense.out, 1'000'000);
  json.Flag("bias", &dense.bias);
  std::string activation = "torch.nn.modules.activation.Tanh";
  json.Text("activation_function", &activation);
  const std::string_view name = ClassName(activation);
  if (name == "Tanh") {
    dense.activation = "tanh";
  } else if (name == "ReLU") {
    dense.activation = "relu";
  } else if (name == "GELU") {
    dense.activation = "gelu";
  } else if (name == "Identity") {
    dense.activation = "identity";
  } else {
    json.Fail("activation_function", fmt::format("is '{}', which is not supported", name));
  }
  if (dense.in == 0 || dense.out == 0) json.Fail("in_features", "and 'out_features' are needed");
  modules->dense.push_back(dense);
  return json.status();
}

Status ReadTransformer(const std::string& root, SentenceModules* modules) {
  for (const char* file : {"/sentence_bert_config.json", "/sentence_roberta_config.json"}) {
    const std::string path = modules->transformer + file;
    if (!FileExists(path)) continue;
    GESTA_ASSIGN_OR_RETURN(const Document document, format::ReadJsonFile(path));
    JsonReader json(document.root(), path);
    json.Size("max_seq_length", &modules->max_tokens);
    json.Flag("do_lower_case", &modules->lower_case);
    GESTA_RETURN_IF_ERROR(json.status());
    break;
  }
  const std::string path = root + "/config_sentence_transformers.json";
  if (!FileExists(path)) return Status::Ok();
  GESTA_ASSIGN_OR_RETURN(const Document document, format::ReadJsonFile(path));
  const Datum* name = document.root().Find("default_prompt_name");
  const Datum* prompts = document.root().Find("prompts");
  if (name && name->is_string() && prompts) {
    const Datum* prompt = prompts->Find(name->text());
    if (prompt && prompt->is_string()) modules->prompt = prompt->text();
  }
  return Status::Ok();
}

}  // namespace

Result<SentenceModules> ReadSentenceModules(const std::string& folder) {
  SentenceModules modules;
  modules.transformer = folder;
  const std::string path = folder + "/modules.json";
  if (!FileExists(path)) {
    modules.pooling = {Pooling::kMean};
    GESTA_RETURN_IF_ERROR(ReadTransformer(folder, &modules));
    return modules;
  }
  GESTA_ASSIGN_OR_RETURN(const Document document, format::ReadJsonFile(path));
  bool first = true;
  for (const Datum& entry : document.root().items()) {
    const Datum* type = entry.Find("type");
    const Datum* place = entry.Find("path");
    if (!type || !place || !place->is_string() ||
        place->text().find("..") != std::string_view::npos) {
      return Status(StatusCode::kBadData,
                    path + ": a module has no type or no path inside the folder");
    }
    const std::string_view name = ClassName(type->text());
    const std::string where =
        place->text().empty() ? folder : folder + "/" + std::string(place->text());
    if (first != (name == "Transformer" || name == "CLIPModel")) {
      return Status(StatusCode::kUnsupported, fmt::format("{}: module '{}' {}", path, name,
                                                          first ? "comes first, not a Transformer"
                                                                : "comes later than the first"));
    }
    if (!first) modules.folders.push_back(where);
    first = false;
    if (name == "Transformer" || name == "CLIPModel") {
      modules.transformer = where;
      GESTA_RETURN_IF_ERROR(ReadTransformer(folder, &modules));
    } else if (name == "Pooling") {
      GESTA_RETURN_IF_ERROR(ReadPooling(where, &modules));
    } else if (name == "Dense") {
      GESTA_RETURN_IF_ERROR(ReadDense(where, &modules));
    } else if (name == "Normalize") {
      modules.normalize = true;
    } else if (name != "Dropout") {
      return Status(StatusCode::kUnsupported,
                    fmt::format("{}: the module '{}' is not supported", path, type->text()));
    }
  }
  if (first) return Status(StatusCode::kBadData, path + ": lists no modules");
  return modules;
}

Status ApplySentenceModules(const SentenceModules& modules, ModelConfig* config) {
  if (modules.max_tokens > 2) config->max_tokens = std::min(config->max_tokens, modules.max_tokens);
  config->lower_case = modules.lower_case;
  config->prompt = modules.prompt;
  config->pooling = modules.pooling;
  config->dense = modules.dense;
  config->normalize = modules.normalize;
  config->module_folders = modules.folders;
  if (config->pooling.empty()) {
    return Status(StatusCode::kUnsupported,
                  config->folder + ": modules.json has no Pooling: tokens' vectors stay apart");
  }
  size_t dimension = config->text->tower.width * config->pooling.size();
  for (const DenseConfig& dense : config->dense) {
    if (dense.in != dimension) {
      return Status(StatusCode::kBadData, fmt::format("{}: takes {} numbers where {} come",
                                                      dense.folder, dense.in, dimension));
    }
    dimension = dense.out;
  }
  config->dimension = dimension;
  return Status::Ok();
}

}  // namespace gesta::models
