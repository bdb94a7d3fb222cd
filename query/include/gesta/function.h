// Functions of the query language: how scalar and aggregate functions are declared and called.
//
// A registry is a table that can be read (SHOW FUNCTIONS does). Functions see the graph only
// through EvaluationContext, so they can be tested without a store.
#ifndef GESTA_FUNCTION_H_
#define GESTA_FUNCTION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"
#include "gesta/store.h"
#include "gesta/value.h"

namespace gesta {

class LanguageModels;  // gesta/language_models.h
class ModelProvider;   // gesta/models.h

// What functions may ask of the running statement. Implemented by the executor.
class EvaluationContext {
 public:
  virtual ~EvaluationContext() = default;

  // The statement's clock: every call in one statement gives the same instant (UTC) and the
  // machine's zone offset at that instant.
  virtual int64_t NowEpochSeconds() const = 0;
  virtual int32_t NowNanos() const = 0;

  virtual double Random() = 0;           // [0, 1)
  virtual std::string RandomUuid() = 0;  // version 4

  // The graph; null where there is none (constant folding, tests).
  virtual Transaction* transaction() = 0;
  // The models that functions may use; null where there are none.
  virtual ModelProvider* models() { return nullptr; }
  // Models that answer text with text, through the store's kept answers; null where there are none.
  virtual LanguageModels* language_models() { return nullptr; }
  // Counts bytes that a function holds against the statement's budget (kMemoryBudget) until they
  // are given back.
  virtual Status ReserveMemory(size_t /*bytes*/) { return {}; }
  virtual void ReleaseMemory(size_t /*bytes*/) {}
  // Where a batch function computed, for PROFILE: "cpu", "cuda:0".
  virtual void NoteDevice(const std::string& /*device*/) {}
  // kCancelled or kTimeout once the statement should stop; functions that take long ask often.
  virtual Status CheckInterrupt() const { return {}; }
};

// Deterministic: same arguments, same result (may be folded). Graph: reads the graph. Statement:
// may read the statement's clock, so the same all through one statement (may be moved, and folded
// where the arguments make the clock irrelevant). Volatile: rand(), model functions; never folded
// or moved.
enum class Volatility : uint8_t { kDeterministic, kGraph, kStatement, kVolatile };

using ScalarFunction = Result<Value> (*)(EvaluationContext& context, const Value* arguments,
                                         size_t count);

// Calls of one function for many rows at once, no two with the same arguments.
struct BatchCalls {
  const Value* arguments = nullptr;  // rows x count, row after row
  size_t rows = 0;
  size_t count = 0;
  const Value& at(size_t row, size_t argument) const { return arguments[row * count + argument]; }
};

// Fills `results` (of size calls.rows, all null) in the order of the rows. An error is the whole
// statement's. The executor removes duplicates, remembers results for the statement (those of calls
// without entities among their arguments), and passes only the rows that a result is needed for.
using BatchFunction = Status (*)(EvaluationContext& context, const BatchCalls& calls,
                                 std::vector<Value>* results);

// Static argument kinds, for compile-time type errors on literals (e.g. size(1) or labels(path)).
// kAny accepts everything. Null is always accepted by the check.
enum class ArgumentKind : uint8_t {
  kAny,
  kBoolean,
  kInteger,
  kNumber,
  kString,
  kList,
  kMap,
  kNode,
  kRelationship,
  kPath,
  kTemporal,
  kStringOrList,        // size, reverse
  kNodeOrRelationship,  // id, elementId
  kEntityOrMap,         // keys, properties
};

struct FunctionInfo {
  std::string name;  // as documented, e.g. "toInteger", "date.truncate"; looked up without case
  int min_arguments = 0;
  int max_arguments = 0;                // -1: any number
  std::vector<ArgumentKind> arguments;  // the last one repeats
  Volatility volatility = Volatility::kDeterministic;
  // True: a null argument gives null without calling the function.
  bool null_in_null_out = true;
  ScalarFunction call = nullptr;
  std::string signature;  // e.g. "toInteger(value) -> INTEGER"
  std::string summary;    // one line for help and completion
  // Set instead of `call`: model functions, which answer many rows in hardly more time than one.
  // Never folded, and called as late as the result allows (above a LIMIT).
  BatchFunction batch = nullptr;
};

// One group's running aggregate.
class Aggregator {
 public:
  virtual ~Aggregator() = default;
  // `arguments`: the function's arguments for one row. `multiplicity`: how many equal rows it
  // stands for.
  virtual Status Add(const Value* arguments, size_t count, uint64_t multiplicity) = 0;
  // Merges another aggregator of the same function (parallel aggregation).
  virtual Status Merge(Aggregator& other) = 0;
  virtual Result<Value> Finish() = 0;
  // Heap bytes held, for the memory budget (an estimate, cheap).
  virtual size_t HeapBytes() const = 0;
};

struct AggregateInfo {
  std::string name;  // "count", "sum", "avg", "min", "max", "collect", "stDev", "percentileCont", …
  int min_arguments = 1;
  int max_arguments = 1;
  // Builds the state of one group. DISTINCT is handled by the executor (it feeds distinct
  // arguments).
  std::unique_ptr<Aggregator> (*make)() = nullptr;
  std::string signature;
  std::string summary;
  // False: a group's state takes no memory beside its own block, whatever it is given.
  bool keeps_values = true;
};

class FunctionRegistry {
 public:
  // All built-in functions.
  static FunctionRegistry BuiltIn();

  void Add(FunctionInfo info);
  void Add(AggregateInfo info);
  const FunctionInfo* Find(std::string_view name) const;            // without case; null: unknown
  const AggregateInfo* FindAggregate(std::string_view name) const;  // without case; null: unknown
  std::vector<std::string> Names() const;  // of both kinds, sorted, for suggestions and completion
  const std::vector<std::unique_ptr<FunctionInfo>>& functions() const { return functions_; }
  const std::vector<std::unique_ptr<AggregateInfo>>& aggregates() const { return aggregates_; }

 private:
  std::vector<std::unique_ptr<FunctionInfo>> functions_;  // unique_ptr: Find's results stay valid
  std::vector<std::unique_ptr<AggregateInfo>> aggregates_;
};

}  // namespace gesta

#endif  // GESTA_FUNCTION_H_
