// gesta_cypher_tests PATH…: runs .test files. Exit status: 0 when all cases hold, 1 when some do
// not, 2 when a file cannot be read.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include "cypher/test_file.h"
#include "cypher/test_runner.h"
#include "support/temp_dir.h"
#include "support/worker_pool.h"

namespace {

namespace fs = std::filesystem;
using namespace gesta;  // NOLINT: a program's own file

struct NamedCase {
  std::string name;  // file: title
  test::TestCase test;
};

Status Load(const std::string& path, std::vector<NamedCase>* out) {
  std::vector<std::string> files;
  std::error_code error;
  if (fs::is_directory(path, error)) {
    for (const auto& entry : fs::recursive_directory_iterator(path, error)) {
      if (entry.path().extension() == ".test") files.push_back(entry.path().string());
    }
  } else {
    files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  for (const std::string& name : files) {
    std::ifstream file(name, std::ios::binary);
    std::ostringstream text;
    if (!file || !(text << file.rdbuf())) return Status(StatusCode::kIo, "cannot read " + name);
    auto cases = test::ParseTestFile(text.str());
    if (!cases.ok()) return cases.status().WithContext(name);
    for (test::TestCase& found : *cases) {
      out->push_back(
          {fmt::format("{}:{}: {}", fs::path(name).filename().string(), found.line, found.title),
           std::move(found)});
    }
  }
  return Status::Ok();
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> paths;
  std::string filter;
  test::CaseOptions options;
  bool no_optimize = false;
  test::PoolOptions pool;
  pool.workers = 2;
  pool.timeout = std::chrono::seconds(60);
  CLI::App app{"Runs .test files against GestaDB."};
  app.add_option("PATH", paths, ".test files, or folders with such files")->required();
  app.add_option("--filter", filter, "only cases whose `file: title` contains this");
  app.add_flag("--no-optimize", no_optimize, "switch the optimizer off");
  app.add_option("--batch-rows", options.batch_rows, "rows of an executor batch")
      ->check(CLI::PositiveNumber);
  app.add_flag("--cached", options.cached, "read the graph cache from the first look-up on");
  app.add_option("--threads", options.threads,
                 "threads of a statement, used however few rows there are");
  app.add_flag("--reopen", options.reopen, "reopen the store before each statement");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  options.optimize = !no_optimize;

  std::vector<NamedCase> cases;
  for (const std::string& path : paths) {
    if (const Status status = Load(path, &cases); !status.ok()) {
      fmt::print(stderr, "gesta_cypher_tests: {}\n", status.ToString());
      return 2;
    }
  }
  cases.erase(std::remove_if(cases.begin(), cases.end(),
                             [&](const NamedCase& named) {
                               return named.name.find(filter) == std::string::npos;
                             }),
              cases.end());
  const test::TempDir folder;
  size_t failed = 0;
  std::fflush(stdout);
  const bool ran = test::RunInWorkers(
      cases.size(), pool,
      [&](size_t job) {
        const std::string store = folder.path() + "/" + std::to_string(job);
        const Status status = test::RunTestCase(cases[job].test, options, store);
        std::error_code ignored;
        fs::remove_all(store, ignored);
        return status.ok() ? std::string() : "-" + status.ToString();
      },
      [&](const test::JobResult& job) {
        if (job.end == test::JobEnd::kDone && job.output.empty()) return;
        ++failed;
        const std::string why = job.end == test::JobEnd::kTimedOut  ? "not done after 60 s"
                                : job.end == test::JobEnd::kCrashed ? job.output
                                                                    : job.output.substr(1);
        fmt::print("FAILED {}\n{}\n\n", cases[job.job].name, why);
      });
  if (!ran) {
    fmt::print(stderr, "gesta_cypher_tests: worker processes could not be started\n");
    return 2;
  }
  fmt::print("{} cases passed, {} failed\n", cases.size() - failed, failed);
  return failed == 0 ? 0 : 1;
}
