// Killing an ingest job at random moments, for the tests on the demo and on real data.
#ifndef GESTA_TESTS_INGEST_CRASH_TEST_H_
#define GESTA_TESTS_INGEST_CRASH_TEST_H_

#include <string>

#include "ingest_test_support.h"

namespace gesta::test {

// How many rounds a crash test makes: the environment variable GESTA_CRASH_ROUNDS, or `standard`.
int CrashRounds(int standard);

// One round: runs the job in processes that are killed (SIGKILL) after a random part of `seconds`,
// three times, then to its end, and requires that the store is consistent after each kill and equal
// to `expected` (a Dump) in the end. Returns how often the job was really cut off.
int CrashRound(const std::string& kind, const std::string& path, size_t batch_changes,
               double seconds, unsigned seed, const std::vector<std::string>& expected);

}  // namespace gesta::test

#endif  // GESTA_TESTS_INGEST_CRASH_TEST_H_
