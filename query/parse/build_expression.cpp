// Operators and suffixes.
//
// The grammar's expression rule is left-recursive: `a + b * c.d` hangs down to the left.
// BuildExpression walks that spine with a loop, so that long chains cost no stack here. What is
// built is bounded too, because later stages recurse over it: chains of AND, OR and XOR become
// balanced trees, and the tree's depth is limited.
#include <algorithm>
#include <cstddef>

#include "parse/literals.h"
#include "parse/tree_builder.h"

namespace gesta::parse {

using namespace ast;  // NOLINT: this file is about its names

namespace {

using P = grammar::GestaParser;

// Levels of expressions in expressions; operators count one each, a chain of AND the logarithm of
// its length.
constexpr int kMaxDepth = 1000;

bool IsComparison(size_t type) {
  return type == P::EQUAL || type == P::NOT_EQUAL || type == P::LESS || type == P::LESS_EQUAL ||
         type == P::GREATER || type == P::GREATER_EQUAL;
}
// Whether a function's name is `lower_case`, in any case.
bool IsCalled(std::string_view name, std::string_view lower_case) {
  return std::equal(name.begin(), name.end(), lower_case.begin(), lower_case.end(),
                    [](char c, char lower) {
                      return (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) == lower;
                    });
}

bool IsLogical(size_t type) { return type == P::K_AND || type == P::K_OR || type == P::K_XOR; }

BinaryOp BinaryOpOf(size_t type) {
  switch (type) {
    case P::K_OR:
      return BinaryOp::kOr;
    case P::K_XOR:
      return BinaryOp::kXor;
    case P::K_AND:
      return BinaryOp::kAnd;
    case P::PLUS:
      return BinaryOp::kAdd;
    case P::MINUS:
      return BinaryOp::kSubtract;
    case P::STAR:
      return BinaryOp::kMultiply;
    case P::SLASH:
      return BinaryOp::kDivide;
    case P::PERCENT:
      return BinaryOp::kModulo;
    case P::CARET:
      return BinaryOp::kPower;
    case P::EQUAL:
      return BinaryOp::kEqual;
    case P::NOT_EQUAL:
      return BinaryOp::kNotEqual;
    case P::LESS:
      return BinaryOp::kLess;
    case P::LESS_EQUAL:
      return BinaryOp::kLessEqual;
    case P::GREATER:
      return BinaryOp::kGreater;
    case P::GREATER_EQUAL:
      return BinaryOp::kGreaterEqual;
    case P::K_IN:
      return BinaryOp::kIn;
    case P::K_STARTS:
      return BinaryOp::kStartsWith;
    case P::K_ENDS:
      return BinaryOp::kEndsWith;
    case P::K_CONTAINS:
      return BinaryOp::kContains;
    default:
      return BinaryOp::kRegex;
  }
}

// The operator of a spine step; suffixes without an operator token (calls, projections): 0.
size_t OpOf(const P::ExpressionContext* ctx) { return ctx->op ? ctx->op->getType() : 0; }

Place Enclose(const Place& first, const Place& last) {
  Place place = first;
  place.end = last.end;
  return place;
}

// operands[begin, end) joined by `op` as a balanced tree, in order.
ExprPtr Balance(BinaryOp op, std::vector<ExprPtr>* operands, size_t begin, size_t end) {
  if (end - begin == 1) return std::move((*operands)[begin]);
  const size_t middle = begin + (end - begin + 1) / 2;
  ExprPtr left = Balance(op, operands, begin, middle);
  ExprPtr right = Balance(op, operands, middle, end);
  auto joined = std::make_unique<Expr>();
  joined->place = Enclose(left->place, right->place);
  joined->node = Binary{op, std::move(left), std::move(right)};
  return joined;
}

int LogTwo(size_t n) {
  int log = 0;
  while (n > 1) {
    n = (n + 1) / 2;
    ++log;
  }
  return log;
}

// Steps of a spine that become one node or one balanced tree: spine[begin, end).
struct Group {
  size_t begin;
  size_t end;
  int levels;
};

// From the operand outwards: runs of one logical operator, of comparisons and of label tests
// together, all else alone.
std::vector<Group> GroupsOf(const std::vector<P::ExpressionContext*>& spine) {
  std::vector<Group> groups;
  for (size_t i = 0; i < spine.size();) {
    const size_t op = OpOf(spine[i]);
    size_t end = i + 1;
    while (end < spine.size()) {
      const size_t next = OpOf(spine[end]);
      const bool same = ((IsLogical(op) || op == P::COLON) && next == op) ||
                        (IsComparison(op) && IsComparison(next));
      if (!same) break;
      ++end;
    }
    groups.push_back({i, end, IsLogical(op) ? LogTwo(end - i + 1) : 1});
    i = end;
  }
  return groups;
}

}  // namespace

ExprPtr TreeBuilder::BuildExpression(P::ExpressionContext* ctx, Patterns patterns) {
  std::vector<P::ExpressionContext*> spine;  // innermost first, once reversed
  P::ExpressionContext* operand = ctx;
  for (; operand->lhs; operand = operand->lhs) spine.push_back(operand);
  std::reverse(spine.begin(), spine.end());
  const std::vector<Group> groups = GroupsOf(spine);

  int levels = 1;
  bool truth_value = patterns == Patterns::kAllowed;  // of the spine's operand
  for (const Group& group : groups) {
    levels += group.levels;
    truth_value = truth_value && IsLogical(OpOf(spine[group.begin]));
  }
  const int outer_depth = depth_;
  depth_ += levels;
  if (depth_ > kMaxDepth) {
    throw Error("this expression is nested deeper than " + std::to_string(kMaxDepth) + " levels",
                PlaceOf(ctx), "build it in steps, with WITH or from a list");
  }
  const auto allowed = [](bool yes) { return yes ? Patterns::kAllowed : Patterns::kRefused; };
  ExprPtr value = operand->rhs ? BuildPrefix(operand, allowed(truth_value))
                               : BuildAtom(operand->atom(), allowed(truth_value));

  const bool name = operand->atom() && operand->atom()->name();
  const size_t first = name ? FoldNameSuffix(spine, &value) : 0;
  for (const Group& group : groups) {
    depth_ -= group.levels;
    if (group.end <= first) continue;
    const size_t op = OpOf(spine[group.begin]);
    if (IsLogical(op)) {
      // A pattern may be an operand if all that encloses this operator is logical, too.
      bool truth = patterns == Patterns::kAllowed;
      for (size_t i = group.end; i < spine.size(); ++i) truth = truth && IsLogical(OpOf(spine[i]));
      std::vector<ExprPtr> operands;
      operands.push_back(std::move(value));
      for (size_t i = group.begin; i < group.end; ++i) {
        operands.push_back(BuildExpression(spine[i]->rhs, allowed(truth)));
      }
      value = Balance(BinaryOpOf(op), &operands, 0, operands.size());
    } else if (IsComparison(op) && group.end - group.begin > 1) {
      ComparisonChain chain;
      chain.operands.push_back(std::move(value));
      for (size_t i = group.begin; i < group.end; ++i) {
        chain.ops.push_back(BinaryOpOf(OpOf(spine[i])));
        chain.operands.push_back(BuildExpression(spine[i]->rhs));
      }
      value = Make(PlaceOf(spine[group.end - 1]), std::move(chain));
    } else if (op == P::COLON) {
      LabelExpr labels = BuildLabels(spine[group.begin]->labelOr());
      for (size_t i = group.begin + 1; i < group.end; ++i) {
        LabelExpr both;
        both.kind = LabelExpr::Kind::kAnd;
        both.place = Enclose(labels.place, PlaceOf(spine[i]->labelOr()));
        if (labels.kind == LabelExpr::Kind::kAnd) {
          both.operands = std::move(labels.operands);
        } else {
          both.operands.push_back(std::move(labels));
        }
        both.operands.push_back(BuildLabels(spine[i]->labelOr()));
        labels = std::move(both);
      }
      value = Make(PlaceOf(spine[group.end - 1]), LabelTest{std::move(value), std::move(labels)});
    } else {
      value = FoldSuffix(spine[group.begin], std::move(value));
    }
  }
  depth_ = outer_depth;
  return value;
}

// NOT x, -x, +x.
ExprPtr TreeBuilder::BuildPrefix(P::ExpressionContext* ctx, Patterns patterns) {
  const Place place = PlaceOf(ctx);
  switch (ctx->op->getType()) {
    case P::K_NOT:
      return Make(place, Unary{UnaryOp::kNot, BuildExpression(ctx->rhs, patterns)});
    case P::PLUS:
      return Make(place, Unary{UnaryOp::kPlus, BuildExpression(ctx->rhs)});
    default:
      break;
  }
  // A minus right before a number belongs to the literal: -9223372036854775808 has no positive.
  if (auto* atom = ctx->rhs->atom()) {
    auto* literal = atom->literal();
    if (literal &&
        (literal->value->getType() == P::INTEGER || literal->value->getType() == P::HEX_INTEGER ||
         literal->value->getType() == P::OCTAL_INTEGER || literal->value->getType() == P::FLOAT)) {
      return BuildLiteral(literal, true, place);
    }
  }
  return Make(place, Unary{UnaryOp::kMinus, BuildExpression(ctx->rhs)});
}

// Suffixes that need the name they follow: f(…), a.b.f(…), x {…}. Replaces `*value`, a variable,
// and returns how many steps of the spine that took.
size_t TreeBuilder::FoldNameSuffix(const std::vector<P::ExpressionContext*>& spine,
                                   ExprPtr* value) {
  std::string name = std::get<Variable>((*value)->node).name;
  for (size_t i = 0; i < spine.size(); ++i) {
    if (auto* arguments = spine[i]->callArguments()) {
      *value = BuildCallOf(std::move(name), arguments, PlaceOf(spine[i]));
      return i + 1;
    }
    if (auto* body = spine[i]->projectionBody(); body && i == 0) {
      *value = BuildMapProjection(std::move(name), body, PlaceOf(spine[i]));
      return 1;
    }
    if (OpOf(spine[i]) != P::DOT) return 0;
    name += "." + NameOf(spine[i]->key);
  }
  return 0;
}

ExprPtr TreeBuilder::FoldSuffix(P::ExpressionContext* ctx, ExprPtr value) {
  const Place place = PlaceOf(ctx);
  switch (OpOf(ctx)) {
    case 0:
      if (ctx->callArguments()) {
        throw Error("only the name of a function can be called", PlaceOf(ctx->callArguments()));
      }
      throw Error("a map projection starts from a variable", PlaceOf(ctx->projectionBody()),
                  "give the value a name with WITH … AS first");
    case P::DOT:
      return Make(place, PropertyAccess{std::move(value), NameOf(ctx->key)});
    case P::LEFT_BRACKET:
      return BuildSubscript(ctx, std::move(value));
    case P::K_IS:
      return Make(place, IsNull{std::move(value), ctx->negated != nullptr});
    default:
      return Make(place,
                  Binary{BinaryOpOf(OpOf(ctx)), std::move(value), BuildExpression(ctx->rhs)});
  }
}

ExprPtr TreeBuilder::BuildSubscript(P::ExpressionContext* ctx, ExprPtr value) {
  const Place place = PlaceOf(ctx);
  ExprPtr from = ctx->from ? BuildExpression(ctx->from) : nullptr;
  if (!ctx->range) return Make(place, Subscript{std::move(value), std::move(from)});
  ExprPtr to = ctx->to ? BuildExpression(ctx->to) : nullptr;
  return Make(place, ast::Slice{std::move(value), std::move(from), std::move(to)});
}

ExprPtr TreeBuilder::BuildCallOf(std::string name, P::CallArgumentsContext* ctx,
                                 const Place& place) {
  if (ctx->star) {
    if (!IsCalled(name, "count")) {
      throw Error("'*' is an argument of count only", PlaceOf(ctx->star));
    }
    return Make(place, CountStar{});
  }
  FunctionCall call;
  call.distinct = ctx->distinct != nullptr;
  // exists((a)-->(b)) tests a pattern.
  const Patterns patterns = IsCalled(name, "exists") ? Patterns::kAllowed : Patterns::kRefused;
  for (auto* argument : ctx->expression()) {
    call.arguments.push_back(BuildExpression(argument, patterns));
  }
  call.name = std::move(name);
  return Make(place, std::move(call));
}

ExprPtr TreeBuilder::BuildMapProjection(std::string base, P::ProjectionBodyContext* ctx,
                                        const Place& place) {
  using Item = MapProjection::Item;
  MapProjection projection;
  projection.base = std::move(base);
  for (auto* entry : ctx->projectionEntry()) {
    Item item;
    item.place = PlaceOf(entry);
    if (entry->property) {
      item.kind = Item::Kind::kProperty;
      item.name = NameOf(entry->property);
    } else if (entry->star) {
      item.kind = Item::Kind::kAllProperties;
    } else if (entry->key) {
      item.kind = Item::Kind::kEntry;
      item.name = NameOf(entry->key);
      item.value = BuildExpression(entry->expression());
    } else {
      item.kind = Item::Kind::kVariable;
      item.name = NameOf(entry->variable);
    }
    projection.items.push_back(std::move(item));
  }
  return Make(place, std::move(projection));
}

}  // namespace gesta::parse
