// JSON documents (RFC 8259) as Document: objects are dicts, arrays are lists.
//
// Integers outside 64 bits are kBigInt. Of repeated names the last value counts. NaN and Infinity,
// which Python writes, are no JSON and refused.
#ifndef GESTA_FORMAT_JSON_H_
#define GESTA_FORMAT_JSON_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "gesta/format/document.h"
#include "gesta/format/file.h"
#include "gesta/status.h"

namespace gesta::format {

// A text; errors say "name: line L, column C: …", lines counted from first_line, columns in bytes
// from 1.
Result<Document> ParseJson(std::string_view text, const std::string& name, uint64_t first_line = 1,
                           const Limits& limits = {});

// A whole file. kNotFound, kIo, kBadData.
Result<Document> ReadJsonFile(const std::string& path, const Limits& limits = {});

}  // namespace gesta::format

#endif  // GESTA_FORMAT_JSON_H_
