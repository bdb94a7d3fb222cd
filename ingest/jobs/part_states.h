// PartStates: the states of the six body parts, and how annotation files number them.
//
// A file numbers the states of each part from 0. The published list has 93 states, of which the
// last of each part says that the part does nothing ("foot: no_interaction"); files leave these
// out, so that 87 are numbered.
#ifndef GESTA_INGEST_JOBS_PART_STATES_H_
#define GESTA_INGEST_JOBS_PART_STATES_H_

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"
#include "readers/label_map.h"

namespace gesta::ingest {

// In the order of the files' columns.
inline constexpr std::array<std::string_view, 6> kBodyParts = {"foot", "leg", "hip",
                                                               "hand", "arm", "head"};

struct PartState {
  std::string name;   // "hand: hold"
  size_t part = 0;    // in kBodyParts
  int64_t index = 0;  // PartState.index: the place among the 93; states that are not there follow
};

class PartStates {
 public:
  static constexpr size_t kMaxStates = 128;
  using Set = std::bitset<kMaxStates>;  // by place in all()

  // The published ones.
  static PartStates Published();
  // Those of a label map (part_state.pbtxt), whose names are "part: state" and whose ids order the
  // states of each part. kBadData: another part, more than kMaxStates.
  static Result<PartStates> FromLabelMap(const std::string& path);

  const std::vector<PartState>& all() const { return states_; }  // part by part
  size_t count(size_t part) const { return begin_[part + 1] - begin_[part]; }

  // Adds what a field of the part's column says: numbers joined by '_', -1 or nothing for none.
  // False: it is no such list, or a number is out of range; `problem` says which.
  bool Parse(size_t part, std::string_view field, Set* states, std::string* problem) const;

 private:
  // `names`: each part's, in order.
  explicit PartStates(const std::array<std::vector<std::string>, kBodyParts.size()>& names);

  std::vector<PartState> states_;
  std::array<size_t, kBodyParts.size() + 1> begin_{};  // of each part in states_
};

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_JOBS_PART_STATES_H_
