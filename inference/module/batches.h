// How the inputs of a call are shared between threads: each thread takes batch after batch and runs
// it alone, which needs no waiting for each other inside the model.
#ifndef GESTA_INFERENCE_MODULE_BATCHES_H_
#define GESTA_INFERENCE_MODULE_BATCHES_H_

#include <cstddef>
#include <functional>

#include "gesta/status.h"

namespace gesta::module {

// Runs `work` for every batch below `batches`, on `threads` threads (0: as many as the machine has
// cores); threads that are left over, because there are fewer batches, work inside the batches.
// `interrupted` is asked by the calling thread between batches. The first error ends it; exceptions
// become kInternal.
Status RunBatches(size_t batches, size_t threads, const std::function<bool()>& interrupted,
                  const std::function<Status(size_t batch)>& work);

}  // namespace gesta::module

#endif  // GESTA_INFERENCE_MODULE_BATCHES_H_
