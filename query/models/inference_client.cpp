#include "models/inference_client.h"

#include "gesta/module_loader.h"

namespace gesta {

Result<const GestaInferenceModule*> LoadInferenceModule() {
  GESTA_ASSIGN_OR_RETURN(
      void* const symbol,
      LoadModuleSymbol("libgesta_inference.so", "gesta_inference_module", "running a model"));
  const auto get = reinterpret_cast<decltype(&gesta_inference_module)>(symbol);
  const GestaInferenceModule* module = get(GESTA_INFERENCE_VERSION);
  if (module) return module;
  return Status(StatusCode::kUnsupported,
                "the module libgesta_inference.so is of another version than this program",
                "install the module that came with this program");
}

Status FromModule(const GestaError& error) {
  return Status(static_cast<StatusCode>(error.code), error.message, error.hint);
}

Result<Network> Network::Open(const std::vector<std::string>& files, const std::string& device) {
  GESTA_ASSIGN_OR_RETURN(const GestaInferenceModule* const module, LoadInferenceModule());
  std::string bytes;
  std::vector<uint64_t> offsets{0};
  for (const std::string& file : files) {
    bytes += file;
    offsets.push_back(bytes.size());
  }
  const GestaStrings strings{bytes.data(), offsets.data(), files.size()};
  GestaNetwork* opened = nullptr;
  GestaError error{};
  if (module->open_network(&strings, device.c_str(), &opened, &error) != 0) {
    return FromModule(error);
  }
  Network network(module, opened);
  uint64_t inputs = 0;
  uint64_t outputs = 0;
  module->get_network_sizes(opened, &inputs, &outputs);
  network.inputs_ = inputs;
  network.outputs_ = outputs;
  return network;
}

Status Network::Run(const float* rows, size_t count, std::vector<float>* out) const {
  out->resize(count * outputs_);
  GestaError error{};
  const GestaInferenceModule* const module = network_.get_deleter().module;
  if (module->run_network(network_.get(), rows, count, out->data(), &error) == 0) {
    return Status::Ok();
  }
  return FromModule(error);
}

}  // namespace gesta
