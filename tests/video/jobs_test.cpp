// The jobs `videos` and `actionatlas`: what they write, what they leave out, and that a finished
// video is not embedded again.
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "color_encoder.h"
#include "ingest_test_support.h"
#include "make_videos.h"

namespace gesta::test {
namespace {

struct Fixture {
  explicit Fixture(VectorElement element = VectorElement::kFloat32) {
    auto t = Write(*store);
    SpaceInfo space;
    space.name = "color";
    space.model = "color";
    space.dimension = 4;
    space.element = element;
    space.labels = {Label(*t, "SubAction")};
    RequireOk(t->CreateSpace(space).status());
    RequireOk(t->Commit());
  }

  Result<IngestSummary> Run(const std::string& kind, const std::string& path,
                            std::map<std::string, std::string> options = {}) {
    options.emplace("space", "color");
    embedded = {};
    return RunIngest(*store, JobOptions(kind, path, std::move(options), &embedded));
  }

  // The brightness of the video's frames.
  std::vector<int> Sequence(const std::string& id) {
    auto t = Read(*store);
    for (const NodeId node : Drain(t->ScanLabel(t->FindName(NameKind::kLabel, "Video")), 64)) {
      if (Property(*t, node, "id") != id) continue;
      std::vector<float> rows;
      std::vector<int> frames;
      Must(t->GetSequence(t->FindSpace("color")->id, node, 0, 1 << 20, &rows));
      for (size_t i = 0; i < rows.size(); i += 4) {
        frames.push_back(static_cast<int>(std::lround((rows[i] - 20) / 6)));
      }
      return frames;
    }
    FAIL("there is no video " << id);
    return {};
  }
  static std::string Property(Transaction& t, NodeId node, const char* name) {
    return ToText(Must(t.GetNodeProperty(node, t.FindName(NameKind::kProperty, name))), false);
  }

  TestFolder folder;
  std::unique_ptr<Store> store = OpenStore(folder / "store");
  Embedded embedded;
};

std::vector<int> Numbers(int from, int end, int step = 1) {
  std::vector<int> numbers;
  for (int i = from; i < end; i += step) numbers.push_back(i);
  return numbers;
}

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a folder of videos becomes videos with sequences; bad files are told") {
  Fixture f(GENERATE(VectorElement::kFloat32, VectorElement::kFloat16));
  const std::string videos = f.folder / "clips";
  std::filesystem::create_directories(videos + "/more");
  MakeVideo(videos + "/a.avi", 20);
  MakeVideo(videos + "/more/b.mkv", 10, 5);
  MakeImages(videos + "/images", 6);
  std::ofstream(videos + "/empty.mp4").flush();
  MakeSound(videos + "/sound.wav");
  MakeVideo(videos + "/cut.avi", 30);
  CutFile(videos + "/cut.avi", 0.4);
  std::ofstream(videos + "/notes.txt") << "no video";

  IngestSummary summary = Must(f.Run("videos", videos, {{"batch", "8"}}));
  CHECK(summary.rows == 6);
  CHECK(f.Sequence("a") == Numbers(0, 20));
  CHECK(f.Sequence("more/b") == Numbers(0, 10));
  CHECK(f.Sequence("images") == Numbers(0, 6));
  CHECK(f.Sequence("empty").empty());
  REQUIRE(summary.failures.size() == 3);
  CHECK(Has(summary.failures[0], "cut.avi: ends after"));
  CHECK(Has(summary.failures[1], "empty.mp4: is empty"));
  CHECK(Has(summary.failures[2], "sound.wav: holds sound only"));
  {
    auto t = Read(*f.store);
    const SpaceInfo* space = t->FindSpace("color");
    CHECK(space->model_version == "1");
    const auto records = Must(t->ListSequences(space->id));
    REQUIRE(records.size() == 3);
    CHECK(records[0].info.frames == 20);
    CHECK(records[0].info.start == 0);
    CHECK(records[0].info.step == Approx(0.1));
    CHECK(Fixture::Property(*t, records[0].node, "fps") == "10.0");
    CHECK(Fixture::Property(*t, records[0].node, "frames") == "20");
    CHECK(Fixture::Property(*t, records[0].node, "duration") == "2.0");
    CHECK(Fixture::Property(*t, records[0].node, "uri") == videos + "/a.avi");
  }
  CHECK(CountNodes(*f.store, "Video") == 6);
  CHECK(Nodes(*f.store, "Dataset").front() ==
        "{family: 'clips', modality: 'video', name: 'clips'}");

