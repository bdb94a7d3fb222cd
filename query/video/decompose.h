// Procedures that make decompositions of actions into subactions.
//
//   decompose(actions, options)                    asks a language model
//   decomposition.embed(decompositions, space, options)   embeds the steps
#ifndef GESTA_QUERY_VIDEO_DECOMPOSE_H_
#define GESTA_QUERY_VIDEO_DECOMPOSE_H_

#include "gesta/procedure.h"

namespace gesta {

void RegisterDecomposeProcedures(ProcedureRegistry& registry);

}  // namespace gesta

#endif  // GESTA_QUERY_VIDEO_DECOMPOSE_H_
