// KeyTable: a hash table from keys of one or more values to dense numbers 0, 1, 2, …
//
// Keys are looked up column-wise, a batch at a time: first all hashes, then all places in the table
// (fetched ahead), then the keys themselves. Keys of one value, or of two small ones, that are all
// nodes, relationships, integers, booleans or dates are packed into 64 bits each; the first key
// that does not fit makes the table turn to whole values. Equivalence is openCypher's (null is
// null, 1 is 1.0) either way.
#ifndef GESTA_QUERY_EXECUTE_KEY_TABLE_H_
#define GESTA_QUERY_EXECUTE_KEY_TABLE_H_

#include <cstdint>
#include <vector>

#include "execute/expression.h"
#include "gesta/value.h"

namespace gesta::execute {

// One part of many keys: values by row number, or numbers (of groups, of outer rows) by row number.
struct KeyColumn {
  View values;
  const uint32_t* numbers = nullptr;  // set: used instead of `values`
};

class KeyTable {
 public:
  static constexpr uint32_t kNone = 0xFFFFFFFF;

  explicit KeyTable(size_t width);

  size_t size() const { return size_; }
  size_t width() const { return width_; }
  Value Key(size_t number, size_t part) const;
  uint64_t HashOf(size_t number) const {
    return packed_ ? HashWord(words_[number]) : hashes_[number];
  }

  void Clear();

  // For the k-th of `rows`, numbers[k] becomes the number of the key that `columns` (width of them)
  // hold in that row. The rows whose keys are new are appended to `new_rows` in order; new keys
  // take the next numbers in that order.
  void Insert(const KeyColumn* columns, const Rows& rows, uint32_t* numbers,
              std::vector<uint32_t>* new_rows);
  // The same without inserting: kNone for keys that are not in the table. Several threads may look
  // keys up at a time, each with a `hashes` of its own.
  void Find(const KeyColumn* columns, const Rows& rows, uint32_t* numbers,
            std::vector<uint64_t>* hashes) const;

  // Hashes of keys agree between tables that are both packed or both not.
  bool packed() const { return packed_; }
  void Widen();

  // Heap bytes held, blocks of the keys' values included.
  size_t HeapBytes() const {
    return slots_.capacity() * sizeof(uint64_t) + words_.capacity() * sizeof(uint64_t) +
           hashes_.capacity() * sizeof(uint64_t) + keys_.capacity() * sizeof(Value) + value_bytes_;
  }

 private:
  // How the values of a part are packed. kUnknown: no key was seen yet.
  enum class Packing : uint8_t { kUnknown, kNumber, kValue };
  struct Part {
    Packing packing = Packing::kUnknown;
    ValueType type = ValueType::kNull;
  };

  // A place of the table: the high half is the key's number + 1 (0: free), the low half a part of
  // its hash.
  static uint64_t Place(uint32_t number, uint64_t hash) {
    return (uint64_t{number} + 1) << 32 | static_cast<uint32_t>(hash);
  }
  static uint64_t HashWord(uint64_t word) {
    word = (word ^ (word >> 32)) * 0x9E3779B97F4A7C15ull;
    return (word ^ (word >> 29)) * 0xBF58476D1CE4E5B9ull;
  }
  size_t Home(uint64_t hash) const { return hash >> shift_; }

  bool PackRows(const KeyColumn* columns, const Rows& rows);
  bool PackOne(const KeyColumn* columns, uint32_t row, uint64_t* word) const;
  void HashRows(const KeyColumn* columns, const Rows& rows, uint64_t* hashes) const;
  bool Holds(size_t number, const KeyColumn* columns, uint32_t row) const;
  void Reserve(size_t more);
  template <typename Same, typename Add>
  void Probe(size_t count, const uint64_t* hashes, uint32_t* numbers, const Same& same,
             const Add& add);

  const size_t width_;
  bool packed_;
  std::vector<Part> parts_;
  size_t size_ = 0;
  std::vector<uint64_t> slots_;   // at most two thirds are taken
  unsigned shift_ = 0;            // a hash's high bits are its place
  std::vector<uint64_t> words_;   // packed keys by number
  std::vector<uint64_t> hashes_;  // whole keys: their hashes
  std::vector<Value> keys_;       // and their values side by side
  size_t value_bytes_ = 0;
  std::vector<uint64_t> row_words_;  // of the batch at work
  std::vector<uint64_t> row_hashes_;
};

}  // namespace gesta::execute

#endif  // GESTA_QUERY_EXECUTE_KEY_TABLE_H_
