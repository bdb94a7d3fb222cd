// The only source that includes TorchScript's headers, which take seconds to compile.
#include "module/script_model.h"

#include <fmt/format.h>
#include <torch/script.h>

#include <algorithm>

namespace gesta::module {

namespace {

class LoadedScript : public ScriptModule {
 public:
  LoadedScript(torch::jit::Module module, const tensor::Placement& placement)
      : module_(std::move(module)), placement_(placement) {}

  at::Tensor Call(const std::string& method, std::vector<at::Tensor> arguments) const override {
    std::vector<c10::IValue> values(arguments.begin(), arguments.end());
    // A method of a module changes nothing of it in evaluation mode; find_method is const.
    const auto found = module_.find_method(method);
    const c10::IValue result = (*found)(std::move(values));
    if (!result.isTensor()) {
      throw std::runtime_error(fmt::format("its method '{}' gives no tensor", method));
    }
    return result.toTensor()
        .to(at::TensorOptions().device(at::kCPU).dtype(at::kFloat))
        .contiguous();
  }
  const tensor::Placement& placement() const override { return placement_; }

 private:
  torch::jit::Module module_;
  tensor::Placement placement_;
};

class ScriptTextEncoder : public text::TextEncoder {
 public:
  ScriptTextEncoder(std::shared_ptr<const ScriptModule> module, const models::ScriptConfig& config,
                    text::TokenId pad)
      : module_(std::move(module)), config_(config), pad_(pad) {}

  at::Tensor Run(const text::TokenBatch& batch, size_t least_length) const override {
    size_t length = least_length;
    for (const auto* sequence : batch) length = std::max(length, sequence->size());
    const std::vector<int64_t> shape{static_cast<int64_t>(batch.size()),
                                     static_cast<int64_t>(length)};
    const auto options = at::TensorOptions().dtype(at::kLong);
    const at::Tensor ids = at::full(shape, pad_, options);
    const at::Tensor mask = at::zeros(shape, options);
    for (size_t i = 0; i < batch.size(); ++i) {
      std::copy(batch[i]->begin(), batch[i]->end(), ids.data_ptr<int64_t>() + i * length);
      std::fill_n(mask.data_ptr<int64_t>() + i * length, batch[i]->size(), 1);
    }
    std::vector<at::Tensor> arguments;
    for (const std::string& input : config_.text_inputs) {
      const at::Tensor& value = input == "input_ids"        ? ids
                                : input == "attention_mask" ? mask
                                                            : at::zeros(shape, options);
      arguments.push_back(value.to(module_->placement().device));
    }
    return module_->Call(config_.text_method, std::move(arguments));
  }

 private:
  std::shared_ptr<const ScriptModule> module_;
  models::ScriptConfig config_;
  text::TokenId pad_;
};

class ScriptImageEncoder : public vision::ImageEncoder {
 public:
  ScriptImageEncoder(std::shared_ptr<const ScriptModule> module, std::string method)
      : module_(std::move(module)), method_(std::move(method)) {}

  at::Tensor Run(const at::Tensor& pixels) const override {
    const tensor::Placement& placement = module_->placement();
    return module_->Call(
        method_,
        {pixels.to(at::TensorOptions().device(placement.device).dtype(placement.precision))});
  }

 private:
  std::shared_ptr<const ScriptModule> module_;
  std::string method_;
};

}  // namespace

Result<std::shared_ptr<const ScriptModule>> ScriptModule::Load(const models::ModelConfig& config,
                                                               const tensor::Placement& placement) {
  const models::ScriptConfig& script = config.script;
  try {
    torch::jit::Module module = torch::jit::load(script.file, placement.device);
    module.eval();
    if (placement.precision != at::kFloat) module.to(placement.precision);
    for (const std::string& method : {script.text_method, script.image_method}) {
      if (!method.empty() && !module.find_method(method)) {
        return Status(StatusCode::kBadData,
                      fmt::format("{}: has no method '{}', which gesta_model.json declares",
                                  script.file, method));
      }
    }
    return std::shared_ptr<const ScriptModule>(
        std::make_shared<LoadedScript>(std::move(module), placement));
  } catch (const std::exception& error) {
    const std::string text = error.what();
    return Status(StatusCode::kBadData, fmt::format("{}: is no TorchScript module: {}", script.file,
                                                    text.substr(0, text.find('\n'))));
  }
}

std::unique_ptr<text::TextEncoder> MakeScriptTextEncoder(std::shared_ptr<const ScriptModule> module,
                                                         const models::ModelConfig& config,
                                                         text::TokenId pad) {
  return std::make_unique<ScriptTextEncoder>(std::move(module), config.script, pad);
}

std::unique_ptr<vision::ImageEncoder> MakeScriptImageEncoder(
    std::shared_ptr<const ScriptModule> module, const models::ModelConfig& config) {
  return std::make_unique<ScriptImageEncoder>(std::move(module), config.script.image_method);
}

}  // namespace gesta::module
