// Walking along relationships to make paths.
#ifndef GESTA_QUERY_EXECUTE_PATH_H_
#define GESTA_QUERY_EXECUTE_PATH_H_

#include "execute/expression.h"

namespace gesta::execute {

// Appends the walk over `relationships` (in this order, from the last node of `path`) to `path`.
// False, with `path` unchanged, when they do not form one.
Result<bool> AppendWalk(Transaction* transaction, const List& relationships, PathData* path);

}  // namespace gesta::execute

#endif  // GESTA_QUERY_EXECUTE_PATH_H_
