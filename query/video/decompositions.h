// Decompositions: the ordered subactions of an action, and their vectors in a space.
//
//   (:Action)-[:HAS_DECOMPOSITION]->(:Decomposition {context})-[:STEP {order}]->(:SubAction {text})
//   (:Decomposition)-[:FOR]->(:Question)
#ifndef GESTA_QUERY_VIDEO_DECOMPOSITIONS_H_
#define GESTA_QUERY_VIDEO_DECOMPOSITIONS_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gesta/status.h"
#include "gesta/store.h"

namespace gesta {
class ModelProvider;  // gesta/models.h
}

namespace gesta::video {

// What a decomposition was made for: a question's node and text, or its text alone.
struct Question {
  std::optional<NodeId> node;
  std::string text;
};

// Vectors row after row.
struct Rows {
  std::vector<float> values;
  size_t count = 0;
  size_t columns = 0;
};

// The rows of a list of lists of numbers, all of one length; `what` ("frame") names a row in
// errors.
Result<Rows> ReadRows(const Value& list, const std::string& function, std::string_view what);

class Decompositions {
 public:
  explicit Decompositions(Transaction* transaction);

  Result<bool> IsDecomposition(NodeId node);
  // The question that a value names: a node or a text. kType for anything else.
  Result<Question> ReadQuestion(const Value& value, std::string_view function);

  // A decomposition is itself. Of an action's it is the latest for the question if there is one,
  // else the latest of all; nullopt: it has none.
  Result<std::optional<NodeId>> Find(NodeId node, const std::optional<Question>& question);
  // The texts of the steps, in order.
  Result<std::vector<std::string>> Texts(NodeId decomposition);

  // The steps' vectors of each: a decomposition's own sequence if it has one, else the vectors of
  // its subactions; texts of those without a vector are embedded by the space's model, all in one
  // call. No rows where there are no steps.
  Status Load(const SpaceInfo& space, const std::vector<NodeId>& decompositions,
              ModelProvider* models, const std::function<Status()>& check_interrupt,
              std::vector<Rows>* rows);

 private:
  Result<bool> IsFor(NodeId decomposition, const Question& question);
  Result<std::vector<NodeId>> Steps(NodeId decomposition);

  Transaction& transaction_;
  const NameId decomposition_, has_decomposition_, step_, for_, order_, text_, context_;
  std::vector<Edge> edges_;  // scratch
};

}  // namespace gesta::video

#endif  // GESTA_QUERY_VIDEO_DECOMPOSITIONS_H_
