// TorchScript modules with a declared signature as encoders.
#ifndef GESTA_INFERENCE_MODULE_SCRIPT_MODEL_H_
#define GESTA_INFERENCE_MODULE_SCRIPT_MODEL_H_

#include <memory>

#include "gesta/status.h"
#include "models/model_config.h"
#include "tensor/weights.h"
#include "text/text_encoder.h"
#include "vision/image_encoder.h"

namespace gesta::module {

class ScriptModule {
 public:
  virtual ~ScriptModule() = default;
  // kBadData: no TorchScript module, or one without a declared method.
  static Result<std::shared_ptr<const ScriptModule>> Load(const models::ModelConfig& config,
                                                          const tensor::Placement& placement);
  // Calls a method with tensors; throws if it gives no tensor.
  virtual at::Tensor Call(const std::string& method, std::vector<at::Tensor> arguments) const = 0;
  virtual const tensor::Placement& placement() const = 0;
};

// The module is shared by the two encoders.
std::unique_ptr<text::TextEncoder> MakeScriptTextEncoder(std::shared_ptr<const ScriptModule> module,
                                                         const models::ModelConfig& config,
                                                         text::TokenId pad);
std::unique_ptr<vision::ImageEncoder> MakeScriptImageEncoder(
    std::shared_ptr<const ScriptModule> module, const models::ModelConfig& config);

}  // namespace gesta::module

#endif  // GESTA_INFERENCE_MODULE_SCRIPT_MODEL_H_
