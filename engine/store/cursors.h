// Cursors over ids: of all nodes or relationships, of a label or type, of an index range.
#ifndef GESTA_STORE_CURSORS_H_
#define GESTA_STORE_CURSORS_H_

#include <memory>
#include <string>

#include "gesta/store.h"
#include "store/read_view.h"

namespace gesta::store {

// Where an entry has its id.
enum class IdPlace { kKeyEnd, kValue };

// Ids of the entries in [lower, upper) in key order; an empty `upper` is no bound.
std::unique_ptr<IdCursor> MakeCursor(ReadView* view, Family family, IdPlace place,
                                     std::string lower, std::string upper);

// The ids of an index's entries by falling values; those of one value by rising ids, as a stable
// sort would leave them.
std::unique_ptr<IdCursor> MakeDescendingCursor(ReadView* view, Family family, IdPlace place,
                                               std::string lower, std::string upper);

}  // namespace gesta::store

#endif  // GESTA_STORE_CURSORS_H_
