// Cursors over ids: of all nodes or relationships, of a label or type, of an index range.
#ifndef GESTA_STORE_CURSORS_H_
#define GESTA_STORE_CURSORS_H_

#include <memory>
#include <optional>
#include <string>

#include "gesta/store.h"
#include "store/read_view.h"
#include "store/type_range.h"

namespace gesta::store {

// Where an entry has its id.
enum class IdPlace { kKeyEnd, kValue };

// Ids of the entries in [lower, upper) in key order; an empty `upper` is no bound.
std::unique_ptr<IdCursor> MakeCursor(ReadView* view, Family family, IdPlace place,
                                     std::string lower, std::string upper);

// The entry that lists a relationship under its type, if one does.
Result<std::optional<TypeRange>> FindTypeRange(ReadView* view, NameId type, RelId id);

// The relationships of a type from `from` on, by rising ids.
std::unique_ptr<IdCursor> MakeTypeCursor(ReadView* view, NameId type, RelId from);

// The ids of an index's entries by falling values; those of one value by rising ids, as a stable
// sort would leave them.
std::unique_ptr<IdCursor> MakeDescendingCursor(ReadView* view, Family family, IdPlace place,
                                               std::string lower, std::string upper);

}  // namespace gesta::store

#endif  // GESTA_STORE_CURSORS_H_
