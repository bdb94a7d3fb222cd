#include "execute/key_table.h"

#include <algorithm>
#include <cmath>

namespace gesta::execute {
namespace {

constexpr size_t kLeastSlots = 64;

// Equivalence with a short way for what keys mostly are.
bool SameKey(const Value& a, const Value& b) {
  if (a.type() == b.type()) {
    if (a.type() == ValueType::kInteger) return a.AsInteger() == b.AsInteger();
    if (a.type() == ValueType::kNode) return a.EntityId() == b.EntityId();
    if (a.type() == ValueType::kString) {
      const std::string_view left = a.AsString();
      const std::string_view right = b.AsString();
      return left.data() == right.data() || left == right;
    }
  }
  return Equivalent(a, b);
}

// The value's bits where it can be packed.
bool Payload(const Value& value, uint64_t* bits) {
  switch (value.type()) {
    case ValueType::kInteger:
      *bits = static_cast<uint64_t>(value.AsInteger());
      return true;
    case ValueType::kNode:
    case ValueType::kRelationship:
      *bits = value.EntityId();
      return !value.IsMaterialised();
    case ValueType::kBoolean:
      *bits = value.AsBoolean() ? 1 : 0;
      return true;
    case ValueType::kDate:
      *bits = static_cast<uint64_t>(value.DateDays());
      return true;
    default:
      return false;
  }
}

Value FromPayload(ValueType type, uint64_t bits) {
  switch (type) {
    case ValueType::kNode:
      return Value::Node(bits);
    case ValueType::kRelationship:
      return Value::Relationship(bits);
    case ValueType::kBoolean:
      return Value::Boolean(bits != 0);
    case ValueType::kDate:
      return Value::Date(static_cast<int64_t>(bits));
    default:
      return Value::Integer(static_cast<int64_t>(bits));
  }
}

void Fetch(const void* address) { __builtin_prefetch(address); }

}  // namespace

KeyTable::KeyTable(size_t width) : width_(width), packed_(width <= 2), parts_(width) { Clear(); }

void KeyTable::Clear() {
  packed_ = width_ <= 2;
  std::fill(parts_.begin(), parts_.end(), Part());
  size_ = 0;
  if (slots_.size() != kLeastSlots) {  // a large table's memory is given back
    slots_ = std::vector<uint64_t>(kLeastSlots);
    words_ = {};
    hashes_ = {};
    keys_ = {};
  }
  std::fill(slots_.begin(), slots_.end(), 0);
  shift_ = 64 - 6;
  words_.clear();
  hashes_.clear();
  keys_.clear();
  value_bytes_ = 0;
}

Value KeyTable::Key(size_t number, size_t part) const {
  if (!packed_) return keys_[number * width_ + part];
  uint64_t bits = words_[number];
  if (width_ == 2) bits = part == 0 ? bits >> 32 : bits & 0xFFFFFFFF;
  return FromPayload(parts_[part].type, bits);
}

// Fills row_words_; false when a key cannot be packed, or not as those before.
bool KeyTable::PackRows(const KeyColumn* columns, const Rows& rows) {
  const size_t n = rows.size();
  row_words_.resize(n);
  const uint64_t most = width_ == 1 ? ~uint64_t{0} : 0xFFFFFFFF;
  for (size_t j = 0; j < width_; ++j) {
    Part& part = parts_[j];
    const unsigned up = width_ == 2 && j == 0 ? 32 : 0;
    const auto put = [&](size_t k, uint64_t bits) {
      row_words_[k] = j == 0 ? bits << up : row_words_[k] | bits;
    };
    if (columns[j].numbers) {
      if (part.packing == Packing::kValue) return false;
      part = {Packing::kNumber, ValueType::kInteger};
      for (size_t k = 0; k < n; ++k) put(k, columns[j].numbers[rows[k]]);
      continue;
    }
    const View& values = columns[j].values;
    if (part.packing == Packing::kUnknown && n > 0) {
      part = {Packing::kValue, values[rows[0]].type()};
    }
    for (size_t k = 0; k < n; ++k) {
      const Value& value = values[rows[k]];
      uint64_t bits;
      if (value.type() != part.type || !Payload(value, &bits) || bits > most) return false;
      put(k, bits);
    }
  }
  return true;
}

// For a key to be found: also what equals a packed value without being of its type.
bool KeyTable::PackOne(const KeyColumn* columns, uint32_t row, uint64_t* word) const {
  *word = 0;
  for (size_t j = 0; j < width_; ++j) {
    uint64_t bits;
    if (columns[j].numbers) {
      bits = columns[j].numbers[row];
    } else {
      const Value& value = columns[j].values[row];
      if (value.type() == ValueType::kFloat && parts_[j].type == ValueType::kInteger) {
        const double number = value.AsFloat();
        if (!(number >= -0x1p63 && number < 0x1p63) || number != std::trunc(number)) return false;
        bits = static_cast<uint64_t>(static_cast<int64_t>(number));
      } else if (value.type() != parts_[j].type) {
        return false;
      } else if (value.type() == ValueType::kNode || value.type() == ValueType::kRelationship) {
        bits = value.EntityId();
      } else if (!Payload(value, &bits)) {
        return false;
      }
    }
    if (width_ == 1) {
      *word = bits;
    } else {
      if (bits > 0xFFFFFFFF) return false;
      *word = j == 0 ? bits << 32 : *word | bits;
    }
  }
  return true;
}

void KeyTable::HashRows(const KeyColumn* columns, const Rows& rows, uint64_t* hashes) const {
  constexpr uint64_t kFactor = 0x9E3779B97F4A7C15ull;
  const size_t n = rows.size();
  for (size_t j = 0; j < width_; ++j) {
    const KeyColumn& column = columns[j];
    for (size_t k = 0; k < n; ++k) {
      const uint64_t hash = column.numbers ? Hash(Value::Integer(column.numbers[rows[k]]))
                                           : Hash(column.values[rows[k]]);
      hashes[k] = j == 0 ? hash : (hashes[k] ^ (hashes[k] >> 29)) * kFactor + hash;
    }
  }
  for (size_t k = 0; k < n; ++k) hashes[k] = HashWord(hashes[k]);
}

bool KeyTable::Holds(size_t number, const KeyColumn* columns, uint32_t row) const {
  const Value* key = &keys_[number * width_];
  for (size_t j = 0; j < width_; ++j) {
    if (columns[j].numbers) {
      if (key[j].AsInteger() != columns[j].numbers[row]) return false;
    } else if (!SameKey(key[j], columns[j].values[row])) {
      return false;
    }
  }
  return true;
}

void KeyTable::Widen() {
  if (!packed_) return;
  keys_.reserve(size_ * width_);
  for (size_t number = 0; number < size_; ++number) {
    for (size_t j = 0; j < width_; ++j) keys_.push_back(Key(number, j));
  }
  packed_ = false;
  words_ = {};
  // The hashes of whole keys differ from those of packed ones.
  hashes_.resize(size_);
  constexpr uint64_t kFactor = 0x9E3779B97F4A7C15ull;
  for (size_t number = 0; number < size_; ++number) {
    uint64_t hash = 0;
    for (size_t j = 0; j < width_; ++j) {
      const uint64_t one = Hash(keys_[number * width_ + j]);
      hash = j == 0 ? one : (hash ^ (hash >> 29)) * kFactor + one;
    }
    hashes_[number] = HashWord(hash);
  }
  std::fill(slots_.begin(), slots_.end(), 0);
  const size_t mask = slots_.size() - 1;
  for (size_t number = 0; number < size_; ++number) {
    size_t position = Home(hashes_[number]);
    while (slots_[position] != 0) position = (position + 1) & mask;
    slots_[position] = Place(static_cast<uint32_t>(number), hashes_[number]);
  }
}

void KeyTable::Reserve(size_t more) {
  size_t wanted = slots_.size();
  while ((size_ + more) * 3 > wanted * 2) wanted *= 2;
  if (wanted == slots_.size()) return;
  slots_ = std::vector<uint64_t>();  // the old ones are not needed: hashes are at hand
  slots_.resize(wanted, 0);
  shift_ = 64;
  for (size_t size = wanted; size > 1; size /= 2) --shift_;
  const size_t mask = wanted - 1;
  for (size_t number = 0; number < size_; ++number) {
    const uint64_t hash = HashOf(number);
    size_t position = Home(hash);
    while (slots_[position] != 0) position = (position + 1) & mask;
    slots_[position] = Place(static_cast<uint32_t>(number), hash);
  }
}

// same(number, k): whether the key is the k-th row's; add(k): it becomes the next key.
template <typename Same, typename Add>
void KeyTable::Probe(size_t count, const uint64_t* hashes, uint32_t* numbers, const Same& same,
                     const Add& add) {
  const size_t mask = slots_.size() - 1;
  for (size_t k = 0; k < count; ++k) {
    const uint64_t hash = hashes[k];
    if (k > 0 && hash == hashes[k - 1] && same(numbers[k - 1], k)) {
      numbers[k] = numbers[k - 1];
      continue;
    }
    size_t position = Home(hash);
    while (true) {
      const uint64_t place = slots_[position];
      if (place == 0) {
        numbers[k] = static_cast<uint32_t>(size_);
        slots_[position] = Place(numbers[k], hash);
        ++size_;
        add(k);
        break;
      }
      const auto number = static_cast<uint32_t>((place >> 32) - 1);
      if (static_cast<uint32_t>(place) == static_cast<uint32_t>(hash) && same(number, k)) {
        numbers[k] = number;
        break;
      }
      position = (position + 1) & mask;
    }
  }
}

void KeyTable::Insert(const KeyColumn* columns, const Rows& rows, uint32_t* numbers,
                      std::vector<uint32_t>* new_rows) {
  const size_t n = rows.size();
  if (n == 0) return;
  if (packed_ && !PackRows(columns, rows)) Widen();
  row_hashes_.resize(n);
  if (packed_) {
    for (size_t k = 0; k < n; ++k) row_hashes_[k] = HashWord(row_words_[k]);
  } else {
    HashRows(columns, rows, row_hashes_.data());
  }
  // Some rows at a time: room is made as if all of them were new.
  for (size_t begin = 0; begin < n;) {
    constexpr size_t kTogether = 256;
    const size_t count = std::min(n - begin, kTogether);
    const uint64_t* hashes = row_hashes_.data() + begin;
    Reserve(count);
    for (size_t k = 0; k < count; ++k) Fetch(&slots_[Home(hashes[k])]);
    if (packed_) {
      const uint64_t* words = row_words_.data() + begin;
      for (size_t k = 0; k < count; ++k) {
        const uint64_t place = slots_[Home(hashes[k])];
        if (place != 0) Fetch(&words_[(place >> 32) - 1]);
      }
      Probe(
          count, hashes, numbers + begin,
          [&](uint32_t number, size_t k) { return words_[number] == words[k]; },
          [&](size_t k) {
            words_.push_back(words[k]);
            new_rows->push_back(rows[begin + k]);
          });
    } else {
      for (size_t k = 0; k < count; ++k) {
        const uint64_t place = slots_[Home(hashes[k])];
        if (place != 0) Fetch(&keys_[((place >> 32) - 1) * width_]);
      }
      Probe(
          count, hashes, numbers + begin,
          [&](uint32_t number, size_t k) { return Holds(number, columns, rows[begin + k]); },
          [&](size_t k) {
            const uint32_t row = rows[begin + k];
            hashes_.push_back(hashes[k]);
            for (size_t j = 0; j < width_; ++j) {
              if (columns[j].numbers) {
                keys_.push_back(Value::Integer(columns[j].numbers[row]));
              } else {
                keys_.push_back(columns[j].values[row]);
                value_bytes_ += keys_.back().HeapBytes();
              }
            }
            new_rows->push_back(row);
          });
    }
    begin += count;
  }
}

void KeyTable::Find(const KeyColumn* columns, const Rows& rows, uint32_t* numbers,
                    std::vector<uint64_t>* hashes) const {
  const size_t n = rows.size();
  hashes->resize(n);
  const size_t mask = slots_.size() - 1;
  const auto find = [&](uint64_t hash, const auto& same) {
    for (size_t position = Home(hash);; position = (position + 1) & mask) {
      const uint64_t place = slots_[position];
      if (place == 0) return kNone;
      const auto number = static_cast<uint32_t>((place >> 32) - 1);
      if (static_cast<uint32_t>(place) == static_cast<uint32_t>(hash) && same(number)) {
        return number;
      }
    }
  };
  if (packed_) {
    // Words first (kNone marks keys that cannot be there), then places.
    for (size_t k = 0; k < n; ++k) {
      uint64_t word = 0;
      numbers[k] = PackOne(columns, rows[k], &word) ? 0 : kNone;
      (*hashes)[k] = word;
      if (numbers[k] != kNone) Fetch(&slots_[Home(HashWord(word))]);
    }
    for (size_t k = 0; k < n; ++k) {
      if (numbers[k] == kNone) continue;
      const uint64_t word = (*hashes)[k];
      numbers[k] = find(HashWord(word), [&](uint32_t number) { return words_[number] == word; });
    }
    return;
  }
  HashRows(columns, rows, hashes->data());
  for (size_t k = 0; k < n; ++k) Fetch(&slots_[Home((*hashes)[k])]);
  for (size_t k = 0; k < n; ++k) {
    numbers[k] =
        find((*hashes)[k], [&](uint32_t number) { return Holds(number, columns, rows[k]); });
  }
}

}  // namespace gesta::execute
