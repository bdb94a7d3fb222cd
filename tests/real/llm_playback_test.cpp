// The published pipeline from end to end: CLIP's similarities, then a language model's picks, which
// a server on this machine plays back.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <set>
#include <thread>

#include "../unit/connection_support.h"
#include "gesta/ingest.h"
#include "support/playback_server.h"
#include "support/real_data.h"

extern char** environ;

namespace gesta::test {
namespace {

// The data sets with stored similarities whose texts are distinct.
const char* const kDatasets[] = {"Action_Genome", "FineAction",  "Hollywood2", "MovieNet",
                                 "MultiSports",   "MultiTHUMOS", "UCF_Crime",  "XD-Violence"};

const char* const kStatement =
    "MATCH (l:Action)-[:IN]->(:Dataset {name: $d}) "
    "ALIGN l TO (v:Verb) USING 'clip-published' {top: 50} "
    "THEN llm {model: $model, template: 'pangea', parse: 'pangea', top: 10} YIELD score, rank "
    "MAP (l)-[:MAPS_TO]->(v) SET score = score, rank = rank";

void IngestPangea(const std::string& data, const std::string& path) {
  StoreOptions store_options;
  store_options.sync = false;
  const auto store = Must(Store::Open(path, store_options));
  IngestOptions ingest;
  ingest.kind = "pangea";
  ingest.path = data + "/data/pangea";
  Must(RunIngest(*store, ingest));
}

// The verbs by label, of one method.
using Mapping = std::map<int64_t, std::set<int64_t>>;
Mapping ReadMapping(Connection& connection, const std::string& dataset, const std::string& method) {
  const Rows rows = MustQuery(connection,
                              "MATCH (l:Action {dataset: $d})-[m:MAPS_TO {method: $m}]->(v:Verb) "
                              "RETURN l.index, v.index",
                              {{"d", Value::String(dataset)}, {"m", Value::String(method)}});
  Mapping mapping;
  for (const auto& row : rows) mapping[row[0].AsInteger()].insert(row[1].AsInteger());
  return mapping;
}

TEST_CASE("the published mappings come out of the published answers", "[real]") {
  const std::string data = RealData();
  if (data.empty()) return;
  TempDirectory directory;
  IngestPangea(data, directory / "kb");
  PlaybackServer server(data + "/data/pangea/dataset_labels_align_result");
  DatabaseOptions options;
  options.store.sync = false;
  LanguageModelServer playback;
  playback.url = server.url();
  options.language_models = MakeLanguageModels(playback);
  const auto database = Must(Database::Open(directory / "kb", options));
  const auto connection = database->Connect();
  size_t labels = 0;
  for (const std::string dataset : kDatasets) {
    INFO(dataset);
    const Mapping published = ReadMapping(*connection, dataset, "clip+gpt");
    REQUIRE_FALSE(published.empty());
    auto result =
        Must(connection->Execute(kStatement, {{"d", Value::String(dataset)},
                                              {"model", Value::String("playback/" + dataset)}}));
    CHECK(result->summary().language_models.calls == published.size());
    CHECK(result->summary().language_models.tokens() == 120 * published.size());
    CHECK(ReadMapping(*connection, dataset, "clip-published+llm") == published);
    labels += published.size();
    // Asked again, it asks nobody.
    result =
        Must(connection->Execute(kStatement, {{"d", Value::String(dataset)},
                                              {"model", Value::String("playback/" + dataset)}}));
    CHECK(result->summary().language_models.calls == 0);
    CHECK(result->summary().language_models.cached == published.size());
    CHECK(ReadMapping(*connection, dataset, "clip-published+llm") == published);
  }
  CHECK(server.requests() == labels);
  WARN(server.equal_prompts() << " of " << labels << " prompts were the published ones");
}

// Runs `gesta query` on FineAction.
pid_t StartQuery(const std::string& store, const std::string& url) {
  const std::string binary = GESTA_BINARY;
  const std::string dataset = "d='FineAction'";
  const std::string model = "model='playback/FineAction'";
  const char* arguments[] = {binary.c_str(), "query",     store.c_str(),   "-c",
                             kStatement,     "--param",   dataset.c_str(), "--param",
                             model.c_str(),  "--llm-url", url.c_str(),     nullptr};
  pid_t child = 0;
  REQUIRE(posix_spawn(&child, binary.c_str(), nullptr, nullptr, const_cast<char**>(arguments),
                      environ) == 0);
  return child;
}

TEST_CASE("a mapping that is killed halfway asks nothing twice", "[real]") {
  const std::string data = RealData();
  if (data.empty()) return;
  TempDirectory directory;
  const std::string store = directory / "kb";
  IngestPangea(data, store);
  PlaybackServer server(data + "/data/pangea/dataset_labels_align_result");
  // After 50 answers every request is held. Once all that may be on their way at once (8) are, the
  // answers before have been taken in.
  int answers = 0;
  server.SetGate([&](const std::string&) { return ++answers > 50; });
  const pid_t child = StartQuery(store, server.url());
  while (server.held() < 8 && waitpid(child, nullptr, WNOHANG) == 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  REQUIRE(server.held() == 8);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  const std::map<std::string, int> before = server.answered();
  REQUIRE(before.size() == 50);

  server.SetGate(nullptr);
  const pid_t again = StartQuery(store, server.url());
  int status = 0;
  waitpid(again, &status, 0);
  CHECK(status == 0);
  for (const auto& [label, times] : server.answered()) {
    INFO(label);
    CHECK(times == 1);
  }
  // What was asked twice are those whose answers were never sent.
  size_t twice = 0;
  for (const auto& [label, times] : server.asked()) {
    if (times == 1) continue;
    ++twice;
    CHECK(before.count(label) == 0);
  }
  CHECK(twice == 8);
  const auto database = Must(Database::Open(store, {}));
  const auto connection = database->Connect();
  CHECK(ReadMapping(*connection, "FineAction", "clip-published+llm") ==
        ReadMapping(*connection, "FineAction", "clip+gpt"));
}

}  // namespace
}  // namespace gesta::test
