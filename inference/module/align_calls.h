// The module's alignment on a device, from C types and back.
#ifndef GESTA_INFERENCE_MODULE_ALIGN_CALLS_H_
#define GESTA_INFERENCE_MODULE_ALIGN_CALLS_H_

#include "gesta/inference_module.h"
#include "gesta/status.h"

namespace gesta::module {

Status AlignPairs(const GestaAlignJob& job, GestaAlignment* results);

}  // namespace gesta::module

#endif  // GESTA_INFERENCE_MODULE_ALIGN_CALLS_H_
