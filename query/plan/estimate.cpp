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

}  // namespace

Estimator::Estimator(Transaction& transaction, PropertySamples* samples)
    : transaction_(transaction),
      samples_(samples),
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
  // Relationships of a type are taken to belong to the nodes whose label the pattern names, unless
  // it is known how many do.
  const double of_nodes = std::max(1.0, NodesWithLabels(labels));
  double share = 0;
  for (const bool at_start : {true, false}) {
    if (direction == (at_start ? Direction::kIn : Direction::kOut)) continue;
    double least = 1;
    for (const std::string& label : labels) {
      least = std::min(least, EndFraction(types, at_start, label).value_or(1));
    }
    share += least;
  }
  return share * Relationships(types) / of_nodes;
}

std::optional<double> Estimator::EndFraction(const std::vector<std::string>& types, bool at_start,
                                             std::string_view label) const {
  if (!statistics_.counts_ends) return std::nullopt;
  const NameId wanted = transaction_.FindName(NameKind::kLabel, label);
  double all = 0;
  double with_label = 0;
  const auto add = [&](NameId type) {
    const Statistics::EndCount count = statistics_.EndCountOf(type, wanted);
    all += static_cast<double>(statistics_.TypeCount(type));
    with_label += static_cast<double>(at_start ? count.starts : count.ends);
  };
  for (const std::string& type : types) add(transaction_.FindName(NameKind::kType, type));
  for (NameId type = 0; types.empty() && type < statistics_.type_relationships.size(); ++type) {
    add(type);
  }
  if (all == 0) return std::nullopt;
  return with_label / all;
}

std::vector<std::string> Estimator::LabelsOfEnd(const std::string& type, bool at_start) const {
  std::vector<std::string> labels;
  const NameId id = transaction_.FindName(NameKind::kType, type);
  const uint64_t all = statistics_.TypeCount(id);
  if (!statistics_.counts_ends || id == kNoName || all == 0) return labels;
  for (auto at = statistics_.FindEndCount(id, 0);
       at != statistics_.end_counts.end() && at->type == id; ++at) {
    if ((at_start ? at->starts : at->ends) != all) continue;
    labels.emplace_back(transaction_.Name(NameKind::kLabel, at->label));
  }
  std::stable_sort(labels.begin(), labels.end(), [&](const auto& a, const auto& b) {
    return NodesWithLabel(a) < NodesWithLabel(b);
  });
  return labels;
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
  const std::shared_ptr<const PropertySample> sample = SampleOf(side, labels);
  return sample ? sample->PerValue() : kEquality;
}

std::shared_ptr<const PropertySample> Estimator::SampleOf(
    const BoundExpr& side, const std::vector<std::string>& labels) const {
  const auto* property = std::get_if<BoundProperty>(&side.node);
  if (!property || !samples_ || labels.empty() ||
      !std::holds_alternative<BoundSlot>(property->base->node)) {
    return nullptr;
  }
  const std::string& label = *std::min_element(
      labels.begin(), labels.end(),
      [&](const auto& a, const auto& b) { return NodesWithLabel(a) < NodesWithLabel(b); });
  const NameId label_id = transaction_.FindName(NameKind::kLabel, label);
  const NameId key = transaction_.FindName(NameKind::kProperty, property->key);
  const uint64_t nodes = statistics_.LabelCount(label_id);
  if (label_id == kNoName || key == kNoName || nodes == 0) return nullptr;
  return samples_->Find(transaction_, label_id, key, nodes);
}

std::optional<double> Estimator::SampledSelectivity(const BoundBinary& comparison,
                                                    const std::vector<std::string>& labels) const {
  const auto* constant = std::get_if<BoundConstant>(&comparison.right->node);
  const BoundExpr* side = comparison.left.get();
  ast::BinaryOp op = comparison.op;
  if (!constant) {
    constant = std::get_if<BoundConstant>(&comparison.left->node);
    const std::optional<ast::BinaryOp> mirrored = Mirrored(op);
    if (!constant || !mirrored) return std::nullopt;
    op = *mirrored;
    side = comparison.right.get();
  }
  const std::shared_ptr<const PropertySample> sample = SampleOf(*side, labels);
  if (!sample) return std::nullopt;
  return sample->Fraction(op, constant->value);
}

std::optional<ast::BinaryOp> Mirrored(ast::BinaryOp op) {
  switch (op) {
    case ast::BinaryOp::kEqual:
    case ast::BinaryOp::kNotEqual:
      return op;
    case ast::BinaryOp::kLess:
      return ast::BinaryOp::kGreater;
    case ast::BinaryOp::kLessEqual:
      return ast::BinaryOp::kGreaterEqual;
    case ast::BinaryOp::kGreater:
      return ast::BinaryOp::kLess;
    case ast::BinaryOp::kGreaterEqual:
      return ast::BinaryOp::kLessEqual;
    default:
      return std::nullopt;
  }
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
  if (const std::optional<double> sampled = SampledSelectivity(*binary, labels)) return *sampled;
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

size_t Estimator::ListSize(const BoundExpr& expr) {
  constexpr size_t kUnknown = 8;
  if (const auto* list = std::get_if<BoundList>(&expr.node)) return list->items.size();
  const auto* constant = std::get_if<BoundConstant>(&expr.node);
  if (constant && constant->value.type() == ValueType::kList) {
    return constant->value.AsList().size();
  }
  return kUnknown;
}

double Estimator::Cost(const BoundExpr& expr) {
  double cost = 0;
  VisitExpr(expr, [&](const BoundExpr& part) {
    if (std::holds_alternative<BoundSubquery>(part.node)) {
      cost += 1000;
    } else if (const auto* call = std::get_if<BoundCall>(&part.node)) {
      cost += call->function->batch ? 10'000 : 20;  // a model, or a call over the network
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
