// QuestionGraph: multiple-choice questions about videos, and the decompositions of actions into
// subactions.
//
//   (:Question {dataset, index, text, domain})-[:IN]->(:Dataset)         identity: dataset, index
//   (:Question)-[:ABOUT]->(:Video)
//   (:Question)-[:OPTION {index, correct}]->(:Action)
//   (:Action)-[:HAS_DECOMPOSITION]->(:Decomposition {id, …})                     identity: id
//   (:Decomposition)-[:FOR]->(:Question)               the question that it was made for, if any
//   (:Decomposition)-[:STEP {order}]->(:SubAction {text})                      identity: text
//
// Indices and orders count from 0.
#ifndef GESTA_INGEST_JOBS_QUESTION_GRAPH_H_
#define GESTA_INGEST_JOBS_QUESTION_GRAPH_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"
#include "jobs/knowledge_graph.h"

namespace gesta::ingest {

class QuestionGraph {
 public:
  // Makes the constraints that are missing. The graph is borrowed.
  static Result<QuestionGraph> Open(KnowledgeGraph& graph);

  // One that is there keeps its properties.
  Result<FoundNode> Question(const Dataset& dataset, int64_t index, const Facts& facts);
  Status About(NodeId question, NodeId video);
  Status Option(NodeId question, int64_t index, NodeId action, bool correct);

  Result<FoundNode> SubAction(std::string_view text, const Facts& facts = {});
  // The decomposition with its steps. kConstraint: it is there with other steps.
  Result<FoundNode> Decomposition(NodeId action, NodeId question, const std::string& id,
                                  const std::vector<NodeId>& steps, const Facts& facts);

 private:
  explicit QuestionGraph(KnowledgeGraph* graph) : graph_(graph) {}

  KnowledgeGraph* graph_;
  NodeIdentity question_, decomposition_, subaction_;
  NameId in_ = kNoName, about_ = kNoName, option_ = kNoName, has_decomposition_ = kNoName,
         for_ = kNoName, step_ = kNoName;
  NameId index_ = kNoName, correct_ = kNoName, order_ = kNoName;
};

// The options of a question as the published scripts read them: a line each, without the number in
// front ("2. heelflip"), in lower case.
std::vector<std::string> CleanChoices(std::string_view choices);

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_JOBS_QUESTION_GRAPH_H_
