// derive.involves(dataset): which states of body parts the dataset's actions involve.
//
//   (:Action)-[:INVOLVES {count, share}]->(:PartState)
//
// `count` is the number of the action's instances that have the state, `share` the part of all
// instances of the action. Called again after rows were added, it looks at what is new only: ids
// grow, so new relationships are those from the lowest id on that was free the last time. When
// others were deleted since then, everything is counted anew.
#ifndef GESTA_QUERY_DERIVE_INVOLVES_H_
#define GESTA_QUERY_DERIVE_INVOLVES_H_

#include "gesta/procedure.h"

namespace gesta {

void RegisterDerivingProcedures(ProcedureRegistry& registry);

}  // namespace gesta

#endif  // GESTA_QUERY_DERIVE_INVOLVES_H_
