// Procedures about vectors in embedding spaces.
#ifndef GESTA_QUERY_ALIGN_VECTOR_PROCEDURES_H_
#define GESTA_QUERY_ALIGN_VECTOR_PROCEDURES_H_

#include "gesta/procedure.h"

namespace gesta {

// vector.search, vector.get, vector.set, vector.remove.
void RegisterVectorProcedures(ProcedureRegistry& registry);

}  // namespace gesta

#endif  // GESTA_QUERY_ALIGN_VECTOR_PROCEDURES_H_
