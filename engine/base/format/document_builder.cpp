#include "gesta/format/document_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <numeric>

#include "format/document_internal.h"
#include "gesta/format/utf8.h"

namespace gesta::format {

namespace {

constexpr size_t kMaxDimensions = 64;   // numpy's own limit
constexpr size_t kMaxKeyBytes = 65536;  // keeps comparing keys that a memo repeats affordable
constexpr size_t kMaxKeyParts = 64;     // values inside one tuple key

Status BadData(std::string message) { return Status(StatusCode::kBadData, std::move(message)); }

// The number of elements, or an error.
Result<size_t> ElementCount(const std::vector<int64_t>& shape) {
  if (shape.size() > kMaxDimensions) {
    return BadData(
        fmt::format("an array of {} dimensions (at most {})", shape.size(), kMaxDimensions));
  }
  size_t count = 1;
  bool empty = false;
  for (const int64_t extent : shape) {
    if (extent < 0) return BadData(fmt::format("an array extent of {}", extent));
    if (extent == 0) {
      empty = true;
      continue;
    }
    if (__builtin_mul_overflow(count, static_cast<size_t>(extent), &count)) {
      return BadData("the array's shape has more elements than memory can address");
    }
  }
  return empty ? 0 : count;
}

std::vector<int64_t> CStrides(const std::vector<int64_t>& shape) {
  std::vector<int64_t> strides(shape.size());
  int64_t stride = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= std::max<int64_t>(shape[i], 1);
  }
  return strides;
}

bool IsContiguous(const std::vector<int64_t>& shape, const std::vector<int64_t>& strides) {
  const std::vector<int64_t> wanted = CStrides(shape);
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] > 1 && strides[i] != wanted[i]) return false;
  }
  return true;
}

// Calls copy(source index) for each element in C order. No extent may be zero.
template <typename Copy>
void ForEachStrided(const std::vector<int64_t>& shape, const std::vector<int64_t>& strides,
                    uint64_t offset, Copy copy) {
  const size_t rank = shape.size();
  if (rank == 0) return copy(offset);
  std::vector<int64_t> at(rank, 0);
  while (true) {
    uint64_t index = offset;
    for (int64_t i = 0; i < shape[rank - 1]; ++i, index += strides[rank - 1]) copy(index);
    size_t dimension = rank - 1;
    while (true) {
      if (dimension == 0) return;
      --dimension;
      offset += strides[dimension];
      if (++at[dimension] < shape[dimension]) break;
      offset -= static_cast<uint64_t>(shape[dimension]) * strides[dimension];
      at[dimension] = 0;
    }
  }
}

// The last element that a strided view touches must lie in its storage.
Status CheckStrides(const ArraySource& source, size_t available) {
  if (source.strides.size() != source.shape.size()) {
    return BadData(
        fmt::format("{} strides for {} dimensions", source.strides.size(), source.shape.size()));
  }
  uint64_t last = source.offset;
  for (size_t i = 0; i < source.shape.size(); ++i) {
    uint64_t reach;
    if (source.strides[i] < 0) return BadData(fmt::format("a stride of {}", source.strides[i]));
    if (__builtin_mul_overflow(static_cast<uint64_t>(source.shape[i] - 1),
                               static_cast<uint64_t>(source.strides[i]), &reach) ||
        __builtin_add_overflow(last, reach, &last)) {
      return BadData("the array's strides overflow");
    }
  }
  if (last >= available) {
    return BadData(
        fmt::format("the array needs element {} of a storage of {} elements", last, available));
  }
  return Status::Ok();
}

void SwapBytes(char* data, size_t bytes, size_t unit) {
  for (size_t i = 0; i + unit <= bytes; i += unit) std::reverse(data + i, data + i + unit);
}

Status CheckCodePoints(const char* data, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    uint32_t c;
    std::memcpy(&c, data + i * 4, 4);
    if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) {
      return BadData(fmt::format("the text array holds {:#x}, which is no character", c));
    }
  }
  return Status::Ok();
}

