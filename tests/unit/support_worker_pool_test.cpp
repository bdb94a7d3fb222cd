// A job that crashes or hangs is one job's result.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <map>

#include "support/worker_pool.h"

namespace gesta::test {
namespace {

TEST_CASE("jobs answer, crash and hang each for themselves", "[support]") {
  PoolOptions options;
  options.workers = 2;
  options.timeout = std::chrono::milliseconds(500);
  std::map<size_t, JobResult> results;
  const bool ran = RunInWorkers(
      20, options,
      [](size_t job) {
        if (job == 3) _exit(7);
        if (job == 5) raise(SIGKILL);
        if (job == 9) pause();
        return job == 11 ? std::string(200000, 'x') : std::to_string(job);
      },
      [&](const JobResult& result) { results[result.job] = result; });
  REQUIRE(ran);
  REQUIRE(results.size() == 20);
  CHECK(results[3].end == JobEnd::kCrashed);
  CHECK(results[3].output == "the process ended with status 7");
  CHECK(results[5].end == JobEnd::kCrashed);
  CHECK(results[5].output.find("Killed") != std::string::npos);
  CHECK(results[9].end == JobEnd::kTimedOut);
  CHECK(results[11].output.size() == 200000);
  CHECK(results[19].end == JobEnd::kDone);
  CHECK(results[19].output == "19");
}

}  // namespace
}  // namespace gesta::test
