#include "store/cursors.h"

#include <algorithm>

namespace gesta::store {
namespace {

Status DamagedEntry(const ReadView& view) {
  return Status(StatusCode::kCorruption,
                "the store at '" + view.store_path() + "' has a damaged entry",
                "run 'gesta check' on the store");
}

class KeyCursor final : public IdCursor {
 public:
  KeyCursor(ReadView* view, Family family, IdPlace place, std::string lower, std::string upper)
      : view_(view),
        family_(family),
        place_(place),
        lower_(std::move(lower)),
        upper_(std::move(upper)) {}

  Result<size_t> Next(uint64_t* out, size_t n) override {
    if (done_) return size_t{0};
    // The transaction's own writes since the last call would invalidate a scan over them, so a
    // family that has any is scanned anew from where the cursor stands.
    if (view_->dirty(family_)) scan_.reset();
    if (!scan_) {
      scan_ = std::make_unique<Scan>(view_, family_);
      scan_->Seek(lower_, upper_);
    }
    size_t filled = 0;
    for (; filled < n && scan_->Valid(); ++filled, scan_->Next()) {
      const std::string_view bytes = place_ == IdPlace::kKeyEnd ? scan_->key() : scan_->value();
      if (bytes.size() < 8) return DamagedEntry(*view_);
      out[filled] = ReadU64(bytes.data() + bytes.size() - 8);
    }
    if (scan_->Valid()) {
      lower_.assign(scan_->key());
    } else {
      GESTA_RETURN_IF_ERROR(scan_->status());
      done_ = true;
      scan_.reset();
    }
    return filled;
  }

 private:
  ReadView* view_;
  Family family_;
  IdPlace place_;
  std::string lower_;  // where the next call continues
  std::string upper_;
  std::unique_ptr<Scan> scan_;
  bool done_ = false;
};

class TypeCursor final : public IdCursor {
 public:
  TypeCursor(ReadView* view, NameId type, RelId from) : view_(view), type_(type), next_(from) {}

  Result<size_t> Next(uint64_t* out, size_t n) override {
    if (done_) return size_t{0};
    // As for KeyCursor.
    if (view_->dirty(Family::kType)) scan_.reset();
    if (!scan_) {
      scan_ = std::make_unique<Scan>(view_, Family::kType);
      scan_->Seek(MemberKey(type_, next_), Key().U32(type_).PrefixEnd());
    }
    size_t filled = 0;
    while (filled < n && scan_->Valid()) {
      TypeRange range;
      if (!TypeRange::Parse(scan_->key(), scan_->value(), &range)) return DamagedEntry(*view_);
      next_ = std::max(next_, range.first);
      while (filled < n && next_ <= range.last) out[filled++] = next_++;
      if (next_ > range.last) scan_->Next();
    }
    if (!scan_->Valid()) {
      GESTA_RETURN_IF_ERROR(scan_->status());
      done_ = true;
      scan_.reset();
    }
    return filled;
  }

 private:
  ReadView* view_;
  const NameId type_;
  RelId next_;  // the least id that is still to be given
  std::unique_ptr<Scan> scan_;
  bool done_ = false;
};

// Values fall; the entries of one value come as they stand, by rising ids.
class DescendingCursor final : public IdCursor {
 public:
  DescendingCursor(ReadView* view, Family family, IdPlace place, std::string lower,
                   std::string upper)
      : view_(view),
        family_(family),
        place_(place),
        lower_(std::move(lower)),
        upper_(std::move(upper)) {}

  Result<size_t> Next(uint64_t* out, size_t n) override {
    if (done_ || n == 0) return size_t{0};
    if (!iterator_ || view_->dirty(family_)) {
      GESTA_ASSIGN_OR_RETURN(iterator_, view_->MergedIterator(family_));
      if (run_.empty()) {
        SeekBelow();
      } else {
        iterator_->Seek(next_);
      }
    }
    size_t filled = 0;
    while (filled < n) {
      if (run_.empty() && !BeginRun()) {
        GESTA_RETURN_IF_ERROR(view_->Translate(iterator_->status()));
        done_ = true;
        iterator_.reset();
        return filled;
      }
      const rocksdb::Slice bytes =
          place_ == IdPlace::kKeyEnd ? iterator_->key() : iterator_->value();
      if (bytes.size() < 8) return DamagedEntry(*view_);
      out[filled++] = ReadU64(bytes.data() + bytes.size() - 8);
      iterator_->Next();
      if (InRun()) {
        next_.assign(iterator_->key().data(), iterator_->key().size());
      } else {
        GESTA_RETURN_IF_ERROR(view_->Translate(iterator_->status()));
        upper_ = std::move(run_);
        run_.clear();
        SeekBelow();
      }
    }
    return filled;
  }

 private:
  // The entry's value, which the id follows in a plain index.
  std::string_view ValueAt(const rocksdb::Slice& key) const {
    const size_t id = place_ == IdPlace::kKeyEnd && key.size() >= 8 ? 8 : 0;
    return {key.data(), key.size() - id};
  }
  // To the last key below upper_.
  void SeekBelow() {
    if (upper_.empty()) {
      iterator_->SeekToLast();
      return;
    }
    iterator_->SeekForPrev(upper_);
    if (iterator_->Valid() && iterator_->key() == rocksdb::Slice(upper_)) iterator_->Prev();
  }
  // From the last entry of a value to its first one. False: no entry is left.
  bool BeginRun() {
    if (!iterator_->Valid() || iterator_->key().compare(rocksdb::Slice(lower_)) < 0) return false;
    run_ = std::string(ValueAt(iterator_->key()));
    iterator_->Seek(std::max(run_, lower_));
    return iterator_->Valid();
  }
  bool InRun() const { return iterator_->Valid() && ValueAt(iterator_->key()) == run_; }

  ReadView* view_;
  Family family_;
  IdPlace place_;
  std::string lower_;
  std::string upper_;  // what is given already begins here
  std::string run_;    // the value whose entries are being given; empty between values
  std::string next_;   // in a run: the entry that comes next
  std::unique_ptr<rocksdb::Iterator> iterator_;
  bool done_ = false;
};

}  // namespace

Result<std::optional<TypeRange>> FindTypeRange(ReadView* view, NameId type, RelId id) {
  Scan scan(view, Family::kType);
  scan.Seek(MemberKey(type, id), Key().U32(type).PrefixEnd());
  if (!scan.Valid()) {
    GESTA_RETURN_IF_ERROR(scan.status());
    return std::optional<TypeRange>();
  }
  TypeRange range;
  if (!TypeRange::Parse(scan.key(), scan.value(), &range)) return DamagedEntry(*view);
  return range.first <= id ? std::optional<TypeRange>(range) : std::nullopt;
}

std::unique_ptr<IdCursor> MakeTypeCursor(ReadView* view, NameId type, RelId from) {
  return std::make_unique<TypeCursor>(view, type, from);
}

std::unique_ptr<IdCursor> MakeDescendingCursor(ReadView* view, Family family, IdPlace place,
                                               std::string lower, std::string upper) {
  return std::make_unique<DescendingCursor>(view, family, place, std::move(lower),
                                            std::move(upper));
}

std::unique_ptr<IdCursor> MakeCursor(ReadView* view, Family family, IdPlace place,
                                     std::string lower, std::string upper) {
  return std::make_unique<KeyCursor>(view, family, place, std::move(lower), std::move(upper));
}

}  // namespace gesta::store
