// What is known of the writers' progress, and whether a store has what was promised.
#ifndef GESTA_TESTS_CRASH_VERIFY_H_
#define GESTA_TESTS_CRASH_VERIFY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "crash/workload.h"
#include "gesta/database.h"

namespace gesta::crash {

// Of one writer.
struct Known {
  Workload workload;          // where the store is, as of the last look
  uint64_t acknowledged = 0;  // steps
  uint64_t commits = 0;       // among them
};

// Whether the step after the last acknowledged one may have happened too: a crash may overtake an
// acknowledgement on its way; an error that was returned says that the step did not happen.
enum class Pending { kMayBeThere, kIsNotThere };

// Checks the store's parts against each other, and each writer's part of the graph against the
// state after its acknowledged steps. Moves the workloads to where the store is.
Status Verify(Database& database, Pending pending, std::vector<Known>* known);
// Opens the store for that.
Status VerifyAt(const std::string& path, const DatabaseOptions& options, Pending pending,
                std::vector<Known>* known);

}  // namespace gesta::crash

#endif  // GESTA_TESTS_CRASH_VERIFY_H_
