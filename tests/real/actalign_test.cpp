// The published ActAlign files, ingested and evaluated by statements, beside the published method's
// results on them (reference/actalign/expected.json).
#include <catch2/catch.hpp>
#include <cmath>

#include "gesta/database.h"
#include "gesta/format/json.h"
#include "gesta/ingest.h"
#include "gesta/video_evaluation.h"
#include "support/real_data.h"
#include "support/temp_dir.h"

namespace gesta {
namespace {

using format::Datum;

template <typename T>
T Must(Result<T> result) {
  if (!result.ok()) FAIL(result.status().ToString());
  return std::move(result).value();
}

struct Ingested {
  gesta::test::TempDir dir;
  std::unique_ptr<Database> database;
  format::Document expected;
};

// Null where there is no real data.
std::unique_ptr<Ingested> Ingest() {
  const std::string folder = gesta::test::RealData("reference/actalign");
  if (folder.empty()) return nullptr;
  auto ingested = std::make_unique<Ingested>();
  ingested->expected = Must(format::ReadJsonFile(folder + "/expected.json"));
  const Datum& expected = ingested->expected.root();
  ingested->database = Must(Database::Open(ingested->dir.path() + "/kb", {}));
  IngestOptions options;
  options.kind = "actalign";
  options.path = folder;
  options.options = {{"space", "siglip"},
                     {"logit-scale", std::to_string(expected.Find("logit_scale")->number())},
                     {"logit-bias", std::to_string(expected.Find("logit_bias")->number())}};
  Must(RunIngest(ingested->database->store(), options));
  return ingested;
}

void CheckTop(const Ingested& ingested, const VideoEvaluationOptions& options,
              const Datum& expected) {
  const VideoEvaluation evaluation = Must(EvaluateVideos(*ingested.database, options));
  CHECK(evaluation.overall.samples == 40);
  CHECK(evaluation.left_out.empty());
  for (int k = 1; k <= 3; ++k) {
    INFO(options.aligner << ", top-" << k);
    CHECK(evaluation.overall.top[k - 1] ==
          Approx(expected.Find(std::to_string(k))->number()).margin(1e-12));
  }
}

TEST_CASE("actalign: Top-1, Top-2 and Top-3, as published and corrected", "[align][real]") {
  const auto ingested = Ingest();
  if (ingested == nullptr) return;
  const Datum& expected = ingested->expected.root();
  VideoEvaluationOptions options;
  for (const bool exact : {true, false}) {
    options.exact = exact;
    options.seed_compatible = true;
    CheckTop(*ingested, options, *expected.Find("dtw")->Find("published_topk"));
    options.seed_compatible = false;
    CheckTop(*ingested, options, *expected.Find("dtw")->Find("correct_topk"));
  }
  SECTION("samples whose right option is missing are wrong, not shifted") {
    const VideoEvaluation evaluation = Must(EvaluateVideos(*ingested->database, options));
    CHECK(evaluation.missing_options == 3);
    uint64_t of_domains = 0;
    for (const auto& [domain, accuracy] : evaluation.domains) of_domains += accuracy.samples;
    CHECK(of_domains == 40);
  }
  SECTION("smoothed cosines") {
    options.cosine = true;
    options.smooth = 5;
    options.seed_compatible = true;
    CheckTop(*ingested, options, *expected.Find("smoothed_cosine_5")->Find("published_topk"));
  }
  SECTION("mean pooling") {
    options.aligner = "meanpool";
    CheckTop(*ingested, options, *expected.Find("mean_pool")->Find("row_norm")->Find("topk"));
    options.seed_compatible = true;
    CheckTop(*ingested, options,
             *expected.Find("mean_pool")->Find("whole_matrix_norm")->Find("topk"));
  }
}

TEST_CASE("actalign: scores and paths by a statement", "[align][real]") {
  const auto ingested = Ingest();
  if (ingested == nullptr) return;
  const Datum& scores = *ingested->expected.root().Find("dtw")->Find("scores");
  const Datum& paths = *ingested->expected.root().Find("dtw")->Find("paths");
  const auto connection = ingested->database->Connect();
  const auto result =
      Must(connection->Execute("MATCH (q:Question)-[:ABOUT]->(v:Video), (q)-[o:OPTION]->(a:Action) "
                               "RETURN q.index AS sample, o.index AS option, "
                               "dtw_score(v, a, 'siglip', {question: q, exact: true}) AS exact, "
                               "dtw_score(v, a, 'siglip', {question: q}) AS score, "
                               "dtw_path(v, a, 'siglip', {question: q, exact: true}) AS path "
                               "ORDER BY sample, option",
                               {}));
  // The published lists leave out options without subactions.
  std::vector<size_t> place(40);
  size_t missing = 0;
  double worst_exact = 0, worst = 0;
  for (const auto& row : Must(result->FetchAll())) {
    const auto sample = static_cast<size_t>(row[0].AsInteger());
    if (row[2].IsNull()) {
      CHECK(row[3].IsNull());
      CHECK(row[4].IsNull());
      ++missing;
      continue;
    }
    const double expected = scores[sample][place[sample]].number();
    worst_exact = std::max(worst_exact, std::abs(row[2].AsNumber() - expected));
    worst = std::max(worst, std::abs(row[3].AsNumber() - expected));
    const Datum& path = paths[sample][place[sample]];
    INFO("sample " << sample << ", option " << place[sample]);
    REQUIRE(row[4].AsList().size() == path.items().size());
    bool same = true;
    for (size_t i = 0; i < path.items().size(); ++i) {
      const List& cell = row[4].AsList()[i].AsList();
      same = same && cell[0].AsNumber() == path[i][0].number() &&
             cell[1].AsNumber() == path[i][1].number();
    }
    CHECK(same);
    ++place[sample];
  }
  CHECK(missing == 3);
  CHECK(worst_exact <= 1e-6);
  CHECK(worst <= 1e-5);
  for (size_t sample = 0; sample < place.size(); ++sample) {
    CHECK(place[sample] == scores[sample].items().size());
  }
}

}  // namespace
}  // namespace gesta
