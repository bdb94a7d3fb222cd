// Syntax trees as text, for comparison in tests.
#include "parse_testing.h"

#include <catch2/catch.hpp>
#include <utility>

#include "parse/parser.h"

namespace gesta::testing {
namespace {

using namespace ast;  // NOLINT: this file is about its names

std::string Op(BinaryOp op) {
  switch (op) {
    case BinaryOp::kOr:
      return "OR";
    case BinaryOp::kXor:
      return "XOR";
    case BinaryOp::kAnd:
      return "AND";
    case BinaryOp::kAdd:
      return "+";
    case BinaryOp::kSubtract:
      return "-";
    case BinaryOp::kMultiply:
      return "*";
    case BinaryOp::kDivide:
      return "/";
    case BinaryOp::kModulo:
      return "%";
    case BinaryOp::kPower:
      return "^";
    case BinaryOp::kEqual:
      return "=";
    case BinaryOp::kNotEqual:
      return "<>";
    case BinaryOp::kLess:
      return "<";
    case BinaryOp::kLessEqual:
      return "<=";
    case BinaryOp::kGreater:
      return ">";
    case BinaryOp::kGreaterEqual:
      return ">=";
    case BinaryOp::kIn:
      return "IN";
    case BinaryOp::kStartsWith:
      return "STARTS WITH";
    case BinaryOp::kEndsWith:
      return "ENDS WITH";
    case BinaryOp::kContains:
      return "CONTAINS";
    case BinaryOp::kRegex:
      return "=~";
  }
  return "?";
}

// " KEYWORD expr", or nothing.
std::string Optional(const char* keyword, const ExprPtr& expr) {
  return expr ? std::string(" ") + keyword + " " + Show(*expr) : std::string();
}

template <typename Items, typename Text>
std::string Join(const Items& items, const char* separator, Text text) {
  std::string joined;
  for (const auto& item : items) {
    if (!joined.empty()) joined += separator;
    joined += text(item);
  }
  return joined;
}

std::string ShowAll(const std::vector<ExprPtr>& items) {
  return Join(items, ", ", [](const ExprPtr& item) { return Show(*item); });
}

std::string Properties(const ExprPtr& properties, bool after_something) {
  return properties ? (after_something ? " " : "") + Show(*properties) : std::string();
}

std::string ShowNode(const NodePattern& node) {
  std::string text = node.variable;
  if (node.labels) text += ":" + Show(*node.labels);
  text += Properties(node.properties, !text.empty());
  return "(" + text + Optional("WHERE", node.where) + ")";
}

std::string ShowRelationship(const RelationshipPattern& relationship) {
  std::string text = relationship.variable;
  if (relationship.types) text += ":" + Show(*relationship.types);
  if (const auto& length = relationship.length) {
    text += "*" + (length->min ? std::to_string(*length->min) : "") + ".." +
            (length->max ? std::to_string(*length->max) : "");
  }
  text += Properties(relationship.properties, !text.empty());
  text += Optional("WHERE", relationship.where);
  if (!text.empty()) text = "[" + text + "]";
  const bool left = relationship.direction == PatternDirection::kLeft;
  const bool right = relationship.direction == PatternDirection::kRight;
  return (left ? "<-" : "-") + text + (right ? "->" : "-");
}

struct Shower {
  std::string operator()(const Literal& e) const { return ToText(e.value, true); }
  std::string operator()(const Parameter& e) const { return "$" + e.name; }
  std::string operator()(const Variable& e) const { return e.name; }
  std::string operator()(const PropertyAccess& e) const { return Show(*e.base) + "." + e.key; }
  std::string operator()(const ListLiteral& e) const { return "[" + ShowAll(e.items) + "]"; }
  std::string operator()(const MapLiteral& e) const {
    return "{" +
           Join(e.entries, ", ",
                [](const auto& entry) { return entry.first + ": " + Show(*entry.second); }) +
           "}";
  }
  std::string operator()(const MapProjection& e) const {
    using Kind = MapProjection::Item::Kind;
    return e.base + " {" +
           Join(e.items, ", ",
                [](const MapProjection::Item& item) {
                  switch (item.kind) {
                    case Kind::kProperty:
                      return "." + item.name;
                    case Kind::kAllProperties:
                      return std::string(".*");
                    case Kind::kEntry:
                      return item.name + ": " + Show(*item.value);
                    case Kind::kVariable:
                      break;
                  }
                  return item.name;
                }) +
           "}";
  }
  std::string operator()(const Unary& e) const {
    const char* op = e.op == UnaryOp::kNot ? "NOT " : e.op == UnaryOp::kMinus ? "-" : "+";
    return "(" + (op + Show(*e.operand)) + ")";
  }
  std::string operator()(const Binary& e) const {
    return "(" + Show(*e.left) + " " + Op(e.op) + " " + Show(*e.right) + ")";
  }
  std::string operator()(const ComparisonChain& e) const {
    std::string text = "chain(" + Show(*e.operands[0]);
    for (size_t i = 0; i < e.ops.size(); ++i) {
      text += " " + Op(e.ops[i]) + " " + Show(*e.operands[i + 1]);
    }
    return text + ")";
  }
  std::string operator()(const IsNull& e) const {
    return "(" + Show(*e.operand) + (e.negated ? " IS NOT NULL)" : " IS NULL)");
  }
  std::string operator()(const LabelTest& e) const {
    return "(" + Show(*e.operand) + ":" + Show(e.labels) + ")";
  }
  std::string operator()(const Subscript& e) const {
    return Show(*e.container) + "[" + Show(*e.index) + "]";
  }
  std::string operator()(const Slice& e) const {
    return Show(*e.list) + "[" + (e.from ? Show(*e.from) : "") + ".." + (e.to ? Show(*e.to) : "") +
           "]";
  }
  std::string operator()(const FunctionCall& e) const {
    return e.name + "(" + (e.distinct ? "DISTINCT " : "") + ShowAll(e.arguments) + ")";
  }
  std::string operator()(const CountStar&) const { return "count(*)"; }
  std::string operator()(const Case& e) const {
    std::string text = "CASE" + (e.subject ? " " + Show(*e.subject) : "");
    for (const auto& [test, result] : e.whens) {
      text += " WHEN " + Show(*test) + " THEN " + Show(*result);
    }
    return text + Optional("ELSE", e.otherwise) + " END";
  }
  std::string operator()(const ListComprehension& e) const {
    return "[" + e.variable + " IN " + Show(*e.list) + Optional("WHERE", e.where) +
           Optional("|", e.map) + "]";
  }
  std::string operator()(const PatternComprehension& e) const {
    return "[" + Show(e.pattern) + Optional("WHERE", e.where) + Optional("|", e.map) + "]";
  }
  std::string operator()(const Quantifier& e) const {
    static const char* const kNames[] = {"all", "any", "none", "single"};
    return std::string(kNames[static_cast<int>(e.kind)]) + "(" + e.variable + " IN " +
           Show(*e.list) + Optional("WHERE", e.where) + ")";
  }
  std::string operator()(const Reduce& e) const {
    return "reduce(" + e.accumulator + " = " + Show(*e.initial) + ", " + e.variable + " IN " +
           Show(*e.list) + " | " + Show(*e.step) + ")";
  }
  std::string operator()(const PatternExpression& e) const { return Show(e.pattern); }
  std::string operator()(const SubqueryExpression& e) const {
    static const char* const kNames[] = {"EXISTS", "COUNT", "COLLECT"};
    const std::string body = e.query ? "query" : Join(e.pattern, ", ", [](const PatternPart& part) {
                                                   return Show(part);
                                                 }) + Optional("WHERE", e.where);
    return std::string(kNames[static_cast<int>(e.kind)]) + " { " + body + " }";
  }
};

}  // namespace

Statement Parse(const std::string& text) {
  Result<Statement> result = gesta::ParseStatement(text);
  INFO(text);
  if (!result.ok()) FAIL(result.status().ToString());
  return std::move(result).value();
}

ErrorInfo ParseError(const std::string& text) {
  const Result<Statement> result = gesta::ParseStatement(text);
  INFO(text);
  REQUIRE_FALSE(result.ok());
  return result.status().info();
}

std::string Show(const Expr& expr) { return std::visit(Shower{}, expr.node); }

std::string Show(const PatternPart& part) {
  std::string text = ShowNode(part.nodes.at(0));
  for (size_t i = 0; i < part.relationships.size(); ++i) {
    text += ShowRelationship(part.relationships[i]) + ShowNode(part.nodes.at(i + 1));
  }
  if (part.kind == PathKind::kShortest) text = "shortestPath(" + text + ")";
  if (part.kind == PathKind::kAllShortest) text = "allShortestPaths(" + text + ")";
  return (part.variable.empty() ? "" : part.variable + " = ") + text;
}

std::string Show(const LabelExpr& labels) {
  const auto joined = [&](const char* separator) {
    return "(" +
           Join(labels.operands, separator, [](const LabelExpr& part) { return Show(part); }) + ")";
  };
  switch (labels.kind) {
    case LabelExpr::Kind::kName:
      return labels.name;
    case LabelExpr::Kind::kAnd:
      return joined("&");
    case LabelExpr::Kind::kOr:
      return joined("|");
    case LabelExpr::Kind::kNot:
      return "!" + Show(labels.operands.at(0));
    case LabelExpr::Kind::kAny:
      break;
  }
  return "%";
}

}  // namespace gesta::testing
