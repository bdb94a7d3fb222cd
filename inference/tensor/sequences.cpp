#include "tensor/sequences.h"

#include <ATen/ops/empty.h>

#include <algorithm>

namespace gesta::tensor {

std::vector<Group> GroupByLength(const std::vector<const Sequence*>& batch) {
  std::vector<Group> groups;
  int64_t row = 0;
  for (const Sequence* sequence : batch) {
    const auto length = static_cast<int64_t>(sequence->size());
    if (groups.empty() || groups.back().length != length) groups.push_back({row, 0, length});
    ++groups.back().count;
    row += length;
  }
  return groups;
}

at::Tensor JoinIds(const std::vector<const Sequence*>& batch, const at::Device& device) {
  std::vector<int64_t> ids;
  for (const Sequence* sequence : batch) ids.insert(ids.end(), sequence->begin(), sequence->end());
  return Numbers(ids, device);
}

at::Tensor Numbers(const std::vector<int64_t>& values, const at::Device& device) {
  at::Tensor tensor =
      at::empty({static_cast<int64_t>(values.size())}, at::TensorOptions().dtype(at::kLong));
  std::copy(values.begin(), values.end(), tensor.data_ptr<int64_t>());
  return tensor.to(device);
}

std::vector<int64_t> FirstRows(const std::vector<const Sequence*>& batch) {
  std::vector<int64_t> rows;
  int64_t row = 0;
  for (const Sequence* sequence : batch) {
    rows.push_back(row);
    row += static_cast<int64_t>(sequence->size());
  }
  return rows;
}

std::vector<int64_t> LastRows(const std::vector<const Sequence*>& batch) {
  std::vector<int64_t> rows;
  int64_t row = 0;
  for (const Sequence* sequence : batch) {
    row += static_cast<int64_t>(sequence->size());
    rows.push_back(row - 1);
  }
  return rows;
}

}  // namespace gesta::tensor
