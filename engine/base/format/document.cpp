#include "gesta/format/document.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "format/document_internal.h"

namespace gesta::format {

namespace {

// Renders a Datum until `max_size` bytes are out.
class Renderer {
 public:
  explicit Renderer(size_t max_size) : max_size_(max_size) {}

  std::string Take() && {
    if (out_.size() > max_size_) {
      size_t cut = max_size_;
      while (cut > 0 && (static_cast<uint8_t>(out_[cut]) & 0xc0) == 0x80) --cut;
      out_.resize(cut);
      out_ += "…";
    }
    return std::move(out_);
  }

  void Render(const Datum& datum, int depth = 0) {
    if (Full()) return;
    if (depth > 64) {
      out_ += "…";
      return;
    }
    switch (datum.kind()) {
      case DatumKind::kNull:
        out_ += "None";
        return;
      case DatumKind::kBool:
        out_ += datum.boolean() ? "True" : "False";
        return;
      case DatumKind::kInt:
        out_ += fmt::format("{}", datum.integer());
        return;
      case DatumKind::kFloat:
        out_ += fmt::format("{}", datum.number());
        return;
      case DatumKind::kBigInt:
        Clip(datum.text());
        return;
      case DatumKind::kString:
        return Quoted("'", datum.text());
      case DatumKind::kBytes:
        return Quoted("b'", datum.text());
      case DatumKind::kList:
        return Sequence("[", datum.items(), "]", depth);
      case DatumKind::kTuple:
        return Sequence("(", datum.items(), datum.size() == 1 ? ",)" : ")", depth);
      case DatumKind::kSet:
        return Sequence("{", datum.items(), "}", depth);
      case DatumKind::kDict:
        return Dict(datum, depth);
      case DatumKind::kArray:
        return Array(datum.array(), depth);
      case DatumKind::kOpaque:
        out_ += "?";
        return;
    }
  }

 private:
  bool Full() const { return out_.size() > max_size_; }
  void Clip(std::string_view text) { out_ += text.substr(0, max_size_ + 1); }

  void Quoted(const char* open, std::string_view text) {
    out_ += open;
    const bool bytes = open[0] == 'b';
    for (const char c : text) {
      if (Full()) return;
      const auto byte = static_cast<uint8_t>(c);
      if (c == '\'' || c == '\\') {
        out_ += '\\';
        out_ += c;
      } else if (c == '\n') {
        out_ += "\\n";
      } else if (byte < 0x20 || byte == 0x7f || (bytes && byte >= 0x80)) {
        out_ += fmt::format("\\x{:02x}", byte);
      } else {
        out_ += c;
      }
    }
    out_ += '\'';
  }

  void Sequence(const char* open, Datum::Items items, const char* close, int depth) {
    out_ += open;
    const char* separator = "";
    for (const Datum& item : items) {
      if (Full()) return;
      out_ += separator;
      separator = ", ";
      Render(item, depth + 1);
    }
    out_ += close;
  }

  void Dict(const Datum& dict, int depth) {
    out_ += '{';
    const char* separator = "";
    for (const auto& [key, value] : dict.entries()) {
      if (Full()) return;
      out_ += separator;
      separator = ", ";
      Render(*key, depth + 1);
      out_ += ": ";
      Render(*value, depth + 1);
    }
    out_ += '}';
  }

  void Array(const NdArray& array, int depth) {
    out_ += fmt::format("{}[", ElementTypeName(array.type()));
    const char* separator = "";
    for (const int64_t extent : array.shape()) {
      out_ += fmt::format("{}{}", separator, extent);
      separator = ",";
    }
    out_ += "](";
    separator = "";
    for (size_t i = 0; i < array.size() && !Full(); ++i) {
      out_ += separator;
      separator = ", ";
      if (array.type() == ElementType::kObject) {
        Render(array.Object(i), depth + 1);
      } else if (!array.numeric()) {
        Quoted("'", array.Text(i));
      } else if (IsFloating(array.type())) {
        out_ += fmt::format("{}", array.Float(i));
      } else if (array.type() == ElementType::kUInt64) {
        uint64_t value;
        std::memcpy(&value, array.data() + i * sizeof value, sizeof value);
        out_ += fmt::format("{}", value);
      } else {
        out_ += fmt::format("{}", array.Int(i));
      }
    }
    out_ += ')';
  }

