#include "gesta/format/ndarray.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "gesta/format/document.h"
#include "gesta/format/half.h"
#include "gesta/format/utf8.h"

namespace gesta::format {

namespace {

template <typename T>
T Load(const char* data, size_t index) {
  T value;
  std::memcpy(&value, data + index * sizeof(T), sizeof(T));
  return value;
}

int64_t ClampToInt(double value) {
  if (std::isnan(value)) return 0;
  if (value >= 0x1p63) return std::numeric_limits<int64_t>::max();
  if (value < -0x1p63) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(value);
}

template <typename T>
void Convert(const char* data, size_t first, size_t count, float* out) {
  for (size_t i = 0; i < count; ++i) out[i] = static_cast<float>(Load<T>(data, first + i));
}

}  // namespace

std::string_view ElementTypeName(ElementType type) {
  switch (type) {
    case ElementType::kBool:
      return "bool";
    case ElementType::kInt8:
      return "int8";
    case ElementType::kInt16:
      return "int16";
    case ElementType::kInt32:
      return "int32";
    case ElementType::kInt64:
      return "int64";
    case ElementType::kUInt8:
      return "uint8";
    case ElementType::kUInt16:
      return "uint16";
    case ElementType::kUInt32:
      return "uint32";
    case ElementType::kUInt64:
      return "uint64";
    case ElementType::kFloat16:
      return "float16";
    case ElementType::kBFloat16:
      return "bfloat16";
    case ElementType::kFloat32:
      return "float32";
    case ElementType::kFloat64:
      return "float64";
    case ElementType::kUnicode:
      return "unicode";
    case ElementType::kBytes:
      return "bytes";
    case ElementType::kObject:
      return "object";
  }
  return "unknown";
}

size_t ElementTypeSize(ElementType type) {
  switch (type) {
    case ElementType::kBool:
    case ElementType::kInt8:
    case ElementType::kUInt8:
      return 1;
    case ElementType::kInt16:
    case ElementType::kUInt16:
    case ElementType::kFloat16:
    case ElementType::kBFloat16:
      return 2;
    case ElementType::kInt32:
    case ElementType::kUInt32:
    case ElementType::kFloat32:
      return 4;
    case ElementType::kInt64:
    case ElementType::kUInt64:
    case ElementType::kFloat64:
      return 8;
    case ElementType::kUnicode:
    case ElementType::kBytes:
    case ElementType::kObject:
      return 0;
  }
  return 0;
}

bool IsFloating(ElementType type) {
  return type >= ElementType::kFloat16 && type <= ElementType::kFloat64;
}

double NdArray::Float(size_t i) const {
  switch (type_) {
    case ElementType::kFloat16:
      return HalfToFloat(Load<uint16_t>(data_, i));
    case ElementType::kBFloat16:
      return BFloat16ToFloat(Load<uint16_t>(data_, i));
    case ElementType::kFloat32:
      return Load<float>(data_, i);
    case ElementType::kFloat64:
      return Load<double>(data_, i);
    case ElementType::kUInt64:
      return static_cast<double>(Load<uint64_t>(data_, i));
    default:
      return static_cast<double>(Int(i));
  }
}

int64_t NdArray::Int(size_t i) const {
  switch (type_) {
    case ElementType::kBool:
      return Load<uint8_t>(data_, i) != 0;
    case ElementType::kInt8:
      return Load<int8_t>(data_, i);
    case ElementType::kInt16:
      return Load<int16_t>(data_, i);
    case ElementType::kInt32:
      return Load<int32_t>(data_, i);
    case ElementType::kInt64:
      return Load<int64_t>(data_, i);
    case ElementType::kUInt8:
      return Load<uint8_t>(data_, i);
    case ElementType::kUInt16:
      return Load<uint16_t>(data_, i);
    case ElementType::kUInt32:
      return Load<uint32_t>(data_, i);
    case ElementType::kUInt64: {
      const auto value = Load<uint64_t>(data_, i);
      constexpr auto kMax = std::numeric_limits<int64_t>::max();
      return value > static_cast<uint64_t>(kMax) ? kMax : static_cast<int64_t>(value);
    }
    case ElementType::kFloat16:
    case ElementType::kBFloat16:
    case ElementType::kFloat32:
    case ElementType::kFloat64:
      return ClampToInt(Float(i));
    case ElementType::kUnicode:
    case ElementType::kBytes:
    case ElementType::kObject:
      return 0;
  }
  return 0;
}

std::string NdArray::Text(size_t i) const {
  std::string text;
  if (type_ == ElementType::kBytes) {
    const char* begin = data_ + i * item_size_;
    size_t length = item_size_;
    while (length > 0 && begin[length - 1] == '\0') --length;
    text.assign(begin, length);
  } else if (type_ == ElementType::kUnicode) {
    const size_t width = item_size_ / 4;
    size_t length = width;
    while (length > 0 && Load<uint32_t>(data_, i * width + length - 1) == 0) --length;
    // Code points were checked when the array was read.
    for (size_t k = 0; k < length; ++k) AppendUtf8(Load<uint32_t>(data_, i * width + k), &text);
  }
  return text;
}

const Datum& NdArray::Object(size_t i) const {
  return type_ == ElementType::kObject && i < size_ ? *objects_[i] : Datum::Null();
}

void NdArray::CopyFloats(size_t first, size_t count, float* out) const {
  switch (type_) {
    case ElementType::kFloat32:
      if (count > 0) std::memcpy(out, data_ + first * 4, count * 4);
      return;
    case ElementType::kFloat16:
      for (size_t i = 0; i < count; ++i) out[i] = HalfToFloat(Load<uint16_t>(data_, first + i));
      return;
    case ElementType::kBFloat16:
      for (size_t i = 0; i < count; ++i) out[i] = BFloat16ToFloat(Load<uint16_t>(data_, first + i));
      return;
    case ElementType::kFloat64:
      return Convert<double>(data_, first, count, out);
    case ElementType::kInt8:
      return Convert<int8_t>(data_, first, count, out);
    case ElementType::kInt16:
      return Convert<int16_t>(data_, first, count, out);
    case ElementType::kInt32:
      return Convert<int32_t>(data_, first, count, out);
    case ElementType::kInt64:
      return Convert<int64_t>(data_, first, count, out);
    case ElementType::kUInt8:
      return Convert<uint8_t>(data_, first, count, out);
    case ElementType::kUInt16:
      return Convert<uint16_t>(data_, first, count, out);
    case ElementType::kUInt32:
      return Convert<uint32_t>(data_, first, count, out);
    case ElementType::kUInt64:
      return Convert<uint64_t>(data_, first, count, out);
    case ElementType::kBool:
      for (size_t i = 0; i < count; ++i) out[i] = Load<uint8_t>(data_, first + i) ? 1.0f : 0.0f;
      return;
    case ElementType::kUnicode:
    case ElementType::kBytes:
    case ElementType::kObject:
      return;
  }
}

}  // namespace gesta::format
