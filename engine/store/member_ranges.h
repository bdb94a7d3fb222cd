// MemberRanges: the members of labels or types in one bulk load.
#ifndef GESTA_STORE_MEMBER_RANGES_H_
#define GESTA_STORE_MEMBER_RANGES_H_

#include <cstdint>
#include <vector>

#include "store/keys.h"
#include "store/table_set.h"
#include "store/type_range.h"

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
  Status WriteLabels(TableSet* tables) {
    return Write(Family::kLabel, tables, [&](NameId name, const Range& range) -> Status {
      for (uint64_t id = range.begin; id < range.end; ++id) {
        GESTA_RETURN_IF_ERROR(tables->Add(Family::kLabel, MemberKey(name, id), {}));
      }
      return {};
    });
  }
  Status WriteTypes(TableSet* tables) {
    return Write(Family::kType, tables, [&](NameId name, const Range& range) {
      const TypeRange entry{name, range.begin, range.end - 1};
      return tables->Add(Family::kType, entry.KeyBytes(), entry.ValueBytes());
    });
  }

 private:
  struct Range {
    uint64_t begin;
    uint64_t end;
  };

  template <typename WriteRange>
  Status Write(Family family, TableSet* tables, WriteRange write) {
    for (NameId name = 0; name < ranges_.size(); ++name) {
      for (const Range& range : ranges_[name]) GESTA_RETURN_IF_ERROR(write(name, range));
      GESTA_RETURN_IF_ERROR(tables->EndRun(family));
    }
    ranges_.clear();
    size_ = 0;
    return Status::Ok();
  }

  std::vector<std::vector<Range>> ranges_;  // by name
  size_t size_ = 0;
};

}  // namespace gesta::store

#endif  // GESTA_STORE_MEMBER_RANGES_H_
