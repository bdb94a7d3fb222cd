// Procedures about mappings and the runs that made them.
//
//   mapping.prefer(dataset, method)  makes the method the dataset's preferred one
//   run.undo(id)                     takes back what a run wrote
#ifndef GESTA_QUERY_ALIGN_MAPPING_H_
#define GESTA_QUERY_ALIGN_MAPPING_H_

#include "gesta/procedure.h"

namespace gesta {

void RegisterMappingProcedures(ProcedureRegistry& registry);

}  // namespace gesta

#endif  // GESTA_QUERY_ALIGN_MAPPING_H_
