// Aggregates that keep their input: collect, percentileCont, percentileDisc.
#include <algorithm>
#include <cmath>

#include "functions/aggregate.h"
#include "functions/errors.h"
#include "functions/operators.h"

namespace gesta {
namespace {

// A list of the aggregate's values so far, with its size in memory.
class Values {
 public:
  Status Add(std::string_view function, const Value& value, uint64_t times) {
    if (times > kMaxListElements - items_.size()) return TooMany(function);
    items_.insert(items_.end(), times, value);
    bytes_ += value.HeapBytes();
    return Status::Ok();
  }
  Status Merge(std::string_view function, Values& other) {
    if (other.items_.size() > kMaxListElements - items_.size()) return TooMany(function);
    items_.insert(items_.end(), std::make_move_iterator(other.items_.begin()),
                  std::make_move_iterator(other.items_.end()));
    bytes_ += other.bytes_;
    other = Values();
    return Status::Ok();
  }
  List& items() { return items_; }
  size_t HeapBytes() const { return items_.capacity() * sizeof(Value) + bytes_; }

 private:
  static Status TooMany(std::string_view function) {
    return ArgumentError("NumberOutOfRange", std::string(function) + "() cannot keep more than " +
                                                 std::to_string(kMaxListElements) + " values");
  }

  List items_;
  size_t bytes_ = 0;
};

class Collect final : public Aggregator {
 public:
  Status Add(const Value* arguments, size_t, uint64_t multiplicity) override {
    if (arguments[0].IsNull()) return Status::Ok();
    return values_.Add("collect", arguments[0], multiplicity);
  }
  Status Merge(Aggregator& other) override {
    return values_.Merge("collect", static_cast<Collect&>(other).values_);
  }
  Result<Value> Finish() override {
    return CheckDepth(Value::MakeList(std::move(values_.items())));
  }
  size_t HeapBytes() const override { return values_.HeapBytes(); }

 private:
  Values values_;
};

// percentileCont interpolates between the two values next to the percentile; percentileDisc gives
// the smallest value whose rank reaches it. The percentile is the second argument, from 0 to 1.
template <bool interpolate>
class Percentile final : public Aggregator {
 public:
  Status Add(const Value* arguments, size_t, uint64_t multiplicity) override {
    GESTA_RETURN_IF_ERROR(SetPercentile(arguments[1]));
    if (arguments[0].IsNull() || multiplicity == 0) return Status::Ok();
    if (!arguments[0].IsNumber()) return WrongArgument(kName, "numbers", arguments[0]);
    return values_.Add(kName, arguments[0], multiplicity);
  }
  Status Merge(Aggregator& other) override {
    auto& that = static_cast<Percentile&>(other);
    if (percentile_ < 0) percentile_ = that.percentile_;
    return values_.Merge(kName, that.values_);
  }
  Result<Value> Finish() override {
    List& values = values_.items();
    if (values.empty()) return Value();
    const size_t last = values.size() - 1;
    if (!interpolate) {
      const double rank = std::ceil(percentile_ * static_cast<double>(values.size()));
      return Nth(std::min(last, static_cast<size_t>(std::max(rank - 1, 0.0))));
    }
    const double position = percentile_ * static_cast<double>(last);
    const auto below = static_cast<size_t>(position);
    const double fraction = position - static_cast<double>(below);
    const double low = Nth(below).AsNumber();
    if (fraction == 0 || below == last) return Value::Float(low);
    const double high = Nth(below + 1).AsNumber();
    return Value::Float(low + (high - low) * fraction);
  }
  size_t HeapBytes() const override { return values_.HeapBytes(); }

 private:
  static constexpr const char* kName = interpolate ? "percentileCont" : "percentileDisc";

  // The percentile of the first row counts; every row's is checked.
  Status SetPercentile(const Value& value) {
    if (!value.IsNumber()) return WrongArgument(kName, "a number as its percentile", value);
    const double percentile = value.AsNumber();
    if (!(percentile >= 0 && percentile <= 1)) {
      return ArgumentError(
          "NumberOutOfRange",
          std::string(kName) + "() needs a percentile from 0 to 1, not " + ToText(value, true));
    }
    if (percentile_ < 0) percentile_ = percentile;
    return Status::Ok();
  }

  // The n-th smallest value.
  const Value& Nth(size_t n) {
    List& values = values_.items();
    std::nth_element(values.begin(), values.begin() + static_cast<ptrdiff_t>(n), values.end(),
                     [](const Value& a, const Value& b) { return Order(a, b) < 0; });
    return values[n];
  }

  double percentile_ = -1;  // negative: not known yet
  Values values_;
};

}  // namespace

void RegisterCollectingAggregates(FunctionRegistry& registry) {
  registry.Add({"collect", 1, 1, &MakeAggregator<Collect>, "collect(value) -> LIST",
                "All values that are not null, as a list"});
  registry.Add({"percentileCont", 2, 2, &MakeAggregator<Percentile<true>>,
                "percentileCont(value, percentile) -> FLOAT",
                "The percentile (0 to 1) of numbers, interpolated between neighbours"});
  registry.Add({"percentileDisc", 2, 2, &MakeAggregator<Percentile<false>>,
                "percentileDisc(value, percentile) -> INTEGER | FLOAT",
                "The percentile (0 to 1) of numbers, one of the numbers themselves"});
}

}  // namespace gesta
