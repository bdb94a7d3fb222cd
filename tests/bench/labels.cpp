// How long the statements of the main job take: ingest, point look-ups, ALIGN by the lexical and
// the neighbours aligner, one label at a time through prepared statements. Prints a table of
// medians.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "gesta/database.h"
#include "gesta/ingest.h"

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void Fail(const gesta::Status& status) {
  fmt::print(stderr, "{}\n", status.ToString());
  std::exit(1);
}

double Microseconds(Clock::duration d) {
  return std::chrono::duration<double, std::micro>(d).count();
}

void PrintRow(const std::string& what, std::vector<double> times) {
  std::sort(times.begin(), times.end());
  fmt::print("{:<44} {:>7} {:>12.1f} {:>12.1f}\n", what, times.size(), times[times.size() / 2],
             times[times.size() * 99 / 100]);
}

// Runs `statement` once for each of `values` as $x and prints the median and the 99th percentile.
void Measure(gesta::Connection& connection, const std::string& what, const std::string& statement,
             const std::vector<gesta::Value>& values) {
  auto prepared = connection.Prepare(statement);
  if (!prepared.ok()) Fail(prepared.status());
  std::vector<double> times;
  for (const gesta::Value& value : values) {
    const auto start = Clock::now();
    auto result = (*prepared)->Execute({{"x", value}});
    if (!result.ok()) Fail(result.status());
    auto rows = (*result)->FetchAll();
    if (!rows.ok()) Fail(rows.status());
    times.push_back(Microseconds(Clock::now() - start));
  }
  PrintRow(what, std::move(times));
}

std::vector<gesta::Value> FirstColumn(gesta::Connection& connection, const std::string& statement) {
  auto result = connection.Execute(statement);
  if (!result.ok()) Fail(result.status());
  auto rows = (*result)->FetchAll();
  if (!rows.ok()) Fail(rows.status());
  std::vector<gesta::Value> values;
  for (const auto& row : *rows) values.push_back(row[0]);
  return values;
}

}  // namespace

int main() {
  const char* real = std::getenv("GESTA_REAL_DATA");
  gesta::IngestOptions job;
  job.kind = real ? "pangea" : "demo";
  job.path = real ? std::string(real) + "/data/pangea" : "data";
  const auto folder =
      std::filesystem::temp_directory_path() / ("gesta_bench_" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  {
    auto database = gesta::Database::Open((folder / "store").string());
    if (!database.ok()) Fail(database.status());
    const auto start = Clock::now();
    auto summary = gesta::RunIngest((*database)->store(), job);
    if (!summary.ok()) Fail(summary.status());
    fmt::print("ingest {} from {}: {:.2f} s\n\n", job.kind, job.path,
               Microseconds(Clock::now() - start) / 1e6);
    fmt::print("{:<44} {:>7} {:>12} {:>12}\n", "statement, prepared, one value a run", "runs",
               "median us", "99 % us");
    auto connection = (*database)->Connect();
    const auto labels =
        FirstColumn(*connection, "MATCH (a:Action) RETURN a.text ORDER BY id(a) LIMIT 2000");
    const auto datasets = FirstColumn(*connection, "MATCH (d:Dataset) RETURN d.name");
    std::vector<gesta::Value> lookups;
    for (int i = 0; i < 2000; ++i) lookups.push_back(datasets[i % datasets.size()]);
    Measure(*connection, "MATCH (d:Dataset {name: $x})",
            "MATCH (d:Dataset {name: $x}) RETURN d.classes", lookups);
    Measure(*connection, "MATCH (:Action {text: $x})-[:MAPS_TO]->(v)",
            "MATCH (:Action {text: $x})-[:MAPS_TO]->(v) RETURN v.lemma", labels);
    // The first run builds the index over the candidates; its time shows in the 99th percentile at
    // most.
    Measure(*connection, "ALIGN $x TO (v:Verb) USING lexical",
            "ALIGN $x TO (v:Verb) USING lexical YIELD score RETURN v.lemma, score", labels);
    Measure(*connection, "ALIGN $x TO (v:Verb) USING neighbours",
            "ALIGN $x TO (v:Verb) USING neighbours YIELD score RETURN v.lemma, score", labels);
  }
  std::filesystem::remove_all(folder);
  return 0;
}
