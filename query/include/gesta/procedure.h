// Procedures: what CALL … YIELD runs.
#ifndef GESTA_PROCEDURE_H_
#define GESTA_PROCEDURE_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/function.h"
#include "gesta/status.h"
#include "gesta/value.h"

namespace gesta {

struct ProcedureField {
  std::string name;
  std::string type;  // "STRING?", "INTEGER", "LIST OF …", as signatures show it
};

// Receives one call's arguments and appends result rows (one value per result field).
using ProcedureBody =
    std::function<Status(EvaluationContext& context, const std::vector<Value>& arguments,
                         std::vector<std::vector<Value>>* rows)>;

// Receives the calls of a whole batch of rows, and gives each one its result rows (`rows` has a
// place for each call): for procedures that ask models, which answer many calls in hardly more time
// than one.
using BatchProcedureBody =
    std::function<Status(EvaluationContext& context, const std::vector<std::vector<Value>>& calls,
                         std::vector<std::vector<std::vector<Value>>>* rows)>;

struct Procedure {
  std::string name;  // "db.labels"
  std::vector<ProcedureField> arguments;
  size_t required_arguments = 0;  // the rest may be left out and arrive as null
  std::vector<ProcedureField> results;
  bool writes = false;
  ProcedureBody body;
  BatchProcedureBody batch;  // set instead of `body`
  std::string summary;

  std::string Signature() const;  // "db.labels() :: (label :: STRING)"
};

class ProcedureRegistry {
 public:
  // All built-in procedures.
  static ProcedureRegistry BuiltIn();

  void Add(Procedure procedure);  // replaces one of the same name
  const Procedure* Find(std::string_view name) const;
  const std::vector<std::unique_ptr<Procedure>>& procedures() const { return procedures_; }

 private:
  std::vector<std::unique_ptr<Procedure>> procedures_;  // unique_ptr: Find's results stay valid
};

}  // namespace gesta

#endif  // GESTA_PROCEDURE_H_
