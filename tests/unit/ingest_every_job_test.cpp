// Every ingest job, killed at random moments and run again: the store is the same as without it.
// The table has a case for each job that there is; a new job fails the test until it has one.
#include <catch2/catch.hpp>
#include <cstdio>
#include <functional>
#include <set>

#include "ingest_crash.h"
#include "support/real_data.h"

namespace gesta::test {
namespace {

// Makes the input of a job in a folder, large enough for many small transactions.
struct JobCase {
  std::string kind;
  std::function<CrashJob(const TestFolder& folder)> make;
};

template <typename... Arguments>
std::string Format(const char* format, Arguments... arguments) {
  char text[256];
  std::snprintf(text, sizeof text, format, arguments...);
  return text;
}

std::string Lines(int count, const std::function<std::string(int)>& line) {
  std::string text;
  for (int i = 0; i < count; ++i) text += line(i) + "\n";
  return text;
}

std::string Fixture(const std::string& name) {
  return std::string(GESTA_SOURCE_DIR) + "/tests/unit/fixtures/" + name;
}

CrashJob Labels(const TestFolder& folder) {
  WriteFile(folder / "labels.txt", Lines(600, [](int i) { return Format("label %d", i); }));
  return {"labels", folder / "labels.txt", {{"dataset", "L"}}, 60};
}

CrashJob Csv(const TestFolder& folder) {
  WriteFile(folder / "people.csv",
            "id,name\n" + Lines(400, [](int i) { return Format("%d,person %d", i, i); }));
  WriteFile(folder / "follows.csv",
            "a,b\n" + Lines(800, [](int i) { return Format("%d,%d", i % 400, i * 7 % 400); }));
  WriteFile(folder / "mapping.json",
            R"({"nodes": [{"file": "people.csv", "label": "Person", "key": ["id"],
                           "columns": {"id": "integer", "name": "string"}}],
                "relationships": [{"file": "follows.csv", "type": "FOLLOWS",
                                   "from": {"label": "Person", "key": {"id": "a"}},
                                   "to": {"label": "Person", "key": {"id": "b"}},
                                   "columns": {"a": "integer", "b": "integer"}}]})");
  return {"csv", folder / "mapping.json", {}, 100};
}

CrashJob Demo(const TestFolder&) { return {"demo", GESTA_SOURCE_DIR "/data", {}, 200}; }

CrashJob Pangea(const TestFolder& folder) {
  for (int file = 0; file < 4; ++file) {
    WriteFile(folder / Format("pangea/dataset_labels/D%d.txt", file),
              Lines(150, [&](int i) { return Format("label %d of %d", i, file); }));
  }
  return {"pangea", folder / "pangea", {}, 50};
}

CrashJob Haan(const TestFolder&) {
  return {"haan", Fixture("haan/ragged"), {{"dataset", "X"}, {"train-videos", "1"}}, 1};
}

CrashJob Gym99(const TestFolder& folder) {
  WriteFile(folder / "gym/gym99_train.txt", Lines(800, [](int i) {
              return Format("v%03d_E_000100_000160_A_%04d_%04d %d", i / 8, i % 8, i % 8 + 2,
                            i % 99);
            }));
  return {"gym99", folder / "gym", {{"dataset", "Gym99"}}, 100};
}

CrashJob Smie(const TestFolder& folder) {
  WriteFile(folder / "smie/x_des.txt",
            Lines(300, [](int i) { return Format("\"move %d\" is to go %d steps.", i, i); }));
  return {"smie", folder / "smie/x_des.txt", {{"dataset", "X"}}, 50};
}

CrashJob ActAlign(const TestFolder&) {
  return {"actalign",
          Fixture("actalign/ragged"),
          {{"space", "clip"}, {"logit-scale", "4.5"}, {"logit-bias", "-16"}},
          1};
}

CrashJob HakeAva(const TestFolder& folder) {
  WriteFile(folder / "video_pasta_train.csv", Lines(6000, [](int i) {
              return Format("video-%03d,%d,0.1,0.%d,0.9,0.95,%d,%d,%d,-1,-1,%d,-1,1", i / 300,
                            902 + i / 3 % 100, 10 + i / 3 % 80, 1 + i % 3, i % 2, i % 15, i % 33);
            }));
  return {"hake-ava", folder / "video_pasta_train.csv", {}, 20};
}

CrashJob HakeDio(const TestFolder& folder) {
  WriteFile(folder / "DIO_train.csv",
            "video,frame,h_x1,h_y1,h_x2,h_y2,o_x1,o_y1,o_x2,o_y2,action,object_name,human_id,"
            "object_id\n" +
                Lines(4000, [](int i) {
                  return Format(
                      "video-%03d,%d,0.1,0.%d,0.9,0.95,0.2,0.2,0.%d,0.3,%d,object %d,%d,%d",
                      i / 200, 902 + i / 2 % 100, 10 + i / 2 % 80, 30 + i % 60, 1 + i % 80, i % 9,
                      i % 2, i % 9);
                }));
  return {"hake-dio", folder / "DIO_train.csv", {}, 20};
}

const std::vector<JobCase>& Cases() {
  static const std::vector<JobCase> cases = {
      {"labels", Labels},    {"csv", Csv},          {"demo", Demo}, {"pangea", Pangea},
      {"haan", Haan},        {"gym99", Gym99},      {"smie", Smie}, {"actalign", ActAlign},
      {"hake-ava", HakeAva}, {"hake-dio", HakeDio},
  };
  return cases;
}

TEST_CASE("there is a crash test for every ingest job", "[ingest][crash]") {
  // These decode videos that tests/video makes, and are killed there (jobs_test.cpp).
  const std::set<std::string> elsewhere = {"videos", "actionatlas"};
  std::set<std::string> jobs, tested;
  for (const IngestJobInfo& job : IngestJobs()) {
    if (elsewhere.count(job.name) == 0) jobs.insert(job.name);
  }
  for (const JobCase& one : Cases()) tested.insert(one.kind);
  CHECK(tested == jobs);
}

TEST_CASE("every ingest job that is killed and run again ends in the same state",
          "[ingest][crash]") {
  for (const JobCase& one : Cases()) {
    DYNAMIC_SECTION(one.kind) {
      const TestFolder folder;
      CrashAndCompare(one.make(folder), CrashRounds(3));
    }
  }
}

TEST_CASE("jobs on published data that are killed and run again", "[real]") {
  const std::string data = RealData("data/");
  if (data.empty()) return;
  CrashAndCompare({"haan", data + "haan/FineGym", {{"dataset", "FineGym"}}, 5'000}, CrashRounds(1));
  CrashAndCompare({"smie", data + "smie", {}, 200}, CrashRounds(1));
  CrashAndCompare({"actalign",
                   RealData("reference/actalign"),
                   {{"space", "siglip"}, {"logit-scale", "4.72"}, {"logit-bias", "-16.77"}},
                   200},
                  CrashRounds(1));
}

}  // namespace
}  // namespace gesta::test
