#include "jobs/nested_array.h"

namespace gesta::ingest {

using format::Datum;
using format::ElementType;
using format::NdArray;

Nested::Nested(const Datum& datum) : datum_(&datum) {
  if (datum.is_array()) *this = Nested(&datum.array(), 0, 0);
}

Nested::Nested(const NdArray* array, size_t axis, size_t first)
    : array_(array), axis_(axis), first_(first) {
  // A single value of an object array is what it holds.
  if (axis == array->shape().size() && array->type() == ElementType::kObject) {
    *this = Nested(array->Object(first));
  }
}

bool Nested::has_items() const {
  return array_ != nullptr ? axis_ < array_->shape().size() : datum_->is_sequence();
}

size_t Nested::size() const {
  if (!has_items()) return 0;
  return array_ != nullptr ? static_cast<size_t>(array_->shape()[axis_]) : datum_->items().size();
}

Nested Nested::operator[](size_t index) const {
  if (array_ == nullptr) return Nested(datum_->items()[index]);
  size_t stride = 1;
  for (size_t axis = axis_ + 1; axis < array_->shape().size(); ++axis) {
    stride *= static_cast<size_t>(array_->shape()[axis]);
  }
  return {array_, axis_ + 1, first_ + index * stride};
}

std::string Nested::Text() const {
  if (has_items()) return "";
  if (array_ != nullptr) {
    return array_->numeric() ? std::to_string(array_->Int(first_)) : array_->Text(first_);
  }
  if (datum_->is_int()) return std::to_string(datum_->integer());
  return std::string(datum_->is_string() ? datum_->text() : "");
}

const Datum* Nested::Find(std::string_view key) const {
  return array_ == nullptr && datum_->is_dict() ? datum_->Find(key) : nullptr;
}

bool Nested::ReadRow(std::vector<float>* row) const {
  const size_t n = size();
  if (array_ != nullptr && array_->numeric() && axis_ + 1 == array_->shape().size()) {
    row->resize(row->size() + n);
    array_->CopyFloats(first_, n, row->data() + row->size() - n);
    return true;
  }
  for (size_t i = 0; i < n; ++i) {
    const Nested number = (*this)[i];
    if (number.array_ != nullptr || !number.datum_->is_number()) return false;
    row->push_back(static_cast<float>(number.datum_->number()));
  }
  return true;
}

bool Nested::ReadMatrix(std::vector<float>* rows, size_t* columns) const {
  rows->clear();
  const size_t n = size();
  if (n == 0) return false;
  *columns = (*this)[0].size();
  for (size_t i = 0; i < n; ++i) {
    const Nested row = (*this)[i];
    if (!row.has_items() || row.size() != *columns || !row.ReadRow(rows)) return false;
  }
  return *columns > 0;
}

}  // namespace gesta::ingest
