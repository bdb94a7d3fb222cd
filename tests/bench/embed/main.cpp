// gesta_bench_embed: how fast `gesta embed` is. Works for embed/compare.py, which has
// sentence-transformers beside it: it makes a store of the texts once, writes the texts down, and
// then embeds all of them anew for every line on standard input that names a batch size, answering
// with seconds. Without standard input it prints a table of its own.
#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "gesta/database.h"
#include "gesta/embed_space.h"
#include "gesta/ingest.h"
#include "gesta/model_registry.h"

namespace gesta::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// The two spaces: labels as they are, verbs by their definitions.
struct Space {
  const char* name;
  const char* label;
  const char* property;
};
constexpr Space kSpaces[] = {{"labels", "Action", "text"}, {"definitions", "Verb", "definition"}};

[[noreturn]] void Stop(const Status& status) {
  fmt::print(stderr, "{}\n", status.ToString());
  std::exit(1);
}

std::vector<std::string> Column(Connection& connection, const std::string& statement) {
  auto result = connection.Execute(statement);
  if (!result.ok()) Stop(result.status());
  auto rows = (*result)->FetchAll();
  if (!rows.ok()) Stop(rows.status());
  std::vector<std::string> column;
  for (const auto& row : *rows) {
    if (row.size() == 1 && row[0].type() == ValueType::kString) {
      column.emplace_back(row[0].AsString());
    }
  }
  return column;
}

std::unique_ptr<Database> OpenStore(const std::string& path) {
  auto database = Database::Open(path);
  if (!database.ok()) Stop(database.status());
  const auto connection = (*database)->Connect();
  TransactionOptions reading;
  reading.read_only = true;
  auto transaction = (*database)->store().Begin(reading);
  if (!transaction.ok()) Stop(transaction.status());
  for (const Space& space : kSpaces) {
    if ((*transaction)->FindSpace(space.name)) continue;
    Column(
        *connection,
        fmt::format("CREATE EMBEDDING SPACE {} FOR (:{}) USING MODEL bench WITH {{text: '{{{}}}'}}",
                    space.name, space.label, space.property));
  }
  return std::move(*database);
}

// Embeds everything anew and gives the seconds it took, commits and index included.
double Run(Database& database, size_t batch, uint64_t* nodes) {
  const auto start = Clock::now();
  *nodes = 0;
  for (const Space& space : kSpaces) {
    EmbedSpaceOptions options;
    options.all = true;
    options.batch_size = batch;
    const auto summary = EmbedSpace(database, space.name, options);
    if (!summary.ok()) Stop(summary.status());
    *nodes += summary->embedded;
  }
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double PeakMebibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

int Main(int argc, char** argv) {
  CLI::App app{"Embeds the labels and definitions of a store by a sentence encoder."};
  std::string store, model, texts;
  bool serve = false;
  size_t runs = 3;
  app.add_option("--db", store, "a store with actions and verbs (gesta ingest pangea or demo)")
      ->required();
  app.add_option("--model", model, "the checkpoint's folder")->required();
  app.add_option("--texts", texts, "writes the texts to this file, as JSON");
  app.add_flag("--serve", serve, "answers batch sizes on standard input");
  app.add_option("--runs", runs, "measurements of each batch size")->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  // A registry of its own: the machine's stays as it is.
  const std::string registry_folder = store + ".models";
  setenv("GESTA_MODEL_DIR", registry_folder.c_str(), /*overwrite=*/1);
  const auto registry = ModelRegistry::Open();
  if (!registry.ok()) Stop(registry.status());
  AddModelOptions replace;
  replace.replace = true;
  if (const auto added = registry->Add("bench", model, replace); !added.ok()) Stop(added.status());

  const std::unique_ptr<Database> database = OpenStore(store);
  if (!texts.empty()) {
    const auto connection = database->Connect();
    nlohmann::json all = nlohmann::json::array();
    for (const Space& space : kSpaces) {
      for (const std::string& text :
           Column(*connection, fmt::format("MATCH (n:{}) WHERE n.{} <> '' RETURN n.{}", space.label,
                                           space.property, space.property))) {
        all.push_back(text);
      }
    }
    std::ofstream(texts) << all;
  }
  uint64_t nodes = 0;
  if (serve) {
    Run(*database, 0, &nodes);  // loads the model
    fmt::print("ready {}\n", nodes);
    std::fflush(stdout);
    for (std::string line; std::getline(std::cin, line);) {
      fmt::print("{} {}\n", Run(*database, std::stoul(line), &nodes), PeakMebibytes());
      std::fflush(stdout);
    }
    return 0;
  }
  Run(*database, 0, &nodes);
  fmt::print("| batch | texts | median s | texts/s |\n|---|---|---|---|\n");
  for (const size_t batch : {0, 16, 64, 256}) {
    std::vector<double> seconds;
    for (size_t i = 0; i < runs; ++i) seconds.push_back(Run(*database, batch, &nodes));
    std::sort(seconds.begin(), seconds.end());
    const double median = seconds[seconds.size() / 2];
    fmt::print("| {} | {} | {:.2f} | {:.0f} |\n", batch ? std::to_string(batch) : "by length",
               nodes, median, static_cast<double>(nodes) / median);
  }
  fmt::print("\nPeak memory: {:.0f} MiB\n", PeakMebibytes());
  return 0;
}

}  // namespace
}  // namespace gesta::bench

int main(int argc, char** argv) { return gesta::bench::Main(argc, argv); }
