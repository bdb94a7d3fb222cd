#include "readers/json.h"

#include "readers/byte_source.h"

namespace gesta::readers {

namespace {

constexpr uint64_t kMaxFileBytes = uint64_t{4} << 30;

}  // namespace

Result<format::Document> ReadJson(const std::string& path, const format::Limits& limits) {
  GESTA_ASSIGN_OR_RETURN(const format::FileBuffer bytes, ReadAll(path, kMaxFileBytes));
  return ParseJson(bytes.view(), path, 1, limits);
}

}  // namespace gesta::readers
