#include "format/dtype.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "format/byte_order.h"

namespace gesta::format {

namespace {

std::optional<ElementType> NumericType(char kind, size_t size) {
  switch (kind) {
    case 'b':
      return size == 1 ? std::optional(ElementType::kBool) : std::nullopt;
    case 'i':
      if (size == 1) return ElementType::kInt8;
      if (size == 2) return ElementType::kInt16;
      if (size == 4) return ElementType::kInt32;
      if (size == 8) return ElementType::kInt64;
      return std::nullopt;
    case 'u':
      if (size == 1) return ElementType::kUInt8;
      if (size == 2) return ElementType::kUInt16;
      if (size == 4) return ElementType::kUInt32;
      if (size == 8) return ElementType::kUInt64;
      return std::nullopt;
    case 'f':
      if (size == 2) return ElementType::kFloat16;
      if (size == 4) return ElementType::kFloat32;
      if (size == 8) return ElementType::kFloat64;
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace

bool SetByteOrder(char order, DType* type) {
  switch (order) {
    case '|':
    case '=':
      type->swap_bytes = false;
      return true;
    case '<':
      type->swap_bytes = !HostIsLittleEndian();
      return true;
    case '>':
      type->swap_bytes = HostIsLittleEndian();
      return true;
    default:
      return false;
  }
}

Result<DType> ParseDType(std::string_view description) {
  DType type;
  std::string_view rest = description;
  if (!rest.empty() && SetByteOrder(rest[0], &type)) rest.remove_prefix(1);
  const auto unsupported = [&] {
    return Status(StatusCode::kUnsupported,
                  fmt::format("elements of type '{}' (read are booleans, integers and floats of up "
                              "to 8 bytes, fixed-width text and objects)",
                              description));
  };
  if (rest.empty()) return unsupported();
  const char kind = rest[0];
  rest.remove_prefix(1);
  if (kind == 'O') {
    type.type = ElementType::kObject;
    type.item_size = 0;
    return type;
  }
  uint32_t size = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), size);
  const bool digits = error == std::errc() && end == rest.data() + rest.size();
  if (kind == 'U' || kind == 'S' || kind == 'a') {
    if (!digits && !rest.empty()) return unsupported();
    type.type = kind == 'U' ? ElementType::kUnicode : ElementType::kBytes;
    type.item_size = size_t{size} * (kind == 'U' ? 4 : 1);
    return type;
  }
  const auto numeric =
      digits ? NumericType(kind, size)
             : (kind == '?' && rest.empty() ? std::optional(ElementType::kBool) : std::nullopt);
  if (!numeric) return unsupported();
  type.type = *numeric;
  type.item_size = ElementTypeSize(*numeric);
  return type;
}

std::string DTypeName(const DType& type) {
  if (type.type == ElementType::kUnicode) return fmt::format("U{}", type.item_size / 4);
  if (type.type == ElementType::kBytes) return fmt::format("S{}", type.item_size);
  return std::string(ElementTypeName(type.type));
}

}  // namespace gesta::format
