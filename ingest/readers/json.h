// JSON files as format::Document (gesta/format/json.h), gzipped or not.
#ifndef GESTA_INGEST_READERS_JSON_H_
#define GESTA_INGEST_READERS_JSON_H_

#include <string>

#include "gesta/format/json.h"

namespace gesta::readers {

using format::ParseJson;

// A whole file, which may be gzipped.
Result<format::Document> ReadJson(const std::string& path, const format::Limits& limits = {});

}  // namespace gesta::readers

#endif  // GESTA_INGEST_READERS_JSON_H_
