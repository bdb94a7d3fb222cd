// CsvMapping: how CSV files become nodes and relationships; read from a JSON file.
//
//   {
//     "nodes": [
//       {"file": "people.csv", "label": "Person", "key": ["id"],
//        "columns": {"id": "integer", "name": "string",
//                    "born": {"property": "birthday", "type": "date"}}}
//     ],
//     "relationships": [
//       {"file": "follows.csv", "type": "FOLLOWS",
//        "from": {"label": "Person", "key": {"id": "follower"}},
//        "to": {"label": "Person", "key": {"id": "followed"}},
//        "columns": {"follower": "integer", "followed": "integer", "since": "date"}}
//     ]
//   }
//
// Files are relative to the mapping file's folder. See ingest/README.md for every member.
#ifndef GESTA_INGEST_JOBS_CSV_MAPPING_H_
#define GESTA_INGEST_JOBS_CSV_MAPPING_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gesta/status.h"
#include "gesta/value.h"

namespace gesta::ingest {

enum class CsvType {
  kString,
  kInteger,
  kFloat,
  kBoolean,
  kDate,
  kLocalTime,
  kTime,
  kLocalDateTime,
  kDateTime,
  kDuration
};

inline constexpr std::string_view kCsvTypeNames =
    "string, integer, float, boolean, date, localtime, time, localdatetime, datetime and duration, "
    "and lists of them such as integer[]";

struct CsvColumn {
  std::string column;    // in the file's header
  std::string property;  // "": the column is only used to find an end
  CsvType type = CsvType::kString;
  bool list = false;  // values separated by `separator`
  char separator = ';';
  bool required = false;  // an empty field makes the row a bad one
  double scale = 1;       // numbers are multiplied by it (pixels / width, milliseconds to seconds)
  // Numbers outside, and NaN, make the row a bad one.
  std::optional<double> min, max;
  // The value of every row: the file has no such column.
  std::optional<Value> constant;
};

// One end of a relationship: the node whose key properties have the values of these columns.
struct CsvEnd {
  std::string label;
  std::vector<std::pair<std::string, size_t>> key;  // property, place in CsvTable::columns
};

struct CsvTable {
  std::string file;  // as the mapping says
  std::string path;
  char delimiter = ',';
  std::vector<CsvColumn> columns;
  // Nodes.
  std::vector<std::string> labels;  // the first one is the identity's
  std::vector<size_t> key;          // places in columns
  // Relationships, when `type` is set.
  std::string type;
  CsvEnd from, to;
  std::vector<size_t> parallel;  // columns that tell relationships between the same nodes apart
};

struct CsvMapping {
  std::vector<CsvTable> nodes;
  std::vector<CsvTable> relationships;
};

// Reads "integer" or "date[]" into the column's type; false when it is none. Short names of other
// systems (int, long, double, bool) are known too.
bool ParseCsvType(std::string_view name, CsvColumn* column);

// kNotFound, kBadData: what is wrong, and where in the mapping.
Result<CsvMapping> ReadCsvMapping(const std::string& path);

// The nodes of one file without a mapping: each column of its header is a property, of the type
// after a colon ("age:integer") or a string. `key`: properties, separated by commas.
Result<CsvTable> ParseCsvHeader(const std::string& path, char delimiter, const std::string& label,
                                const std::string& key, const std::vector<std::string>& header);

// A field as a value: null if it is empty and not quoted. kBadData says what does not fit.
Result<Value> ParseCsvField(const CsvColumn& column, std::string_view field, bool quoted);

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_JOBS_CSV_MAPPING_H_
