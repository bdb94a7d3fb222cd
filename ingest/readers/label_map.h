// Label maps in protobuf's text form, in both published spellings:
//
//   item { name: "hip: sit on" id: 30 }
//   label { name: "talk to" label_id: 79 label_type: PERSON_INTERACTION }
//
// Each message at the top is one entry. Fields may come in any order, with ',' or ';' after them;
// '#' begins a comment; a text may be quoted either way, have escapes, and go on in a second pair
// of quotes. Fields that are not known are passed over, messages inside messages too.
#ifndef GESTA_INGEST_READERS_LABEL_MAP_H_
#define GESTA_INGEST_READERS_LABEL_MAP_H_

#include <cstdint>
#include <string>
#include <vector>

#include "gesta/status.h"

namespace gesta::readers {

struct LabelMapEntry {
  int64_t id = 0;
  std::string name;
  std::string type;   // "PERSON_MOVEMENT"; empty where the file says none
  uint64_t line = 0;  // where the entry begins
};

// In the file's order; the file may be gzipped. kBadData with file and line: no protobuf text, an
// entry without id or name, an id twice. Beside the errors of ByteSource.
Result<std::vector<LabelMapEntry>> ReadLabelMap(const std::string& path);

}  // namespace gesta::readers

#endif  // GESTA_INGEST_READERS_LABEL_MAP_H_
