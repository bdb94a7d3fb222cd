// What a checkpoint's JSON files say about it: the family, the sizes of its towers, pooling and
// normalisation, how images are prepared. Values that a file leaves out have the reference
// library's defaults of the family.
#ifndef GESTA_INFERENCE_MODELS_MODEL_CONFIG_H_
#define GESTA_INFERENCE_MODELS_MODEL_CONFIG_H_

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"
#include "text/tokenizer.h"

namespace gesta::models {

enum class Family { kBert, kMpnet, kClip, kSiglip, kTorchScript };
std::string_view FamilyName(Family family);  // "bert", …

// One stack of transformer layers.
struct Tower {
  size_t layers = 0;
  size_t width = 0;
  size_t heads = 0;
  size_t inner = 0;        // width inside the feed-forward part
  std::string activation;  // "gelu", "gelu_tanh", "quick_gelu", "relu"
  double epsilon = 1e-5;   // of layer normalisation
};

struct TextConfig {
  Tower tower;
  size_t vocabulary = 0;
  size_t positions = 0;         // rows of the table of positions
  size_t token_types = 0;       // BERT; 0: none
  size_t position_buckets = 0;  // MPNet's relative positions; 0: none
  size_t first_position = 0;    // MPNet counts positions from 2
  size_t projection = 0;        // rows of the last projection
};

struct VisionConfig {
  Tower tower;
  size_t image_size = 0;
  size_t patch_size = 0;
  size_t projection = 0;  // CLIP; 0: none
};

// How several tokens' vectors become one (sentence-transformers' Pooling module); several are
// concatenated in this order.
enum class Pooling { kFirst, kMax, kMean, kMeanSqrt, kLast };

// sentence-transformers' Dense module: a linear layer after pooling.
struct DenseConfig {
  std::string folder;  // of its weights
  size_t in = 0;
  size_t out = 0;
  bool bias = true;
  std::string activation;  // "identity", "tanh", "relu", "gelu"
};

enum class Resampling { kNearest, kBilinear, kBicubic, kLanczos, kBox, kHamming };

struct ImageConfig {
  bool resize = true;
  // Either both sides (squash), or the shorter one.
  size_t height = 224;
  size_t width = 224;
  size_t shorter_side = 0;  // 0: height and width
  Resampling resampling = Resampling::kBicubic;
  bool crop = false;
  size_t crop_height = 0;
  size_t crop_width = 0;
  bool rescale = true;
  double factor = 1.0 / 255;
  bool normalize = true;
  std::array<double, 3> mean{};
  std::array<double, 3> deviation{1, 1, 1};
};

// A TorchScript module's declared signature (gesta_model.json).
struct ScriptConfig {
  std::string file;  // path of the module
  std::string text_method;
  // Of the text method, in order: "input_ids", "attention_mask", "token_type_ids".
  std::vector<std::string> text_inputs;
  std::string image_method;  // takes pixels, n x 3 x height x width
};

struct ModelConfig {
  Family family = Family::kBert;
  std::string folder;  // where config, weights and tokenizer are (a module's folder or the model's)
  std::optional<TextConfig> text;
  std::optional<VisionConfig> vision;
  std::optional<ImageConfig> image;
  std::optional<text::TokenizerKind> tokenizer;
  size_t max_tokens = 0;
  bool lower_case = false;  // before the tokenizer (sentence-transformers' option)
  std::string prompt;       // put in front of every text (sentence-transformers' default prompt)
  std::string padding;      // "max_length" or "longest"
  std::vector<Pooling> pooling;
  std::vector<DenseConfig> dense;
  bool normalize = false;
  size_t dimension = 0;
  ScriptConfig script;
  std::vector<std::string> module_folders;  // of sentence-transformers' other modules
};

// kNotFound, kBadData and kUnsupported name the file and what is wrong in it.
Result<ModelConfig> ReadModelConfig(const std::string& folder);

}  // namespace gesta::models

#endif  // GESTA_INFERENCE_MODELS_MODEL_CONFIG_H_
