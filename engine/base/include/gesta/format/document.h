// Document: a tree of plain values, the common result of the pickle, npy and JSON readers.
//
// A Document owns its values; a Datum is a reference into it and valid as long as it lives. Values
// that a file shares (a pickle's memo) are shared here too: a "tree" is an acyclic graph, and its
// nesting depth and its size when written out are bounded by Limits. Documents are immutable and
// may be read from several threads.
#ifndef GESTA_FORMAT_DOCUMENT_H_
#define GESTA_FORMAT_DOCUMENT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gesta/format/ndarray.h"
#include "gesta/status.h"

namespace gesta::format {

// What a file may cost. A file past a limit is refused with an error that names the limit.
struct Limits {
  size_t max_depth = 512;              // containers inside each other
  size_t max_values = 50'000'000;      // values created while reading; memo entries too
  size_t max_tree_size = 500'000'000;  // values of the tree with shared ones counted at each use
  // Bytes that arrays and inflated data may take beyond the file's own: this many, or this many
  // times the size of the file, whichever is more. (A view of a small storage can be huge.)
  size_t max_extra_bytes = size_t{256} << 20;
  size_t max_expansion = 16;
};

enum class DatumKind : uint8_t {
  kNull,
  kBool,
  kInt,
  kBigInt,  // an integer outside 64 bits: text() has its decimal digits
  kFloat,
  kString,  // text(): UTF-8
  kBytes,   // text(): the bytes
  kList,
  kTuple,
  kSet,
  kDict,  // entries in insertion order; of equal keys the last value counts
  kArray,
  kOpaque,  // a reader's own intermediate value; never in a finished document
};

// "list", "integer", …: for messages.
std::string_view DatumKindName(DatumKind kind);

class Datum {
 public:
  struct Entry;

  // The elements of a list, tuple or set: iterates over const Datum&.
  class Items {
   public:
    class Iterator {
     public:
      explicit Iterator(const Datum* const* at) : at_(at) {}
      const Datum& operator*() const { return **at_; }
      const Datum* operator->() const { return *at_; }
      Iterator& operator++() {
        ++at_;
        return *this;
      }
      bool operator!=(const Iterator& other) const { return at_ != other.at_; }

     private:
      const Datum* const* at_;
    };

    Items(const Datum* const* begin, size_t size) : begin_(begin), size_(size) {}
    size_t size() const { return size_; }
    const Datum& operator[](size_t index) const { return *begin_[index]; }
    const Datum* const* data() const { return begin_; }
    Iterator begin() const { return Iterator(begin_); }
    Iterator end() const { return Iterator(begin_ + size_); }

   private:
    const Datum* const* begin_;
    size_t size_;
  };

  // The pairs of a dict: iterates over const Entry&.
  class Entries {
   public:
    Entries(const Entry* begin, size_t size) : begin_(begin), size_(size) {}
    size_t size() const { return size_; }
    const Entry* begin() const { return begin_; }
    inline const Entry* end() const;

   private:
    const Entry* begin_;
    size_t size_;
  };

  Datum(const Datum&) = delete;
  Datum& operator=(const Datum&) = delete;

  DatumKind kind() const { return kind_; }
  bool is_null() const { return kind_ == DatumKind::kNull; }
  bool is_int() const { return kind_ == DatumKind::kInt; }
  bool is_number() const { return kind_ == DatumKind::kInt || kind_ == DatumKind::kFloat; }
  bool is_string() const { return kind_ == DatumKind::kString; }
  bool is_sequence() const { return kind_ == DatumKind::kList || kind_ == DatumKind::kTuple; }
  bool is_dict() const { return kind_ == DatumKind::kDict; }
  bool is_array() const { return kind_ == DatumKind::kArray; }

  // Every accessor may be called on every kind and gives the empty value (false, 0, "", no items)
  // where the kind does not fit: check kind() first where that matters.
  bool boolean() const { return kind_ == DatumKind::kBool && integer_ != 0; }
  int64_t integer() const { return kind_ == DatumKind::kInt ? integer_ : 0; }
  double number() const;          // integers too
  std::string_view text() const;  // kString, kBytes, kBigInt
  Items items() const;            // kList, kTuple, kSet
  Entries entries() const;        // kDict
  size_t size() const;            // elements, pairs, or bytes of text
  const NdArray& array() const;   // kArray; otherwise an empty array
  // An element of a list or tuple; the null datum past the end.
  const Datum& operator[](size_t index) const;
  // The value of a string key of a dict, or null. O(log n).
  const Datum* Find(std::string_view key) const;

  // A readable, bounded rendering for messages and tests: Python's notation, "…" past max_size
  // bytes.
  std::string ToString(size_t max_size = 200) const;

  static const Datum& Null();

 private:
  friend class DocumentBuilder;
  struct Dict;

  Datum() = default;

  DatumKind kind_ = DatumKind::kNull;
  uint32_t capacity_ = 0;  // of a list while it grows; a container's number afterwards
  union {
    int64_t integer_ = 0;
    double float_;
    const char* text_;
    const Datum** items_;
    Dict* dict_;
    NdArray* array_;
  };
  size_t size_ = 0;
};

struct Datum::Entry {
  const Datum* key;
  const Datum* value;
};

inline const Datum::Entry* Datum::Entries::end() const { return begin_ + size_; }

class Document {
 public:
  Document();
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  const Datum& root() const { return *root_; }

 private:
  friend class DocumentBuilder;
  struct Storage;

  std::unique_ptr<Storage> storage_;
  const Datum* root_;
};

}  // namespace gesta::format

#endif  // GESTA_FORMAT_DOCUMENT_H_
