// AlignmentRun: the provenance of what one statement writes.
//
//   (:AlignmentRun {id, method, model, parameters, started, finished, state})
#ifndef GESTA_QUERY_ALIGN_ALIGNMENT_RUN_H_
#define GESTA_QUERY_ALIGN_ALIGNMENT_RUN_H_

#include <string>

#include "align/run_journal.h"
#include "gesta/function.h"
#include "gesta/status.h"
#include "gesta/store.h"

namespace gesta::align {

class AlignmentRun {
 public:
  // The context is borrowed; it gives the run its id.
  explicit AlignmentRun(EvaluationContext* context)
      : transaction_(context->transaction()),
        id_(context->RandomUuid()),
        journal_(transaction_, id_) {}

  const std::string& id() const { return id_; }
  RunJournal& journal() { return journal_; }

  // Makes the node, in state 'running'. `model`: empty for none; `parameters`: JSON.
  Status Start(const std::string& method, const std::string& model, const std::string& parameters);
  // Writes the rest of the journal.
  Status Finish();

 private:
  Transaction* transaction_;
  std::string id_;
  NodeId node_ = 0;
  RunJournal journal_;
};

}  // namespace gesta::align

#endif  // GESTA_QUERY_ALIGN_ALIGNMENT_RUN_H_
