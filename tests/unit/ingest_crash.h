// Killing an ingest job at random moments, for the tests on the demo and on real data.
#ifndef GESTA_TESTS_INGEST_CRASH_H_
#define GESTA_TESTS_INGEST_CRASH_H_

#include <string>

#include "ingest_test_support.h"

namespace gesta::test {

// How many rounds a crash test makes: the environment variable GESTA_CRASH_ROUNDS, or `standard`.
int CrashRounds(int standard);

struct CrashJob {
  std::string kind;
  std::string path;
  OptionMap options;
  size_t batch_changes = 20'000;
};

struct CrashOutcome {
  int killed = 0;        // how often the job was really cut off
  bool resumed = false;  // the last run went on after committed steps
};

// One round: runs the job in processes that are killed (SIGKILL) after a random part of `seconds`,
// three times, then to its end, and requires that the store is consistent after each kill and equal
// to `expected` (a Dump) in the end.
CrashOutcome CrashRound(const CrashJob& job, double seconds, unsigned seed,
                        const std::vector<std::string>& expected);

// Runs the job undisturbed, and then that many rounds; more, until one was cut off between two
// commits.
void CrashAndCompare(const CrashJob& job, int rounds);

}  // namespace gesta::test

#endif  // GESTA_TESTS_INGEST_CRASH_H_
