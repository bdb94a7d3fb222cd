// Edit distance, for "did you mean".
#ifndef GESTA_QUERY_PARSE_EDIT_DISTANCE_H_
#define GESTA_QUERY_PARSE_EDIT_DISTANCE_H_

#include <cstddef>
#include <string_view>

namespace gesta {

// The least number of insertions, deletions, replacements and swaps of neighbours that turn `a`
// into `b` (optimal string alignment), in bytes.
size_t EditDistance(std::string_view a, std::string_view b);

}  // namespace gesta

#endif  // GESTA_QUERY_PARSE_EDIT_DISTANCE_H_
