// The MAP clause, runs, their undoing, and preferred methods.
#include "align_support.h"

namespace gesta::test {
namespace {

using Rows = std::vector<std::string>;

const char kAlignA[] =
    "MATCH (a:Action {dataset: 'A'}) ALIGN a TO (v:Verb) USING lexical TOP 1 YIELD score, rank "
    "MAP (a)-[:MAPS_TO]->(v) SET score = score, rank = rank";

Rows Lexical(AlignGraph& graph) {
  return graph.Run(
      "MATCH (a)-[m:MAPS_TO {method: 'lexical'}]->(v) "
      "RETURN a.text, v.lemma, m.rank ORDER BY a.text, m.rank");
}

TEST_CASE("MAP writes mappings with their run", "[align]") {
  AlignGraph graph;
  graph.Run(kAlignA);
  CHECK(Lexical(graph) == Rows{"eat an apple eat 1", "run fast run 1"});
  CHECK(graph.Run("MATCH (r:AlignmentRun) RETURN r.method, r.state, r.model, r.started <= "
                  "r.finished, r.parameters CONTAINS 'USING lexical', "
                  "r.parameters CONTAINS '\"name\": \"lexical\"'") ==
        Rows{"lexical finished null true true true"});
  CHECK(graph.Run("MATCH (r:AlignmentRun), ()-[m:MAPS_TO {method: 'lexical'}]->() "
                  "RETURN m.run = r.id, m.score > 0, m.preferred, m.model") ==
        Rows{"true true null null", "true true null null"});
  // The mappings of other methods are as they were.
  CHECK(graph.Run("MATCH ()-[m:MAPS_TO {method: 'old', preferred: true}]->() "
                  "RETURN count(m)") == Rows{"9"});
}

TEST_CASE("mapping again updates what is the same and removes the rest", "[align]") {
  AlignGraph graph;
  graph.Run(
      "MATCH (a:Action {text: 'run fast'}) ALIGN a TO (v:Verb) USING lexical TOP 2 "
      "YIELD rank MAP (a)-[m:MAPS_TO]->(v) SET rank = rank, score = 0.5");
  CHECK(Lexical(graph) == Rows{"run fast run 1", "run fast jog 2"});
  // A person's mark on a job's mapping stays; rank and score of the former run do not.
  graph.Run(
      "MATCH ()-[m:MAPS_TO {method: 'lexical'}]->(:Verb {lemma: 'jog'}) "
      "SET m.verdict = 'accept'");
  graph.Run(
      "MATCH (a:Action {text: 'run fast'}), (v:Verb {lemma: 'eat'}) "
      "CREATE (a)-[:MAPS_TO {method: 'human', annotator: 'me'}]->(v)");
  const std::string again =
      "MATCH (a:Action {text: 'run fast'}) ALIGN a TO (v:Verb {lemma: 'jog'}) USING lexical "
      "MAP (a)-[:MAPS_TO]->(v)";
  graph.Run(again);
  CHECK(graph.Run("MATCH (a)-[m:MAPS_TO {method: 'lexical'}]->(v) "
                  "RETURN v.lemma, m.rank, m.score, m.verdict") == Rows{"jog null null accept"});
  CHECK(graph.Run("MATCH ()-[m:MAPS_TO {method: 'human'}]->(v) RETURN v.lemma, m.annotator") ==
        Rows{"eat me"});
  CHECK(graph.Run("MATCH (r:AlignmentRun) RETURN count(r)") == Rows{"2"});
  // Other sources and types are untouched.
  CHECK(graph.Run("MATCH ()-[m:MAPS_TO {method: 'old'}]->() RETURN count(m)") == Rows{"9"});
}

TEST_CASE("methods and models are part of a mapping's identity", "[align]") {
  AlignGraph graph;
  const std::string both =
      "MATCH (a:Action {text: 'set fire'}), (v:Verb {lemma: 'run'}) UNWIND ['m1', 'm2'] AS model "
      "MAP (a)-[m:MAPS_TO {method: 'llm', model: model}]->(v) SET rank = 1";
  graph.Run(both);
  graph.Run(both);
  CHECK(graph.Run("MATCH ()-[m:MAPS_TO {method: 'llm'}]->() RETURN m.model, m.rank "
                  "ORDER BY m.model") == Rows{"m1 1", "m2 1"});
  CHECK(graph.Run("MATCH (r:AlignmentRun) RETURN r.method, r.model ORDER BY r.model") ==
        Rows{"llm m1", "llm m1", "llm m2", "llm m2"});
  // A chain is named by its aligners.
  graph.Run(
      "MATCH (a:Action {text: 'set fire'}) ALIGN a TO (v:Verb) USING lexical THEN neighbours "
      "TOP 1 MAP (a)-[:MAPS_TO]->(v)");
  CHECK(graph.Run("MATCH ()-[m:MAPS_TO {method: 'lexical+neighbours'}]->() RETURN count(m)") ==
        Rows{"1"});
  // A type of its own.
  graph.Run(
      "MATCH (a:Action {text: 'set fire'}) ALIGN a TO (b:Action WHERE b <> a) USING lexical "
      "TOP 2 MAP (a)-[:SIMILAR {kind: 'related'}]->(b)");
  CHECK(graph.Run("MATCH (:Action)-[m:SIMILAR]->(:Action) RETURN DISTINCT m.method, m.kind, "
                  "m.preferred") == Rows{"lexical related null"});
}

TEST_CASE("a person's mappings are safe", "[align]") {
  AlignGraph graph;
  const std::string mine =
      "MATCH (a:Action {text: 'set fire'}), (v:Verb {lemma: $verb}) "
      "MAP (a)-[:MAPS_TO {method: 'human', annotator: 'me', kind: $kind}]->(v)";
  graph.Run(mine, {{"verb", Value::String("burn")}, {"kind", Value::String("exact")}});
  // A second one does not remove the first; the same one again is an update.
  graph.Run(mine, {{"verb", Value::String("run")}, {"kind", Value::String("related")}});
  graph.Run(mine, {{"verb", Value::String("burn")}, {"kind", Value::String("broader")}});
  const Rows human = {"burn me broader", "run me related"};
  const std::string query =
      "MATCH ()-[m:MAPS_TO {method: 'human'}]->(v) RETURN v.lemma, m.annotator, m.kind "
      "ORDER BY v.lemma";
  CHECK(graph.Run(query) == human);
  graph.Run("MATCH (a:Action) ALIGN a TO (v:Verb) USING lexical MAP (a)-[:MAPS_TO]->(v)");
  CHECK(graph.Run(query) == human);
  const std::string align = "MATCH (a:Action) ALIGN a TO (v:Verb) USING lexical ";
  CHECK(graph.Error(align + "MAP (a)-[:MAPS_TO {method: 'human'}]->(v)").detail == "HumanMapping");
  CHECK(graph.Error(align + "MAP (a)-[m:MAPS_TO]->(v) SET m.method = 'human'").detail ==
        "MappingIdentity");
  CHECK(graph.Run(query) == human);
}

TEST_CASE("MAP without a method or without nodes is an error", "[align]") {
  AlignGraph graph;
  const std::string pair = "MATCH (a:Action {text: 'set fire'}), (v:Verb {lemma: 'burn'}) ";
  CHECK(graph.Error(pair + "MAP (a)-[:MAPS_TO]->(v)").detail == "MissingMethod");
  CHECK(graph.Error(pair + "MAP (a)-[:MAPS_TO {method: 3}]->(v)").detail == "InvalidArgumentType");
  CHECK(graph
            .Error("MATCH (a:Action {text: 'set fire'}) OPTIONAL MATCH (v:Verb {lemma: 'no'}) "
                   "MAP (a)-[:MAPS_TO {method: 'human'}]->(v)")
            .detail == "InvalidArgumentType");
  // A failed statement leaves nothing behind, its run neither.
  CHECK(graph.Run("MATCH (r:AlignmentRun) RETURN count(r)") == Rows{"0"});
}

TEST_CASE("MAP gives its relationship to the clauses after it", "[align]") {
  AlignGraph graph;
  CHECK(graph.Run("MATCH (a:Action {text: 'set fire'}) ALIGN a TO (v:Verb) USING lexical TOP 1 "
                  "MAP (a)-[m:MAPS_TO]->(v) SET m.note = 'x', rank = 7 "
                  "RETURN type(m), m.method, m.note, m.rank, startNode(m) = a, endNode(m) = v") ==
        Rows{"MAPS_TO lexical x 7 true true"});
}

TEST_CASE("preferred methods carry their mark", "[align]") {
  AlignGraph graph;
  const std::string marks =
      "MATCH (a:Action {dataset: 'A'})-[m:MAPS_TO]->() "
      "RETURN m.method, m.preferred, count(*) ORDER BY m.method";
  graph.Run(kAlignA);
  CHECK(graph.Run(marks) == Rows{"lexical null 2", "old true 3"});
  CHECK(graph.Run("CALL mapping.prefer('A', 'lexical') YIELD mappings RETURN mappings") ==
        Rows{"2"});
  CHECK(graph.Run(marks) == Rows{"lexical true 2", "old null 3"});
  CHECK(graph.Run("MATCH (d:Dataset) RETURN d.name, d.mapping ORDER BY d.name") ==
        Rows{"A lexical", "B old", "C old"});
  // Written anew they are preferred at once.
  graph.Run(kAlignA);
  CHECK(graph.Run(marks) == Rows{"lexical true 2", "old null 3"});
  CHECK(graph.Error("CALL mapping.prefer('D', 'old')").message == "there is no dataset 'D'");
  CHECK(graph.Error("CALL mapping.prefer('A', 'lexicl')").hint == "did you mean 'lexical'?");
  CHECK(graph.Error("CALL mapping.prefer('A', 'clip')").hint == "they have lexical, old");
}

std::string LastRun(AlignGraph& graph) {
  return graph.Run("MATCH (r:AlignmentRun) RETURN r.id ORDER BY r.started DESC LIMIT 1").front();
}
void Undo(AlignGraph& graph, const std::string& run) {
  graph.Run("CALL run.undo($run)", {{"run", Value::String(run)}});
}

TEST_CASE("undoing a run takes back what it wrote, and nothing else", "[align]") {
  AlignGraph graph;
  const bool indexed = GENERATE(false, true);
  if (indexed) graph.Run("CREATE INDEX runs FOR ()-[m:MAPS_TO]-() ON (m.run)");
  const Rows before = graph.Mappings();
  const std::string nodes = "MATCH (n) RETURN count(n)";
  const Rows node_count = graph.Run(nodes);
  graph.Run(kAlignA);
  const std::string first = LastRun(graph);
  const Rows after_first = graph.Mappings();
  CHECK(after_first != before);

  // The second run updates one mapping of the first, removes the other and adds one.
  graph.Run(
      "MATCH (a:Action {dataset: 'A'}) ALIGN a TO (v:Verb WHERE v.lemma <> 'eat') "
      "USING lexical TOP 2 MAP (a)-[:MAPS_TO]->(v)");
  const std::string second = LastRun(graph);
  CHECK(second != first);
  const Rows after_second = graph.Mappings();
  CHECK(after_second != after_first);
  graph.Run(
      "MATCH (a:Action {text: 'set fire'}), (v:Verb {lemma: 'run'}) "
      "MAP (a)-[:MAPS_TO {method: 'human', annotator: 'me'}]->(v)");
  Undo(graph, LastRun(graph));
  CHECK(graph.Mappings() == after_second);
  Undo(graph, second);
  CHECK(graph.Mappings() == after_first);
  Undo(graph, first);
  CHECK(graph.Mappings() == before);
  CHECK(graph.Run(nodes) == node_count);
  RequireConsistent(graph.database().store());

  const ErrorInfo error = graph.Error("CALL run.undo('x')");
  CHECK(error.message == "there is no run 'x'");
  CHECK(graph.Error("CALL run.undo($id)", {{"id", Value::Integer(7)}}).code == StatusCode::kType);
}

TEST_CASE("runs can be undone in any order", "[align]") {
  AlignGraph graph;
  const Rows before = graph.Mappings();
  graph.Run(kAlignA);
  const std::string first = LastRun(graph);
  graph.Run(kAlignA);
  const std::string second = LastRun(graph);
  // The first run's mappings all belong to the second now; undone, they do not come back.
  const Rows mappings = graph.Mappings();
  Undo(graph, first);
  CHECK(graph.Mappings() == mappings);
  Undo(graph, second);
  CHECK(graph.Mappings() == before);
}

TEST_CASE("undoing brings preferred marks back as they are right today", "[align]") {
  AlignGraph graph;
  graph.Run(kAlignA);
  graph.Run(
      "MATCH (a:Action {text: 'run fast'}) ALIGN 'burn' TO (v:Verb) USING lexical TOP 1 "
      "MAP (a)-[:MAPS_TO]->(v)");
  const std::string last = LastRun(graph);
  CHECK(Lexical(graph) == Rows{"eat an apple eat 1", "run fast burn null"});
  graph.Run("CALL mapping.prefer('A', 'lexical')");
  Undo(graph, last);
  CHECK(graph.Run("MATCH (a {text: 'run fast'})-[m:MAPS_TO {method: 'lexical'}]->(v) "
                  "RETURN v.lemma, m.preferred") == Rows{"run true"});
}

TEST_CASE("removed mappings keep all their properties", "[align]") {
  AlignGraph graph;
  graph.Run(
      "MATCH (a:Action {text: 'set fire'}), (v:Verb {lemma: 'run'}) "
      "CREATE (a)-[:MAPS_TO {method: 'lexical', b: true, i: -5, f: 0.25, s: 'text', "
      "l: [1, 2], t: ['a', 'b'], d: date('2020-02-29'), lt: localtime('10:11:12.5'), "
      "zt: time('10:11:12+02:00'), ldt: localdatetime('2020-01-02T03:04:05'), "
      "dt: datetime('2020-01-02T03:04:05.123+01:00'), du: duration('P1Y2M3DT4H5.5S'), "
      "e: []}]->(v)");
  const Rows before = graph.Mappings();
  graph.Run(
      "MATCH (a:Action {text: 'set fire'}) ALIGN a TO (v:Verb) USING lexical TOP 1 "
      "MAP (a)-[:MAPS_TO]->(v)");
  CHECK(graph.Mappings() != before);
  Undo(graph, LastRun(graph));
  CHECK(graph.Mappings() == before);
}

}  // namespace
}  // namespace gesta::test
