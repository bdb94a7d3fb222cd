// The way from a folder of videos to sequences by commands alone, with a small SigLIP checkpoint.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "ingest_test_support.h"
#include "make_videos.h"
#include "models_support.h"

namespace gesta::test {
namespace {

TEST_CASE("gesta ingest videos embeds frames by the space's model") {
  TestFolder folder;
  const ModelFolder models(folder / "models");
  const auto gesta = [&](const std::string& arguments) {
    return CommandOutput("cd '" + folder.path() + "' && " GESTA_BINARY " " + arguments + " 2>&1");
  };
  std::filesystem::create_directories(folder / "clips");
  MakeVideo(folder / "clips/a.mp4", 12);
  MakeVideo(folder / "clips/b.avi", 12);
  std::ofstream(folder / "clips/c.mp4") << "no video";

  gesta("model add tiny '" + TestModel("siglip") + "'");
  gesta("query s.gesta -c \"CREATE EMBEDDING SPACE siglip FOR (:SubAction) USING MODEL tiny\"");
  const std::string summary = gesta("ingest videos clips --db s.gesta --space siglip --count 6");
  CAPTURE(summary);
  CHECK(summary.find("3 rows") != std::string::npos);
  CHECK(summary.find("error: " + (folder / "clips/c.mp4") + ": is damaged") != std::string::npos);
  CHECK(gesta("info s.gesta").find("sequences = 2") != std::string::npos);
  CHECK(
      gesta("ingest videos clips --db s.gesta --space siglip --count 6").find("nothing changed") !=
      std::string::npos);
  CHECK(gesta("check s.gesta") == "s.gesta: consistent");

  const auto store = OpenStore(folder / "s.gesta");
  auto t = Read(*store);
  const SpaceInfo* space = t->FindSpace("siglip");
  REQUIRE(space != nullptr);
  CHECK(space->logit_scale);
  for (const SequenceRecord& record : Must(t->ListSequences(space->id))) {
    CHECK(record.info.frames == 6);
    CHECK(record.info.step == Approx(0.2));
  }
}

}  // namespace
}  // namespace gesta::test
