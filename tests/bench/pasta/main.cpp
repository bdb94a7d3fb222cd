// gesta_bench_pasta: annotations of persons in boxes, of any size.
//
//   gesta_bench_pasta generate FILE --rows N [--objects]   writes a file and says what is in it
//   gesta_bench_pasta --rows N [--folder DIR]              generates, loads, derives, asks
#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "gesta/database.h"
#include "gesta/ingest.h"
#include "pasta/annotations.h"

namespace gesta::bench {
namespace {

using Clock = std::chrono::steady_clock;

double Seconds(Clock::time_point since) {
  return std::chrono::duration<double>(Clock::now() - since).count();
}

struct Question {
  const char* what;
  const char* text;
};

// As ingest/jobs/README.md has them; the first touch one action or person, the last all.
constexpr Question kQuestions[] = {
    {"object classes of an action, and the parts that act on them",
     "MATCH (:Action {dataset: 'AVA', level: 'label', index: 27})<-[:SHOWS]-(i:ActionInstance)\n"
     "MATCH (i)-[:WITH_OBJECT]->()-[:OF_CLASS]->(c:ObjectClass)\n"
     "OPTIONAL MATCH (i)-[:HAS_STATE]->()-[:OF]->(p:BodyPart)\n"
     "RETURN c.name AS object, count(DISTINCT i) AS times, collect(DISTINCT p.name) AS parts\n"
     "ORDER BY times DESC LIMIT 10"},
    {"states that an action involves",
     "MATCH (:Action {dataset: 'AVA', level: 'label', index: 27})-[r:INVOLVES]->(s:PartState)\n"
     "RETURN s.name AS state, r.count AS count, r.share AS share ORDER BY count DESC LIMIT 10"},
    {"a person's track",
     "MATCH (v:Video {dataset: 'AVA', id: $video})-[:HAS_PERSON]->(b:PersonBox {person: 0})\n"
     "RETURN b.time AS time, b.x1 AS x1, b.y1 AS y1, b.x2 AS x2, b.y2 AS y2 ORDER BY time"},
    {"actions that involve hand: hold and head: drink with together",
     "MATCH (:PartState {name: 'hand: hold'})<-[:HAS_STATE]-(i)-[:HAS_STATE]->(:PartState {name: "
     "'head: drink with'})\n"
     "MATCH (i)-[:SHOWS]->(a:Action), (i)<-[:PERFORMS]-(b)<-[:HAS_PERSON]-(v)\n"
     "RETURN a.index AS action, a.text AS text, count(*) AS times,\n"
     "       collect(v.id + ' at ' + toString(b.time))[..3] AS examples ORDER BY times DESC"},
    {"tracks of every person: how many, and the longest",
     "MATCH (v:Video)-[:HAS_PERSON]->(b:PersonBox)\n"
     "WITH v, b.person AS person, count(*) AS boxes\n"
     "RETURN count(*) AS tracks, max(boxes) AS longest"},
};

uint64_t BytesOf(const std::string& folder) {
  uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  return bytes;
}

Status Load(Store& store, const std::string& kind, const std::string& path) {
  IngestOptions options;
  options.kind = kind;
  options.path = path;
  GESTA_ASSIGN_OR_RETURN(const IngestSummary summary, RunIngest(store, options));
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("| {} | {:.1f} s, {:.0f} rows/s, at most {} MiB |\n", kind, summary.seconds,
             summary.rows_per_second, usage.ru_maxrss / 1024);
  return {};
}

Result<std::vector<std::vector<Value>>> Ask(Connection& connection, const std::string& text,
                                            const Parameters& parameters) {
  GESTA_ASSIGN_OR_RETURN(const auto result, connection.Execute(text, parameters));
  return result->FetchAll();
}

Status Run(const AnnotationOptions& options, const std::string& folder) {
  std::filesystem::create_directories(folder);
  const std::string states = folder + "/video_pasta_train.csv";
  const std::string objects = folder + "/DIO_train.csv";
  const std::string path = folder + "/store";
  std::filesystem::remove_all(path);
  GESTA_ASSIGN_OR_RETURN(const AnnotationCounts counts, WritePastaCsv(states, options));
  GESTA_RETURN_IF_ERROR(WriteDioCsv(objects, options).status());
  fmt::print("{} rows, {} boxes and {} states in {} videos, {} bytes\n\n| | |\n|---|---|\n",
             counts.rows, counts.boxes, counts.states, counts.videos, counts.bytes);

  GESTA_ASSIGN_OR_RETURN(const auto database, Database::Open(path, {}));
  GESTA_RETURN_IF_ERROR(Load(database->store(), "hake-ava", states));
  fmt::print("| size | {:.2f} times the file |\n",
             static_cast<double>(BytesOf(path)) / static_cast<double>(counts.bytes));
  GESTA_RETURN_IF_ERROR(Load(database->store(), "hake-dio", objects));
  Clock::time_point started = Clock::now();
  GESTA_ASSIGN_OR_RETURN(const auto problems, database->store().Check(1));
  fmt::print("| check | {:.1f} s, {} |\n", Seconds(started),
             problems.empty() ? "no problem" : problems[0].what);

  const auto connection = database->Connect();
  started = Clock::now();
  GESTA_RETURN_IF_ERROR(Ask(*connection, "CALL derive.involves('AVA')", {}).status());
  fmt::print("| derive.involves | {:.2f} s |\n", Seconds(started));
  GESTA_ASSIGN_OR_RETURN(const auto video,
                         Ask(*connection, "MATCH (v:Video) RETURN v.id LIMIT 1", {}));
  const Parameters parameters = {{"video", video.at(0).at(0)}};
  for (const Question& question : kQuestions) {
    std::vector<double> times;
    size_t rows = 0;
    for (int run = 0; run < 7; ++run) {
      started = Clock::now();
      GESTA_ASSIGN_OR_RETURN(const auto answer, Ask(*connection, question.text, parameters));
      times.push_back(Seconds(started) * 1000);
      rows = answer.size();
    }
    const double first = times.front();
    std::sort(times.begin(), times.end());
    fmt::print("| {} | {:.1f} ms warm, {:.0f} ms the first time, {} rows |\n", question.what,
               times[times.size() / 2], first, rows);
  }
  return {};
}

}  // namespace
}  // namespace gesta::bench

