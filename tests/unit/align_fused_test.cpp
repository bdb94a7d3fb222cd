// The aligner fused: what it adds to its parts, and what it leaves out.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "align_support.h"

namespace gesta::test {
namespace {

TEST_CASE("fused knows words, similar labels and what goes together", "[align]") {
  AlignGraph graph;
  // "walk" shares no word with the label: a label like it is mapped to walk (B's), and C's is.
  const auto rows = graph.Run("ALIGN 'run fast' TO (v:Verb) USING fused TOP 3 RETURN v.lemma");
  REQUIRE(rows.size() == 3);
  CHECK(rows[0] == "run");
  CHECK(std::set<std::string>(rows.begin(), rows.end()) ==
        std::set<std::string>{"run", "jog", "walk"});
  // Nothing speaks for anything.
  CHECK(graph.Run("ALIGN 'zzz' TO (v:Verb) USING fused RETURN v.lemma").empty());
}

TEST_CASE("what goes with a candidate is found although nothing else speaks for it", "[align]") {
  AlignGraph graph;
  graph.Run("CREATE (:Verb {lemma: 'xylo', definition: 'q'})");
  graph.Run(
      "MATCH (a:Action {text: 'set fire'}), (v:Verb {lemma: 'xylo'}) "
      "CREATE (a)-[:MAPS_TO {method: 'old', rank: 2}]->(v)");
  // A label that lexical brings to burn, and no label is like it.
  const auto rows = graph.Run("ALIGN 'burning' TO (v:Verb) USING fused RETURN v.lemma");
  CHECK(std::count(rows.begin(), rows.end(), "xylo") == 1);
  const auto without =
      graph.Run("ALIGN 'burning' TO (v:Verb) USING fused {exclude_datasets: 'C'} RETURN v.lemma");
  CHECK(std::count(without.begin(), without.end(), "xylo") == 0);
}

TEST_CASE("fused leaves out the source and what is excluded", "[align]") {
  AlignGraph graph;
  // The only label that maps to burn is the source itself.
  graph.Run("CREATE (:Action {text: 'qqq', dataset: 'C'})-[:IN]->(:Dataset {name: 'D'})");
  graph.Run(
      "MATCH (a:Action {text: 'qqq'}), (v:Verb {lemma: 'burn'}) "
      "CREATE (a)-[:MAPS_TO {method: 'old', rank: 1}]->(v)");
  CHECK(graph.Run("MATCH (a:Action {text: 'qqq'}) ALIGN a TO (v:Verb) USING fused RETURN v.lemma")
            .empty());
  CHECK(graph.Error("ALIGN 'run' TO (v:Verb) USING fused {exclude_datasets: 'E'} RETURN v")
            .message.find("there is no dataset 'E' to exclude") != std::string::npos);
  CHECK(graph.Error("ALIGN 'run' TO (v:Verb) USING fused {space: 'none'} RETURN v").code ==
        StatusCode::kNotFound);
  CHECK(graph.Error("ALIGN 'run' TO (v:Verb) USING fused {spice: 'x'} RETURN v").hint ==
        "did you mean space?");
}

TEST_CASE("fused orders survivors and answers with classes too", "[align]") {
  AlignGraph graph;
  const auto rows = graph.Run(
      "ALIGN 'run fast' TO (v:Verb) USING lexical {top: 5} THEN fused TOP 2 RETURN v.lemma");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0] == "run");
  const auto classes =
      graph.Run("ALIGN 'run fast' TO (c:VerbClass) USING fused TOP 1 RETURN c.name");
  CHECK(classes == std::vector<std::string>{"run-51.3.2"});
  const auto filtered =
      graph.Run("ALIGN 'run fast' TO (v:Verb WHERE v.lemma <> 'run') USING fused RETURN v.lemma");
  CHECK(std::count(filtered.begin(), filtered.end(), "run") == 0);
  CHECK_FALSE(filtered.empty());
}

}  // namespace
}  // namespace gesta::test
