// JSON documents (RFC 8259) as format::Document: objects are dicts, arrays are lists.
//
// Integers outside 64 bits are kBigInt. Of repeated names the last value counts. NaN and Infinity,
// which Python writes, are no JSON and refused.
#ifndef GESTA_INGEST_READERS_JSON_H_
#define GESTA_INGEST_READERS_JSON_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "gesta/format/document.h"
#include "gesta/status.h"

namespace gesta::readers {

// A whole file, which may be gzipped.
Result<format::Document> ReadJson(const std::string& path, const format::Limits& limits = {});

// A text; errors say "name: line L, column C: …", lines counted from first_line, columns in bytes
// from 1.
Result<format::Document> ParseJson(std::string_view text, const std::string& name,
                                   uint64_t first_line = 1, const format::Limits& limits = {});

}  // namespace gesta::readers

#endif  // GESTA_INGEST_READERS_JSON_H_
