// Functions on strings. Positions and lengths count characters (Unicode code points).
#include <algorithm>

#include "functions/errors.h"
#include "functions/operators.h"
#include "functions/registry.h"
#include "functions/text.h"

namespace gesta {
namespace {

// Checks that arguments[i] is a string for each i below `count`.
Status NeedStrings(std::string_view function, const Value* arguments, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (arguments[i].type() != ValueType::kString) {
      return WrongArgument(function, "a string", arguments[i]);
    }
  }
  return Status::Ok();
}

// A length or position: an integer that is not negative.
Result<size_t> NeedPosition(std::string_view function, const Value& argument) {
  if (argument.type() != ValueType::kInteger) {
    return WrongArgument(function, "an integer", argument);
  }
  if (argument.AsInteger() < 0) {
    return ArgumentError("NumberOutOfRange", std::string(function) +
                                                 "() cannot take a negative length or position (" +
                                                 ToText(argument, true) + ")");
  }
  return static_cast<size_t>(argument.AsInteger());
}

Result<Value> ToUpper(EvaluationContext&, const Value* arguments, size_t) {
  GESTA_RETURN_IF_ERROR(NeedStrings("toUpper", arguments, 1));
  return Value::String(text::ToUpper(arguments[0].AsString()));
}

Result<Value> ToLower(EvaluationContext&, const Value* arguments, size_t) {
  GESTA_RETURN_IF_ERROR(NeedStrings("toLower", arguments, 1));
  return Value::String(text::ToLower(arguments[0].AsString()));
}

Result<Value> Trimmed(std::string_view function, const Value* arguments, size_t count, bool left,
                      bool right) {
  GESTA_RETURN_IF_ERROR(NeedStrings(function, arguments, count));
  std::string_view text = arguments[0].AsString();
  std::string_view given;
  const std::string_view* characters = nullptr;
  if (count > 1) {
    given = arguments[1].AsString();
    characters = &given;
  }
  if (left) text = text::TrimLeft(text, characters);
  if (right) text = text::TrimRight(text, characters);
  return Value::String(text);
}

Result<Value> Trim(EvaluationContext&, const Value* arguments, size_t count) {
  return Trimmed("trim", arguments, count, true, true);
}
Result<Value> LeftTrim(EvaluationContext&, const Value* arguments, size_t count) {
  return Trimmed("lTrim", arguments, count, true, false);
}
Result<Value> RightTrim(EvaluationContext&, const Value* arguments, size_t count) {
  return Trimmed("rTrim", arguments, count, false, true);
}

Result<Value> Left(EvaluationContext&, const Value* arguments, size_t) {
  GESTA_RETURN_IF_ERROR(NeedStrings("left", arguments, 1));
  GESTA_ASSIGN_OR_RETURN(const size_t length, NeedPosition("left", arguments[1]));
  const std::string_view text = arguments[0].AsString();
  return Value::String(text.substr(0, text::CodePointOffset(text, length)));
}

Result<Value> Right(EvaluationContext&, const Value* arguments, size_t) {
  GESTA_RETURN_IF_ERROR(NeedStrings("right", arguments, 1));
  GESTA_ASSIGN_OR_RETURN(const size_t length, NeedPosition("right", arguments[1]));
  const std::string_view text = arguments[0].AsString();
  const size_t total = text::CountCodePoints(text);
  return Value::String(text.substr(text::CodePointOffset(text, total - std::min(length, total))));
}

Result<Value> Substring(EvaluationContext&, const Value* arguments, size_t count) {
  GESTA_RETURN_IF_ERROR(NeedStrings("substring", arguments, 1));
  GESTA_ASSIGN_OR_RETURN(const size_t start, NeedPosition("substring", arguments[1]));
  std::string_view text = arguments[0].AsString();
  text.remove_prefix(text::CodePointOffset(text, start));
  if (count > 2) {
    GESTA_ASSIGN_OR_RETURN(const size_t length, NeedPosition("substring", arguments[2]));
    text = text.substr(0, text::CodePointOffset(text, length));
  }
  return Value::String(text);
}

// An empty text to search for is found nowhere.
Result<Value> Replace(EvaluationContext&, const Value* arguments, size_t) {
  GESTA_RETURN_IF_ERROR(NeedStrings("replace", arguments, 3));
  const std::string_view text = arguments[0].AsString();
  const std::string_view search = arguments[1].AsString();
  const std::string_view replacement = arguments[2].AsString();
  if (search.empty()) return arguments[0];
  std::string out;
  size_t at = 0;
  for (size_t found = text.find(search); found != std::string_view::npos;
       found = text.find(search, at)) {
    out.append(text.substr(at, found - at));
    out.append(replacement);
    at = found + search.size();
    if (out.size() > kMaxStringBytes) {
      return ArgumentError("NumberOutOfRange", "replace() would make a string of more than " +
                                                   std::to_string(kMaxStringBytes) + " bytes");
    }
  }
  if (at == 0) return arguments[0];
  out.append(text.substr(at));
  return Value::String(out);
}

// The longest of the delimiters that stands at byte `at`, 0 if none does.
size_t DelimiterAt(std::string_view text, size_t at, const std::vector<std::string_view>& all) {
  size_t longest = 0;
  for (std::string_view delimiter : all) {
    if (delimiter.size() > longest && text.compare(at, delimiter.size(), delimiter) == 0) {
      longest = delimiter.size();
    }
  }
  return longest;
}

Result<Value> Split(EvaluationContext&, const Value* arguments, size_t) {
  GESTA_RETURN_IF_ERROR(NeedStrings("split", arguments, 1));
  std::vector<std::string_view> delimiters;
  if (arguments[1].type() == ValueType::kList) {
    for (const Value& delimiter : arguments[1].AsList()) {
      if (delimiter.IsNull()) return Value();
      GESTA_RETURN_IF_ERROR(NeedStrings("split", &delimiter, 1));
      delimiters.push_back(delimiter.AsString());
    }
  } else {
    GESTA_RETURN_IF_ERROR(NeedStrings("split", arguments + 1, 1));
    delimiters.push_back(arguments[1].AsString());
  }
  const std::string_view text = arguments[0].AsString();
  List parts;
  if (!text.empty() && std::find(delimiters.begin(), delimiters.end(), "") != delimiters.end()) {
    // An empty delimiter stands between any two characters.
    for (size_t at = 0; at < text.size();) {
      const size_t end = text::NextCodePoint(text, at);
      parts.push_back(Value::String(text.substr(at, end - at)));
      at = end;
    }
    return Value::MakeList(std::move(parts));
  }
  size_t begin = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t length = DelimiterAt(text, at, delimiters);
    if (length == 0) {
      ++at;
      continue;
    }
    parts.push_back(Value::String(text.substr(begin, at - begin)));
    begin = at = at + length;
  }
  parts.push_back(Value::String(text.substr(begin)));
  return Value::MakeList(std::move(parts));
}