int main(int argc, char** argv) {
  CLI::App app("annotations of persons in boxes: generated, loaded, asked");
  gesta::bench::AnnotationOptions options;
  std::string folder = "build/bench/pasta";
  app.add_option("--rows", options.rows, "rows with states")->capture_default_str();
  app.add_option("--seed", options.seed, "another one, other rows")->capture_default_str();
  app.add_option("--folder", folder, "for files and store")->capture_default_str();
  CLI::App* generate = app.add_subcommand("generate", "only writes a file");
  std::string file;
  bool objects = false;
  generate->add_option("FILE", file, "the file")->required();
  generate->add_option("--rows", options.rows, "rows with states")->capture_default_str();
  generate->add_option("--seed", options.seed, "another one, other rows")->capture_default_str();
  generate->add_flag("--header", options.header, "name the columns");
  generate->add_flag("--objects", objects, "the objects of these rows' persons (DIO_*.csv)");
  CLI11_PARSE(app, argc, argv);
  gesta::Status status;
  if (generate->parsed()) {
    const auto counts = objects ? gesta::bench::WriteDioCsv(file, options)
                                : gesta::bench::WritePastaCsv(file, options);
    status = counts.status();
    if (counts.ok()) {
      fmt::print("{}: {} rows, {} videos, {} bytes\n", file, counts->rows, counts->videos,
                 counts->bytes);
    }
  } else {
    status = gesta::bench::Run(options, folder);
  }
  if (status.ok()) return 0;
  fmt::print(stderr, "{}\n", status.ToString());
  return 1;
}
