// The temporal functions of the language and their registration.
#include <chrono>
#include <string>

#include "functions/temporal.h"
#include "functions/temporal_calendar.h"
#include "functions/temporal_construct.h"
#include "functions/temporal_duration.h"
#include "functions/temporal_errors.h"
#include "functions/temporal_parse.h"
#include "functions/temporal_parts.h"
#include "functions/temporal_truncate.h"
#include "gesta/temporal_text.h"

namespace gesta {
namespace {

using namespace temporal;  // NOLINT: the whole file is about its types

enum class ClockKind { kStatement, kRealtime };

Clock StatementClock(EvaluationContext& context) {
  return {context.NowEpochSeconds(), context.NowNanos()};
}

Clock RealtimeClock() {
  const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  return {FloorDiv(now, kNanosPerSecond), static_cast<int32_t>(FloorMod(now, kNanosPerSecond))};
}

Result<Value> Now(ValueType type, const Zone& zone, const Clock& clock) {
  return PutTogether(type, PartsAt(zone, clock.epoch_seconds, clock.nanos), clock);
}

// {timezone: …} and nothing else asks for the current time there.
Result<std::optional<Zone>> OnlyTimezone(const Map& map) {
  const Value* zone = map.size() == 1 ? map.Find("timezone") : nullptr;
  if (zone == nullptr || zone->type() != ValueType::kString) return std::optional<Zone>();
  GESTA_ASSIGN_OR_RETURN(Zone parsed, ParseZone(zone->AsString()));
  return std::optional<Zone>(std::move(parsed));
}

// date(), date(text), date(map), date(other).
template <ValueType kType>
Result<Value> Construct(EvaluationContext& context, const Value* arguments, size_t count) {
  const Clock clock = StatementClock(context);
  if (count == 0) return Now(kType, Zone::Utc(), clock);
  const Value& argument = arguments[0];
  switch (argument.type()) {
    case ValueType::kNull:
      return Value::Null();
    case ValueType::kString:
      return ParseInstant(kType, argument.AsString(), clock);
    case ValueType::kMap: {
      GESTA_ASSIGN_OR_RETURN(const std::optional<Zone> zone, OnlyTimezone(argument.AsMap()));
      if (zone) return Now(kType, *zone, clock);
      return InstantFromMap(kType, argument.AsMap(), clock);
    }
    default:
      if (IsInstantType(argument.type())) return InstantFromInstant(kType, argument, clock);
      return WrongArgument(TemporalFunctionName(kType), "a string, a map or a temporal value",
                           argument);
  }
}

// date.statement(), date.realtime('Europe/Stockholm').
template <ValueType kType, ClockKind kClock>
Result<Value> Current(EvaluationContext& context, const Value* arguments, size_t count) {
  const Clock clock = kClock == ClockKind::kRealtime ? RealtimeClock() : StatementClock(context);
  if (count == 0) return Now(kType, Zone::Utc(), clock);
  if (arguments[0].IsNull()) return Value::Null();
  if (arguments[0].type() != ValueType::kString) {
    return WrongArgument(TemporalFunctionName(kType), "a time zone as a string", arguments[0]);
  }
  GESTA_ASSIGN_OR_RETURN(const Zone zone, ParseZone(arguments[0].AsString()));
  return Now(kType, zone, clock);
}

// date.truncate(unit [, value [, components]]).
template <ValueType kType>
Result<Value> TruncateTo(EvaluationContext& context, const Value* arguments, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (arguments[i].IsNull()) return Value::Null();
  }
  const std::string name = std::string(TemporalFunctionName(kType)) + ".truncate";
  if (arguments[0].type() != ValueType::kString) {
    return WrongArgument(name, "the unit as a string", arguments[0]);
  }
  const Clock clock = StatementClock(context);
  Value value;
  if (count > 1) {
    value = arguments[1];
  } else {
    GESTA_ASSIGN_OR_RETURN(value, Now(kType, Zone::Utc(), clock));
  }
  if (!IsInstantType(value.type())) {
    return WrongArgument(name, "a temporal value to truncate", value);
  }
  if (count > 2 && arguments[2].type() != ValueType::kMap) {
    return WrongArgument(name, "the components to change as a map", arguments[2]);
  }
  const Map* overrides = count > 2 ? &arguments[2].AsMap() : nullptr;
  return Truncate(kType, arguments[0].AsString(), value, overrides, clock);
}

Result<Value> FromEpoch(int64_t seconds, int64_t nanos) {
  if (__builtin_add_overflow(seconds, FloorDiv(nanos, kNanosPerSecond), &seconds) ||
      !IsDayInRange(FloorDiv(seconds, kSecondsPerDay))) {
    return Overflow("the year is beyond -999999999 … 999999999");
  }
  const auto nanos_of_second = static_cast<int32_t>(FloorMod(nanos, kNanosPerSecond));
  return PutTogether(ValueType::kDateTime, PartsAt(Zone::Utc(), seconds, nanos_of_second), Clock{});
}

Result<Value> DateTimeFromEpoch(EvaluationContext&, const Value* arguments, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (arguments[i].IsNull()) return Value::Null();
    if (arguments[i].type() != ValueType::kInteger) {
      return WrongArgument("datetime.fromepoch", "seconds and nanoseconds as integers",
                           arguments[i]);
    }
  }
  return FromEpoch(arguments[0].AsInteger(), arguments[1].AsInteger());
}

