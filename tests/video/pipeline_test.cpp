// The whole way of video alignment by commands and statements alone: videos, frames by a small
// SigLIP checkpoint, subactions from a language model server on this machine, alignment,
// evaluation.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "gesta/format/json.h"
#include "ingest_test_support.h"
#include "make_videos.h"
#include "models_support.h"
#include "support/playback_server.h"

namespace gesta::test {
namespace {

TEST_CASE("from a folder of videos to Top-1 by commands and statements alone") {
  TestFolder folder;
  const ModelFolder models(folder / "models");
  const HttpServer server([](const HttpRequest& request) {
    HttpReply reply;
    reply.body =
        ChatReplyBody(SubactionsAnswer(ActionsOfPrompt(ReadChatQuestion(request).prompt), 10));
    return reply;
  });
  const auto gesta = [&](const std::string& arguments) {
    return CommandOutput("cd '" + folder.path() + "' && " GESTA_BINARY " " + arguments + " 2>&1");
  };
  const auto query = [&](const std::string& statement) {
    return gesta("query s.gesta --format jsonl --llm-url " + server.url() +
                 "/v1 --llm-model m -c \"" + statement + "\"");
  };
  std::filesystem::create_directories(folder / "videos");
  MakeVideo(folder / "videos/one.mp4", 20);
  MakeVideo(folder / "videos/two.avi", 30, 10, 5);
  std::ofstream(folder / "atlas.jsonl")
      << R"({"id": "one", "youtube_id": "one", "domain": "skating", "question": "Which trick?", )"
         R"("choices": ["kickflip", "heelflip", "shove-it"], "answer": 2})"
      << "\n"
      << R"({"id": "two", "youtube_id": "two", "domain": "judo", "question": "Which throw?", )"
         R"("choices": ["seoi nage", "uchi mata"], "answer": 1})"
      << "\n";

  CHECK(gesta("model add tiny '" + TestModel("siglip") + "'").find("error") == std::string::npos);
  query("CREATE EMBEDDING SPACE siglip FOR (:SubAction) USING MODEL tiny");
  const std::string ingested =
      gesta("ingest actionatlas atlas.jsonl --db s.gesta --space siglip --count 8");
  CAPTURE(ingested);
  CHECK(ingested.find("2 rows") != std::string::npos);

  CHECK(query("MATCH (q:Question)-[:OPTION]->(a) WITH q, collect(a) AS options "
              "CALL decompose(options, {question: q, space: 'siglip'}) YIELD action, steps "
              "RETURN count(action) AS actions, sum(size(steps)) AS steps")
            .find(R"("actions": 5, "steps": 50)") != std::string::npos);
  CHECK(server.requests() == 2);  // a question each

  // Each score is the mean similarity along the path that dtw_path gives through align_matrix.
  const std::string aligned = query(
      "MATCH (v:Video)<-[:ABOUT]-(q:Question)-[:OPTION]->(a:Action) "
      "WITH a, dtw_score(v, a, 'siglip', {question: q}) AS score, "
      "  dtw_path(v, a, 'siglip', {question: q}) AS path, "
      "  align_matrix(v, a, 'siglip', {question: q}) AS matrix "
      "WITH score, path, matrix, "
      "  reduce(sum = 0.0, cell IN path | sum + matrix[cell[0]][cell[1]]) / size(path) AS mean "
      "RETURN count(*) AS pairs, max(abs(score - mean)) < 1e-6 AS agree, "
      "  min(size(matrix)) AS frames, min(size(matrix[0])) AS steps, count(DISTINCT score) AS "
      "scores");
  CHECK(aligned.find(R"("pairs": 5, "agree": true, "frames": 8, "steps": 10, "scores": 5)") !=
        std::string::npos);
  CAPTURE(aligned);
  CHECK(query("MATCH (v:Video {id: 'one'}) ALIGN v TO (a:Action) USING dtw {space: 'siglip'} TOP 3 "
              "YIELD score MAP (v)-[:LOOKS_LIKE]->(a) SET score = score RETURN count(*) AS n")
            .find(R"("n": 3)") != std::string::npos);

  const std::string evaluation = gesta("evaluate actalign --db s.gesta --format json");
  CAPTURE(evaluation);
  const auto document = format::ParseJson(evaluation, "evaluation");
  REQUIRE(document.ok());
  const format::Datum* const overall = document->root().Find("overall");
  REQUIRE(overall != nullptr);
  CHECK(overall->Find("samples")->number() == 2);
  CHECK(overall->Find("top_3")->number() == 1);  // there are at most three options
  CHECK(overall->Find("top_1")->number() <= overall->Find("top_2")->number());
  CHECK(gesta("check s.gesta") == "s.gesta: consistent");
}

}  // namespace
}  // namespace gesta::test
