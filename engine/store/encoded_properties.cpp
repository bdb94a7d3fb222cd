#include "store/encoded_properties.h"

#include <algorithm>

namespace gesta::store {

Status EncodedProperties::Assign(const std::vector<Property>& properties) {
  bytes_.clear();
  list_.clear();
  order_.clear();
  ends_.clear();
  for (const Property& property : properties) {
    GESTA_RETURN_IF_ERROR(CheckStorable(property.value));
    order_.push_back(&property);
  }
  const auto by_key = [](const Property* a, const Property* b) { return a->key < b->key; };
  if (!std::is_sorted(order_.begin(), order_.end(), by_key)) {
    std::stable_sort(order_.begin(), order_.end(), by_key);
  }
  for (size_t i = 0; i < order_.size(); ++i) {
    const bool replaced = i + 1 < order_.size() && order_[i + 1]->key == order_[i]->key;
    if (replaced || order_[i]->value.IsNull()) continue;
    AppendValue(order_[i]->value, &bytes_);
    list_.push_back({order_[i]->key, {}});
    ends_.push_back(bytes_.size());
  }
  // Only now do the bytes stay where they are.
  size_t begin = 0;
  for (size_t i = 0; i < list_.size(); ++i) {
    list_[i].bytes = std::string_view(bytes_).substr(begin, ends_[i] - begin);
    begin = ends_[i];
  }
  return Status::Ok();
}

}  // namespace gesta::store
