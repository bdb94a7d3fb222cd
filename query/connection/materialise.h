// Results that leave the engine carry their entities whole.
#ifndef GESTA_QUERY_CONNECTION_MATERIALISE_H_
#define GESTA_QUERY_CONNECTION_MATERIALISE_H_

#include "gesta/status.h"
#include "gesta/store.h"
#include "gesta/value.h"

namespace gesta {

// The value with all bare nodes and relationships in it (in lists, maps and paths too) made whole.
// Of an entity that the transaction has deleted only the id and, for relationships, type and ends
// remain.
Result<Value> Materialise(const Value& value, Transaction& transaction);

}  // namespace gesta

#endif  // GESTA_QUERY_CONNECTION_MATERIALISE_H_