Result<Value> DateTimeFromEpochMillis(EvaluationContext&, const Value* arguments, size_t) {
  if (arguments[0].IsNull()) return Value::Null();
  if (arguments[0].type() != ValueType::kInteger) {
    return WrongArgument("datetime.fromepochmillis", "milliseconds as an integer", arguments[0]);
  }
  const int64_t millis = arguments[0].AsInteger();
  return FromEpoch(FloorDiv(millis, 1'000), FloorMod(millis, 1'000) * 1'000'000);
}

Result<Value> ConstructDuration(EvaluationContext&, const Value* arguments, size_t) {
  const Value& argument = arguments[0];
  switch (argument.type()) {
    case ValueType::kNull:
    case ValueType::kDuration:
      return argument;
    case ValueType::kMap:
      return DurationFromMap(argument.AsMap());
    case ValueType::kString: {
      GESTA_ASSIGN_OR_RETURN(DurationData duration, ParseDuration(argument.AsString()));
      return Value::Duration(duration);
    }
    default:
      return WrongArgument("duration", "a string or a map", argument);
  }
}

template <BetweenUnits kUnits>
Result<Value> Between(EvaluationContext&, const Value* arguments, size_t) {
  constexpr std::string_view kNames[] = {"duration.between", "duration.inMonths", "duration.inDays",
                                         "duration.inSeconds"};
  for (size_t i = 0; i < 2; ++i) {
    if (arguments[i].IsNull()) return Value::Null();
  }
  for (size_t i = 0; i < 2; ++i) {
    if (!IsInstantType(arguments[i].type())) {
      return WrongArgument(kNames[static_cast<size_t>(kUnits)],
                           "two temporal values that are no durations", arguments[i]);
    }
  }
  return DurationBetween(kUnits, arguments[0], arguments[1]);
}

// -- registration --

struct Entry {
  std::string name;
  int min_arguments;
  int max_arguments;
  std::vector<ArgumentKind> kinds;
  Volatility volatility;
  ScalarFunction call;
  std::string arguments_text;
  ValueType result;
  std::string summary;
};

void AddEntry(FunctionRegistry& registry, Entry entry) {
  FunctionInfo info;
  info.signature =
      entry.name + "(" + entry.arguments_text + ") -> " + std::string(ValueTypeName(entry.result));
  info.name = std::move(entry.name);
  info.min_arguments = entry.min_arguments;
  info.max_arguments = entry.max_arguments;
  info.arguments = std::move(entry.kinds);
  info.volatility = entry.volatility;
  info.call = entry.call;
  info.summary = std::move(entry.summary);
  registry.Add(std::move(info));
}