  CHECK(Must(f.Run("videos", videos, {{"batch", "8"}})).already_done);
  // A file that is new or mended is embedded, the others are not.
  MakeVideo(videos + "/c.avi", 5);
  MakeVideo(videos + "/empty.mp4", 7);
  summary = Must(f.Run("videos", videos, {{"batch", "8"}}));
  CHECK(summary.failures.size() == 2);
  CHECK(f.embedded.frames >= 12);
  CHECK(f.embedded.frames < 12 + 30);  // some of the file that is cut off
  CHECK(f.Sequence("empty").size() == 7);
  CHECK(f.Sequence("c") == Numbers(0, 5));
  {
    auto t = Read(*f.store);
    for (const NodeId node : Drain(t->ScanLabel(t->FindName(NameKind::kLabel, "Video")), 64)) {
      const bool broken = Fixture::Property(*t, node, "id") == "cut" ||
                          Fixture::Property(*t, node, "id") == "sound";
      CHECK((Fixture::Property(*t, node, "error") != "null") == broken);
    }
  }
  RequireConsistent(*f.store);
}

TEST_CASE("a manifest names videos, ranges and properties") {
  Fixture f;
  std::filesystem::create_directories(f.folder / "in");
  MakeVideo(f.folder / "in/a.avi", 30);
  const bool csv = GENERATE(true, false);
  const std::string manifest = f.folder / (csv ? "in/list.csv" : "in/list.jsonl");
  if (csv) {
    WriteFile(manifest,
              "path,id,start,end,scene\na.avi,first,0,1,kitchen\na.avi,second,1,2,\ngone.avi,,,,\n"
              ",none,,,\na.avi,first,,,\n");
  } else {
    WriteFile(manifest,
              "{\"path\": \"a.avi\", \"id\": \"first\", \"start\": 0, \"end\": 1, \"scene\": "
              "\"kitchen\"}\n{\"path\": \"a.avi\", \"id\": \"second\", \"start\": 1, \"end\": "
              "2}\n{\"path\": \"gone.avi\"}\n{\"id\": \"none\"}\n{\"path\": \"a.avi\", \"id\": "
              "\"first\"}\n");
  }
  const IngestSummary summary = Must(f.Run("videos", manifest, {{"dataset", "D"}, {"every", "2"}}));
  CHECK(summary.bad_rows == 2);
  CHECK(summary.failures.size() == 1);
  CHECK(Has(summary.failures[0], "gone.avi: there is no such file"));
  CHECK(f.Sequence("first") == Numbers(0, 10, 2));
  CHECK(f.Sequence("second") == Numbers(10, 20, 2));
  auto t = Read(*f.store);
  const auto records = Must(t->ListSequences(t->FindSpace("color")->id));
  REQUIRE(records.size() == 2);
  CHECK(records[1].info.start == Approx(1));
  CHECK(records[1].info.step == Approx(0.2));
  CHECK(Fixture::Property(*t, records[0].node, "scene") == "kitchen");
  CHECK(Fixture::Property(*t, records[1].node, "start") == "1.0");
}

TEST_CASE("the job says what it needs") {
  Fixture f;
  MakeVideo(f.folder / "a.avi", 3);
  const auto error = [&](std::map<std::string, std::string> options) {
    return f.Run("videos", f.folder / "a.avi", std::move(options)).status().ToString();
  };
  CHECK(Has(error({{"space", "none"}}), "CREATE EMBEDDING SPACE"));
  CHECK(Has(error({{"every", "0"}}), "--every"));
  CHECK(Has(error({{"every", "2"}, {"fps", "3"}}), "one of"));
  CHECK(Has(f.Run("videos", f.folder / "nothing").status().ToString(), "nothing"));
  std::filesystem::create_directories(f.folder / "bare");
  CHECK(Has(f.Run("videos", f.folder / "bare").status().ToString(), "no videos"));
  // Without a space the videos alone are written.
  IngestOptions alone;
  alone.kind = "videos";
  alone.path = f.folder / "a.avi";
  RequireOk(RunIngest(*f.store, alone).status());
  CHECK(CountNodes(*f.store, "Video") == 1);
}

TEST_CASE("ActionAtlas: questions, options and blurred regions") {
  Fixture f;
  std::filesystem::create_directories(f.folder / "in/videos");
  MakeVideo(f.folder / "in/videos/y1.avi", 30);
  MakeVideo(f.folder / "in/videos/y2_1.0_2.0.avi", 10, 10, 3);
  const bool csv = GENERATE(true, false);
  const std::string metadata = f.folder / (csv ? "in/atlas.csv" : "in/atlas.jsonl");
  // Frames 6 and 7 of the file are blurred at the border of the darker square: their means change
  // little, their vectors do.
  if (csv) {
    WriteFile(
        metadata,
        "id,youtube_id,start_timestamp,end_timestamp,domain,question,choices,answer,frames_to_"
        "obfuscate\n"
        "q1,y1,0.5,1.0,gym,Which?,\"1. Kip\n2. Back Tuck\",2,\"{\"\"6\"\": [{"
        "\"\"bounding_poly\"\": {\"\"vertices\"\": [[0, 0], [96, 0], [96, 64], [0, "
        "64]]}}]}\"\n"
        "q2,y2,1,2,ice,Which?,\"1. Kip\n2. Axel\",1,\n"
        "q3,y3,0,1,ice,Which?,\"1. Axel\n2. Lutz\",Lutz,\n");
  } else {
    WriteFile(
        metadata,
        R"({"id": "q1", "youtube_id": "y1", "start_timestamp": 0.5, "end_timestamp": 1.0, "domain": "gym", "question": "Which?", "choices": ["kip", "back tuck"], "answer": 2, "frames_to_obfuscate": {"6": [{"bounding_poly": {"vertices": [{"x": 0, "y": 0}, {"x": 96, "y": 64}]}}]}})"
        "\n"
        R"({"id": "q2", "youtube_id": "y2", "start_timestamp": 1, "end_timestamp": 2, "domain": "ice", "question": "Which?", "choices": ["kip", "axel"], "answer": "1", "frames_to_obfuscate": null})"
        "\n"
        R"({"id": "q3", "youtube_id": "y3", "start_timestamp": 0, "end_timestamp": 1, "domain": "ice", "question": "Which?", "choices": ["axel", "lutz"], "answer": "lutz"})"
        "\n");
  }
  const IngestSummary summary = Must(f.Run("actionatlas", metadata));
  CHECK(summary.rows == 3);
  CHECK(summary.bad_rows == 0);
  REQUIRE(summary.failures.size() == 1);
  CHECK(Has(summary.failures[0], "y3.mp4: there is no such file"));
  CHECK(f.Sequence("q1") == Numbers(5, 10));  // its range
  CHECK(f.Sequence("q2") == Numbers(3, 13));  // the whole of a segment that is cut already
  CHECK(f.Sequence("q3").empty());
  CHECK(CountNodes(*f.store, "Question") == 3);
  // kip of gym and of ice are two actions.
  CHECK(CountNodes(*f.store, "Action") == 5);
  CHECK(Relationships(*f.store, "OPTION") ==
        std::vector<std::string>{"Which? -[{correct: false, index: 0}]-> axel",
                                 "Which? -[{correct: false, index: 0}]-> kip",
                                 "Which? -[{correct: false, index: 1}]-> axel",
                                 "Which? -[{correct: true, index: 0}]-> kip",
                                 "Which? -[{correct: true, index: 1}]-> back tuck",
                                 "Which? -[{correct: true, index: 1}]-> lutz"});
  CHECK(Relationships(*f.store, "ABOUT").size() == 3);
  RequireConsistent(*f.store);
}

// Runs the job in a process that is killed once it has embedded so many frames.
void RunAndKill(const std::string& store, const std::string& kind, const std::string& path,
                const std::string& frames) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    execl("/proc/self/exe", "gesta_video_tests", "--embed", store.c_str(), kind.c_str(),
          path.c_str(), "color", frames.c_str(), static_cast<char*>(nullptr));
    _exit(9);
  }
  int status = 0;
  waitpid(child, &status, 0);
  REQUIRE(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGKILL);
}

