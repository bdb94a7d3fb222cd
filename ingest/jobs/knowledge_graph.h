// KnowledgeGraph: the graph model of datasets, labels, verbs and mappings, as the jobs write it.
//
//   (:Dataset {name})                               identity: name
//   (:Action {text, dataset, level, index})-[:IN]->(:Dataset)   identity: dataset, level, index
//   (:VerbClass {name})-[:PARENT]->(:VerbClass)     identity: name
//   (:Verb {lemma, class})-[:MEMBER_OF]->(:VerbClass)           identity: class, lemma
//   (:Action)-[:MAPS_TO {method, run, rank, …}]->(:Verb|:VerbClass)
//                                                   identity: both ends, method, model
//   (:AlignmentRun {id})                            identity: id
#ifndef GESTA_INGEST_JOBS_KNOWLEDGE_GRAPH_H_
#define GESTA_INGEST_JOBS_KNOWLEDGE_GRAPH_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"
#include "gesta/value.h"
#include "load/graph_writer.h"
#include "load/oddities.h"

namespace gesta::ingest {

inline constexpr std::string_view kLabelLevel = "label";  // of plain lists

// Named properties; null and empty values are left out where they are written.
using Facts = std::vector<std::pair<std::string_view, Value>>;

// Lists with one lineage have one family: the name without a count in parentheses at its end, so
// that "FineGym(99)" and "FineGym(288)" are both "FineGym".
std::string FamilyOfName(std::string_view dataset);

// 'run-51.3.2-2' -> 'run-51.3.2': a class name without its last "-N", as long as a number remains;
// "" for a class at the top.
std::string ParentClassName(std::string_view name);

struct DatasetClaim {
  std::string name;
  std::string level{kLabelLevel};
  std::vector<std::string> labels;  // by index; may be empty
  std::vector<bool> missing;        // by index; indices that the list skips; empty: none
  Facts facts;
  std::string mapping;  // method of the labels' mappings in this input; "": none
  bool join = false;
};

struct Dataset {
  std::string name;
  NodeId node = 0;
  std::string mapping;  // the preferred method
};

struct Mapping {
  std::string_view method;
  std::string_view run;
  int64_t rank = 0;   // from 1; 0: none
  int64_t count = 0;  // 0: none
  std::string_view kind;
  std::string_view annotator;
};

class KnowledgeGraph {
 public:
  // Makes the indexes and constraints that are missing. The writer is borrowed.
  static Result<KnowledgeGraph> Open(GraphWriter& writer, std::string_view job);

  // Finds or makes the dataset and makes it this job's, if it has no labels yet. kAlreadyExists:
  // another job made its labels, and the claim does not join. kConstraint: a label of the store has
  // another text than the claim's. Call it for all datasets of a job before its first step ends.
  Result<Dataset> Claim(const DatasetClaim& claim);

  // An empty text: the label has none.
  Result<FoundNode> Action(const Dataset& dataset, std::string_view level, int64_t index,
                           std::string_view text);
  Result<std::optional<NodeId>> FindAction(std::string_view dataset, std::string_view level,
                                           int64_t index);
  // The labels with that text, in order of their index.
  Result<std::vector<NodeId>> ActionsByText(std::string_view dataset, std::string_view text);
  Result<bool> HasActions(std::string_view dataset);
  // Whether the dataset has labels that this job did not make.
  Result<bool> LabelledByOther(std::string_view dataset);

  // Classes of this tree have the parents (child, parent) that it gives them, and no other ones.
  void UseClassTree(const std::vector<std::string>& classes,
                    const std::vector<std::pair<std::string, std::string>>& parents);
  // The class with its ancestors: those of the tree, or by name.
  Result<FoundNode> VerbClass(const std::string& name, const Facts& facts = {});
  Result<FoundNode> Verb(const std::string& class_name, const std::string& lemma,
                         const Facts& facts);
  Result<std::optional<NodeId>> FindVerb(const std::string& class_name, const std::string& lemma);
  Result<std::optional<NodeId>> FindVerbClass(const std::string& name);

  // One run of one method on one dataset, finished.
  Result<FoundNode> Run(const std::string& id, std::string_view method, const std::string& dataset,
                        const Facts& facts);
  // Marked preferred if the method is the dataset's preferred one.
  Result<FoundRelationship> Map(const Dataset& dataset, NodeId action, NodeId target,
                                const Mapping& mapping);

  Result<FoundNode> BodyPart(const std::string& name);
  Result<FoundNode> PartState(const std::string& name, int64_t index, NodeId part);
  // An image that shows actions and verb classes.
  Result<FoundNode> Image(const Dataset& dataset, std::string_view uri);
  Status Shows(NodeId image, NodeId target);

  // Those of the facts that have a value, with their names' ids.
  Result<std::vector<Property>> Properties(const Facts& facts);

  GraphWriter& writer() { return *writer_; }

 private:
  KnowledgeGraph(GraphWriter* writer, std::string_view job) : writer_(writer), job_(job) {}

  Status CheckTexts(const DatasetClaim& claim);
  // Makes the ancestors of a class, if this graph has not done so yet.
  Status Ancestors(const std::string& name, NodeId node);

  GraphWriter* writer_;
  std::string job_;
  NodeIdentity dataset_, action_, class_, verb_, run_, part_, state_, image_;
  uint32_t action_text_ = 0;  // index
  NameId in_, parent_, member_of_, maps_to_, of_, shows_;
  NameId text_, family_, mapping_, method_, model_, run_key_, rank_, count_, kind_, annotator_,
      preferred_, index_;
  std::map<std::string, std::vector<std::string>> tree_;  // class -> parents
  std::set<std::string> classes_;                         // with their ancestors done
};

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_JOBS_KNOWLEDGE_GRAPH_H_
