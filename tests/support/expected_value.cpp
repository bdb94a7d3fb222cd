// A recursive-descent parser of expected values, and their comparison with results.
#include "support/expected_value.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace gesta::test {
namespace {

class ExpectedParser {
 public:
  explicit ExpectedParser(std::string_view text) : text_(text) {}

  Result<Value> Parse() {
    GESTA_ASSIGN_OR_RETURN(Value value, ParseValue());
    SkipBlanks();
    if (at_ != text_.size()) return Fail("text after the value");
    return value;
  }

 private:
  Status Fail(std::string_view what) const {
    return Status(StatusCode::kBadData, "expected value `" + std::string(text_) + "`, offset " +
                                            std::to_string(at_) + ": " + std::string(what));
  }
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void SkipBlanks() {
    while (std::isspace(static_cast<unsigned char>(Peek()))) ++at_;
  }
  bool Take(std::string_view token) {
    SkipBlanks();
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }
  static bool IsNameChar(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80);
  }
  Result<std::string> ParseName() {
    SkipBlanks();
    std::string name;
    if (Peek() == '`') {
      const size_t end = text_.find('`', at_ + 1);
      if (end == std::string_view::npos) return Fail("an unclosed `");
      name = text_.substr(at_ + 1, end - at_ - 1);
      at_ = end + 1;
      return name;
    }
    while (at_ < text_.size() && IsNameChar(Peek())) name += text_[at_++];
    if (name.empty()) return Fail("a name is wanted");
    return name;
  }

  Result<Value> ParseValue() {
    SkipBlanks();
    switch (Peek()) {
      case '\'':
      case '"':
        return ParseString();
      case '[':
        return ParseListOrRelationship();
      case '{': {
        GESTA_ASSIGN_OR_RETURN(Map map, ParseMap());
        return Value::MakeMap(std::move(map));
      }
      case '(': {
        GESTA_ASSIGN_OR_RETURN(NodeData node, ParseNode());
        return Value::Node(std::move(node));
      }
      case '<':
        return ParsePath();
      default:
        return ParseWord();
    }
  }

  Result<Value> ParseWord() {
    std::string word;
    while (at_ < text_.size() &&
           (IsNameChar(Peek()) || Peek() == '-' || Peek() == '+' || Peek() == '.')) {
      word += text_[at_++];
    }
    if (word == "null") return Value::Null();
    if (word == "true") return Value::Boolean(true);
    if (word == "false") return Value::Boolean(false);
    if (word == "NaN") return Value::Float(std::nan(""));
    if (word == "Inf") return Value::Float(std::numeric_limits<double>::infinity());
    if (word == "-Inf") return Value::Float(-std::numeric_limits<double>::infinity());
    if (word.empty()) return Fail("a value is wanted");
    char* end = nullptr;
    if (word.find_first_of(".eE") == std::string::npos) {
      errno = 0;
      const long long number = std::strtoll(word.c_str(), &end, 10);
      if (*end == '\0' && errno == 0) return Value::Integer(number);
    } else {
      const double number = std::strtod(word.c_str(), &end);
      if (*end == '\0') return Value::Float(number);
    }
    return Fail("`" + word + "` is no value");
  }

  Result<Value> ParseString() {
    const char quote = text_[at_++];
    std::string out;
    while (true) {
      if (at_ >= text_.size()) return Fail("an unclosed string");
      char c = text_[at_++];
      if (c == quote) return Value::String(out);
      if (c == '\\' && at_ < text_.size()) {
        c = text_[at_++];
        switch (c) {
          case 'n':
            c = '\n';
            break;
          case 't':
            c = '\t';
            break;
          case 'r':
            c = '\r';
            break;
          default:
            break;  // \\, \', \": the character itself
        }
      }
      out += c;
    }
  }

  Result<Map> ParseMap() {
    Map map;
    ++at_;  // {
    if (Take("}")) return map;
    do {
      GESTA_ASSIGN_OR_RETURN(std::string key, ParseName());
      if (!Take(":")) return Fail("':' is wanted");
      GESTA_ASSIGN_OR_RETURN(Value value, ParseValue());
      map.Set(key, std::move(value));
    } while (Take(","));
    if (!Take("}")) return Fail("'}' is wanted");
    return map;
  }

  Result<Value> ParseListOrRelationship() {
    const size_t start = at_;
    ++at_;  // [
    SkipBlanks();
    if (Peek() == ':') {
      at_ = start;
      GESTA_ASSIGN_OR_RETURN(RelationshipData rel, ParseRelationship());
      return Value::Relationship(std::move(rel));
    }
    List items;
    if (Take("]")) return Value::MakeList(std::move(items));
    do {
      GESTA_ASSIGN_OR_RETURN(Value item, ParseValue());
      items.push_back(std::move(item));
    } while (Take(","));
    if (!Take("]")) return Fail("']' is wanted");
    return Value::MakeList(std::move(items));
  }

  Result<NodeData> ParseNode() {
    NodeData node;
    if (!Take("(")) return Fail("'(' is wanted");
    while (Take(":")) {
      GESTA_ASSIGN_OR_RETURN(std::string label, ParseName());
      node.labels.push_back(std::move(label));
    }
    std::sort(node.labels.begin(), node.labels.end());
    SkipBlanks();
    if (Peek() == '{') {
      GESTA_ASSIGN_OR_RETURN(node.properties, ParseMap());
    }
    if (!Take(")")) return Fail("')' is wanted");
    return node;
  }