// The constructor of a type with its clock and truncation forms. Without a value they read the
// statement's clock.
template <ValueType kType>
void AddInstantFunctions(FunctionRegistry& registry, const std::string& noun) {
  const std::string name(TemporalFunctionName(kType));
  AddEntry(registry, {name,
                      0,
                      1,
                      {ArgumentKind::kAny},
                      Volatility::kStatement,
                      Construct<kType>,
                      "[textOrMapOrTemporal]",
                      kType,
                      "the current " + noun + ", or one from a text, components or another value"});
  AddEntry(registry, {name + ".transaction",
                      0,
                      1,
                      {ArgumentKind::kString},
                      Volatility::kStatement,
                      Current<kType, ClockKind::kStatement>,
                      "[timezone]",
                      kType,
                      "the current " + noun + ", the same in the whole statement"});
  AddEntry(registry, {name + ".statement",
                      0,
                      1,
                      {ArgumentKind::kString},
                      Volatility::kStatement,
                      Current<kType, ClockKind::kStatement>,
                      "[timezone]",
                      kType,
                      "the current " + noun + ", the same in the whole statement"});
  AddEntry(registry, {name + ".realtime",
                      0,
                      1,
                      {ArgumentKind::kString},
                      Volatility::kVolatile,
                      Current<kType, ClockKind::kRealtime>,
                      "[timezone]",
                      kType,
                      "the " + noun + " at the moment of each call"});
  AddEntry(registry, {name + ".truncate",
                      1,
                      3,
                      {ArgumentKind::kString, ArgumentKind::kTemporal, ArgumentKind::kMap},
                      Volatility::kStatement,
                      TruncateTo<kType>,
                      "unit [, value [, components]]",
                      kType,
                      "the value set back to the beginning of a unit, as a " + noun});
}

template <BetweenUnits kUnits>
void AddBetween(FunctionRegistry& registry, std::string name, std::string summary) {
  AddEntry(registry, {std::move(name),
                      2,
                      2,
                      {ArgumentKind::kTemporal},
                      Volatility::kDeterministic,
                      Between<kUnits>,
                      "from, to",
                      ValueType::kDuration,
                      std::move(summary)});
}

}  // namespace

void RegisterTemporalFunctions(FunctionRegistry& registry) {
  AddInstantFunctions<ValueType::kDate>(registry, "date");
  AddInstantFunctions<ValueType::kLocalTime>(registry, "local time");
  AddInstantFunctions<ValueType::kTime>(registry, "time with offset");
  AddInstantFunctions<ValueType::kLocalDateTime>(registry, "local date-time");
  AddInstantFunctions<ValueType::kDateTime>(registry, "date-time with zone");
  AddEntry(registry, {"datetime.fromepoch",
                      2,
                      2,
                      {ArgumentKind::kInteger},
                      Volatility::kDeterministic,
                      DateTimeFromEpoch,
                      "seconds, nanoseconds",
                      ValueType::kDateTime,
                      "the date-time that long after 1970-01-01T00:00Z"});
  AddEntry(registry, {"datetime.fromepochmillis",
                      1,
                      1,
                      {ArgumentKind::kInteger},
                      Volatility::kDeterministic,
                      DateTimeFromEpochMillis,
                      "milliseconds",
                      ValueType::kDateTime,
                      "the date-time that long after 1970-01-01T00:00Z"});
  AddEntry(registry, {"duration",
                      1,
                      1,
                      {ArgumentKind::kAny},
                      Volatility::kDeterministic,
                      ConstructDuration,
                      "textOrMap",
                      ValueType::kDuration,
                      "a duration from a text like 'P1DT2H' or from components"});
  AddBetween<BetweenUnits::kAll>(registry, "duration.between",
                                 "the duration between two values in months, days and seconds");
  AddBetween<BetweenUnits::kMonths>(registry, "duration.inMonths",
                                    "the whole months between two values");
  AddBetween<BetweenUnits::kDays>(registry, "duration.inDays", "the whole days between two values");
  AddBetween<BetweenUnits::kSeconds>(registry, "duration.inSeconds",
                                     "the seconds between two values");
}

}  // namespace gesta
