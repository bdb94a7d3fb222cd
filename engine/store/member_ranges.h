// MemberRanges: the members of labels or types in one bulk load.
#ifndef GESTA_STORE_MEMBER_RANGES_H_
#define GESTA_STORE_MEMBER_RANGES_H_

#include <cstdint>
#include <vector>

#include "store/keys.h"
#include "store/table_set.h"

namespace gesta::store {

class MemberRanges {
 public:
  // Precondition: the ids of a name ascend.
  void Add(NameId name, uint64_t id) {
    if (name >= ranges_.size()) ranges_.resize(name + 1);
    std::vector<Range>& ranges = ranges_[name];
    if (!ranges.empty() && ranges.back().end == id) {
      ++ranges.back().end;
    } else {
      ranges.push_back({id, id + 1});
      ++size_;
    }
  }
  size_t size() const { return size_; }  // ranges

  // A run of the family for each name, which empties this. Ids only grow, so that the members of a
  // name never overlap with those of an earlier load.
  Status Write(Family family, TableSet* tables) {
    for (NameId name = 0; name < ranges_.size(); ++name) {
      for (const Range& range : ranges_[name]) {
        for (uint64_t id = range.begin; id < range.end; ++id) {
          GESTA_RETURN_IF_ERROR(tables->Add(family, MemberKey(name, id), {}));
        }
      }
      GESTA_RETURN_IF_ERROR(tables->EndRun(family));
    }
    ranges_.clear();
    size_ = 0;
    return Status::Ok();
  }

 private:
  struct Range {
    uint64_t begin;
    uint64_t end;
  };
  std::vector<std::vector<Range>> ranges_;  // by name
  size_t size_ = 0;
};

}  // namespace gesta::store

#endif  // GESTA_STORE_MEMBER_RANGES_H_
