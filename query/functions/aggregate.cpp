// Aggregates that need constant space: count, sum, avg, min, max, stDev, stDevP. Nulls are ignored
// everywhere.
#include "functions/aggregate.h"

#include <cmath>

#include "functions/errors.h"
#include "functions/temporal.h"

namespace gesta {
namespace {

class Count final : public Aggregator {
 public:
  Status Add(const Value* arguments, size_t, uint64_t multiplicity) override {
    if (!arguments[0].IsNull()) count_ += multiplicity;
    return Status::Ok();
  }
  Status Merge(Aggregator& other) override {
    count_ += static_cast<Count&>(other).count_;
    return Status::Ok();
  }
  Result<Value> Finish() override { return Value::Integer(static_cast<int64_t>(count_)); }
  size_t HeapBytes() const override { return 0; }

 private:
  uint64_t count_ = 0;
};

// A sum of floats that carries the rounding errors along (Neumaier's variant of Kahan's method), so
// that the result hardly depends on the order of the rows.
class FloatSum {
 public:
  void Add(double value) {
    const double sum = sum_ + value;
    if (std::isfinite(sum)) {
      error_ += std::fabs(sum_) >= std::fabs(value) ? (sum_ - sum) + value : (value - sum) + sum_;
    }
    sum_ = sum;
  }
  void Add(const FloatSum& other) {
    Add(other.sum_);
    Add(other.error_);
  }
  double Total() const { return std::isfinite(sum_) ? sum_ + error_ : sum_; }

 private:
  double sum_ = 0;
  double error_ = 0;
};

// What sum and avg share: numbers (integers exactly, in 128 bits) or durations, not both.
class Total {
 public:
  Status Add(std::string_view function, const Value& value, uint64_t multiplicity) {
    if (value.IsNull() || multiplicity == 0) return Status::Ok();
    if (!value.IsNumber() && value.type() != ValueType::kDuration) {
      return WrongArgument(function, "numbers or durations", value);
    }
    const bool duration = value.type() == ValueType::kDuration;
    if (count_ > 0 && duration != duration_) return Mixed(function);
    duration_ = duration;
    count_ += multiplicity;
    if (duration) return AddDuration(function, value.AsDuration(), multiplicity);
    if (value.type() == ValueType::kInteger) {
      return AddInteger(
          function, static_cast<__int128>(value.AsInteger()) * static_cast<__int128>(multiplicity));
    }
    has_float_ = true;
    floats_.Add(multiplicity == 1 ? value.AsFloat()
                                  : value.AsFloat() * static_cast<double>(multiplicity));
    return Status::Ok();
  }

  Status Merge(std::string_view function, const Total& other) {
    if (other.count_ == 0) return Status::Ok();
    if (count_ > 0 && duration_ != other.duration_) return Mixed(function);
    duration_ = other.duration_;
    count_ += other.count_;
    has_float_ = has_float_ || other.has_float_;
    floats_.Add(other.floats_);
    if (duration_) return AddDuration(function, other.sum_, 1);
    return AddInteger(function, other.integers_);
  }

  uint64_t count() const { return count_; }

  Result<Value> Sum() const {
    if (duration_) return Value::Duration(sum_);
    if (has_float_) return Value::Float(AsFloat());
    if (integers_ > INT64_MAX || integers_ < INT64_MIN) return Overflow("sum");
    return Value::Integer(static_cast<int64_t>(integers_));
  }

  // Precondition: count() > 0.
  Result<Value> Average() const {
    if (duration_) return TemporalDivide(Value::Duration(sum_), static_cast<double>(count_));
    return Value::Float(AsFloat() / static_cast<double>(count_));
  }

 private:
  static Status Mixed(std::string_view function) {
    return TypeError("InvalidArgumentValue",
                     std::string(function) + "() cannot add numbers and durations");
  }
  static Status Overflow(std::string_view function) {
    return ArithmeticError("NumberOverflow", "the result of " + std::string(function) +
                                                 "() does not fit into 64 bits");
  }

  double AsFloat() const {
    if (!has_float_) return static_cast<double>(integers_);
    FloatSum all = floats_;
    all.Add(static_cast<double>(integers_));
    return all.Total();
  }

  Status AddInteger(std::string_view function, __int128 value) {
    if (__builtin_add_overflow(integers_, value, &integers_)) return Overflow(function);
    return Status::Ok();
  }

