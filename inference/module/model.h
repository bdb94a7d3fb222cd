// A loaded model: tokenizer, encoders and image preparation of one checkpoint, and how a call's
// inputs are cut into batches.
#ifndef GESTA_INFERENCE_MODULE_MODEL_H_
#define GESTA_INFERENCE_MODULE_MODEL_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/inference_module.h"
#include "gesta/status.h"
#include "models/logits.h"
#include "models/model_config.h"
#include "text/text_encoder.h"
#include "text/tokenizer.h"
#include "vision/image_encoder.h"
#include "vision/resize.h"

namespace gesta::module {

struct CallOptions {
  std::string padding;
  size_t batch_size = 0;
  size_t threads = 0;
  std::function<bool()> interrupted;  // may be empty
};

// Immutable after loading; calls may run at the same time.
class Model {
 public:
  static Result<std::unique_ptr<Model>> Load(const std::string& folder, std::string_view device,
                                             std::string_view precision);

  const models::ModelConfig& config() const { return config_; }
  const models::Logits& logits() const { return logits_; }

  Status EmbedTexts(const std::vector<std::string_view>& texts, const CallOptions& options,
                    float* rows) const;
  Status EmbedImages(const std::vector<std::string>& paths, const CallOptions& options,
                     float* rows) const;
  Status EmbedPictures(const GestaPicture* pictures, size_t count, const CallOptions& options,
                       float* rows) const;

 private:
  Status LoadTensors(const tensor::Placement& placement);
  Result<std::vector<text::TokenId>> Tokenize(std::string_view text) const;
  // Embeds the images 0 to count - 1 that `get` gives; what it refuses, `name` names.
  Status EmbedImages(size_t count, const std::function<Result<vision::Image>(size_t)>& get,
                     const std::function<std::string(size_t)>& name, const CallOptions& options,
                     float* rows) const;
  void WriteRows(const at::Tensor& vectors, const std::vector<size_t>& targets, float* rows) const;

  models::ModelConfig config_;
  std::unique_ptr<text::Tokenizer> tokenizer_;
  std::unique_ptr<text::TextEncoder> text_;
  std::unique_ptr<vision::ImageEncoder> image_;
  models::Logits logits_;
};

}  // namespace gesta::module

#endif  // GESTA_INFERENCE_MODULE_MODEL_H_