  Result<RelationshipData> ParseRelationship() {
    RelationshipData rel;
    if (!Take("[") || !Take(":")) return Fail("'[:' is wanted");
    GESTA_ASSIGN_OR_RETURN(rel.type, ParseName());
    SkipBlanks();
    if (Peek() == '{') {
      GESTA_ASSIGN_OR_RETURN(rel.properties, ParseMap());
    }
    if (!Take("]")) return Fail("']' is wanted");
    return rel;
  }

  Result<Value> ParsePath() {
    ++at_;  // <
    PathData path;
    GESTA_ASSIGN_OR_RETURN(NodeData first, ParseNode());
    path.nodes.push_back(Value::Node(std::move(first)));
    while (!Take(">")) {
      const bool backward = Take("<-");
      if (!backward && !Take("-")) return Fail("a relationship or '>' is wanted");
      GESTA_ASSIGN_OR_RETURN(RelationshipData rel, ParseRelationship());
      if (backward ? !Take("-") : !Take("->")) return Fail("the relationship's end is wanted");
      GESTA_ASSIGN_OR_RETURN(NodeData next, ParseNode());
      next.id = path.nodes.size();
      rel.id = path.relationships.size();
      rel.start = backward ? next.id : next.id - 1;
      rel.end = backward ? next.id - 1 : next.id;
      path.nodes.push_back(Value::Node(std::move(next)));
      path.relationships.push_back(Value::Relationship(std::move(rel)));
    }
    return Value::Path(std::move(path));
  }

  std::string_view text_;
  size_t at_ = 0;
};

bool MatchMaps(const Map& expected, const Map& actual, bool ignore_list_order) {
  if (expected.size() != actual.size()) return false;
  return std::equal(
      expected.begin(), expected.end(), actual.begin(), [&](const MapEntry& a, const MapEntry& b) {
        return a.first == b.first && MatchesExpected(a.second, b.second, ignore_list_order);
      });
}

bool MatchLists(const List& expected, const List& actual, bool ignore_list_order) {
  if (expected.size() != actual.size()) return false;
  if (!ignore_list_order) {
    return std::equal(expected.begin(), expected.end(), actual.begin(),
                      [&](const Value& a, const Value& b) { return MatchesExpected(a, b, false); });
  }
  std::vector<bool> used(actual.size());
  for (const Value& wanted : expected) {
    bool found = false;
    for (size_t i = 0; i < actual.size() && !found; ++i) {
      if (used[i] || !MatchesExpected(wanted, actual[i], true)) continue;
      used[i] = found = true;
    }
    if (!found) return false;
  }
  return true;
}

bool MatchPaths(const PathData& expected, const PathData& actual, bool ignore_list_order) {
  if (expected.nodes.size() != actual.nodes.size()) return false;
  for (size_t i = 0; i < expected.nodes.size(); ++i) {
    if (!MatchesExpected(expected.nodes[i], actual.nodes[i], ignore_list_order)) return false;
  }
  for (size_t i = 0; i < expected.relationships.size(); ++i) {
    if (!MatchesExpected(expected.relationships[i], actual.relationships[i], ignore_list_order)) {
      return false;
    }
    const RelationshipData& rel = actual.relationships[i].AsRelationship();
    const bool forward = expected.relationships[i].AsRelationship().start == i;
    const uint64_t from = actual.nodes[forward ? i : i + 1].EntityId();
    const uint64_t to = actual.nodes[forward ? i + 1 : i].EntityId();
    if (rel.start != from || rel.end != to) return false;
  }
  return true;
}

}  // namespace

Result<Value> ParseExpectedValue(std::string_view text) { return ExpectedParser(text).Parse(); }

bool MatchesExpected(const Value& expected, const Value& actual, bool ignore_list_order) {
  if (expected.type() == ValueType::kString && actual.IsTemporal()) {
    return expected.AsString() == TemporalToText(actual);
  }
  if (expected.type() != actual.type()) return false;
  switch (expected.type()) {
    case ValueType::kNull:
      return true;
    case ValueType::kBoolean:
      return expected.AsBoolean() == actual.AsBoolean();
    case ValueType::kInteger:
      return expected.AsInteger() == actual.AsInteger();
    case ValueType::kFloat:
      return expected.AsFloat() == actual.AsFloat() ||
             (std::isnan(expected.AsFloat()) && std::isnan(actual.AsFloat()));
    case ValueType::kString:
      return expected.AsString() == actual.AsString();
    case ValueType::kList:
      return MatchLists(expected.AsList(), actual.AsList(), ignore_list_order);
    case ValueType::kMap:
      return MatchMaps(expected.AsMap(), actual.AsMap(), ignore_list_order);
    case ValueType::kNode:
      return actual.IsMaterialised() && expected.AsNode().labels == actual.AsNode().labels &&
             MatchMaps(expected.AsNode().properties, actual.AsNode().properties, ignore_list_order);
    case ValueType::kRelationship:
      return actual.IsMaterialised() &&
             expected.AsRelationship().type == actual.AsRelationship().type &&
             MatchMaps(expected.AsRelationship().properties, actual.AsRelationship().properties,
                       ignore_list_order);
    case ValueType::kPath:
      return MatchPaths(expected.AsPath(), actual.AsPath(), ignore_list_order);
    default:
      return false;  // temporal values are written as strings
  }
}

}  // namespace gesta::test
