// Temporal values in the query language: constructors, arithmetic and components.
//
// The values themselves are described in gesta/value.h. Everything here is thread-safe and pure but
// for the clock (taken from EvaluationContext) and the time zone files of the machine. Zones given
// by name come from the IANA database; where a statement names none, UTC is meant.
#ifndef GESTA_QUERY_FUNCTIONS_TEMPORAL_H_
#define GESTA_QUERY_FUNCTIONS_TEMPORAL_H_

#include <string_view>

#include "gesta/function.h"
#include "gesta/status.h"
#include "gesta/value.h"

namespace gesta {

// temporal + duration, duration + temporal, duration + duration. Months are added first (the day is
// clamped to the month's end), then days, then seconds; a date takes only whole days of the
// seconds, times take only the seconds and wrap at midnight. Other operands: TypeError. Null gives
// null.
Result<Value> TemporalAdd(const Value& a, const Value& b);

// temporal - duration, duration - duration.
Result<Value> TemporalSubtract(const Value& a, const Value& b);

// Fractions of a component are carried into the next smaller one: a month counts 30.436875 days
// (the mean of the Gregorian calendar), a day 24 hours. Out of range or not finite:
// ArithmeticError.
Result<Value> TemporalMultiply(const Value& duration, double factor);
Result<Value> TemporalDivide(const Value& duration, double divisor);

// value.key, e.g. date.year, datetime.epochMillis, duration.minutesOfHour. `value` is temporal. A
// component that the type does not have is an ArgumentError that lists those it has.
Result<Value> TemporalComponent(const Value& value, std::string_view key);

// date(), time(), localtime(), localdatetime(), datetime() with their .transaction, .statement,
// .realtime and .truncate forms, datetime.fromepoch and .fromepochmillis, duration() and
// duration.between, .inMonths, .inDays, .inSeconds.
void RegisterTemporalFunctions(FunctionRegistry& registry);

}  // namespace gesta

#endif  // GESTA_QUERY_FUNCTIONS_TEMPORAL_H_
