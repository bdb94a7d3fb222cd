// Which vectors of a space one commit has changed: what an entry of the family `pending` holds.
//
//   n (varint), n × varint of (distance to the node before) * 2 + (1: removed, 0: set)
#ifndef GESTA_VECTOR_CHANGES_H_
#define GESTA_VECTOR_CHANGES_H_

#include <string>
#include <string_view>
#include <vector>

#include "gesta/value.h"

namespace gesta::vector {

struct Change {
  NodeId node = 0;
  bool removed = false;
};

// Precondition: nodes ascend.
std::string EncodeChanges(const std::vector<Change>& changes);
// False when the bytes are damaged.
bool DecodeChanges(std::string_view bytes, std::vector<Change>* changes);

}  // namespace gesta::vector

#endif  // GESTA_VECTOR_CHANGES_H_