// Text, numbers and null may be keys, and tuples of them.
Status CheckKey(const Datum& key, size_t* parts) {
  if (++*parts > kMaxKeyParts) {
    return BadData(fmt::format("a dict key of more than {} values", kMaxKeyParts));
  }
  switch (key.kind()) {
    case DatumKind::kTuple:
      for (const Datum& part : key.items()) GESTA_RETURN_IF_ERROR(CheckKey(part, parts));
      return Status::Ok();
    case DatumKind::kList:
    case DatumKind::kDict:
    case DatumKind::kArray:
      return BadData(fmt::format("a dict key that is a {}", DatumKindName(key.kind())));
    default:
      if (key.text().size() > kMaxKeyBytes) {
        return BadData(
            fmt::format("a dict key of {} bytes (at most {})", key.text().size(), kMaxKeyBytes));
      }
      return Status::Ok();
  }
}

}  // namespace

std::vector<int64_t> FortranStrides(const std::vector<int64_t>& shape) {
  std::vector<int64_t> strides(shape.size());
  int64_t stride = 1;
  for (size_t i = 0; i < shape.size(); ++i) {
    strides[i] = stride;
    if (__builtin_mul_overflow(stride, std::max<int64_t>(shape[i], 1), &stride)) stride = 0;
  }
  return strides;
}

DocumentBuilder::DocumentBuilder(size_t input_size, const Limits& limits)
    : limits_(limits), storage_(std::make_unique<Document::Storage>()) {
  size_t scaled;
  if (__builtin_mul_overflow(input_size, limits.max_expansion, &scaled)) scaled = SIZE_MAX;
  max_extra_bytes_ = std::max(limits.max_extra_bytes, scaled);
  null_ = New(DatumKind::kNull);
  false_ = New(DatumKind::kBool);
  true_ = New(DatumKind::kBool);
  true_->integer_ = 1;
}

DocumentBuilder::~DocumentBuilder() = default;

Status DocumentBuilder::ExhaustedError() const {
  if (extra_bytes_ > max_extra_bytes_) {
    return BadData(fmt::format("reading the file takes more than {} bytes", max_extra_bytes_));
  }
  return BadData(fmt::format("the file holds more than {} values", limits_.max_values));
}

std::string_view DocumentBuilder::Adopt(FileBuffer buffer) {
  storage_->adopted.push_back(std::move(buffer));
  return storage_->adopted.back().view();
}

void* DocumentBuilder::Allocate(size_t bytes) {
  Charge(bytes);
  return storage_->Allocate(bytes);
}

std::string_view DocumentBuilder::CopyText(std::string_view text) {
  if (text.empty()) return {};
  auto* copy = static_cast<char*>(Allocate(text.size()));
  std::memcpy(copy, text.data(), text.size());
  return {copy, text.size()};
}

Status DocumentBuilder::Spend(size_t bytes) {
  if (bytes > max_extra_bytes_ || extra_bytes_ > max_extra_bytes_ - bytes) {
    return BadData(fmt::format("reading the file takes more than {} bytes", max_extra_bytes_));
  }
  Charge(bytes);
  return Status::Ok();
}

Result<char*> DocumentBuilder::AllocateArray(size_t bytes) {
  GESTA_RETURN_IF_ERROR(Spend(bytes));
  return static_cast<char*>(storage_->Allocate(bytes));
}

Datum* DocumentBuilder::New(DatumKind kind) {
  ++values_;
  auto* datum = new (storage_->Allocate(sizeof(Datum))) Datum();
  datum->kind_ = kind;
  return datum;
}

Datum* DocumentBuilder::Int(int64_t value) {
  Datum* datum = New(DatumKind::kInt);
  datum->integer_ = value;
  return datum;
}

Datum* DocumentBuilder::Float(double value) {
  Datum* datum = New(DatumKind::kFloat);
  datum->float_ = value;
  return datum;
}

Datum* DocumentBuilder::Text(DatumKind kind, std::string_view text) {
  Datum* datum = New(kind);
  datum->text_ = text.data();
  datum->size_ = text.size();
  return datum;
}

Datum* DocumentBuilder::Container(DatumKind kind) {
  Datum* datum = New(kind);
  if (kind == DatumKind::kDict) {
    datum->dict_ = new (storage_->Allocate(sizeof(Datum::Dict))) Datum::Dict{nullptr, 0, nullptr};
  } else if (kind == DatumKind::kArray) {
    storage_->arrays.emplace_back();
    datum->array_ = &storage_->arrays.back();
  } else {
    datum->items_ = nullptr;
  }
  return datum;
}

