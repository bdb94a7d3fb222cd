// Writers: threads that work through their workloads on connections of their own.
#ifndef GESTA_TESTS_CRASH_WRITER_H_
#define GESTA_TESTS_CRASH_WRITER_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "crash/workload.h"
#include "gesta/database.h"

namespace gesta::crash {

struct WriterOptions {
  uint64_t seed = 1;
  std::vector<uint64_t> positions;  // of each writer's workload, to start from
};

// Runs one thread for each position; all end soon after one has failed. A step that loses a race is
// run again. `acknowledge` is called from all threads, after each step that took effect, with the
// writer and its new position; its answer is whether to go on. The result has each writer's last
// status.
std::vector<Status> RunWriters(
    Database& database, const WriterOptions& options,
    const std::function<bool(size_t writer, uint64_t position)>& acknowledge);

}  // namespace gesta::crash

#endif  // GESTA_TESTS_CRASH_WRITER_H_
