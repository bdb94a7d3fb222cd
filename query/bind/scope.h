// Scope: the variables a clause can see.
#ifndef GESTA_QUERY_BIND_SCOPE_H_
#define GESTA_QUERY_BIND_SCOPE_H_

#include <string>
#include <string_view>
#include <vector>

#include "bind/bound.h"
#include "bind/static_type.h"

namespace gesta {

struct Binding {
  std::string name;
  Slot slot = kNoSlot;
  StaticType type;
};

// Later bindings hide earlier ones of the same name.
class Scope {
 public:
  const Binding* Find(std::string_view name) const {
    for (size_t i = bindings_.size(); i-- > 0;) {
      if (bindings_[i].name == name) return &bindings_[i];
    }
    return nullptr;
  }
  void Add(std::string name, Slot slot, StaticType type) {
    bindings_.push_back({std::move(name), slot, type});
  }
  size_t size() const { return bindings_.size(); }
  void Truncate(size_t size) { bindings_.resize(size); }
  const std::vector<Binding>& bindings() const { return bindings_; }

 private:
  std::vector<Binding> bindings_;
};

}  // namespace gesta

#endif  // GESTA_QUERY_BIND_SCOPE_H_