  Status AddDuration(std::string_view function, const DurationData& d, uint64_t multiplicity) {
    const auto times = static_cast<__int128>(multiplicity);
    const __int128 nanos = sum_.nanos + d.nanos * times;
    const __int128 months = sum_.months + d.months * times;
    const __int128 days = sum_.days + d.days * times;
    const __int128 seconds = sum_.seconds + d.seconds * times + nanos / 1'000'000'000;
    for (__int128 part : {months, days, seconds}) {
      if (part > INT64_MAX || part < INT64_MIN) return Overflow(function);
    }
    sum_.months = static_cast<int64_t>(months);
    sum_.days = static_cast<int64_t>(days);
    sum_.seconds = static_cast<int64_t>(seconds);
    sum_.nanos = static_cast<int32_t>(nanos % 1'000'000'000);
    return Status::Ok();
  }

  uint64_t count_ = 0;
  bool duration_ = false;
  bool has_float_ = false;
  __int128 integers_ = 0;
  FloatSum floats_;
  DurationData sum_;
};

class Sum final : public Aggregator {
 public:
  Status Add(const Value* arguments, size_t, uint64_t multiplicity) override {
    return total_.Add("sum", arguments[0], multiplicity);
  }
  Status Merge(Aggregator& other) override {
    return total_.Merge("sum", static_cast<Sum&>(other).total_);
  }
  Result<Value> Finish() override { return total_.Sum(); }
  size_t HeapBytes() const override { return 0; }

 private:
  Total total_;
};

class Average final : public Aggregator {
 public:
  Status Add(const Value* arguments, size_t, uint64_t multiplicity) override {
    return total_.Add("avg", arguments[0], multiplicity);
  }
  Status Merge(Aggregator& other) override {
    return total_.Merge("avg", static_cast<Average&>(other).total_);
  }
  Result<Value> Finish() override {
    if (total_.count() == 0) return Value();
    return total_.Average();
  }
  size_t HeapBytes() const override { return 0; }

 private:
  Total total_;
};

// min (sign -1) and max (sign 1) by openCypher's orderability.
template <int sign>
class Extreme final : public Aggregator {
 public:
  Status Add(const Value* arguments, size_t, uint64_t multiplicity) override {
    if (multiplicity > 0) Offer(arguments[0]);
    return Status::Ok();
  }
  Status Merge(Aggregator& other) override {
    Offer(static_cast<Extreme&>(other).best_);
    return Status::Ok();
  }
  Result<Value> Finish() override { return best_; }
  size_t HeapBytes() const override { return best_.HeapBytes(); }

 private:
  void Offer(const Value& value) {
    if (value.IsNull()) return;
    if (best_.IsNull() || Order(value, best_) * sign > 0) best_ = value;
  }

  Value best_;
};

// Welford's method, merged as by Chan, Golub and LeVeque.
template <bool population>
class Deviation final : public Aggregator {
 public:
  Status Add(const Value* arguments, size_t, uint64_t multiplicity) override {
    if (arguments[0].IsNull() || multiplicity == 0) return Status::Ok();
    if (!arguments[0].IsNumber()) {
      return WrongArgument(population ? "stDevP" : "stDev", "numbers", arguments[0]);
    }
    Combine(static_cast<double>(multiplicity), arguments[0].AsNumber(), 0);
    return Status::Ok();
  }
  Status Merge(Aggregator& other) override {
    const auto& that = static_cast<Deviation&>(other);
    if (that.count_ > 0) Combine(that.count_, that.mean_, that.squares_);
    return Status::Ok();
  }
  Result<Value> Finish() override {
    const double divisor = population ? count_ : count_ - 1;
    return Value::Float(divisor > 0 ? std::sqrt(squares_ / divisor) : 0.0);
  }
  size_t HeapBytes() const override { return 0; }

 private:
  void Combine(double count, double mean, double squares) {
    const double delta = mean - mean_;
    const double total = count_ + count;
    squares_ += squares + delta * delta * count_ * count / total;
    mean_ += delta * count / total;
    count_ = total;
  }

  double count_ = 0;
  double mean_ = 0;
  double squares_ = 0;  // sum of squared distances from the mean
};

}  // namespace

void RegisterAggregates(FunctionRegistry& registry) {
  registry.Add({"count", 1, 1, &MakeAggregator<Count>, "count(value) -> INTEGER",
                "How many values are not null", false});
  registry.Add({"sum", 1, 1, &MakeAggregator<Sum>, "sum(value) -> INTEGER | FLOAT | DURATION",
                "The sum of numbers or durations", false});
  registry.Add({"avg", 1, 1, &MakeAggregator<Average>, "avg(value) -> FLOAT | DURATION",
                "The mean of numbers or durations", false});
  registry.Add({"min", 1, 1, &MakeAggregator<Extreme<-1>>, "min(value) -> ANY",
                "The value that ORDER BY would put first"});
  registry.Add({"max", 1, 1, &MakeAggregator<Extreme<1>>, "max(value) -> ANY",
                "The value that ORDER BY would put last"});
  registry.Add({"stDev", 1, 1, &MakeAggregator<Deviation<false>>, "stDev(value) -> FLOAT",
                "The standard deviation of a sample", false});
  registry.Add({"stDevP", 1, 1, &MakeAggregator<Deviation<true>>, "stDevP(value) -> FLOAT",
                "The standard deviation of a whole population", false});
  RegisterCollectingAggregates(registry);
}

}  // namespace gesta
