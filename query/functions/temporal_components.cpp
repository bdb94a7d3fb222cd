// Reading and checking maps of components.
#include <string>

#include "functions/temporal_construct.h"
#include "functions/temporal_errors.h"
#include "functions/temporal_parse.h"

namespace gesta::temporal {
namespace {

struct FieldSpec {
  std::string_view name;
  Field field;
  bool of_date;   // else of the time
  bool of_epoch;  // for date-times only
};

constexpr FieldSpec kFieldSpecs[] = {
    {"year", Field::kYear, true, false},
    {"quarter", Field::kQuarter, true, false},
    {"month", Field::kMonth, true, false},
    {"week", Field::kWeek, true, false},
    {"ordinalDay", Field::kOrdinalDay, true, false},
    {"dayOfQuarter", Field::kDayOfQuarter, true, false},
    {"dayOfWeek", Field::kDayOfWeek, true, false},
    {"day", Field::kDay, true, false},
    {"hour", Field::kHour, false, false},
    {"minute", Field::kMinute, false, false},
    {"second", Field::kSecond, false, false},
    {"millisecond", Field::kMillisecond, false, false},
    {"microsecond", Field::kMicrosecond, false, false},
    {"nanosecond", Field::kNanosecond, false, false},
    {"epochSeconds", Field::kEpochSeconds, false, true},
    {"epochMillis", Field::kEpochMillis, false, true},
};

bool HasDate(ValueType type) {
  return type == ValueType::kDate || type == ValueType::kLocalDateTime ||
         type == ValueType::kDateTime;
}
bool HasTime(ValueType type) { return IsInstantType(type) && type != ValueType::kDate; }
bool HasZone(ValueType type) { return type == ValueType::kTime || type == ValueType::kDateTime; }

std::string_view NameOf(Field field) { return kFieldSpecs[static_cast<size_t>(field)].name; }

const FieldSpec* FindField(ValueType type, std::string_view name) {
  for (const FieldSpec& spec : kFieldSpecs) {
    if (spec.name != name) continue;
    const bool allowed = spec.of_epoch  ? type == ValueType::kDateTime
                         : spec.of_date ? HasDate(type)
                                        : HasTime(type);
    return allowed ? &spec : nullptr;
  }
  return nullptr;
}

std::string KnownComponents(ValueType type) {
  std::string names = "its components are ";
  for (const FieldSpec& spec : kFieldSpecs) {
    if (FindField(type, spec.name) != nullptr) names += std::string(spec.name) + ", ";
  }
  if (HasZone(type)) names += "timezone, ";
  if (HasDate(type)) names += "date, ";
  if (HasTime(type)) names += "time, ";
  if (HasDate(type) && HasTime(type)) names += "datetime, ";
  names.resize(names.size() - 2);
  return names;
}

// The base value or zone of that name; nullptr: no such component of the type.
std::optional<Value>* FindBase(ValueType type, std::string_view name, Components* components) {
  if (name == "date" && HasDate(type)) return &components->date;
  if (name == "time" && HasTime(type)) return &components->time;
  if (name == "datetime" && HasDate(type) && HasTime(type)) return &components->datetime;
  return nullptr;
}

Status CannotCombine(std::string_view a, std::string_view b) {
  return InvalidArgument("the components '" + std::string(a) + "' and '" + std::string(b) +
                         "' cannot be combined");
}

// A date is given in one way only.
Status CheckOneKindOfDate(const Components& c) {
  struct Kind {
    Field a, b;
  };
  constexpr Kind kKinds[] = {{Field::kMonth, Field::kDay},
                             {Field::kWeek, Field::kDayOfWeek},
                             {Field::kQuarter, Field::kDayOfQuarter},
                             {Field::kOrdinalDay, Field::kOrdinalDay}};
  std::optional<Field> seen;
  for (const Kind& kind : kKinds) {
    if (!c.Has(kind.a) && !c.Has(kind.b)) continue;
    const Field here = c.Has(kind.a) ? kind.a : kind.b;
    if (seen) return CannotCombine(NameOf(*seen), NameOf(here));
    seen = here;
  }
  return Status::Ok();
}

Status CheckNeeds(const Components& c, Field field, Field needed) {
  if (!c.Has(field) || c.Has(needed)) return Status::Ok();
  return InvalidArgument("the component '" + std::string(NameOf(field)) + "' needs '" +
                         std::string(NameOf(needed)) + "' beside it");
}

// Without a value to start from, only the smallest components may be left out.
Status CheckCompleteDate(const Components& c, bool with_time) {
  if (!c.Has(Field::kYear)) {
    return InvalidArgument("the component 'year' is missing");
  }
  GESTA_RETURN_IF_ERROR(CheckNeeds(c, Field::kDay, Field::kMonth));
  GESTA_RETURN_IF_ERROR(CheckNeeds(c, Field::kDayOfWeek, Field::kWeek));
  GESTA_RETURN_IF_ERROR(CheckNeeds(c, Field::kDayOfQuarter, Field::kQuarter));
  const bool to_the_day = c.Has(Field::kDay) || c.Has(Field::kDayOfWeek) ||
                          c.Has(Field::kDayOfQuarter) || c.Has(Field::kOrdinalDay);
  if (with_time && c.Has(Field::kHour) && !to_the_day) {
    return InvalidArgument("the component 'hour' needs the day beside it",
                           "add month and day, week and dayOfWeek, quarter and dayOfQuarter, or "
                           "ordinalDay");
  }
  return Status::Ok();
}

Status CheckCompleteTime(const Components& c) {
  GESTA_RETURN_IF_ERROR(CheckNeeds(c, Field::kMinute, Field::kHour));
  GESTA_RETURN_IF_ERROR(CheckNeeds(c, Field::kSecond, Field::kMinute));
  GESTA_RETURN_IF_ERROR(CheckNeeds(c, Field::kMillisecond, Field::kSecond));
  GESTA_RETURN_IF_ERROR(CheckNeeds(c, Field::kMicrosecond, Field::kSecond));
  return CheckNeeds(c, Field::kNanosecond, Field::kSecond);
}

// An instant counted from the epoch has all its parts; only fractions of the second are added.
Status CheckEpoch(const Components& c) {
  if (c.Has(Field::kEpochSeconds) && c.Has(Field::kEpochMillis)) {
    return CannotCombine("epochSeconds", "epochMillis");
  }
  const std::string_view epoch = c.Has(Field::kEpochSeconds) ? "epochSeconds" : "epochMillis";
  for (const FieldSpec& spec : kFieldSpecs) {
    if (spec.field < Field::kMillisecond && c.Has(spec.field)) {
      return CannotCombine(epoch, spec.name);
    }
  }
  if (c.date || c.time || c.datetime) return CannotCombine(epoch, "date, time or datetime");
  if (c.Has(Field::kEpochMillis) && c.Has(Field::kMillisecond)) {
    return CannotCombine(epoch, "millisecond");
  }
  return Status::Ok();
}

Status ReadComponent(ValueType type, std::string_view name, const Value& value, Components* out) {
  if (const FieldSpec* spec = FindField(type, name)) {
    if (value.type() != ValueType::kInteger) {
      return WrongType("the component '" + std::string(name) + "' must be an integer, not " +
                       gesta::TypeInWords(value));
    }
    (*out)[spec->field] = value.AsInteger();
    return Status::Ok();
  }
  if (name == "timezone" && HasZone(type)) {
    if (value.type() != ValueType::kString) {
      return WrongType(
          "the component 'timezone' must be a string, not " + gesta::TypeInWords(value),
          "give an offset such as '+02:00' or a name such as 'Europe/Stockholm'");
    }
    GESTA_ASSIGN_OR_RETURN(out->timezone, ParseZone(value.AsString()));
    return Status::Ok();
  }
  std::optional<Value>* base = FindBase(type, name, out);
  if (base == nullptr) {
    return InvalidArgument(
        std::string(KindInWords(type)) + " has no component '" + std::string(name) + "'",
        KnownComponents(type));
  }
  const bool fits = name == "time" ? HasTime(value.type()) : HasDate(value.type());
  if (!fits) {
    return WrongType(
        "the component '" + std::string(name) + "' must be a value with " +
        (name == "time" ? "a time" : "a date") + ", not " +
        (value.IsTemporal() ? std::string(KindInWords(value.type())) : gesta::TypeInWords(value)));
  }
  *base = value;
  return Status::Ok();
}

}  // namespace

Result<std::optional<Components>> ReadComponents(ValueType type, const Map& map) {
  Components components;
  bool has_null = false;
  for (const auto& [name, value] : map) {
    if (value.IsNull()) {
      has_null = true;
      continue;
    }
    GESTA_RETURN_IF_ERROR(ReadComponent(type, name, value, &components));
  }
  if (has_null) return std::optional<Components>();
  return std::optional<Components>(std::move(components));
}

Status CheckComponents(ValueType type, const Components& c) {
  if (c.Has(Field::kEpochSeconds) || c.Has(Field::kEpochMillis)) return CheckEpoch(c);
  if (c.datetime && (c.date || c.time)) {
    return CannotCombine("datetime", c.date ? "date" : "time");
  }
  GESTA_RETURN_IF_ERROR(CheckOneKindOfDate(c));
  const bool time_given = c.time || c.datetime;
  if (HasDate(type) && !c.date && !c.datetime) {
    GESTA_RETURN_IF_ERROR(CheckCompleteDate(c, !time_given));
  }
  if (HasTime(type) && !time_given) {
    if (!HasDate(type) && !c.Has(Field::kHour)) {
      return InvalidArgument("the component 'hour' is missing");
    }
    return CheckCompleteTime(c);
  }
  return Status::Ok();
}

Status CheckOverrides(const Components& c) {
  if (c.date || c.time || c.datetime || c.Has(Field::kEpochSeconds) || c.Has(Field::kEpochMillis)) {
    return InvalidArgument(
        "a truncated value can be changed by single components only",
        "leave out 'date', 'time', 'datetime', 'epochSeconds' and 'epochMillis'");
  }
  return CheckOneKindOfDate(c);
}

}  // namespace gesta::temporal
