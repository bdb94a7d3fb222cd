// alignment(video, action, space, options): what plot_alignment() draws, as rows.
#ifndef GESTA_QUERY_VIDEO_ALIGNMENT_PROCEDURE_H_
#define GESTA_QUERY_VIDEO_ALIGNMENT_PROCEDURE_H_

#include "gesta/procedure.h"

namespace gesta {

void RegisterAlignmentProcedure(ProcedureRegistry& registry);

}  // namespace gesta

#endif  // GESTA_QUERY_VIDEO_ALIGNMENT_PROCEDURE_H_
