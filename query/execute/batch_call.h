// Calls of batch functions (gesta/function.h): duplicates removed, results kept for the statement.
#ifndef GESTA_QUERY_EXECUTE_BATCH_CALL_H_
#define GESTA_QUERY_EXECUTE_BATCH_CALL_H_

#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "gesta/function.h"

namespace gesta {

class MemoryBudget;  // execute/context.h

// What the batch functions of one running statement have answered, by function and arguments.
// Thread-safe. Beyond its own limit, or where the statement's budget has no room, results are not
// kept, and equal calls of later batches are made again.
class BatchResults {
 public:
  explicit BatchResults(MemoryBudget* budget) : budget_(budget) {}

  // `arguments`: calls.count values of each of calls.rows rows, possibly repeated. Calls the
  // function for those that were not answered before; fills `results` by row.
  Status Call(const FunctionInfo& function, EvaluationContext& context, const BatchCalls& calls,
              std::vector<Value>* results);

 private:
  struct Key {
    const FunctionInfo* function = nullptr;
    std::vector<Value> arguments;
    bool operator==(const Key& other) const;
  };
  struct KeyHash {
    size_t operator()(const Key& key) const;
  };
  static constexpr size_t kBytes = size_t{64} << 20;

  void Keep(Key key, const Value& result);

  MemoryBudget* const budget_;
  std::mutex mutex_;  // of the two below; not held while a function runs
  std::unordered_map<Key, Value, KeyHash> known_;
  size_t bytes_ = 0;
};

}  // namespace gesta

#endif  // GESTA_QUERY_EXECUTE_BATCH_CALL_H_