Datum* DocumentBuilder::Sequence(DatumKind kind, const Datum* const* items, size_t count) {
  Datum* datum = Container(kind);
  Append(datum, items, count);
  return datum;
}

Datum* DocumentBuilder::Opaque(int64_t number) {
  Datum* datum = New(DatumKind::kOpaque);
  datum->integer_ = number;
  return datum;
}

void DocumentBuilder::Become(Datum* opaque, const Datum& value) {
  opaque->kind_ = value.kind_;
  opaque->capacity_ = 0;  // growing again copies, so that no two lists share room
  opaque->size_ = value.size_;
  // The union's members are all eight bytes wide.
  std::memcpy(&opaque->integer_, &value.integer_, sizeof opaque->integer_);
}

void DocumentBuilder::Append(Datum* sequence, const Datum* const* items, size_t count) {
  if (count == 0) return;
  const size_t size = sequence->size_ + count;
  if (size > sequence->capacity_) {
    // The first batch usually is the only one: it gets exactly its room.
    const size_t capacity =
        std::min<size_t>(sequence->size_ == 0 ? size : std::max(size, 2 * sequence->size_),
                         std::numeric_limits<uint32_t>::max());
    if (capacity < size) {  // four billion elements: the limits end the reading before
      Charge(max_extra_bytes_ + 1);
      return;
    }
    auto** grown = static_cast<const Datum**>(Allocate(capacity * sizeof(Datum*)));
    if (sequence->size_ > 0) {
      std::memcpy(grown, sequence->items_, sequence->size_ * sizeof(Datum*));
    }
    sequence->items_ = grown;
    sequence->capacity_ = static_cast<uint32_t>(capacity);
  }
  std::memcpy(sequence->items_ + sequence->size_, items, count * sizeof(Datum*));
  sequence->size_ = size;
}

void DocumentBuilder::Put(Datum* dict, const Datum* key, const Datum* value) {
  Datum::Dict& rep = *dict->dict_;
  if (dict->size_ == rep.capacity) {
    const size_t capacity = std::max<size_t>(4, 2 * dict->size_);
    if (capacity > std::numeric_limits<uint32_t>::max()) {
      Charge(max_extra_bytes_ + 1);
      return;
    }
    auto* grown = static_cast<Datum::Entry*>(Allocate(capacity * sizeof(Datum::Entry)));
    if (dict->size_ > 0) std::memcpy(grown, rep.entries, dict->size_ * sizeof(Datum::Entry));
    rep.entries = grown;
    rep.capacity = static_cast<uint32_t>(capacity);
  }
  rep.entries[dict->size_++] = {key, value};
}

Status DocumentBuilder::FillArray(Datum* datum, const ArraySource& source) {
  NdArray& array = *datum->array_;
  GESTA_ASSIGN_OR_RETURN(const size_t count, ElementCount(source.shape));
  if (source.item_size == 0 && count > limits_.max_values) {
    return BadData(fmt::format("the array has {} empty texts", count));
  }
  array.type_ = source.type;
  array.item_size_ = source.item_size;
  array.shape_ = source.shape;
  array.size_ = count;
  array.data_ = "";
  if (count == 0 || source.item_size == 0) return Status::Ok();

  const size_t available = source.bytes.size() / source.item_size;
  const size_t unit = source.type == ElementType::kUnicode ? 4 : ElementTypeSize(source.type);
  std::vector<int64_t> strides = source.strides;
  if (strides.empty()) {
    if (count > available || source.offset > available - count) {
      return BadData(fmt::format("the array has {} elements of {} bytes, but only {} bytes follow",
                                 count, source.item_size, source.bytes.size()));
    }
    strides = CStrides(source.shape);
  } else {
    GESTA_RETURN_IF_ERROR(CheckStrides(source, available));
  }

  const bool contiguous = IsContiguous(source.shape, strides);
  const bool swap = source.swap_bytes && unit > 1;
  const char* first = source.bytes.data() + source.offset * source.item_size;
  const bool aligned = unit <= 1 || reinterpret_cast<uintptr_t>(first) % unit == 0;
  // Text is always copied: checking its characters counts against the limit that way.
  if (contiguous && !swap && aligned && source.type != ElementType::kUnicode) {
    array.data_ = first;
  } else {
    size_t bytes;
    if (__builtin_mul_overflow(count, source.item_size, &bytes)) {
      return BadData("the array is larger than memory can address");
    }
    GESTA_ASSIGN_OR_RETURN(char* copy, AllocateArray(bytes));
    if (contiguous) {
      std::memcpy(copy, first, bytes);
    } else {
      char* out = copy;
      ForEachStrided(source.shape, strides, source.offset, [&](uint64_t index) {
        std::memcpy(out, source.bytes.data() + index * source.item_size, source.item_size);
        out += source.item_size;
      });
    }
    if (swap) SwapBytes(copy, bytes, unit);
    array.data_ = copy;
  }
  if (source.type == ElementType::kUnicode) {
    return CheckCodePoints(array.data_, count * (source.item_size / 4));
  }
  return Status::Ok();
}