Result<Value> CharLength(EvaluationContext&, const Value* arguments, size_t) {
  GESTA_RETURN_IF_ERROR(NeedStrings("char_length", arguments, 1));
  return Value::Integer(static_cast<int64_t>(text::CountCodePoints(arguments[0].AsString())));
}

Result<Value> Normalize(EvaluationContext&, const Value* arguments, size_t count) {
  GESTA_RETURN_IF_ERROR(NeedStrings("normalize", arguments, count));
  Result<std::string> normal =
      text::Normalize(arguments[0].AsString(), count > 1 ? arguments[1].AsString() : "NFC");
  if (normal.ok()) return Value::String(*normal);
  return ArgumentError("InvalidArgumentValue", std::string(normal.status().message()))
      .WithHint(normal.status().info().hint);
}

}  // namespace

void RegisterStringFunctions(FunctionRegistry& registry) {
  using K = ArgumentKind;
  constexpr auto kDeterministic = Volatility::kDeterministic;
  const std::vector<K> string = {K::kString};
  for (const char* name : {"toUpper", "upper"}) {
    registry.Add({name, 1, 1, string, kDeterministic, true, &ToUpper,
                  std::string(name) + "(string) -> STRING", "The text in upper case"});
  }
  for (const char* name : {"toLower", "lower"}) {
    registry.Add({name, 1, 1, string, kDeterministic, true, &ToLower,
                  std::string(name) + "(string) -> STRING", "The text in lower case"});
  }
  for (const char* name : {"trim", "bTrim"}) {
    registry.Add({name, 1, 2, string, kDeterministic, true, &Trim,
                  std::string(name) + "(string [, characters]) -> STRING",
                  "The text without white space, or the given characters, at both ends"});
  }
  registry.Add({"lTrim", 1, 2, string, kDeterministic, true, &LeftTrim,
                "lTrim(string [, characters]) -> STRING",
                "The text without white space, or the given characters, at its start"});
  registry.Add({"rTrim", 1, 2, string, kDeterministic, true, &RightTrim,
                "rTrim(string [, characters]) -> STRING",
                "The text without white space, or the given characters, at its end"});
  registry.Add({"left",
                2,
                2,
                {K::kString, K::kInteger},
                kDeterministic,
                true,
                &Left,
                "left(string, length) -> STRING",
                "The first characters"});
  registry.Add({"right",
                2,
                2,
                {K::kString, K::kInteger},
                kDeterministic,
                true,
                &Right,
                "right(string, length) -> STRING",
                "The last characters"});
  registry.Add({"substring",
                2,
                3,
                {K::kString, K::kInteger},
                kDeterministic,
                true,
                &Substring,
                "substring(string, start [, length]) -> STRING",
                "The characters from position start, counted from 0"});
  registry.Add({"replace", 3, 3, string, kDeterministic, true, &Replace,
                "replace(string, search, replacement) -> STRING",
                "The text with every occurrence of search replaced"});
  registry.Add({"split",
                2,
                2,
                {K::kString, K::kStringOrList},
                kDeterministic,
                true,
                &Split,
                "split(string, delimiter | list) -> LIST<STRING>",
                "The parts of the text between the delimiters"});
  for (const char* name : {"char_length", "character_length"}) {
    registry.Add({name, 1, 1, string, kDeterministic, true, &CharLength,
                  std::string(name) + "(string) -> INTEGER", "The number of characters"});
  }
  registry.Add({"normalize", 1, 2, string, kDeterministic, true, &Normalize,
                "normalize(string [, form]) -> STRING",
                "The text in the Unicode normal form NFC, NFD, NFKC or NFKD"});
}

}  // namespace gesta
