#include "store/cursors.h"

namespace gesta::store {
namespace {

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
      if (bytes.size() < 8) {
        return Status(StatusCode::kCorruption,
                      "the store at '" + view_->store_path() + "' has a damaged entry",
                      "run 'gesta check' on the store");
      }
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

}  // namespace

std::unique_ptr<IdCursor> MakeCursor(ReadView* view, Family family, IdPlace place,
                                     std::string lower, std::string upper) {
  return std::make_unique<KeyCursor>(view, family, place, std::move(lower), std::move(upper));
}

}  // namespace gesta::store
