// The aligners on the published labels and mappings.

#include "gesta/database.h"
#include "gesta/evaluation.h"
#include "gesta/ingest.h"
#include "store_test_support.h"
#include "support/real_data.h"

namespace gesta::test {
namespace {

TEST_CASE("the aligners are good on the published mappings", "[real]") {
  const std::string data = RealData();
  if (data.empty()) return;
  TempDirectory directory;
  DatabaseOptions database_options;
  database_options.store.sync = false;
  const auto database = Must(Database::Open(directory / "kb", database_options));
  IngestOptions ingest;
  ingest.kind = "pangea";
  ingest.path = data + "/data/pangea";
  Must(RunIngest(database->store(), ingest));

  AlignmentEvaluationOptions options;
  options.truth = "clip+gpt";
  options.aligner = "lexical";
  const AlignmentEvaluation lexical = Must(EvaluateAlignment(*database, options));
  CHECK(lexical.datasets.size() == 15);
  uint64_t labels = 0;
  for (const auto& dataset : lexical.datasets) labels += dataset.labels;
  CHECK(labels == 3856);
  // Character n-grams alone give 0.38, 0.49 and 0.17.
  CHECK(lexical.macro.hits_at_1 >= 0.46);
  CHECK(lexical.macro.mrr >= 0.57);
  CHECK(lexical.macro.recall_at_10 >= 0.21);

  options.aligner = "neighbours";
  options.exclusion = AlignmentExclusion::kSameDataset;
  const AlignmentEvaluation neighbours = Must(EvaluateAlignment(*database, options));
  CHECK(neighbours.macro.recall_at_10 >= 0.37);
  options.exclusion = AlignmentExclusion::kSameFamily;
  const AlignmentEvaluation strangers = Must(EvaluateAlignment(*database, options));
  CHECK(strangers.macro.recall_at_10 >= 0.285);
  CHECK(strangers.macro.recall_at_10 < neighbours.macro.recall_at_10);

  options.aligner = "fused";
  CHECK(Must(EvaluateAlignment(*database, options)).macro.recall_at_10 >= 0.34);
}

}  // namespace
}  // namespace gesta::test
