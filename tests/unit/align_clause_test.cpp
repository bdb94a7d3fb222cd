// The ALIGN clause: sources, candidates, chains, options and errors.
#include <atomic>
#include <thread>

#include "align_support.h"

namespace gesta::test {
namespace {

using Rows = std::vector<std::string>;

TEST_CASE("ALIGN gives ranked candidates", "[align]") {
  AlignGraph graph;
  CHECK(graph.Run("ALIGN 'RunningFast' TO (v:Verb) USING lexical TOP 1 RETURN v.lemma") ==
        Rows{"run"});
  const Rows rows = graph.Run(
      "ALIGN 'running' TO (v:Verb) USING lexical YIELD score, rank, method "
      "RETURN v.lemma, rank, method, 0 < score AND score <= 1");
  REQUIRE(rows.size() >= 2);
  CHECK(rows[0] == "run 1 lexical true");
  CHECK(rows[1] == "jog 2 lexical true");  // defined by run, and of its class
  // Scores fall with the rank.
  CHECK(graph.Run("ALIGN 'eat food by fire' TO (v:Verb) USING lexical YIELD score "
                  "WITH collect(score) AS s RETURN all(i IN range(1, size(s) - 1) WHERE s[i] <= "
                  "s[i - 1]) AND size(s) > 1") == Rows{"true"});
}

TEST_CASE("ALIGN takes nodes, strings and null", "[align]") {
  AlignGraph graph;
  CHECK(graph.Run("MATCH (a:Action {dataset: 'C'}) ALIGN a TO (v:Verb) USING lexical TOP 1 "
                  "RETURN a.text, v.lemma ORDER BY a.text") ==
        Rows{"fast run run", "set fire burn"});
  CHECK(graph.Run("UNWIND ['eats', null, 'eats', 'burning'] AS t "
                  "ALIGN t TO (v:Verb) USING lexical TOP 1 RETURN t, v.lemma") ==
        Rows{"eats eat", "eats eat", "burning burn"});
  // A verb as the source stands for its lemma.
  CHECK(graph.Run("MATCH (s:Verb {lemma: 'jog'}) ALIGN s TO (v:Verb) USING lexical TOP 1 "
                  "RETURN v.lemma") == Rows{"jog"});
  CHECK(graph.Run("ALIGN 'zzz' TO (v:Verb) USING lexical RETURN v").empty());
  CHECK(graph.Run("ALIGN 'run' TO (v:Nothing) USING lexical RETURN v").empty());
  CHECK(graph.Run("ALIGN 'jogging' TO (c:VerbClass) USING lexical TOP 1 RETURN c.name") ==
        Rows{"run-51.3.2"});
}

TEST_CASE("ALIGN keeps ten candidates where nothing is said", "[align]") {
  AlignGraph graph;
  graph.Run("UNWIND range(1, 30) AS i CREATE (:Verb {lemma: 'jump', definition: 'leap ' + i})");
  const std::string count = " RETURN count(v)";
  CHECK(graph.Run("ALIGN 'jumping' TO (v:Verb) USING lexical" + count) == Rows{"10"});
  CHECK(graph.Run("ALIGN 'jumping' TO (v:Verb) USING lexical TOP 20" + count) == Rows{"20"});
  CHECK(graph.Run("ALIGN 'jumping' TO (v:Verb) USING lexical {top: 12}" + count) == Rows{"12"});
  CHECK(graph.Run("ALIGN 'jumping' TO (v:Verb) USING lexical {top: 12} TOP 3" + count) ==
        Rows{"3"});
  CHECK(graph.Run("ALIGN 'jumping' TO (v:Verb) USING lexical TOP 0" + count) == Rows{"0"});
  CHECK(graph.Run("ALIGN 'jumping' TO (v:Verb) USING lexical TOP $n" + count,
                  {{"n", Value::Integer(4)}}) == Rows{"4"});
}

TEST_CASE("ALIGN filters its candidates", "[align]") {
  AlignGraph graph;
  CHECK(graph.Run("ALIGN 'run' TO (v:Verb {lemma: 'eat'}) USING lexical RETURN v.lemma").empty());
  CHECK(graph.Run("ALIGN 'run' TO (v:Verb {class: 'run-51.3.2'} WHERE v.lemma <> 'run') "
                  "USING lexical RETURN v.lemma") == Rows{"jog"});
  // Conditions that read the row.
  CHECK(graph.Run("UNWIND ['run', 'jog'] AS no "
                  "ALIGN 'running' TO (v:Verb WHERE v.lemma <> no) USING lexical TOP 1 "
                  "RETURN no, v.lemma") == Rows{"run jog", "jog run"});
  // The right candidate stands deep in the ranking.
  graph.Run("UNWIND range(1, 300) AS i CREATE (:Verb {lemma: 'jump', number: i})");
  CHECK(graph.Run("UNWIND [290, 17] AS n ALIGN 'jump' TO (v:Verb WHERE v.number = n) USING lexical "
                  "TOP 1 RETURN v.number") == Rows{"290", "17"});
  CHECK(graph
            .Run("UNWIND [1000] AS n ALIGN 'jump' TO (v:Verb WHERE v.number = n) USING lexical "
                 "RETURN v.number")
            .empty());
}

TEST_CASE("THEN hands the survivors on", "[align]") {
  AlignGraph graph;
  // neighbours finds run, walk and jog by votes; lexical orders them anew and keeps those that it
  // has nothing to say about.
  CHECK(graph.Run("ALIGN 'run fast' TO (v:Verb) USING neighbours {k: 3, top: 3} THEN lexical "
                  "YIELD method RETURN v.lemma, method") ==
        Rows{"run neighbours+lexical", "jog neighbours+lexical", "walk neighbours+lexical"});
  const Rows first = graph.Run(
      "ALIGN 'run fast' TO (v:Verb) USING lexical {top: 2} THEN neighbours RETURN v.lemma");
  CHECK(first == Rows{"run", "jog"});
}

TEST_CASE("neighbours vote by the preferred methods", "[align]") {
  AlignGraph graph;
  const std::string votes =
      " TO (v:Verb) USING neighbours {k: 3, weights: 'uniform'} YIELD score "
      "RETURN v.lemma, round(score * 3) AS votes ORDER BY votes DESC, v.lemma";
  CHECK(graph.Run("ALIGN 'run fast'" + votes) == Rows{"run 2.0", "walk 2.0", "jog 1.0"});
  // The source itself does not vote.
  CHECK(graph.Run("MATCH (a:Action {text: 'run fast'}) ALIGN a TO (v:Verb) "
                  "USING neighbours {k: 2, weights: 'uniform'} YIELD score "
                  "RETURN v.lemma, score ORDER BY v.lemma") == Rows{"run 0.5", "walk 1.0"});
  // Another method's mappings do not count, unless asked for.
  graph.Run(
      "MATCH (a:Action {text: 'run fast'}), (v:Verb {lemma: 'burn'}) "
      "CREATE (a)-[:MAPS_TO {method: 'new'}]->(v)");
  CHECK(graph.Run("ALIGN 'run fast'" + votes) == Rows{"run 2.0", "walk 2.0", "jog 1.0"});
  CHECK(graph.Run("ALIGN 'run fast' TO (v:Verb) USING neighbours {method: 'new'} RETURN v.lemma") ==
        Rows{"burn"});
  CHECK(graph.Run("CALL mapping.prefer('A', 'new')") == Rows{"A new 1"});
  CHECK(graph.Run("ALIGN 'run fast'" + votes) == Rows{"walk 2.0", "burn 1.0", "run 1.0"});
  // What a person has rejected is not voted for.
  graph.Run(
      "MATCH (:Action {text: 'fast run'})-[m:MAPS_TO]->(:Verb {lemma: 'walk'}) "
      "SET m.verdict = 'reject'");
  CHECK(graph.Run("ALIGN 'fast run' TO (v:Verb) USING neighbours {k: 1} RETURN v.lemma").front() !=
        "walk");
}

TEST_CASE("similar labels weigh more", "[align]") {
  AlignGraph graph;
  // 'run fast' itself is the most similar one: its second verb outweighs another label's only one.
  CHECK(graph
            .Run("ALIGN 'run fast' TO (v:Verb) USING neighbours {k: 2} YIELD score "
                 "RETURN v.lemma, score > 0.5 ORDER BY score DESC LIMIT 1")
            .size() == 1);
  // Shares of all votes.
  CHECK(graph.Run("ALIGN 'run fast' TO (v:Verb {lemma: 'run'}) USING neighbours {k: 1} YIELD score "
                  "RETURN score") == Rows{"1.0"});
}

TEST_CASE("neighbours leave out data sets and families", "[align]") {
  AlignGraph graph;
  const auto found = [&](const std::string& exclude) {
    return graph.Run(
        "MATCH (a:Action {text: 'run fast'}) ALIGN a TO (v:Verb) USING neighbours {k: "
        "1" +
        exclude + "} RETURN v.lemma ORDER BY v.lemma");
  };
  CHECK(found(", exclude: 'dataset', exclude_datasets: ['C']") == Rows{"run", "walk"});  // B's
  CHECK(found(", exclude: 'family'") == Rows{"walk"});                                   // C's
  CHECK(found(", exclude_datasets: ['C', 'B']") == Rows{"eat"});  // A's other label
}

TEST_CASE("a vote for a verb is one for its class", "[align]") {
  AlignGraph graph;
  // 'run fast' maps to two verbs of one class: one vote.
  CHECK(graph.Run("ALIGN 'run fast' TO (c:VerbClass) USING neighbours {k: 3, weights: 'uniform'} "
                  "YIELD score RETURN c.name, round(score * 3) AS votes "
                  "ORDER BY votes DESC, c.name") == Rows{"run-51.3.2 2.0", "walk-51.4 2.0"});
  // Labels mapped to the class itself vote for it too.
  graph.Run(
      "MATCH (c:VerbClass {name: 'eat-39.1'}) CREATE (:Action {text: 'nibble crisps'})"
      "-[:MAPS_TO {method: 'collected', count: 2}]->(c)");
  CHECK(graph.Run("ALIGN 'nibble crisps' TO (c:VerbClass) USING neighbours {k: 1} "
                  "RETURN c.name") == Rows{"eat-39.1"});
}

TEST_CASE("ALIGN sees the graph as it is", "[align]") {
  AlignGraph graph;
  const std::string query = "ALIGN 'juggling' TO (v:Verb) USING lexical TOP 1 RETURN v.lemma";
  const auto statement = Must(graph.connection().Prepare(query));
  const auto first = [&]() -> std::string {
    const auto rows = Must(Must(statement->Execute())->FetchAll());
    return rows.empty() ? "" : ToText(rows[0][0], false);
  };
  CHECK(first() != "juggle");
  graph.Run("CREATE (:Verb {lemma: 'juggle'})");
  CHECK(first() == "juggle");
  // Inside a transaction: what it has written, and nothing of it afterwards.
  RequireOk(graph.connection().Begin());
  graph.Run("MATCH (v:Verb {lemma: 'juggle'}) SET v.lemma = 'toss'");
  CHECK(first() != "juggle");
  const auto other = graph.database().Connect();
  CHECK(ToText(Must(Must(other->Execute(query))->FetchAll())[0][0], false) == "juggle");
  RequireOk(graph.connection().Rollback());
  CHECK(first() == "juggle");
  graph.Run("MATCH (v:Verb {lemma: 'juggle'}) DELETE v");
  CHECK(first() != "juggle");
  // Unrelated writes do not matter.
  graph.Run("CREATE (:Other)");
  CHECK(first() != "juggle");
}

TEST_CASE("ALIGN runs in several threads", "[align]") {
  AlignGraph graph;
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const auto connection = graph.database().Connect();
      auto statement = connection->Prepare(
          "ALIGN $text TO (v:Verb) USING lexical THEN neighbours TOP 1 RETURN v.lemma");
      if (!statement.ok()) {
        ++wrong;
        return;
      }
      for (int i = 0; i < 25; ++i) {
        const bool eats = (i + t) % 2 == 0;
        auto result =
            (*statement)->Execute({{"text", Value::String(eats ? "eat apples" : "run fast")}});
        auto rows = result.ok() ? (*result)->FetchAll()
                                : Result<std::vector<std::vector<Value>>>(result.status());
        if (!rows.ok() || rows->size() != 1 ||
            ToText((*rows)[0][0], false) != (eats ? "eat" : "run")) {
          ++wrong;
        }
        if (t == 0) (void)connection->Execute("CREATE (:Other)");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("ALIGN gives the same in batches of any size", "[align]") {
  const std::string query =
      "MATCH (a:Action) ALIGN a TO (v:Verb WHERE v.lemma <> a.text) USING lexical TOP 3 "
      "YIELD rank, score RETURN a.text, v.lemma, rank ORDER BY a.text, rank";
  AlignGraph usual;
  const Rows rows = usual.Run(query);
  CHECK(rows.size() > 6);
  for (const size_t size : {1, 2, 3}) {
    DatabaseOptions options;
    options.batch_rows = size;
    AlignGraph small(options);
    CHECK(small.Run(query) == rows);
  }
}

TEST_CASE("errors of ALIGN say what to do", "[align]") {
  AlignGraph graph;
  const auto error = [&](const std::string& rest, const std::string& source = "'run'") {
    return graph.Error("ALIGN " + source + " TO (v:Verb) USING " + rest + " RETURN v");
  };
  CHECK(error("lexcal").hint == "did you mean lexical?");
  CHECK(error("lexcal").line == 1);
  CHECK(error("lexcal").column == 31);
  const ErrorInfo clip = error("clip");
  CHECK(clip.code == StatusCode::kNotFound);
  CHECK(clip.hint.find("gesta model add clip") != std::string::npos);
  CHECK(error("neighbours {space: 'minilm'}").hint.find("gesta model add minilm") !=
        std::string::npos);
  CHECK(error("neighbours {wieghts: 'uniform'}").hint == "did you mean weights?");
  CHECK(error("lexical {k: 3}").hint == "its options are top");
  CHECK(error("neighbours {k: 'five'}").message.find("needs an integer, not a STRING") !=
        std::string::npos);
  CHECK(error("neighbours {k: 0}").message.find("at least 1") != std::string::npos);
  CHECK(error("neighbours {weights: 'equal'}")
            .message.find("'similarity', 'uniform' and 'cautious'") != std::string::npos);
  CHECK(error("neighbours {exclude_datasets: ['AA']}").hint == "did you mean 'A'?");
  CHECK(error("lexical {top: -1}").code == StatusCode::kSemantic);
  CHECK(error("lexical", "[0.5, 0.25]").code == StatusCode::kUnsupported);
  CHECK(error("lexical", "17").message.find("a string or a node") != std::string::npos);
  CHECK(graph
            .Error("MATCH (c:Dataset {name: 'A'}) CREATE (n:Empty) WITH n "
                   "ALIGN n TO (v:Verb) USING lexical RETURN v")
            .message.find("has no lemma, text, name or title") != std::string::npos);
  CHECK(graph.Error("UNWIND [1, 2] AS x ALIGN 'run' TO (v:Verb) USING neighbours {k: x} RETURN v")
            .message.find("same for all rows") != std::string::npos);
}

}  // namespace
}  // namespace gesta::test