  size_t max_size_;
  std::string out_;
};

int CompareText(std::string_view a, std::string_view b) {
  if (a.data() == b.data() && a.size() == b.size()) return 0;
  const int order = a.compare(b);
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

template <typename T>
int ThreeWay(T a, T b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

// The classes of keys that can never equal each other, in their order.
enum KeyClass {
  kNullKey,
  kIntKey,
  kFloatKey,
  kNanKey,
  kBigIntKey,
  kStringKey,
  kBytesKey,
  kTupleKey,
  kOtherKey
};

// A key's class, and for numbers with an integer value that value.
KeyClass ClassOf(const Datum& key, int64_t* integer) {
  switch (key.kind()) {
    case DatumKind::kNull:
      return kNullKey;
    case DatumKind::kBool:
      *integer = key.boolean();
      return kIntKey;
    case DatumKind::kInt:
      *integer = key.integer();
      return kIntKey;
    case DatumKind::kFloat: {
      const double value = key.number();
      if (std::isnan(value)) return kNanKey;
      if (value != std::floor(value) || value < -0x1p63 || value >= 0x1p63) return kFloatKey;
      *integer = static_cast<int64_t>(value);
      return kIntKey;
    }
    case DatumKind::kBigInt:
      return kBigIntKey;
    case DatumKind::kString:
      return kStringKey;
    case DatumKind::kBytes:
      return kBytesKey;
    case DatumKind::kTuple:
      return kTupleKey;
    default:
      return kOtherKey;
  }
}

}  // namespace

int CompareKeys(const Datum& a, const Datum& b) {
  if (&a == &b) return 0;
  int64_t a_integer = 0;
  int64_t b_integer = 0;
  const KeyClass a_class = ClassOf(a, &a_integer);
  const KeyClass b_class = ClassOf(b, &b_integer);
  if (a_class != b_class) return ThreeWay<int>(a_class, b_class);
  switch (a_class) {
    case kNullKey:
      return 0;
    case kIntKey:
      return ThreeWay(a_integer, b_integer);
    case kFloatKey:
      return ThreeWay(a.number(), b.number());
    case kBigIntKey:
    case kStringKey:
    case kBytesKey:
      return CompareText(a.text(), b.text());
    case kTupleKey: {
      const auto left = a.items();
      const auto right = b.items();
      for (size_t i = 0; i < left.size() && i < right.size(); ++i) {
        if (const int order = CompareKeys(left[i], right[i]); order != 0) return order;
      }
      return ThreeWay(left.size(), right.size());
    }
    case kNanKey:
    case kOtherKey:
      return std::less<const Datum*>()(&a, &b) ? -1 : 1;  // equal to itself only
  }
  return 0;
}

std::string_view DatumKindName(DatumKind kind) {
  switch (kind) {
    case DatumKind::kNull:
      return "null";
    case DatumKind::kBool:
      return "boolean";
    case DatumKind::kInt:
      return "integer";
    case DatumKind::kBigInt:
      return "big integer";
    case DatumKind::kFloat:
      return "float";
    case DatumKind::kString:
      return "string";
    case DatumKind::kBytes:
      return "bytes";
    case DatumKind::kList:
      return "list";
    case DatumKind::kTuple:
      return "tuple";
    case DatumKind::kSet:
      return "set";
    case DatumKind::kDict:
      return "dict";
    case DatumKind::kArray:
      return "array";
    case DatumKind::kOpaque:
      return "opaque value";
  }
  return "unknown";
}

const Datum& Datum::Null() {
  static const Datum null{};
  return null;
}

double Datum::number() const {
  if (kind_ == DatumKind::kFloat) return float_;
  return static_cast<double>(integer());
}

std::string_view Datum::text() const {
  const bool has_text =
      kind_ == DatumKind::kString || kind_ == DatumKind::kBytes || kind_ == DatumKind::kBigInt;
  return has_text ? std::string_view(text_, size_) : std::string_view();
}

Datum::Items Datum::items() const {
  const bool has_items =
      kind_ == DatumKind::kList || kind_ == DatumKind::kTuple || kind_ == DatumKind::kSet;
  return has_items ? Items(items_, size_) : Items(nullptr, 0);
}

Datum::Entries Datum::entries() const {
  return kind_ == DatumKind::kDict ? Entries(dict_->entries, size_) : Entries(nullptr, 0);
}

size_t Datum::size() const {
  if (kind_ == DatumKind::kArray) return array_->size();
  return size_;
}

const NdArray& Datum::array() const {
  static const NdArray empty;
  return kind_ == DatumKind::kArray ? *array_ : empty;
}

const Datum& Datum::operator[](size_t index) const {
  const auto all = items();
  return index < all.size() ? all[index] : Null();
}

const Datum* Datum::Find(std::string_view key) const {
  if (kind_ != DatumKind::kDict) return nullptr;
  const Entry* entries = dict_->entries;
  if (dict_->order == nullptr) {
    for (size_t i = 0; i < size_; ++i) {
      if (entries[i].key->is_string() && entries[i].key->text() == key) return entries[i].value;
    }
    return nullptr;
  }
  int64_t unused;
  const uint32_t* begin = dict_->order;
  const uint32_t* end = begin + size_;
  const uint32_t* at =
      std::lower_bound(begin, end, key, [&](uint32_t index, std::string_view wanted) {
        const Datum& candidate = *entries[index].key;
        const KeyClass candidate_class = ClassOf(candidate, &unused);
        if (candidate_class != kStringKey) return candidate_class < kStringKey;
        return candidate.text() < wanted;
      });
  if (at == end) return nullptr;
  const Entry& found = entries[*at];
  return found.key->is_string() && found.key->text() == key ? found.value : nullptr;
}

std::string Datum::ToString(size_t max_size) const {
  Renderer renderer(max_size);
  renderer.Render(*this);
  return std::move(renderer).Take();
}

Document::Document() : root_(&Datum::Null()) {}
Document::Document(Document&& other) noexcept
    : storage_(std::move(other.storage_)), root_(std::exchange(other.root_, &Datum::Null())) {}
Document& Document::operator=(Document&& other) noexcept {
  storage_ = std::move(other.storage_);
  root_ = std::exchange(other.root_, &Datum::Null());
  return *this;
}
Document::~Document() = default;

}  // namespace gesta::format
