// Models: how the query engine sees encoders that turn texts and images into vectors.
//
// An interface, so that the engine knows neither a tensor library nor HTTP. A program may hand its
// own provider to DatabaseOptions::models; without one, the models that are registered on this
// machine are used (`gesta model add`), and nothing of them is loaded before the first Get().
#ifndef GESTA_MODELS_H_
#define GESTA_MODELS_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gesta/status.h"

namespace gesta {

namespace alignment {  // gesta/align.h
struct Matrix;
struct Pair;
struct AlignOptions;
struct Alignment;
}  // namespace alignment

struct ModelInfo {
  std::string name;  // as registered: what statements say
  std::string kind;  // the family: "bert", "mpnet", "clip", "siglip", "torchscript", "remote", …
  std::string version;  // a hash of the checkpoint's files: equal versions give equal vectors
  size_t dimension = 0;
  bool texts = false;     // EmbedTexts works
  bool images = false;    // EmbedImages works
  size_t max_tokens = 0;  // longer texts are cut; 0: unknown
  // The length that texts are padded to unless EncodeOptions::padding says otherwise:
  // "max_length" or "longest".
  std::string padding;
  // Scale and bias that the checkpoint was trained with on cosine similarities, where it has them
  // (the scale itself, not its logarithm).
  std::optional<double> logit_scale;
  std::optional<double> logit_bias;
};

struct EncodeOptions {
  // "max_length": every text is padded to the model's length. "longest": to the longest of its
  // batch; vectors of models without attention mask (SigLIP) then depend on their neighbours in the
  // batch. Empty: the model's own.
  std::string padding;
  size_t batch_size = 0;  // inputs that go through the model together; 0: chosen by length
  std::string device;     // "cpu", "cuda", "cuda:1"; empty: cpu
  std::string precision;  // "fp32", "fp16", "bf16"; empty: fp32
  std::function<Status()> check_interrupt;  // asked between batches; may be empty
};

// One loaded model. Thread-safe.
class EmbeddingModel {
 public:
  virtual ~EmbeddingModel() = default;
  virtual const ModelInfo& info() const = 0;

  // One vector of info().dimension numbers for each text (UTF-8), row after row. Rows of models
  // that normalise have length 1. kUnsupported: the model has no text encoder; kInvalidArgument: an
  // option that the model or the machine cannot follow. `rows` is unspecified after an error.
  virtual Status EmbedTexts(const std::vector<std::string>& texts, const EncodeOptions& options,
                            std::vector<float>* rows) = 0;
  // The same for image files. kNotFound and kBadData name the file.
  virtual Status EmbedImages(const std::vector<std::string>& paths, const EncodeOptions& options,
                             std::vector<float>* rows) = 0;
};

// Where models come from. Thread-safe.
class ModelProvider {
 public:
  virtual ~ModelProvider() = default;
  // The model, kept once it is loaded; what it loads may wait for its first use. kNotFound says
  // which command adds the model.
  // The pointer is shared because a running statement may outlive the provider's own interest.
  virtual Result<std::shared_ptr<EmbeddingModel>> Get(const std::string& name) = 0;
  // What a model is, without loading it.
  virtual Result<ModelInfo> Describe(const std::string& name) = 0;
  virtual Result<std::vector<ModelInfo>> List() = 0;  // by name; loads nothing

  // Whether AlignPairs has this device: "cuda:0", "cuda:1", …; "cuda" is "cuda:0". Costs nothing on
  // a machine without a GPU.
  virtual bool HasDevice(const std::string& /*device*/) { return false; }
  // alignment::AlignPairs on a device: the same results but for the device's rounding, in single
  // precision. `exact` is for the processor alone (kUnsupported); `threads` copy what goes there.
  // kInvalidArgument as there, and for a device that is not there.
  virtual Status AlignPairs(const std::string& device,
                            const std::vector<alignment::Matrix>& /*sequences*/,
                            const std::vector<alignment::Matrix>& /*decompositions*/,
                            const std::vector<alignment::Pair>& /*pairs*/,
                            const alignment::AlignOptions& /*options*/,
                            std::vector<alignment::Alignment>* /*results*/) {
    return Status(StatusCode::kUnsupported, "there is no device '" + device + "' to align on");
  }
};

// The models registered on this machine (gesta/model_registry.h): checkpoints' folders, run by the
// module libgesta_inference.so, and remote ones. A model is loaded when it first embeds something.
std::shared_ptr<ModelProvider> MakeMachineModels();

}  // namespace gesta

#endif  // GESTA_MODELS_H_
