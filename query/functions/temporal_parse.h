// ISO 8601 texts, read as openCypher does: basic and extended forms.
//
// Dates: YYYY, YYYYMM, YYYY-MM, YYYYMMDD, YYYY-MM-DD, YYYYWww, YYYY-Www, YYYYWwwD, YYYY-Www-D,
// YYYYQq, YYYY-Qq, YYYYQqDD, YYYY-Qq-DD, YYYYDDD, YYYY-DDD. Years of other lengths (to 9 digits)
// carry a sign and take the forms with hyphens. Times: HH, HHMM, HH:MM, HHMMSS, HH:MM:SS, with a
// fraction of up to nine digits. Offsets: Z, ±HH, ±HHMM, ±HH:MM, ±HHMMSS, ±HH:MM:SS up to 18 hours.
// Zones by name stand in brackets at the end. Durations: PnYnQnMnWnDTnHnMnS with signs and
// fractions, or PYYYY-MM-DDTHH:MM:SS.
#ifndef GESTA_QUERY_FUNCTIONS_TEMPORAL_PARSE_H_
#define GESTA_QUERY_FUNCTIONS_TEMPORAL_PARSE_H_

#include <string_view>

#include "functions/temporal_parts.h"
#include "gesta/status.h"
#include "gesta/value.h"

namespace gesta::temporal {

// A value of an instant type. A text without a zone means UTC where the type has one. Fails with an
// ArgumentError that shows the text and says what is wrong.
Result<Value> ParseInstant(ValueType type, std::string_view text, const Clock& clock);

// An offset ("+02:00", "Z") or a name ("Europe/Stockholm").
Result<Zone> ParseZone(std::string_view text);

Result<DurationData> ParseDuration(std::string_view text);

}  // namespace gesta::temporal

#endif  // GESTA_QUERY_FUNCTIONS_TEMPORAL_PARSE_H_
