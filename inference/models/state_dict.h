// Networks of linear layers as torch.save writes a module's state_dict.
#ifndef GESTA_INFERENCE_MODELS_STATE_DICT_H_
#define GESTA_INFERENCE_MODELS_STATE_DICT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "gesta/status.h"

namespace gesta::models {

struct LinearLayer {
  std::string name;  // e.g. "hidden_layer"
  int64_t inputs = 0;
  int64_t outputs = 0;
  std::vector<float> weight;  // outputs x inputs
  std::vector<float> bias;    // outputs; zeros where the file has none
};

// The layers of a state_dict in its order: "NAME.weight" (two axes) with "NAME.bias", each taking
// what the one before gives. kBadData: another tensor, or sizes that do not fit; the message names
// the file and the tensor. Nothing of a file is executed (gesta/format/pickle.h).
Result<std::vector<LinearLayer>> ReadLinearLayers(const std::string& path);

}  // namespace gesta::models

#endif  // GESTA_INFERENCE_MODELS_STATE_DICT_H_
