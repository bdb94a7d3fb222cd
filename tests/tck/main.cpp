// gesta_tck DIR: runs every feature file under DIR and ends with "N passed, M failed, K skipped".
// Exit status: 0 when none failed, 1 when some did, 2 for wrong usage.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "support/temp_dir.h"
#include "support/worker_pool.h"
#include "tck/gherkin.h"
#include "tck/report.h"
#include "tck/scenario.h"
#include "tck/skip_list.h"
#include "tck/store_slot.h"

namespace {

namespace fs = std::filesystem;
using namespace gesta;  // NOLINT: a program's own file

struct Options {
  std::string folder;
  std::string json;
  std::string filter;
  std::string skip_list = GESTA_TCK_SKIP_LIST;
  bool verbose = false;
  bool list = false;
  bool no_optimize = false;
  bool fresh = false;
  bool cached = false;
  size_t batch_rows = 1024;
  size_t threads = 0;
  double timeout_seconds = 60;
  size_t jobs = std::max(1u, std::thread::hardware_concurrency());
  tck::ScenarioOptions scenario;
};

Result<std::string> ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) return Status(StatusCode::kIo, "cannot read " + path);
  return text.str();
}

Result<std::vector<tck::Scenario>> LoadScenarios(const Options& options) {
  std::error_code error;
  std::vector<std::string> paths;
  for (const auto& entry : fs::recursive_directory_iterator(options.folder, error)) {
    if (entry.path().extension() == ".feature") paths.push_back(entry.path().string());
  }
  if (error) return Status(StatusCode::kIo, "cannot list " + options.folder);
  if (paths.empty()) {
    return Status(StatusCode::kNotFound, "no .feature file under " + options.folder);
  }
  std::sort(paths.begin(), paths.end());
  std::vector<tck::Scenario> scenarios;
  for (const std::string& path : paths) {
    GESTA_ASSIGN_OR_RETURN(const std::string text, ReadText(path));
    const std::string name = fs::path(path).lexically_relative(options.folder).string();
    GESTA_ASSIGN_OR_RETURN(std::vector<tck::Scenario> found, tck::ParseFeature(name, text));
    for (tck::Scenario& scenario : found) {
      const std::string id = name + " :: " + scenario.FullName();
      if (id.find(options.filter) != std::string::npos) scenarios.push_back(std::move(scenario));
    }
  }
  return scenarios;
}

Result<int> Run(Options options) {
  GESTA_ASSIGN_OR_RETURN(const std::vector<tck::Scenario> scenarios, LoadScenarios(options));
  GESTA_ASSIGN_OR_RETURN(const std::string skip_text, ReadText(options.skip_list));
  GESTA_ASSIGN_OR_RETURN(const tck::SkipList skips, tck::SkipList::Parse(skip_text));
  if (options.scenario.graphs_folder.empty()) {
    options.scenario.graphs_folder = (fs::path(options.folder) / ".." / "graphs").string();
  }
  if (options.list) {
    for (const tck::Scenario& scenario : scenarios) {
      fmt::print("{} :: {}\n", scenario.feature_path, scenario.FullName());
    }
    return 0;
  }

  std::vector<tck::ScenarioResult> results(scenarios.size());
  std::vector<size_t> to_run;
  for (size_t i = 0; i < scenarios.size(); ++i) {
    if (const std::string* reason = skips.Reason(scenarios[i])) {
      results[i] = {tck::Outcome::kSkipped, *reason, {}};
    } else {
      to_run.push_back(i);
    }
  }
  const test::TempDir folder;
  DatabaseOptions database;
  database.store.sync = false;
  database.store.block_cache_bytes = 1 << 20;
  database.store.graph_cache_at_once = options.cached;
  database.optimize = !options.no_optimize;
  database.batch_rows = options.batch_rows;
  if (options.threads > 0) {
    database.threads = options.threads;
    database.parallel_rows = 0;
  }
  tck::StoreSlot slot(folder.path(), database, !options.fresh);  // each worker has its copy
  test::PoolOptions pool;
  pool.workers = std::min(options.jobs, std::max<size_t>(1, to_run.size()));
  pool.timeout = std::chrono::milliseconds(static_cast<int64_t>(options.timeout_seconds * 1000));
  pool.quiet = !options.verbose;
  std::fflush(stdout);
  const bool ran = test::RunInWorkers(
      to_run.size(), pool,
      [&](size_t job) {
        const Status status = tck::RunScenario(scenarios[to_run[job]], options.scenario, slot);
        return status.ok() ? std::string() : "-" + status.ToString();
      },
      [&](const test::JobResult& job) {
        tck::ScenarioResult& result = results[to_run[job.job]];
        result.time = job.time;
        if (job.end == test::JobEnd::kTimedOut) {
          result.outcome = tck::Outcome::kTimedOut;
          result.message = fmt::format("not done after {} s", options.timeout_seconds);
        } else if (job.end == test::JobEnd::kCrashed) {
          result.outcome = tck::Outcome::kCrashed;
          result.message = job.output;
        } else if (!job.output.empty()) {
          result.outcome = tck::Outcome::kFailed;
          result.message = job.output.substr(1);
        }
      });
  if (!ran) return Status(StatusCode::kIo, "worker processes could not be started");

  const tck::Report report(scenarios, results);
  report.Print(options.verbose);
  if (!options.json.empty()) GESTA_RETURN_IF_ERROR(report.WriteJson(options.json));
  const size_t good = report.Count(tck::Outcome::kPassed) + report.Count(tck::Outcome::kSkipped);
  return good == scenarios.size() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Runs openCypher TCK feature files against GestaDB."};
  app.add_option("DIR", options.folder, "folder with .feature files")->required();
  app.add_option("--json", options.json, "write every scenario's outcome to this file");
  app.add_option("--filter", options.filter, "only scenarios whose `path :: name` contains this");
  app.add_flag("--verbose", options.verbose, "print the message of every failure");
  app.add_flag("--list", options.list, "list the scenarios, run none");
  app.add_flag("--no-optimize", options.no_optimize, "switch the optimizer off");
  app.add_option("--batch-rows", options.batch_rows, "rows of an executor batch")
      ->check(CLI::PositiveNumber);
  app.add_flag("--cached", options.cached, "read the graph cache from the first look-up on");
  app.add_option("--threads", options.threads,
                 "threads of a statement, used however few rows there are");
  app.add_flag("--reopen", options.scenario.reopen, "reopen the store before each query");
  app.add_flag("--fresh", options.fresh, "a new store for each scenario, never an emptied one");
  app.add_option("--skip-list", options.skip_list, "scenarios not to run, with reasons");
  app.add_option("--graphs", options.scenario.graphs_folder, "named graphs; DIR/../graphs");
  app.add_option("--timeout", options.timeout_seconds, "seconds for one scenario")
      ->check(CLI::PositiveNumber);
  app.add_option("--jobs", options.jobs, "scenarios at a time")->check(CLI::PositiveNumber);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const Result<int> status = Run(options);
  if (status.ok()) return *status;
  fmt::print(stderr, "gesta_tck: {}\n", status.status().ToString());
  return 2;
}
