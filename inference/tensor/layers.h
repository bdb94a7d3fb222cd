// The parts of transformers that the families share. Sequences of a batch lie one after the other
// in the rows of one matrix, without padding: everything but attention works on all rows at once,
// and attention on groups of sequences of equal length.
#ifndef GESTA_INFERENCE_TENSOR_LAYERS_H_
#define GESTA_INFERENCE_TENSOR_LAYERS_H_

#include <ATen/core/Tensor.h>

#include <functional>
#include <string>
#include <vector>

#include "models/model_config.h"
#include "tensor/weights.h"

namespace gesta::tensor {

struct Linear {
  at::Tensor weight;  // out x in
  at::Tensor bias;    // may be undefined
  at::Tensor operator()(const at::Tensor& rows) const;
};
Linear GetLinear(const Weights& weights, const std::string& name, bool bias = true);
// Several layers of the same input as one.
Linear Joined(const std::vector<Linear>& parts);

struct Norm {
  at::Tensor weight;
  at::Tensor bias;
  double epsilon = 1e-5;
  at::Tensor operator()(const at::Tensor& rows) const;
};
Norm GetNorm(const Weights& weights, const std::string& name, double epsilon);

at::Tensor Activate(const at::Tensor& values, const std::string& activation);

// `count` sequences of `length` rows each, from row `first` on.
struct Group {
  int64_t first = 0;
  int64_t count = 0;
  int64_t length = 0;
};

// Queries, keys and values side by side (rows x 3 width) to the attended values (rows x width).
// `bias` gives what is added to the scores of sequences of a length (heads x length x length, or
// length x length), or an undefined tensor; may be empty.
at::Tensor Attend(const at::Tensor& qkv, const std::vector<Group>& groups, int64_t heads,
                  const std::function<at::Tensor(int64_t length)>& bias);

// One layer of BERT's kind (normalises after each part) or of CLIP's kind (before each part).
struct Layer {
  Linear qkv;
  Linear out;
  Norm norm1;
  Linear inner;
  Linear outer;
  Norm norm2;
};

class TransformerStack {
 public:
  TransformerStack() = default;
  TransformerStack(std::vector<Layer> layers, const models::Tower& tower, bool norm_first)
      : layers_(std::move(layers)), tower_(tower), norm_first_(norm_first) {}

  at::Tensor Run(at::Tensor rows, const std::vector<Group>& groups,
                 const std::function<at::Tensor(int64_t length)>& bias) const;

 private:
  std::vector<Layer> layers_;
  models::Tower tower_;
  bool norm_first_ = false;
};

// The layers of CLIP's and SigLIP's towers, with names below `prefix`.
TransformerStack GetTower(const Weights& weights, const std::string& prefix,
                          const models::Tower& tower);

}  // namespace gesta::tensor

#endif  // GESTA_INFERENCE_TENSOR_LAYERS_H_
