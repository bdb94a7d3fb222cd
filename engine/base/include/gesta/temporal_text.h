// Temporal values and text: the types' names, and reading values from the texts that TemporalToText
// (value.h) writes, for files that keep values as text. What the language accepts beyond that is
// read by the functions date(), time(), ….
#ifndef GESTA_TEMPORAL_TEXT_H_
#define GESTA_TEMPORAL_TEXT_H_

#include <string_view>

#include "gesta/status.h"
#include "gesta/value.h"

namespace gesta {

// "date", "localtime", "time", "localdatetime", "datetime" and "duration": the functions that make
// values of the type. `type` is a temporal one.
std::string_view TemporalFunctionName(ValueType type);

// `type` is a temporal one. Extended ISO 8601 forms: 2024-02-29, 12:31[:14[.645]],
// 12:31+01:00, 2024-02-29T12:31:14, …+01:00[Europe/Stockholm] (the offset decides, the zone is kept
// as a name), P1Y2M-3DT4H-5.25S. kBadData: the text and what was expected.
Result<Value> TemporalFromText(ValueType type, std::string_view text);

}  // namespace gesta

#endif  // GESTA_TEMPORAL_TEXT_H_
