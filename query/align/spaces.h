// Errors about embedding spaces that are not there.
#ifndef GESTA_QUERY_ALIGN_SPACES_H_
#define GESTA_QUERY_ALIGN_SPACES_H_

#include <string>

#include "gesta/status.h"

namespace gesta::align {

// An aligner or option needs the space `name`.
inline Status MissingSpace(const std::string& name) {
  return Status(StatusCode::kNotFound, "the store has no embedding space '" + name + "'",
                "add its model with 'gesta model add " + name +
                    "' and embed the nodes with 'gesta embed'; the aligner lexical needs no model");
}

}  // namespace gesta::align

#endif  // GESTA_QUERY_ALIGN_SPACES_H_
