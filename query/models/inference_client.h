// The inference module as this library calls it.
#ifndef GESTA_QUERY_MODELS_INFERENCE_CLIENT_H_
#define GESTA_QUERY_MODELS_INFERENCE_CLIENT_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "gesta/inference_module.h"
#include "gesta/status.h"

namespace gesta {

// Opens the module when it is first asked for. kNotFound, kUnsupported: it is not there, or of
// another version.
Result<const GestaInferenceModule*> LoadInferenceModule();

Status FromModule(const GestaError& error);

// Small networks in files, one after the other, run by the module. Calls may run at the same time.
class Network {
 public:
  static Result<Network> Open(const std::vector<std::string>& files, const std::string& device);

  size_t inputs() const { return inputs_; }
  size_t outputs() const { return outputs_; }
  // `rows`: count x inputs(). `out` becomes count x outputs().
  Status Run(const float* rows, size_t count, std::vector<float>* out) const;

 private:
  struct Close {
    const GestaInferenceModule* module;
    void operator()(GestaNetwork* network) const { module->close_network(network); }
  };
  Network(const GestaInferenceModule* module, GestaNetwork* opened)
      : network_(opened, Close{module}) {}

  std::unique_ptr<GestaNetwork, Close> network_;
  size_t inputs_ = 0;
  size_t outputs_ = 0;
};

}  // namespace gesta

#endif  // GESTA_QUERY_MODELS_INFERENCE_CLIENT_H_
