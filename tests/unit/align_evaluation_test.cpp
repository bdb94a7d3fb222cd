// EvaluateAlignment: the metrics on a graph small enough to work out by hand.
#include "align_support.h"
#include "gesta/evaluation.h"

namespace gesta::test {
namespace {

AlignmentEvaluation Evaluate(AlignGraph& graph, const AlignmentEvaluationOptions& options) {
  return Must(EvaluateAlignment(graph.database(), options));
}

// D's labels: 'jog' (right at rank 1), 'eat' with devour as truth (rank 2), 'zzz' (never found).
void AddLabels(AlignGraph& graph) {
  graph.Run("CREATE (:Dataset {name: 'D'})");
  graph.Run(
      "UNWIND [['jog', 'jog'], ['eating', 'devour'], ['zzz', 'burn']] AS row "
      "MATCH (d:Dataset {name: 'D'}), (v:Verb {lemma: row[1]}) "
      "CREATE (:Action {text: row[0], dataset: 'D'})-[:IN]->(d) "
      "WITH d, row, v MATCH (a:Action {text: row[0]}) "
      "CREATE (a)-[:MAPS_TO {method: 'truth'}]->(v)");
}

TEST_CASE("an aligner is evaluated against a method's mappings", "[align]") {
  AlignGraph graph;
  AddLabels(graph);
  // The ranks that the numbers below rest on.
  REQUIRE(graph.Run("UNWIND ['jog', 'eating'] AS t ALIGN t TO (v:Verb) USING lexical YIELD rank "
                    "WITH t, v, rank WHERE v.lemma IN ['jog', 'devour'] AND (t = 'jog') = (v.lemma "
                    "= 'jog') RETURN t, rank") == std::vector<std::string>{"jog 1", "eating 2"});
  AlignmentEvaluationOptions options;
  options.aligner = "lexical";
  options.truth = "truth";
  uint64_t last = 0;
  options.progress = [&](uint64_t done, uint64_t total) {
    CHECK(total == 3);
    last = done;
  };
  const AlignmentEvaluation evaluation = Evaluate(graph, options);
  REQUIRE(evaluation.datasets.size() == 1);
  CHECK(evaluation.datasets[0].name == "D");
  CHECK(evaluation.datasets[0].labels == 3);
  CHECK(evaluation.macro.hits_at_1 == Approx(1.0 / 3));
  CHECK(evaluation.macro.mrr == Approx((1 + 0.5) / 3));
  CHECK(evaluation.macro.recall_at_10 == Approx(2.0 / 3));
  CHECK(evaluation.macro.recall_at_50 == Approx(2.0 / 3));
  CHECK(last <= 3);
}

TEST_CASE("data sets count the same in the macro average", "[align]") {
  AlignGraph graph;
  AlignmentEvaluationOptions options;
  options.aligner = "neighbours";
  options.truth = "old";
  options.aligner_options.Set("k", Value::Integer(1));
  options.exclusion = AlignmentExclusion::kSameDataset;
  const AlignmentEvaluation evaluation = Evaluate(graph, options);
  REQUIRE(evaluation.datasets.size() == 3);
  double sum = 0;
  for (const auto& dataset : evaluation.datasets) sum += dataset.metrics.hits_at_1;
  CHECK(evaluation.macro.hits_at_1 == Approx(sum / 3));
  // 'eat an apple' (A) is nearest to 'eat apples' (B): devour, eat. Its truth is eat: rank 2.
  options.datasets = {"A"};
  const AlignmentEvaluation only = Evaluate(graph, options);
  REQUIRE(only.datasets.size() == 1);
  CHECK(only.datasets[0].name == "A");
  // Without A's family only C can help, which maps 'fast run' to walk.
  options.exclusion = AlignmentExclusion::kSameFamily;
  CHECK(Evaluate(graph, options).macro.mrr < only.macro.mrr);
}

TEST_CASE("errors of an evaluation", "[align]") {
  AlignGraph graph;
  AlignmentEvaluationOptions options;
  options.truth = "none";
  CHECK(EvaluateAlignment(graph.database(), options).status().code() == StatusCode::kNotFound);
  options.truth = "old";
  options.datasets = {"AA"};
  const Status unknown = EvaluateAlignment(graph.database(), options).status();
  REQUIRE(unknown.code() == StatusCode::kNotFound);
  CHECK(unknown.info().hint == "did you mean 'A'?");
  options.datasets.clear();
  options.aligner = "lexicl";
  const Status aligner = EvaluateAlignment(graph.database(), options).status();
  REQUIRE_FALSE(aligner.ok());
  CHECK(aligner.info().hint == "did you mean lexical?");
}

}  // namespace
}  // namespace gesta::test
