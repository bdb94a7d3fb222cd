#include "plan/samples.h"

#include <algorithm>
#include <cmath>

namespace gesta::plan {
namespace {

bool Matches(ast::BinaryOp op, const Value& value, const Value& constant) {
  const auto text = [&](auto test) {
    return value.type() == ValueType::kString && constant.type() == ValueType::kString &&
           test(value.AsString(), constant.AsString());
  };
  switch (op) {
    case ast::BinaryOp::kEqual:
      return Equals(value, constant) == Ternary::kTrue;
    case ast::BinaryOp::kNotEqual:
      return Equals(value, constant) == Ternary::kFalse;
    case ast::BinaryOp::kLess:
      return Compare(value, constant) == Comparison::kLess;
    case ast::BinaryOp::kLessEqual:
      return Compare(value, constant) == Comparison::kLess ||
             Compare(value, constant) == Comparison::kEqual;
    case ast::BinaryOp::kGreater:
      return Compare(value, constant) == Comparison::kGreater;
    case ast::BinaryOp::kGreaterEqual:
      return Compare(value, constant) == Comparison::kGreater ||
             Compare(value, constant) == Comparison::kEqual;
    case ast::BinaryOp::kIn: {
      if (constant.type() != ValueType::kList) return false;
      const List& list = constant.AsList();
      return std::any_of(list.begin(), list.end(),
                         [&](const Value& one) { return Equals(value, one) == Ternary::kTrue; });
    }
    case ast::BinaryOp::kStartsWith:
      return text(
          [](std::string_view a, std::string_view b) { return a.substr(0, b.size()) == b; });
    case ast::BinaryOp::kEndsWith:
      return text([](std::string_view a, std::string_view b) {
        return a.size() >= b.size() && a.substr(a.size() - b.size()) == b;
      });
    case ast::BinaryOp::kContains:
      return text([](std::string_view a, std::string_view b) { return a.find(b) != a.npos; });
    default:
      return false;
  }
}

// The number of distinct values of all `nodes`, from those of a sample: values that were seen once
// stand for others like them (the guaranteed-error estimator).
double EstimateDistinct(const std::vector<Value>& sorted, double nodes) {
  double once = 0;
  double more = 0;
  for (size_t begin = 0; begin < sorted.size();) {
    size_t end = begin + 1;
    while (end < sorted.size() && Equivalent(sorted[begin], sorted[end])) ++end;
    (end - begin == 1 ? once : more) += 1;
    begin = end;
  }
  const double size = static_cast<double>(sorted.size());
  if (sorted.empty()) return 1;
  if (more == 0 && size >= 16) return std::max(size, nodes);  // looks like a key
  return std::max(1.0, std::sqrt(std::max(1.0, nodes / size)) * once + more);
}

}  // namespace

PropertySample::PropertySample(std::vector<Value> values, uint64_t nodes)
    : values_(std::move(values)),
      sampled_(static_cast<double>(values_.size())),
      nodes_(std::max(1.0, static_cast<double>(nodes))) {
  values_.erase(std::remove_if(values_.begin(), values_.end(),
                               [](const Value& value) { return value.IsNull(); }),
                values_.end());
  std::sort(values_.begin(), values_.end(),
            [](const Value& a, const Value& b) { return Order(a, b) < 0; });
  distinct_ = EstimateDistinct(values_, nodes_ * NotNull());
}

double PropertySample::NotNull() const {
  return sampled_ == 0 ? 1 : static_cast<double>(values_.size()) / sampled_;
}

double PropertySample::PerValue() const { return NotNull() / distinct_; }

double PropertySample::Fraction(ast::BinaryOp op, const Value& constant) const {
  if (sampled_ == 0) return PerValue();
  const auto found = std::count_if(values_.begin(), values_.end(), [&](const Value& value) {
    return Matches(op, value, constant);
  });
  if (found > 0) return static_cast<double>(found) / sampled_;
  // Not seen is not never: at most what one in two samples would have shown, and for an equality
  // what a value has on average.
  const double unseen = sampled_ >= nodes_ ? 0.5 / nodes_ : 0.5 / sampled_;
  return op == ast::BinaryOp::kEqual ? std::min(unseen, PerValue()) : unseen;
}

std::shared_ptr<const PropertySample> PropertySamples::Find(Transaction& transaction, NameId label,
                                                            NameId key, uint64_t nodes) {
  constexpr uint64_t kCommits = 10000;  // values may change without the label's count
  const uint64_t commit = transaction.last_commit();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = samples_.find({label, key});
    if (found != samples_.end()) {
      const Entry& entry = found->second;
      const uint64_t change = nodes > entry.nodes ? nodes - entry.nodes : entry.nodes - nodes;
      const uint64_t age = commit > entry.commit ? commit - entry.commit : entry.commit - commit;
      if (4 * change <= entry.nodes && age < kCommits) return entry.sample;
    }
  }
  const auto ids = transaction.SampleLabel(label, kNodes);
  if (!ids.ok()) return nullptr;
  std::vector<Value> values;
  for (const NodeId id : *ids) {
    auto value = transaction.GetNodeProperty(id, key);
    if (!value.ok()) return nullptr;
    values.push_back(*std::move(value));
  }
  auto sample = std::make_shared<const PropertySample>(std::move(values), nodes);
  const std::lock_guard<std::mutex> lock(mutex_);
  samples_[{label, key}] = {nodes, commit, sample};
  return sample;
}

}  // namespace gesta::plan
