// NdArray: an n-dimensional array as numpy and torch files hold it, of numbers, fixed-width text or
// values. Elements lie in C order and in the machine's byte order, whatever the file had.
//
// The elements belong to the Document that the array was read into; an NdArray is valid as long as
// its Document.
#ifndef GESTA_FORMAT_NDARRAY_H_
#define GESTA_FORMAT_NDARRAY_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gesta::format {

class Datum;

enum class ElementType : uint8_t {
  kBool,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUInt8,
  kUInt16,
  kUInt32,
  kUInt64,
  kFloat16,
  kBFloat16,
  kFloat32,
  kFloat64,
  kUnicode,  // numpy U: UTF-32, padded with zeros
  kBytes,    // numpy S: bytes, padded with zeros
  kObject,   // any values
};

// "float32", "unicode", …
std::string_view ElementTypeName(ElementType type);

// Bytes of one element of a numeric type; 0 for kUnicode and kBytes, whose width varies, and for
// kObject.
size_t ElementTypeSize(ElementType type);

bool IsFloating(ElementType type);

class NdArray {
 public:
  ElementType type() const { return type_; }
  bool numeric() const { return type_ <= ElementType::kFloat64; }
  // Bytes of one element; 0 for kObject.
  size_t item_size() const { return item_size_; }
  // Extent of each dimension; empty for a single element.
  const std::vector<int64_t>& shape() const { return shape_; }
  // Number of elements: the product of the shape.
  size_t size() const { return size_; }

  // size() * item_size() bytes, aligned for the element type; null for kObject.
  const char* data() const { return data_; }

  // Elements by their index in C order, below size(). Asking a type for what it cannot give (a
  // number of a text) gives the empty value: 0, "" or null.
  double Float(size_t index) const;      // every numeric type
  int64_t Int(size_t index) const;       // every numeric type; floats are cut and clamped, NaN is 0
  std::string Text(size_t index) const;  // kUnicode as UTF-8 and kBytes, without the padding
  const Datum& Object(size_t index) const;  // kObject

  // Converts elements [first, first + count) of a numeric array to float. Precondition: numeric(),
  // and the range lies inside the array.
  void CopyFloats(size_t first, size_t count, float* out) const;

 private:
  friend class DocumentBuilder;

  ElementType type_ = ElementType::kFloat64;
  size_t item_size_ = 0;
  size_t size_ = 0;
  std::vector<int64_t> shape_;
  const char* data_ = nullptr;
  const Datum* const* objects_ = nullptr;
};

}  // namespace gesta::format

#endif  // GESTA_FORMAT_NDARRAY_H_