TEST_CASE("a job that is killed goes on without embedding a finished video again") {
  Fixture f;
  const std::string videos = f.folder / "clips";
  std::filesystem::create_directories(videos);
  for (const char* name : {"a", "b", "c", "d"}) MakeVideo(videos + "/" + name + ".avi", 40);
  f.store.reset();
  // Ends inside the second and, going on there, inside the fourth.
  for (const char* frames : {"60", "100"}) {
    RunAndKill(f.folder / "store", "videos", videos, frames);
  }
  f.store = OpenStore(f.folder / "store");
  {
    auto t = Read(*f.store);
    CHECK(Must(t->CountSequences(t->FindSpace("color")->id)) == 3);
  }
  const IngestSummary summary = Must(f.Run("videos", videos));
  CHECK(summary.resumed);
  CHECK(f.embedded.frames == 40);
  for (const char* name : {"a", "b", "c", "d"}) CHECK(f.Sequence(name) == Numbers(0, 40));
  RequireConsistent(*f.store);
}

TEST_CASE("jobs on videos that are killed and run again end in the same state") {
  const std::string kind = GENERATE("videos", "actionatlas");
  const TestFolder input;
  std::string metadata;
  for (const char* name : {"a", "b", "c", "d"}) {
    const std::string id(name);
    std::filesystem::create_directories(input / "videos");
    MakeVideo(input / ("videos/" + id + ".avi"), 20);
    metadata += R"({"id": "q)" + id + R"(", "youtube_id": ")" + id +
                R"(", "start_timestamp": 0, "end_timestamp": 2, "domain": "gym", )"
                R"("question": "Which?", "choices": ["kip", "flip"], "answer": 1})"
                "\n";
  }
  WriteFile(input / "atlas.jsonl", metadata);
  const std::string path = input / (kind == "videos" ? "videos" : "atlas.jsonl");
  Fixture undisturbed;
  REQUIRE(Must(undisturbed.Run(kind, path)).failures.empty());
  Fixture killed;
  killed.store.reset();
  // Before anything is kept, and inside the second and the fourth video.
  for (const char* frames : {"1", "30", "50"}) {
    RunAndKill(killed.folder / "store", kind, path, frames);
    RequireConsistent(*OpenStore(killed.folder / "store"));
  }
  killed.store = OpenStore(killed.folder / "store");
  CHECK(Must(killed.Run(kind, path)).resumed);
  RequireConsistent(*killed.store);
  REQUIRE(Dump(*killed.store) == Dump(*undisturbed.store));
}

}  // namespace
}  // namespace gesta::test