Status DocumentBuilder::FillObjects(Datum* datum, std::vector<int64_t> shape,
                                    const Datum* const* items, size_t count) {
  NdArray& array = *datum->array_;
  GESTA_ASSIGN_OR_RETURN(const size_t wanted, ElementCount(shape));
  if (wanted != count) {
    return BadData(
        fmt::format("the object array has {} elements, and {} values follow", wanted, count));
  }
  auto** objects = static_cast<const Datum**>(Allocate(count * sizeof(Datum*)));
  if (count > 0) std::memcpy(objects, items, count * sizeof(Datum*));
  array.type_ = ElementType::kObject;
  array.item_size_ = 0;
  array.shape_ = std::move(shape);
  array.size_ = count;
  array.objects_ = objects;
  return Status::Ok();
}

Status DocumentBuilder::IndexDict(Datum* dict) {
  Datum::Dict& rep = *dict->dict_;
  size_t size = dict->size_;
  for (size_t i = 0; i < size; ++i) {
    size_t parts = 0;
    GESTA_RETURN_IF_ERROR(CheckKey(*rep.entries[i].key, &parts));
  }
  if (size <= kUnsortedEntries) {
    // Each entry either updates an earlier one with its key or is kept.
    size_t kept = 0;
    for (size_t i = 0; i < size; ++i) {
      size_t same = 0;
      while (same < kept && CompareKeys(*rep.entries[same].key, *rep.entries[i].key) != 0) ++same;
      if (same < kept) {
        rep.entries[same].value = rep.entries[i].value;
      } else {
        rep.entries[kept++] = rep.entries[i];
      }
    }
    dict->size_ = kept;
    return Status::Ok();
  }
  const auto by_key = [&](uint32_t a, uint32_t b) {
    const int order = CompareKeys(*rep.entries[a].key, *rep.entries[b].key);
    return order != 0 ? order < 0 : a < b;
  };
  auto* order = static_cast<uint32_t*>(Allocate(size * sizeof(uint32_t)));
  std::iota(order, order + size, 0u);
  std::sort(order, order + size, by_key);
  // In a run of equal keys the first keeps its place and takes the last one's value.
  bool repeats = false;
  for (size_t run = 0; run < size;) {
    const uint32_t first = order[run];
    size_t next = run + 1;
    while (next < size &&
           CompareKeys(*rep.entries[first].key, *rep.entries[order[next]].key) == 0) {
      rep.entries[first].value = rep.entries[order[next]].value;
      rep.entries[order[next]].key = nullptr;
      repeats = true;
      ++next;
    }
    run = next;
  }
  if (repeats) {
    auto* end = std::remove_if(rep.entries, rep.entries + size,
                               [](const Datum::Entry& entry) { return entry.key == nullptr; });
    size = static_cast<size_t>(end - rep.entries);
    dict->size_ = size;
    std::iota(order, order + size, 0u);
    std::sort(order, order + size, by_key);
  }
  rep.order = order;
  return Status::Ok();
}

