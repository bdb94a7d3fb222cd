// The order-preserving encoding against gesta::Order, on values chosen for their corners and on
// random ones.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "store/keys.h"
#include "store/row.h"
#include "store/value_encoding.h"

namespace gesta::store {
namespace {

int Sign(int v) { return v < 0 ? -1 : v > 0; }

std::string Encode(const Value& value) {
  std::string bytes;
  AppendOrdered(value, &bytes);
  return bytes;
}

std::vector<Value> Corners() {
  std::vector<Value> values = {
      Value::Null(),
      Value::Boolean(false),
      Value::Boolean(true),
      Value::String(""),
      Value::String("a"),
      Value::String("ab"),
      Value::String("b"),
      Value::String(std::string_view("a\0", 2)),
      Value::String(std::string_view("a\0b", 3)),
      Value::String(std::string_view("a\0\xff", 3)),
      Value::String("a\x01"),
      Value::String("\xc3\xa9"),
      Value::String("\xf0\x9f\x98\x80"),
      Value::MakeList({}),
      Value::MakeList({Value::MakeList({})}),
      Value::MakeList({Value::Null()}),
      Value::MakeList({Value::Integer(1)}),
      Value::MakeList({Value::Integer(1), Value::Integer(2)}),
      Value::MakeList({Value::Integer(1), Value::Null()}),
      Value::MakeList({Value::Integer(2)}),
      Value::MakeList({Value::String(""), Value::String("")}),
      Value::MakeList({Value::String("")}),
      Value::Date(0),
      Value::Date(-1),
      Value::LocalTime(0),
      Value::LocalTime(5),
      Value::Time(0, 0),
      Value::Time(3'600'000'000'000, 3600),
      Value::Time(0, 3600),
      Value::Time(0, -3600),
      Value::LocalDateTime(-1, 999),
      Value::LocalDateTime(-1, 0),
      Value::LocalDateTime(1, 0),
      Value::DateTime({0, 0, 0, ""}),
      Value::DateTime({0, 0, 3600, ""}),
      Value::DateTime({0, 0, 3600, "Europe/Stockholm"}),
      Value::DateTime({0, 0, 3600, "Europe/Paris"}),
      Value::DateTime({-5, 7, -60, ""}),
      Value::Duration({0, 0, 0, 0}),
      Value::Duration({1, 0, 0, 0}),
      Value::Duration({0, 30, 0, 0}),
      Value::Duration({0, 31, 0, 0}),
      Value::Duration({0, 0, 2'629'746, 0}),
      Value::Duration({0, 0, -1, 999'999'999}),
      Value::Duration({INT64_MAX, INT64_MAX, INT64_MAX, 0}),
      Value::Duration({INT64_MIN, INT64_MIN, INT64_MIN, 0}),
  };
  for (const int64_t v :
       {int64_t{0}, int64_t{1}, int64_t{1} << 53, int64_t{1} << 62,
        std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::max() - 512}) {
    for (const int64_t near : {-1, 0, 1}) {
      const auto sum = static_cast<int64_t>(static_cast<uint64_t>(v) + near);
      values.push_back(Value::Integer(sum));
      values.push_back(Value::Integer(static_cast<int64_t>(-static_cast<uint64_t>(sum))));
      values.push_back(Value::Float(static_cast<double>(sum)));
      values.push_back(Value::Float(-static_cast<double>(sum)));
    }
  }
  for (const double v : {0.5, 1e-310, 5e-324, 1e308, std::numeric_limits<double>::infinity(),
                         9007199254740992.0, 9223372036854775808.0, 9223372036854774784.0}) {
    values.push_back(Value::Float(v));
    values.push_back(Value::Float(-v));
    values.push_back(Value::Float(std::nextafter(v, 0)));
  }
  values.push_back(Value::Float(std::nan("")));
  values.push_back(Value::Float(-std::nan("")));
  return values;
}

class RandomValues {
 public:
  explicit RandomValues(uint64_t seed) : random_(seed) {}

