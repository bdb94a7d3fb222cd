#include "align/options.h"

#include <algorithm>

#include "functions/errors.h"
#include "parse/edit_distance.h"

namespace gesta {
namespace {

std::string Listed(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

}  // namespace

std::string NearestName(std::string_view name, const std::vector<std::string>& known) {
  std::string nearest;
  size_t least = std::max<size_t>(1, name.size() / 3) + 1;
  for (const std::string& candidate : known) {
    const size_t distance = EditDistance(name, candidate);
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

const Value* AlignerOptions::Find(std::string_view name) const {
  const Value* value = values_.Find(name);
  return value && !value->IsNull() ? value : nullptr;
}

Status AlignerOptions::WrongType(std::string_view name, std::string_view needs,
                                 const Value& got) const {
  return TypeError("InvalidArgumentType", "the option " + std::string(name) + " of " + aligner_ +
                                              " needs " + std::string(needs) + ", not " +
                                              TypeInWords(got));
}

Status AlignerOptions::CheckNames(const std::vector<std::string_view>& known, bool with_top) const {
  std::vector<std::string> names(known.begin(), known.end());
  if (with_top) names.emplace_back("top");
  for (const auto& [name, value] : values_) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const std::string nearest = NearestName(name, names);
    return StatementError(
        StatusCode::kSemantic, "ArgumentError", "UnknownOption",
        aligner_ + " has no option " + QuoteName(name),
        nearest.empty() ? "its options are " + Listed(names) : "did you mean " + nearest + "?");
  }
  return {};
}

Result<int64_t> AlignerOptions::Integer(std::string_view name, int64_t fallback,
                                        int64_t least) const {
  const Value* value = Find(name);
  if (!value) return fallback;
  if (value->type() != ValueType::kInteger) return WrongType(name, "an integer", *value);
  if (value->AsInteger() < least) {
    return ArgumentError("NumberOutOfRange", "the option " + std::string(name) + " of " + aligner_ +
                                                 " must be at least " + std::to_string(least) +
                                                 ", and is " + std::to_string(value->AsInteger()));
  }
  return value->AsInteger();
}

Result<double> AlignerOptions::Number(std::string_view name, double fallback, double least) const {
  const Value* value = Find(name);
  if (!value) return fallback;
  if (!value->IsNumber()) return WrongType(name, "a number", *value);
  if (!(value->AsNumber() >= least)) {
    return ArgumentError("NumberOutOfRange", "the option " + std::string(name) + " of " + aligner_ +
                                                 " must be at least " + FloatToText(least) +
                                                 ", and is " + FloatToText(value->AsNumber()));
  }
  return value->AsNumber();
}

Result<bool> AlignerOptions::Boolean(std::string_view name, bool fallback) const {
  const Value* value = Find(name);
  if (value == nullptr) return fallback;
  if (value->type() != ValueType::kBoolean) return WrongType(name, "true or false", *value);
  return value->AsBoolean();
}

Result<std::string> AlignerOptions::String(std::string_view name, std::string_view fallback) const {
  const Value* value = Find(name);
  if (!value) return std::string(fallback);
  if (value->type() != ValueType::kString) return WrongType(name, "a string", *value);
  return std::string(value->AsString());
}

Result<std::string> AlignerOptions::Choice(std::string_view name,
                                           std::initializer_list<std::string_view> choices) const {
  GESTA_ASSIGN_OR_RETURN(const std::string given, String(name, *choices.begin()));
  std::vector<std::string> quoted;
  for (const std::string_view choice : choices) {
    if (choice == given) return given;
    quoted.push_back("'" + std::string(choice) + "'");
  }
  return ArgumentError("UnknownOption", "the option " + std::string(name) + " of " + aligner_ +
                                            " is '" + given + "'; it can be " + Listed(quoted));
}

Result<std::vector<std::string>> AlignerOptions::Strings(std::string_view name) const {
  std::vector<std::string> strings;
  const Value* value = Find(name);
  if (!value) return strings;
  if (value->type() == ValueType::kString) {
    strings.emplace_back(value->AsString());
    return strings;
  }
  if (value->type() != ValueType::kList) {
    return WrongType(name, "a string or a list of strings", *value);
  }
  for (const Value& item : value->AsList()) {
    if (item.type() != ValueType::kString) return WrongType(name, "a list of strings", item);
    strings.emplace_back(item.AsString());
  }
  return strings;
}

Result<std::optional<int64_t>> AlignerOptions::Top() const {
  if (!Find("top")) return std::optional<int64_t>();
  GESTA_ASSIGN_OR_RETURN(const int64_t top, Integer("top", 0, 0));
  return std::optional<int64_t>(top);
}

}  // namespace gesta
