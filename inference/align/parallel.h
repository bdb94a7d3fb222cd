// Running the tasks of one call on several threads.
#ifndef GESTA_ALIGN_PARALLEL_H_
#define GESTA_ALIGN_PARALLEL_H_

#include <cstddef>
#include <functional>
#include <memory>

#include "gesta/align.h"
#include "gesta/status.h"

namespace gesta::alignment {

// One thread's part: does task after task, with memory of its own.
class Worker {
 public:
  virtual ~Worker() = default;
  virtual Status Run(size_t task) = 0;
};

// Runs tasks 0 … count - 1 in about this order on the threads of the options, the calling one among
// them. The status is that of the lowest task that failed; after a failure no further task begins.
// kMemoryBudget: memory could not be had.
Status RunTasks(size_t count, const RunOptions& options,
                const std::function<std::unique_ptr<Worker>()>& make_worker);

}  // namespace gesta::alignment

#endif  // GESTA_ALIGN_PARALLEL_H_
