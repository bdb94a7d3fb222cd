// Small networks of linear layers with ReLU between them, one after the other.
#ifndef GESTA_INFERENCE_MODULE_NETWORK_H_
#define GESTA_INFERENCE_MODULE_NETWORK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"
#include "tensor/layers.h"

namespace gesta::module {

// Immutable after loading; calls may run at the same time.
class Network {
 public:
  // A network for each file (models/state_dict.h); what one gives goes into the next as it is.
  static Result<std::unique_ptr<Network>> Load(const std::vector<std::string>& files,
                                               std::string_view device);

  uint64_t inputs() const { return static_cast<uint64_t>(parts_.front().front().weight.size(1)); }
  uint64_t outputs() const { return static_cast<uint64_t>(parts_.back().back().weight.size(0)); }

  // count x inputs() to count x outputs() floats.
  void Run(const float* rows, uint64_t count, float* out) const;

 private:
  tensor::Placement placement_;
  std::vector<std::vector<tensor::Linear>> parts_;  // the layers of each file
};

}  // namespace gesta::module

#endif  // GESTA_INFERENCE_MODULE_NETWORK_H_
