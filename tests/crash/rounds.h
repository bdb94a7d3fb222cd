// The kinds of crashes: each function is one round of writing, crashing and looking at what is
// there.
#ifndef GESTA_TESTS_CRASH_ROUNDS_H_
#define GESTA_TESTS_CRASH_ROUNDS_H_

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "crash/verify.h"
#include "gesta/database.h"
#include "unit/store_fault_fs.h"

namespace gesta::crash {

// Of one run of many rounds.
struct Run {
  std::string path;  // of the store
  uint64_t seed = 1;
  int longest_ms = 400;  // that a writing process lives
  std::mt19937_64 random;
  std::vector<Known> known;
  uint64_t round = 0;

  // A disk that can be made to fail and to forget.
  std::shared_ptr<test::FaultFileSystem> disk = std::make_shared<test::FaultFileSystem>();
  std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(disk);

  uint64_t Below(uint64_t n) { return random() % n; }
};

// A process of its own writes and is killed (SIGKILL) at a random moment. It is this program, run
// as `gesta_crash_test write …`; each line of its output is an acknowledged step.
Status KillRound(Run& run);
// That process's main. Ends only by a failure.
int WriteUntilKilled(const std::string& path, uint64_t seed, std::vector<uint64_t> positions);

// The disk stops at a random write and forgets what was not synced; `torn`: a random part of it.
Status PowerFailureRound(Run& run, bool torn);

// The disk is full, or has I/O errors, from some write on or once. The statement fails with an
// error that helps; reading goes on; and when the disk writes again, so does the store, in this
// process or opened anew.
Status DiskFaultRound(Run& run);

}  // namespace gesta::crash

#endif  // GESTA_TESTS_CRASH_ROUNDS_H_
