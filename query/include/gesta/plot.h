// Pictures of alignments. They are files, which statements may write only where the program says
// so: it registers the procedure, as in
//
//   options.add_procedures = RegisterPlotProcedures;
#ifndef GESTA_PLOT_H_
#define GESTA_PLOT_H_

#include "gesta/procedure.h"

namespace gesta {

// plot_alignment(video, action, space, file, options)
void RegisterPlotProcedures(ProcedureRegistry& registry);

}  // namespace gesta

#endif  // GESTA_PLOT_H_
