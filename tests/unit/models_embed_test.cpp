// Embedding the nodes of a space, embed() and similarity(), with a model that the test can watch;
// and the whole way with a tiny checkpoint.
#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>

#include "connection_support.h"
#include "gesta/embed_space.h"
#include "gesta/model_registry.h"
#include "models_support.h"
#include "support/temp_dir.h"
#include "watched_models.h"

namespace gesta::test {
namespace {

struct Fixture {
  Fixture() {
    DatabaseOptions options;
    options.models = models;
    database = Must(Database::Open(dir.path() + "/kb.gesta", options));
    connection = database->Connect();
    MustQuery(*connection,
              "UNWIND ['run', 'jump', 'climb', 'run'] AS t CREATE (:Action {text: t}) "
              "CREATE (:Other {text: t}) CREATE (:Action {level: 'no text'})");
    MustQuery(*connection,
              "CREATE EMBEDDING SPACE s FOR (:Action) USING MODEL watched WITH {text: 'a {text}', "
              "padding: 'longest'}");
  }
  EmbedSpaceSummary Embed(const EmbedSpaceOptions& options = {}) {
    return Must(EmbedSpace(*database, "s", options));
  }

  const TempDir dir;
  std::shared_ptr<WatchedModels> models = std::make_shared<WatchedModels>();
  WatchedModel& model = *models->model;
  std::unique_ptr<Database> database;
  std::unique_ptr<Connection> connection;
};

TEST_CASE("only what is new or has changed is embedded", "[models]") {
  Fixture fixture;
  EmbedSpaceSummary summary = fixture.Embed();
  CHECK(summary.nodes == 8);
  CHECK(summary.embedded == 4);
  CHECK(summary.without_text == 4);
  std::sort(fixture.model.seen.begin(), fixture.model.seen.end());
  CHECK(fixture.model.seen == std::vector<std::string>{"a climb", "a jump", "a run", "a run"});
  CHECK(fixture.model.paddings.front() == "longest");

  fixture.model.seen.clear();
  summary = fixture.Embed();
  CHECK(summary.embedded == 0);
  CHECK(summary.unchanged == 4);
  CHECK(fixture.model.seen.empty());

  MustQuery(*fixture.connection,
            "MATCH (a:Action {text: 'jump'}) SET a.text = 'leap' CREATE (:Action {text: 'sit'})");
  MustQuery(*fixture.connection, "MATCH (a:Action {text: 'climb'}) REMOVE a.text");
  summary = fixture.Embed();
  CHECK(summary.embedded == 2);
  CHECK(summary.removed == 1);
  CHECK(fixture.model.seen == std::vector<std::string>{"a sit", "a leap"});
  EmbedSpaceOptions all;
  all.all = true;
  CHECK(fixture.Embed(all).embedded == 4);
}

TEST_CASE("another version of the model embeds everything anew", "[models]") {
  Fixture fixture;
  fixture.Embed();
  fixture.model.info_.version = "2";
  // Until then a text would be compared with vectors of another model.
  const auto refused = Query(*fixture.connection, "RETURN embed('s', 'run')");
  CHECK(refused.status().code() == StatusCode::kConflict);
  const EmbedSpaceSummary summary = fixture.Embed();
  CHECK(summary.embedded == 4);
  CHECK(summary.new_version);
  CHECK(Query(*fixture.connection, "RETURN embed('s', 'run')").ok());
}

TEST_CASE("a job that was stopped keeps its chunks and goes on", "[models]") {
  Fixture fixture;
  EmbedSpaceOptions options;
  options.chunk_nodes = 1;
  fixture.model.fail_at = 2;
  CHECK(EmbedSpace(*fixture.database, "s", options).status().code() == StatusCode::kIo);
  fixture.model.fail_at = SIZE_MAX;
  std::atomic<bool> cancel{true};
  options.cancel = &cancel;
  CHECK(EmbedSpace(*fixture.database, "s", options).status().code() == StatusCode::kCancelled);
  cancel = false;
  std::vector<uint64_t> progress;
  options.progress = [&](uint64_t done, uint64_t total) {
    CHECK(total == 2);
    progress.push_back(done);
  };
  const EmbedSpaceSummary summary = fixture.Embed(options);
  CHECK(summary.embedded == 2);
  CHECK(summary.unchanged == 2);
  CHECK(progress == std::vector<uint64_t>{0, 1, 2});
}

TEST_CASE("spaces that cannot be embedded", "[models]") {
  Fixture fixture;
  CHECK(EmbedSpace(*fixture.database, "none", {}).status().code() == StatusCode::kNotFound);
  MustQuery(*fixture.connection,
            "CREATE EMBEDDING SPACE t FOR (:Action) USING MODEL gone WITH {dimension: 2}");
  CHECK(EmbedSpace(*fixture.database, "t", {}).status().code() == StatusCode::kNotFound);
  fixture.model.info_.dimension = 3;
  CHECK(EmbedSpace(*fixture.database, "s", {}).status().code() == StatusCode::kConflict);
}

TEST_CASE("embed() and similarity() call the model once for many rows", "[models]") {
  Fixture fixture;
  fixture.Embed();
  fixture.model.calls = 0;
  fixture.model.seen.clear();
  Connection& connection = *fixture.connection;
  CHECK(MustQuery(connection,
                  "UNWIND ['ab', 'c', 'ab', null] AS t RETURN embed('watched', t) AS e")[2][0]
            .AsList()[0]
            .AsFloat() == 2);
  CHECK(fixture.model.calls == 1);
  CHECK(fixture.model.seen == std::vector<std::string>{"ab", "c"});

  // A node with a vector needs no model.
  fixture.model.calls = 0;
  const Rows rows = MustQuery(
      connection,
      "MATCH (a:Action {text: 'jump'}), (b:Action {text: 'climb'}) RETURN similarity(a, b, 's'), "
      "embed('s', a)");
  CHECK(fixture.model.calls == 0);
  const double expected = (6 * 7 + 97.0 * 97) / std::sqrt((36 + 97.0 * 97) * (49 + 97.0 * 97));
  CHECK(rows[0][0].AsFloat() == Approx(expected).epsilon(1e-6));
  CHECK(rows[0][1].AsList()[0].AsFloat() == 6);
  // A node without one has its text embedded.
  CHECK(MustQuery(connection, "MATCH (o:Other {text: 'climb'}) RETURN embed('s', o)")[0][0]
            .AsList()[0]
            .AsFloat() == 7);
  CHECK(MustQuery(connection, "MATCH (o:Other {text: 'climb'}) RETURN embed('watched', o)")[0][0]
            .AsList()[0]
            .AsFloat() == 5);

  CHECK(MustQuery(connection, "RETURN similarity([3, 4], [4, 3])")[0][0].AsFloat() == Approx(0.96));
  CHECK(MustQuery(connection, "RETURN similarity([0, 0], [4, 3])")[0][0].IsNull());
  CHECK(MustQuery(connection, "RETURN similarity('a', null, 's')")[0][0].IsNull());
  CHECK(MustQuery(connection, "RETURN embed(null, 'a')")[0][0].IsNull());
  for (const char* wrong :
       {"RETURN similarity('a', 'b')", "RETURN similarity([1], [1, 2])", "RETURN embed('s', 7)",
        "RETURN embed(7, 's')", "RETURN embed('nothing', 's')", "RETURN embed('s')",
        "MATCH (a:Action {level: 'no text'}) RETURN embed('s', a)"}) {
    INFO(wrong);
    CHECK_FALSE(Query(connection, wrong).ok());
  }
}

#ifdef GESTA_WITH_TORCH
TEST_CASE("from a checkpoint's folder to an alignment", "[models]") {
  const TempDir dir;
  const ModelFolder folder(dir.path() + "/models");
  REQUIRE(Must(ModelRegistry::Open()).Add("tiny", TestModel("bert")).ok());
  const auto database = Must(Database::Open(dir.path() + "/kb.gesta"));
  const auto connection = database->Connect();
  MustQuery(*connection, "UNWIND ['run', 'jump', 'climb'] AS t CREATE (:Verb {lemma: t})");
  MustQuery(*connection, "CREATE EMBEDDING SPACE tiny FOR (:Verb) USING MODEL tiny");
  CHECK(Must(EmbedSpace(*database, "tiny")).embedded == 3);
  const Rows rows = MustQuery(
      *connection, "ALIGN 'jump' TO (v:Verb) USING tiny TOP 1 YIELD score RETURN v.lemma, score");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0][0].AsString() == "jump");
  CHECK(rows[0][1].AsFloat() == Approx(1).margin(1e-5));
}
#endif

}  // namespace
}  // namespace gesta::test
