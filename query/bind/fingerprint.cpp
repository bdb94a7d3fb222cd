#include "bind/fingerprint.h"

#include <functional>
#include <type_traits>

namespace gesta {
namespace {

using ast::Expr;

// Calls `f` for each direct child; patterns and subqueries have none here.
template <typename F>
void ForEachChild(const Expr& expr, F f) {
  auto opt = [&](const ast::ExprPtr& e) {
    if (e) f(*e);
  };
  std::visit(
      [&](const auto& n) {
        using T = std::decay_t<decltype(n)>;
        if constexpr (std::is_same_v<T, ast::PropertyAccess>) {
          f(*n.base);
        } else if constexpr (std::is_same_v<T, ast::ListLiteral>) {
          for (const auto& e : n.items) f(*e);
        } else if constexpr (std::is_same_v<T, ast::MapLiteral>) {
          for (const auto& e : n.entries) f(*e.second);
        } else if constexpr (std::is_same_v<T, ast::MapProjection>) {
          for (const auto& item : n.items) opt(item.value);
        } else if constexpr (std::is_same_v<T, ast::Unary> || std::is_same_v<T, ast::IsNull> ||
                             std::is_same_v<T, ast::LabelTest>) {
          f(*n.operand);
        } else if constexpr (std::is_same_v<T, ast::Binary>) {
          f(*n.left);
          f(*n.right);
        } else if constexpr (std::is_same_v<T, ast::ComparisonChain>) {
          for (const auto& e : n.operands) f(*e);
        } else if constexpr (std::is_same_v<T, ast::Subscript>) {
          f(*n.container);
          f(*n.index);
        } else if constexpr (std::is_same_v<T, ast::Slice>) {
          f(*n.list);
          opt(n.from);
          opt(n.to);
        } else if constexpr (std::is_same_v<T, ast::FunctionCall>) {
          for (const auto& e : n.arguments) f(*e);
        } else if constexpr (std::is_same_v<T, ast::Case>) {
          opt(n.subject);
          for (const auto& [when, then] : n.whens) {
            f(*when);
            f(*then);
          }
          opt(n.otherwise);
        } else if constexpr (std::is_same_v<T, ast::ListComprehension>) {
          f(*n.list);
          opt(n.where);
          opt(n.map);
        } else if constexpr (std::is_same_v<T, ast::Quantifier>) {
          f(*n.list);
          opt(n.where);
        } else if constexpr (std::is_same_v<T, ast::Reduce>) {
          f(*n.initial);
          f(*n.list);
          f(*n.step);
        }
      },
      expr.node);
}

// What distinguishes a node beyond its kind and its children.
std::string Attributes(const Expr& expr, std::string_view text) {
  return std::visit(
      [&](const auto& n) -> std::string {
        using T = std::decay_t<decltype(n)>;
        if constexpr (std::is_same_v<T, ast::Literal>) {
          return ToText(n.value, true);
        } else if constexpr (std::is_same_v<T, ast::Parameter> ||
                             std::is_same_v<T, ast::Variable>) {
          return QuoteName(n.name);
        } else if constexpr (std::is_same_v<T, ast::PropertyAccess>) {
          return QuoteName(n.key);
        } else if constexpr (std::is_same_v<T, ast::MapLiteral>) {
          std::string keys;
          for (const auto& e : n.entries) keys += QuoteName(e.first) + ",";
          return keys;
        } else if constexpr (std::is_same_v<T, ast::Unary> || std::is_same_v<T, ast::Binary>) {
          return std::to_string(static_cast<int>(n.op));
        } else if constexpr (std::is_same_v<T, ast::ComparisonChain>) {
          std::string ops;
          for (auto op : n.ops) ops += std::to_string(static_cast<int>(op)) + ",";
          return ops;
        } else if constexpr (std::is_same_v<T, ast::IsNull>) {
          return n.negated ? "not" : "";
        } else if constexpr (std::is_same_v<T, ast::Slice>) {
          return std::string(n.from ? "f" : "") + (n.to ? "t" : "");
        } else if constexpr (std::is_same_v<T, ast::FunctionCall>) {
          std::string name;
          for (char c : n.name) name += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
          return name + (n.distinct ? " distinct" : "");
        } else if constexpr (std::is_same_v<T, ast::Case>) {
          return std::string(n.subject ? "s" : "") + (n.otherwise ? "e" : "");
        } else if constexpr (std::is_same_v<T, ast::ListComprehension>) {
          return n.variable + (n.where ? " w" : "") + (n.map ? " m" : "");
        } else if constexpr (std::is_same_v<T, ast::Quantifier>) {
          return std::to_string(static_cast<int>(n.kind)) + n.variable;
        } else if constexpr (std::is_same_v<T, ast::Reduce>) {
          return n.accumulator + "," + n.variable;
        } else if constexpr (std::is_same_v<T, ast::MapProjection> ||
                             std::is_same_v<T, ast::LabelTest> ||
                             std::is_same_v<T, ast::PatternComprehension> ||
                             std::is_same_v<T, ast::PatternExpression> ||
                             std::is_same_v<T, ast::SubqueryExpression>) {
          return std::string(text.substr(expr.place.begin, expr.place.end - expr.place.begin));
        } else {
          return {};
        }
      },
      expr.node);
}

}  // namespace

std::string Fingerprint(const Expr& expr, std::string_view statement_text) {
  std::string print = std::to_string(expr.node.index()) + ":" + Attributes(expr, statement_text);
  print += '(';
  ForEachChild(expr, [&](const Expr& child) { print += Fingerprint(child, statement_text) + ';'; });
  print += ')';
  return print;
}

bool ContainsAggregate(const Expr& expr, const FunctionRegistry& functions) {
  if (std::holds_alternative<ast::CountStar>(expr.node)) return true;
  if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
      call && functions.FindAggregate(call->name)) {
    return true;
  }
  bool found = false;
  ForEachChild(expr,
               [&](const Expr& child) { found = found || ContainsAggregate(child, functions); });
  return found;
}

bool MentionsVariable(const Expr& expr, std::string_view name) {
  if (const auto* variable = std::get_if<ast::Variable>(&expr.node)) return variable->name == name;
  if (const auto* projection = std::get_if<ast::MapProjection>(&expr.node);
      projection && projection->base == name) {
    return true;
  }
  bool found = false;
  ForEachChild(expr, [&](const Expr& child) { found = found || MentionsVariable(child, name); });
  return found;
}

}  // namespace gesta
