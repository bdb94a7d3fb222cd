// Token ids of a batch as tensors.
#ifndef GESTA_INFERENCE_TENSOR_SEQUENCES_H_
#define GESTA_INFERENCE_TENSOR_SEQUENCES_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "tensor/layers.h"

namespace gesta::tensor {

using Sequence = std::vector<int32_t>;

// Groups of neighbours of equal length.
std::vector<Group> GroupByLength(const std::vector<const Sequence*>& batch);
// All ids, one after the other, as int64.
at::Tensor JoinIds(const std::vector<const Sequence*>& batch, const at::Device& device);
// int64 numbers on a device.
at::Tensor Numbers(const std::vector<int64_t>& values, const at::Device& device);
// The first and the last row of each sequence.
std::vector<int64_t> FirstRows(const std::vector<const Sequence*>& batch);
std::vector<int64_t> LastRows(const std::vector<const Sequence*>& batch);

}  // namespace gesta::tensor

#endif  // GESTA_INFERENCE_TENSOR_SEQUENCES_H_
