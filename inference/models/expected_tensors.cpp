#include "models/expected_tensors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace gesta::models {

namespace {

constexpr size_t kMostNamed = 5;

class TensorList {
 public:
  void Add(std::string name, std::vector<size_t> shape) {
    ExpectedTensor tensor;
    tensor.name = std::move(name);
    for (const size_t extent : shape) tensor.shape.push_back(static_cast<int64_t>(extent));
    tensors_.push_back(std::move(tensor));
  }
  void Linear(const std::string& name, size_t out, size_t in, bool bias = true) {
    Add(name + ".weight", {out, in});
    if (bias) Add(name + ".bias", {out});
  }
  void Norm(const std::string& name, size_t width) {
    Add(name + ".weight", {width});
    Add(name + ".bias", {width});
  }
  std::vector<ExpectedTensor> Take() { return std::move(tensors_); }

 private:
  std::vector<ExpectedTensor> tensors_;
};

// BERT's and MPNet's stack, which normalise after each part.
void AddSentenceEncoder(const TextConfig& text, bool mpnet, TensorList* list) {
  const size_t width = text.tower.width;
  list->Add("embeddings.word_embeddings.weight", {text.vocabulary, width});
  list->Add("embeddings.position_embeddings.weight", {text.positions, width});
  if (!mpnet) list->Add("embeddings.token_type_embeddings.weight", {text.token_types, width});
  list->Norm("embeddings.LayerNorm", width);
  if (mpnet) {
    list->Add("encoder.relative_attention_bias.weight", {text.position_buckets, text.tower.heads});
  }
  for (size_t i = 0; i < text.tower.layers; ++i) {
    const std::string layer = fmt::format("encoder.layer.{}.", i);
    const std::string attention = layer + (mpnet ? "attention.attn." : "attention.self.");
    for (const char* part : {"q", "k", "v"}) {
      const std::string name = mpnet            ? std::string(part)
                               : part[0] == 'q' ? "query"
                               : part[0] == 'k' ? "key"
                                                : "value";
      list->Linear(attention + name, width, width);
    }
    list->Linear(mpnet ? attention + "o" : layer + "attention.output.dense", width, width);
    list->Norm(layer + (mpnet ? "attention.LayerNorm" : "attention.output.LayerNorm"), width);
    list->Linear(layer + "intermediate.dense", text.tower.inner, width);
    list->Linear(layer + "output.dense", width, text.tower.inner);
    list->Norm(layer + "output.LayerNorm", width);
  }
}

// CLIP's and SigLIP's stacks, which normalise before each part.
void AddTower(const std::string& prefix, const Tower& tower, TensorList* list) {
  for (size_t i = 0; i < tower.layers; ++i) {
    const std::string layer = fmt::format("{}encoder.layers.{}.", prefix, i);
    for (const char* part : {"q_proj", "k_proj", "v_proj", "out_proj"}) {
      list->Linear(layer + "self_attn." + part, tower.width, tower.width);
    }
    list->Norm(layer + "layer_norm1", tower.width);
    list->Norm(layer + "layer_norm2", tower.width);
    list->Linear(layer + "mlp.fc1", tower.inner, tower.width);
    list->Linear(layer + "mlp.fc2", tower.width, tower.inner);
  }
}

void AddDualEncoder(const ModelConfig& config, TensorList* list) {
  const bool clip = config.family == Family::kClip;
  const TextConfig& text = *config.text;
  const size_t width = text.tower.width;
  list->Add("text_model.embeddings.token_embedding.weight", {text.vocabulary, width});
  list->Add("text_model.embeddings.position_embedding.weight", {text.positions, width});
  AddTower("text_model.", text.tower, list);
  list->Norm("text_model.final_layer_norm", width);
  if (clip) {
    list->Linear("text_projection", text.projection, width, /*bias=*/false);
  } else {
    list->Linear("text_model.head", text.projection, width);
  }

  const VisionConfig& vision = *config.vision;
  const size_t depth = vision.tower.width;
  const size_t side = vision.image_size / vision.patch_size;
  const std::string prefix = "vision_model.embeddings.";
  list->Add(prefix + "patch_embedding.weight", {depth, 3, vision.patch_size, vision.patch_size});
  list->Add(prefix + "position_embedding.weight", {side * side + (clip ? 1 : 0), depth});
  AddTower("vision_model.", vision.tower, list);
  list->Norm("vision_model.post_layernorm", depth);
  if (clip) {
    list->Add(prefix + "class_embedding", {depth});
    list->Norm("vision_model.pre_layrnorm", depth);  // spelt so in all checkpoints
    list->Linear("visual_projection", vision.projection, depth, /*bias=*/false);
    return;
  }
  list->Add(prefix + "patch_embedding.bias", {depth});
  const std::string head = "vision_model.head.";
  list->Add(head + "probe", {1, 1, depth});
  list->Add(head + "attention.in_proj_weight", {3 * depth, depth});
  list->Add(head + "attention.in_proj_bias", {3 * depth});
  list->Linear(head + "attention.out_proj", depth, depth);
  list->Norm(head + "layernorm", depth);
  list->Linear(head + "mlp.fc1", vision.tower.inner, depth);
  list->Linear(head + "mlp.fc2", depth, vision.tower.inner);
}

std::string ShapeText(const std::vector<int64_t>& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

}  // namespace

std::vector<ExpectedTensor> ExpectedTensors(const ModelConfig& config) {
  TensorList list;
  switch (config.family) {
    case Family::kBert:
    case Family::kMpnet:
      AddSentenceEncoder(*config.text, config.family == Family::kMpnet, &list);
      break;
    case Family::kClip:
    case Family::kSiglip:
      AddDualEncoder(config, &list);
      break;
    case Family::kTorchScript:
      break;
  }
  return list.Take();
}

std::vector<ExpectedTensor> ExpectedTensors(const DenseConfig& dense) {
  TensorList list;
  list.Linear("linear", dense.out, dense.in, dense.bias);
  return list.Take();
}

Status CheckTensors(const std::string& folder, const Checkpoint& checkpoint,
                    const std::vector<ExpectedTensor>& expected) {
  std::vector<std::string> problems;
  for (const ExpectedTensor& tensor : expected) {
    const std::vector<int64_t>* shape = checkpoint.Shape(tensor.name);
    if (!shape) {
      problems.push_back(fmt::format("'{}' is missing", tensor.name));
    } else if (*shape != tensor.shape) {
      problems.push_back(fmt::format("'{}' has the shape {} where the config needs {}", tensor.name,
                                     ShapeText(*shape), ShapeText(tensor.shape)));
    }
  }
  if (problems.empty()) return Status::Ok();
  const size_t count = problems.size();
  problems.resize(std::min(count, kMostNamed));
  std::string message = fmt::format("{}: {}", folder, fmt::join(problems, "; "));
  if (count > kMostNamed) message += fmt::format("; and {} more", count - kMostNamed);
  return Status(StatusCode::kBadData, std::move(message));
}

}  // namespace gesta::models
