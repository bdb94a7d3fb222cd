// Property values as JSON that reads back as the same value of the same type.
//
//   boolean, string, list   as JSON has them
//   integer                 its digits
//   float                   with a point or an exponent, in the shortest digits that read back;
//                           {"$float": "NaN"}, "Infinity", "-Infinity"
//   temporal values         {"$date": "2024-02-29"}, "$localtime", "$time", "$localdatetime",
//                           "$datetime", "$duration": ISO 8601
//   a text that is no UTF-8 {"$string": base64}
#ifndef GESTA_INGEST_EXPORT_VALUE_JSON_H_
#define GESTA_INGEST_EXPORT_VALUE_JSON_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/format/document.h"
#include "gesta/status.h"
#include "gesta/store.h"
#include "gesta/value.h"

namespace gesta::ingest {

// Precondition: a value that can be stored as a property, or null.
void AppendJsonValue(const Value& value, std::string* out);

// Appends "[a, b, …]", each item as `append` writes it.
void AppendItems(const List& items, void (*append)(const Value& value, std::string* out),
                 std::string* out);

// kBadData for what AppendJsonValue does not write.
Result<Value> ReadJsonValue(const format::Datum& json);

// Appends the members of an object as properties; `key_of` gives their names' ids. kBadData.
using KeyOf = std::function<Result<NameId>(std::string_view name)>;
Status AppendJsonProperties(const format::Datum& object, const KeyOf& key_of,
                            std::vector<Property>* properties);

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_EXPORT_VALUE_JSON_H_
