// The hash table of grouping, DISTINCT and joins, against a table that compares every key.
#include <catch2/catch.hpp>
#include <limits>
#include <random>

#include "execute/key_table.h"

using namespace gesta;
using namespace gesta::execute;

namespace {

using Key = std::vector<Value>;

// The plain way: the first equivalent key, or a new one.
class Model {
 public:
  uint32_t Insert(const Key& key) {
    for (size_t i = 0; i < keys_.size(); ++i) {
      bool same = true;
      for (size_t j = 0; j < key.size(); ++j) same = same && Equivalent(keys_[i][j], key[j]);
      if (same) return static_cast<uint32_t>(i);
    }
    keys_.push_back(key);
    return static_cast<uint32_t>(keys_.size() - 1);
  }
  const std::vector<Key>& keys() const { return keys_; }

 private:
  std::vector<Key> keys_;
};

void CheckAgainstModel(const std::vector<Key>& keys, size_t batch_rows) {
  const size_t width = keys.front().size();
  KeyTable table(width);
  Model model;
  for (size_t begin = 0; begin < keys.size(); begin += batch_rows) {
    const size_t count = std::min(batch_rows, keys.size() - begin);
    std::vector<Column> parts(width);
    std::vector<KeyColumn> columns(width);
    for (size_t j = 0; j < width; ++j) {
      for (size_t row = 0; row < count; ++row) parts[j].push_back(keys[begin + row][j]);
      columns[j].values = View(parts[j]);
    }
    std::vector<uint32_t> numbers(count);
    std::vector<uint32_t> new_rows;
    const size_t before = model.keys().size();
    table.Insert(columns.data(), Rows::All(count), numbers.data(), &new_rows);
    for (size_t row = 0; row < count; ++row) {
      REQUIRE(numbers[row] == model.Insert(keys[begin + row]));
    }
    REQUIRE(table.size() == model.keys().size());
    REQUIRE(new_rows.size() == model.keys().size() - before);
    std::vector<uint64_t> hashes;
    std::vector<uint32_t> found(count);
    table.Find(columns.data(), Rows::All(count), found.data(), &hashes);
    REQUIRE(found == numbers);
  }
  for (size_t number = 0; number < table.size(); ++number) {
    for (size_t j = 0; j < width; ++j) {
      const Value& expected = model.keys()[number][j];
      REQUIRE(table.Key(number, j).type() == expected.type());
      REQUIRE(Equivalent(table.Key(number, j), expected));
    }
  }
}

}  // namespace

TEST_CASE("equivalent keys have one number", "[execute]") {
  std::mt19937 random(7);
  const auto number = [&](int most) { return static_cast<int64_t>(random() % most); };
  const auto plain = [&](int kind) {
    switch (kind) {
      case 0:
        return Value::Node(static_cast<NodeId>(number(40)));
      case 1:
        return Value::Integer(number(40) - 20);
      case 2:
        return Value::Boolean(number(2) == 1);
      case 3:
        return Value::Date(number(30) - 15);
      default:
        return Value::Relationship(static_cast<RelId>(number(40)) << 33);  // too great for a half
    }
  };
  // Values of one kind, and then some of another that may be equivalent to them.
  const auto other = [&]() {
    switch (number(6)) {
      case 0:
        return Value();
      case 1:
        return Value::Float(static_cast<double>(number(40) - 20));
      case 2:
        return Value::Float(std::numeric_limits<double>::quiet_NaN());
      case 3:
        return Value::String(std::to_string(number(10)));
      case 4:
        return Value::MakeList({Value::Integer(number(3)), Value()});
      default:
        return Value::Integer(number(40) - 20);
    }
  };
  for (const size_t width : {1, 2, 3}) {
    for (int kind = 0; kind < 5; ++kind) {
      for (const int strange_from : {0, 150, 1000}) {
        std::vector<Key> keys;
        for (int i = 0; i < 300; ++i) {
          Key key;
          for (size_t j = 0; j < width; ++j) {
            key.push_back(i >= strange_from && number(3) == 0 ? other() : plain(kind));
          }
          keys.push_back(std::move(key));
        }
        for (const size_t batch_rows : {1, 7, 300}) CheckAgainstModel(keys, batch_rows);
      }
    }
  }
}

TEST_CASE("the key table's edges", "[execute]") {
  // All bits set is a key like any other; so are the least and the greatest integer.
  std::vector<Key> keys;
  for (const int64_t i : {int64_t{-1}, int64_t{0}, INT64_MIN, INT64_MAX, int64_t{-1}}) {
    keys.push_back({Value::Integer(i)});
  }
  CheckAgainstModel(keys, 2);
  // An integer that only a float equals, and floats that no integer equals.
  KeyTable table(1);
  const Column integers = {Value::Integer(3), Value::Integer(-4)};
  KeyColumn column;
  column.values = View(integers);
  std::vector<uint32_t> numbers(4);
  std::vector<uint32_t> new_rows;
  table.Insert(&column, Rows::All(2), numbers.data(), &new_rows);
  const Column probes = {Value::Float(-4.0), Value::Float(3.5), Value::Float(1e300),
                         Value::Node(3)};
  column.values = View(probes);
  std::vector<uint64_t> hashes;
  table.Find(&column, Rows::All(4), numbers.data(), &hashes);
  CHECK(numbers == std::vector<uint32_t>{1, KeyTable::kNone, KeyTable::kNone, KeyTable::kNone});
  // Cleared, it starts anew.
  table.Clear();
  new_rows.clear();
  table.Insert(&column, Rows::All(4), numbers.data(), &new_rows);
  CHECK(numbers == std::vector<uint32_t>{0, 1, 2, 3});
}
