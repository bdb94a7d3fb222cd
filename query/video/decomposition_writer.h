// DecompositionWriter: finds and makes decompositions that a language model has answered.
//
//   (:Action)-[:HAS_DECOMPOSITION]->(:Decomposition {id, action, context, …})
//   (:Decomposition)-[:STEP {order}]->(:SubAction {text})
//   (:Decomposition)-[:FOR]->(:Question)
//
// What was asked, and for which action and question, gives a decomposition its id: the same again
// is found and not made twice.
#ifndef GESTA_QUERY_VIDEO_DECOMPOSITION_WRITER_H_
#define GESTA_QUERY_VIDEO_DECOMPOSITION_WRITER_H_

#include <optional>
#include <string>
#include <vector>

#include "align/run_journal.h"
#include "gesta/status.h"
#include "gesta/store.h"
#include "video/decompositions.h"

namespace gesta::video {

// Whose decomposition it is.
struct DecompositionKey {
  std::optional<NodeId> action;  // nullopt: a text that is no node's
  std::string text;              // of the action
  std::optional<Question> question;
  std::string asked;  // all that the answer depends on
};

class DecompositionWriter {
 public:
  explicit DecompositionWriter(Transaction* transaction) : transaction_(*transaction) {}

  // The one that is there. `id`, where it is not null: its id, or the one that it would have.
  Result<std::optional<NodeId>> Find(const DecompositionKey& key, std::string* id);

  // Makes it, with `properties` beside id, action, context and question's index, and tells the
  // journal.
  Result<NodeId> Make(const DecompositionKey& key, const std::vector<std::string>& steps,
                      const align::NamedProperties& properties, align::RunJournal* journal);

 private:
  Status RequireConstraints();
  Status RequireUnique(std::string_view label, std::string_view key);
  Result<bool> Belongs(NodeId decomposition, const DecompositionKey& key);
  Result<std::string> BaseId(const DecompositionKey& key);
  Result<NodeId> SubAction(const std::string& text, align::RunJournal* journal);
  Status Relate(NodeId from, std::string_view type, NodeId to,
                const align::NamedProperties& properties);

  Transaction& transaction_;
  bool has_constraints_ = false;
};

}  // namespace gesta::video

#endif  // GESTA_QUERY_VIDEO_DECOMPOSITION_WRITER_H_
