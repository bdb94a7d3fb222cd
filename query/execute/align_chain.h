// AlignChain: the aligners of one ALIGN clause, made ready to run.
#ifndef GESTA_QUERY_EXECUTE_ALIGN_CHAIN_H_
#define GESTA_QUERY_EXECUTE_ALIGN_CHAIN_H_

#include <memory>
#include <string>
#include <vector>

#include "align/aligner.h"
#include "execute/context.h"
#include "plan/logical.h"

namespace gesta::execute {

class AlignChain {
 public:
  // Looks the aligners up, evaluates their options and TOP. Errors carry the aligner's place.
  static Result<AlignChain> Make(const OpAlign& node, ExecutionContext* context);

  size_t size() const { return stages_.size(); }
  AlignerRun& run(size_t stage) const { return *stages_[stage].run; }
  const ast::Place& place(size_t stage) const { return stages_[stage].place; }
  // How many candidates a stage keeps. The last one: its `top` and TOP, whichever is less, or 10.
  // Others: their `top`, or 50, and no fewer than what the stages after them keep.
  size_t top(size_t stage) const { return stages_[stage].top; }
  size_t widest() const;        // the largest top
  bool aligns_vectors() const;  // all of them do

  // "clip+llm": the aligners' names joined by '+'.
  const Value& method_value() const { return method_; }
  // The models' names joined by '+'; empty: no model took part.
  std::string model() const;
  // [{"name": …, "options": {…}}, …], for the run's record.
  std::string ParametersJson() const;

 private:
  struct Stage {
    ast::Place place;
    std::string name;
    Map options;
    size_t top = 0;
    std::unique_ptr<AlignerRun> run;
  };

  std::vector<Stage> stages_;
  Value method_;
};

}  // namespace gesta::execute

#endif  // GESTA_QUERY_EXECUTE_ALIGN_CHAIN_H_
