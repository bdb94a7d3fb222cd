// numpy's element types by their descriptions ('<f4', '|b1', 'U10', …).
#ifndef GESTA_ENGINE_BASE_FORMAT_DTYPE_H_
#define GESTA_ENGINE_BASE_FORMAT_DTYPE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "gesta/format/ndarray.h"
#include "gesta/status.h"

namespace gesta::format {

struct DType {
  ElementType type = ElementType::kFloat64;
  size_t item_size = 8;
  bool swap_bytes = false;  // stored in the other byte order than this machine's
};

// kBadData for what is no description, kUnsupported for types that GestaDB has no values for
// (complex numbers, dates, structures). No place in the message.
Result<DType> ParseDType(std::string_view description);

// Sets the byte order from '<', '>', '=' or '|'; false for anything else.
bool SetByteOrder(char order, DType* type);

// Python-like name, e.g. "float32" or "U10".
std::string DTypeName(const DType& type);

}  // namespace gesta::format

#endif  // GESTA_ENGINE_BASE_FORMAT_DTYPE_H_