  Value Next(int depth = 0) {
    switch (random_() % (depth < 2 ? 12 : 11)) {
      case 0:
        return Value::Null();
      case 1:
        return Value::Boolean(random_() % 2);
      case 2:
      case 3:
        return Value::Integer(Integer());
      case 4: {
        // Floats near integers as well as any bits.
        if (random_() % 2)
          return Value::Float(static_cast<double>(Integer()) / (random_() % 3 + 1));
        const uint64_t bits = random_();
        double v;
        std::memcpy(&v, &bits, sizeof v);
        return Value::Float(v);
      }
      case 5:
        return Value::String(Text());
      case 6:
        return Value::Date(Integer() >> 20);
      case 7:
        return Value::Time(static_cast<int64_t>(random_() % 86'400'000'000'000),
                           static_cast<int32_t>(random_() % 129600) - 64800);
      case 8:
        return Value::LocalDateTime(Integer() >> 20, static_cast<int32_t>(random_() % 3));
      case 9:
        return Value::DateTime({Integer() >> 20, static_cast<int32_t>(random_() % 3),
                                static_cast<int32_t>(random_() % 3) * 60 - 60, Text()});
      case 10:
        return Value::Duration({Integer() >> (random_() % 60), Integer() >> (random_() % 60),
                                Integer() >> (random_() % 60),
                                static_cast<int32_t>(random_() % 3)});
      default: {
        List items;
        for (size_t n = random_() % 4; n > 0; --n) items.push_back(Next(depth + 1));
        return Value::MakeList(std::move(items));
      }
    }
  }

 private:
  int64_t Integer() { return static_cast<int64_t>(random_()) >> (random_() % 64); }
  std::string Text() {
    std::string text;
    for (size_t n = random_() % 4; n > 0; --n)
      text +=
          "\0\x01\xff"
          "ab"[random_() % 5];
    return text;
  }

  std::mt19937_64 random_;
};

void RequireSameOrder(const Value& a, const Value& b) {
  const std::string x = Encode(a);
  const std::string y = Encode(b);
  if (Sign(x.compare(y)) == Order(a, b) && (x == y || y.compare(0, x.size(), x) != 0)) return;
  CAPTURE(ToText(a, true), ToText(b, true), Order(a, b), x.compare(y));
  FAIL("order differs, or one encoding is a prefix of the other");
}

TEST_CASE("encoded values order as Order says", "[store]") {
  const std::vector<Value> corners = Corners();
  for (const Value& a : corners) {
    for (const Value& b : corners) RequireSameOrder(a, b);
  }
  RandomValues random(7);
  std::vector<Value> values = corners;
  for (int i = 0; i < 1500; ++i) values.push_back(random.Next());
  for (const Value& a : values) {
    for (const Value& b : values) RequireSameOrder(a, b);
  }
}

TEST_CASE("composite keys order column by column", "[store]") {
  RandomValues random(11);
  for (int i = 0; i < 20'000; ++i) {
    const Value a[2] = {random.Next(), random.Next()};
    const Value b[2] = {random.Next(), random.Next()};
    const int first = Order(a[0], b[0]);
    const int expected = first != 0 ? first : Order(a[1], b[1]);
    REQUIRE(Sign((Encode(a[0]) + Encode(a[1])).compare(Encode(b[0]) + Encode(b[1]))) == expected);
  }
}

TEST_CASE("a string prefix covers exactly the strings that start with it", "[store]") {
  const std::vector<std::string> texts = {"",      "a", "ab", std::string("a\0", 2),
                                          "a\xff", "b", "abc"};
  for (const std::string& prefix : texts) {
    std::string lower;
    AppendOrderedStringPrefix(prefix, &lower);
    const std::string upper = PrefixEnd(lower);
    for (const std::string& text : texts) {
      const std::string encoded = Encode(Value::String(text));
      CAPTURE(prefix, text);
      CHECK((encoded >= lower && encoded < upper) == (text.compare(0, prefix.size(), prefix) == 0));
    }
    const std::string list = Encode(Value::MakeList({Value::String(prefix)}));
    CHECK_FALSE((list >= lower && list < upper));
  }
}

TEST_CASE("storable values survive being stored", "[store]") {
  RandomValues random(13);
  int stored = 0;
  for (int i = 0; i < 20'000; ++i) {
    const Value value = random.Next();
    if (value.IsNull() || !CheckStorable(value).ok()) continue;
    ++stored;
    std::string bytes;
    AppendValue(value, &bytes);
    Value read;
    REQUIRE(DecodeValue(bytes, &read));
    REQUIRE(read.type() == value.type());
    REQUIRE(Order(read, value) == 0);
  }
  CHECK(stored > 10'000);
}

}  // namespace
}  // namespace gesta::store