Result<Document> DocumentBuilder::Finish(const Datum* root, const Resolver& resolve) {
  // One walk over everything reachable, children first: cycles, depth, and the size of the tree
  // that the sharing stands for.
  struct Info {
    bool open = true;
    size_t height = 1;
    size_t size = 1;
  };
  struct Frame {
    Datum* datum;
    size_t next;  // child
    size_t info;
  };
  std::vector<Info> infos(1);  // number 0: not seen yet
  std::vector<Frame> stack;

  const auto is_container = [](const Datum* datum) {
    return datum->kind_ >= DatumKind::kList && datum->kind_ <= DatumKind::kArray;
  };
  // Lists used capacity_ for growing; from here it is a container's number, valid only if that
  // number's datum is this one.
  std::vector<const Datum*> owners(1, nullptr);
  const auto number_of = [&](const Datum* datum) -> size_t {
    const uint32_t number = datum->capacity_;
    return number < owners.size() && owners[number] == datum ? number : 0;
  };
  const auto open = [&](const Datum* child) -> Status {
    auto* datum = const_cast<Datum*>(child);  // the arena is ours
    if (infos.size() > std::numeric_limits<uint32_t>::max()) return ExhaustedError();
    if (datum->kind_ == DatumKind::kDict) GESTA_RETURN_IF_ERROR(IndexDict(datum));
    if (stack.size() >= limits_.max_depth) {
      return BadData(fmt::format("values are nested more than {} deep", limits_.max_depth));
    }
    datum->capacity_ = static_cast<uint32_t>(infos.size());
    stack.push_back({datum, 0, infos.size()});
    infos.emplace_back();
    owners.push_back(datum);
    return Status::Ok();
  };
  const auto child_of = [](const Datum* datum, size_t index) -> const Datum* {
    if (datum->kind_ == DatumKind::kDict) {
      if (index >= 2 * datum->size_) return nullptr;
      const Datum::Entry& entry = datum->dict_->entries[index / 2];
      return index % 2 == 0 ? entry.key : entry.value;
    }
    if (datum->kind_ == DatumKind::kArray) {
      const NdArray& array = *datum->array_;
      return array.objects_ != nullptr && index < array.size_ ? array.objects_[index] : nullptr;
    }
    return index < datum->size_ ? datum->items_[index] : nullptr;
  };

  const auto settle = [&](const Datum* datum) -> Status {
    if (datum->kind_ != DatumKind::kOpaque) return Status::Ok();
    if (resolve) GESTA_RETURN_IF_ERROR(resolve(const_cast<Datum*>(datum)));
    if (datum->kind_ != DatumKind::kOpaque) return Status::Ok();
    return Status(StatusCode::kInternal, "a reader left a value unresolved");
  };

  GESTA_RETURN_IF_ERROR(settle(root));
  if (is_container(root)) GESTA_RETURN_IF_ERROR(open(root));
  while (!stack.empty()) {
    Frame& frame = stack.back();
    const size_t number = frame.info;
    const Datum* child = child_of(frame.datum, frame.next);
    if (child == nullptr) {
      infos[number].open = false;
      const size_t height = infos[number].height + 1;
      const size_t size = infos[number].size;
      stack.pop_back();
      if (!stack.empty()) {
        Info& parent = infos[stack.back().info];
        parent.height = std::max(parent.height, height);
        parent.size += size;
      }
      continue;
    }
    ++frame.next;
    Info& info = infos[number];
    GESTA_RETURN_IF_ERROR(settle(child));
    if (!is_container(child)) {
      ++info.size;
    } else if (const size_t seen = number_of(child); seen == 0) {
      GESTA_RETURN_IF_ERROR(open(child));  // makes `info` dangle
    } else if (infos[seen].open) {
      return BadData(fmt::format("a {} contains itself", DatumKindName(child->kind_)));
    } else {
      info.size += infos[seen].size;
      info.height = std::max(info.height, infos[seen].height + 1);
    }
    if (infos[number].size > limits_.max_tree_size) {
      return BadData(fmt::format("the file's shared values stand for a tree of more than {} values",
                                 limits_.max_tree_size));
    }
    if (infos[number].height > limits_.max_depth) {
      return BadData(fmt::format("values are nested more than {} deep", limits_.max_depth));
    }
  }
  Document document;
  document.storage_ = std::move(storage_);
  document.root_ = root;
  return document;
}

}  // namespace gesta::format
