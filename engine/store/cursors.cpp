#include "store/cursors.h"

#include <algorithm>

namespace gesta::store {
namespace {

Status DamagedEntry(const ReadView& view) {
  return Status(StatusCode::kCorruption,
                "the store at '" + view.store_path() + "' has a damaged entry",
                "run 'gesta check' on the store");
}

// Moves a scan forward from call to call. The transaction's own writes since the last one would
// invalidate a scan over them, so a family that has any is scanned anew from where the cursor
// stands.
class ForwardCursor : public IdCursor {
 public:
  ForwardCursor(ReadView* view, Family family) : view_(view), family_(family) {}

  Result<size_t> Next(uint64_t* out, size_t n) final {
    if (done_) return size_t{0};
    if (view_->dirty(family_)) scan_.reset();
    if (!scan_) {
      scan_ = std::make_unique<Scan>(view_, family_);
      Seek(scan_.get());
    }
    GESTA_ASSIGN_OR_RETURN(const size_t filled, Take(scan_.get(), out, n));
    if (!scan_->Valid()) {
      GESTA_RETURN_IF_ERROR(scan_->status());
      done_ = true;
      scan_.reset();
    }
    return filled;
  }

 protected:
  const ReadView& view() const { return *view_; }

 private:
  // To where the last call ended.
  virtual void Seek(Scan* scan) = 0;
  // At most `n` ids from the scan, which is moved behind what they are taken from.
  virtual Result<size_t> Take(Scan* scan, uint64_t* out, size_t n) = 0;

  ReadView* view_;
  const Family family_;
  std::unique_ptr<Scan> scan_;
  bool done_ = false;
};

class KeyCursor final : public ForwardCursor {
 public:
  KeyCursor(ReadView* view, Family family, IdPlace place, std::string lower, std::string upper)
      : ForwardCursor(view, family),
        place_(place),
        lower_(std::move(lower)),
        upper_(std::move(upper)) {}

 private:
  void Seek(Scan* scan) override { scan->Seek(lower_, upper_); }

  Result<size_t> Take(Scan* scan, uint64_t* out, size_t n) override {
    size_t filled = 0;
    for (; filled < n && scan->Valid(); ++filled, scan->Next()) {
      const std::string_view bytes = place_ == IdPlace::kKeyEnd ? scan->key() : scan->value();
      if (bytes.size() < 8) return DamagedEntry(view());
      out[filled] = ReadU64(bytes.data() + bytes.size() - 8);
    }
    if (scan->Valid()) lower_.assign(scan->key());
    return filled;
  }

  const IdPlace place_;
  std::string lower_;  // where the next call continues
  const std::string upper_;
};

class TypeCursor final : public ForwardCursor {
 public:
  TypeCursor(ReadView* view, NameId type, RelId from)
      : ForwardCursor(view, Family::kType), type_(type), next_(from) {}

 private:
  void Seek(Scan* scan) override {
    scan->Seek(MemberKey(type_, next_), Key().U32(type_).PrefixEnd());
  }

  Result<size_t> Take(Scan* scan, uint64_t* out, size_t n) override {
    size_t filled = 0;
    while (filled < n && scan->Valid()) {
      TypeRange range;
      if (!TypeRange::Parse(scan->key(), scan->value(), &range)) return DamagedEntry(view());
      next_ = std::max(next_, range.first);
      while (filled < n && next_ <= range.last) out[filled++] = next_++;
      if (next_ > range.last) scan->Next();
    }
    return filled;
  }

  const NameId type_;
  RelId next_;  // the least id that is still to be given
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
