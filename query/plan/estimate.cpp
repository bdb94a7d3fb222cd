#include "plan/estimate.h"

#include <algorithm>
#include <cmath>

namespace gesta::plan {
namespace {

// Fractions assumed where nothing is known.
constexpr double kEquality = 0.1;
constexpr double kRange = 0.3;
constexpr double kText = 0.1;
constexpr double kOther = 0.5;

size_t ListSize(const BoundExpr& expr) {
  constexpr size_t kUnknown = 8;
  if (const auto* list = std::get_if<BoundList>(&expr.node)) return list->items.size();
  const auto* constant = std::get_if<BoundConstant>(&expr.node);
  if (constant && constant->value.type() == ValueType::kList) {
    return constant->value.AsList().size();
  }
  return kUnknown;
}

}  // namespace

Estimator::Estimator(const Transaction& transaction)
    : transaction_(transaction),
      statistics_(transaction.GetStatistics()),
      indexes_(transaction.Indexes()) {}

double Estimator::Nodes() const { return std::max(1.0, static_cast<double>(statistics_.nodes)); }

double Estimator::NodesWithLabel(std::string_view label) const {
  const NameId id = transaction_.FindName(NameKind::kLabel, label);
  return id == kNoName ? 0 : static_cast<double>(statistics_.LabelCount(id));
}

double Estimator::NodesWithLabels(const std::vector<std::string>& labels) const {
  double least = Nodes();
  for (const std::string& label : labels) least = std::min(least, NodesWithLabel(label));
  return least;
}

double Estimator::LabelsFraction(const std::vector<std::string>& labels) const {
  return NodesWithLabels(labels) / Nodes();
}

double Estimator::Relationships(const std::vector<std::string>& types) const {
  if (types.empty()) return static_cast<double>(statistics_.relationships);
  double sum = 0;
  for (const std::string& type : types) {
    const NameId id = transaction_.FindName(NameKind::kType, type);
    if (id != kNoName) sum += static_cast<double>(statistics_.TypeCount(id));
  }
  return sum;
}

double Estimator::Degree(const std::vector<std::string>& labels,
                         const std::vector<std::string>& types, Direction direction) const {
  // Relationships of a type are taken to belong to the nodes whose label the pattern names.
  const double of_nodes = std::max(1.0, NodesWithLabels(labels));
  const double ways = direction == Direction::kBoth ? 2 : 1;
  return ways * Relationships(types) / of_nodes;
}

double Estimator::IndexEntries(const IndexInfo& index) const {
  const auto found = statistics_.index_entries.find(index.id);
  return found == statistics_.index_entries.end() ? 0 : static_cast<double>(found->second);
}

double Estimator::PerIndexValue(const IndexInfo& index) const {
  if (index.unique) return 1;
  const double entries = IndexEntries(index);
  const auto found = statistics_.index_distinct.find(index.id);
  if (found == statistics_.index_distinct.end() || found->second == 0) {
    return std::max(1.0, entries * kEquality);
  }
  return std::max(1.0, entries / static_cast<double>(found->second));
}

double Estimator::EqualitySelectivity(const BoundExpr& side,
                                      const std::vector<std::string>& labels) const {
  const auto* property = std::get_if<BoundProperty>(&side.node);
  if (!property) return kEquality;
  const NameId key = transaction_.FindName(NameKind::kProperty, property->key);
  if (key == kNoName) return 0.01;
  for (const IndexInfo& index : indexes_) {
    if (index.properties.size() != 1 || index.properties[0] != key) continue;
    for (const std::string& label : labels) {
      const NameKind kind = index.entity == EntityKind::kNode ? NameKind::kLabel : NameKind::kType;
      if (transaction_.FindName(kind, label) != index.label) continue;
      return PerIndexValue(index) / std::max(1.0, IndexEntries(index));
    }
  }
  return kEquality;
}

double Estimator::Selectivity(const BoundExpr& predicate,
                              const std::vector<std::string>& labels) const {
  if (const auto* constant = std::get_if<BoundConstant>(&predicate.node)) {
    return constant->value.IsTrue() ? 1 : 0;
  }
  if (const auto* negation = std::get_if<BoundNot>(&predicate.node)) {
    return std::max(0.05, 1 - Selectivity(*negation->operand, labels));
  }
  if (const auto* null = std::get_if<BoundIsNull>(&predicate.node))
    return null->negated ? 0.9 : 0.1;
  if (const auto* test = std::get_if<BoundLabelTest>(&predicate.node)) {
    return test->labels.kind == ast::LabelExpr::Kind::kName ? LabelsFraction({test->labels.name})
                                                            : kOther;
  }
  const auto* binary = std::get_if<BoundBinary>(&predicate.node);
  if (!binary) return kOther;
  switch (binary->op) {
    case ast::BinaryOp::kAnd:
      return Selectivity(*binary->left, labels) * Selectivity(*binary->right, labels);
    case ast::BinaryOp::kOr: {
      const double left = Selectivity(*binary->left, labels);
      const double right = Selectivity(*binary->right, labels);
      return left + right - left * right;
    }
    case ast::BinaryOp::kEqual:
      return std::min(EqualitySelectivity(*binary->left, labels),
                      EqualitySelectivity(*binary->right, labels));
    case ast::BinaryOp::kNotEqual:
      return 0.9;
    case ast::BinaryOp::kIn:
      return std::min(0.9, EqualitySelectivity(*binary->left, labels) *
                               static_cast<double>(ListSize(*binary->right)));
    case ast::BinaryOp::kLess:
    case ast::BinaryOp::kLessEqual:
    case ast::BinaryOp::kGreater:
    case ast::BinaryOp::kGreaterEqual:
      return kRange;
    case ast::BinaryOp::kStartsWith:
    case ast::BinaryOp::kEndsWith:
    case ast::BinaryOp::kContains:
    case ast::BinaryOp::kRegex:
      return kText;
    default:
      return kOther;
  }
}

double Estimator::Cost(const BoundExpr& expr) {
  double cost = 0;
  VisitExpr(expr, [&](const BoundExpr& part) {
    if (std::holds_alternative<BoundSubquery>(part.node)) {
      cost += 1000;
    } else if (std::holds_alternative<BoundCall>(part.node)) {
      cost += 20;
    } else if (std::holds_alternative<BoundProperty>(part.node) ||
               std::holds_alternative<BoundLabelTest>(part.node)) {
      cost += 10;  // reads the store
    } else if (std::holds_alternative<BoundListComprehension>(part.node) ||
               std::holds_alternative<BoundQuantifier>(part.node) ||
               std::holds_alternative<BoundReduce>(part.node)) {
      cost += 50;
    } else {
      const auto* binary = std::get_if<BoundBinary>(&part.node);
      cost += binary && binary->op == ast::BinaryOp::kRegex ? 30 : 1;
    }
  });
  return cost;
}

}  // namespace gesta::plan
