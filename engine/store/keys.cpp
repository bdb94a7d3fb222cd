#include "store/keys.h"

namespace gesta::store {

std::string_view FamilyName(Family family) {
  switch (family) {
    case Family::kCatalog:
      return "default";
    case Family::kNode:
      return "node";
    case Family::kRel:
      return "rel";
    case Family::kOut:
      return "out";
    case Family::kIn:
      return "in";
    case Family::kLabel:
      return "label";
    case Family::kType:
      return "type";
    case Family::kIndex:
      return "index";
    case Family::kJob:
      return "job";
    case Family::kVector:
      return "vector";
    case Family::kPending:
      return "pending";
    case Family::kSequence:
      return "sequence";
  }
  return "unknown";
}

Key Key::PrefixEnd() const {
  Key end = *this;
  while (end.size_ > 0) {
    if (++end.bytes_[end.size_ - 1] != 0) return end;
    --end.size_;
  }
  return end;
}

std::string ConstraintKey(std::string_view name) {
  std::string key = "k";
  key += name;
  return key;
}

std::string PrefixEnd(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty()) {
    if (++end.back() != 0) return end;
    end.pop_back();
  }
  return end;
}

}  // namespace gesta::store
