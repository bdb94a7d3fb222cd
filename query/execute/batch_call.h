// Calls of batch functions (gesta/function.h): duplicates removed, results kept for the statement.
#ifndef GESTA_QUERY_EXECUTE_BATCH_CALL_H_
#define GESTA_QUERY_EXECUTE_BATCH_CALL_H_

#include <chrono>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
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
  // Where the function that runs now computes.
  void NoteDevice(const std::string& device);

  // What was asked of a function, for PROFILE.
  struct Use {
    std::string name;
    uint64_t rows = 0;     // that wanted a result
    uint64_t calls = 0;    // different ones, which the function was called for
    uint64_t batches = 0;  // that they came in
    std::chrono::nanoseconds time{0};
    std::set<std::string> devices;
  };
  std::vector<Use> Uses() const;  // in the order of first use

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

  Use& UseOf(const std::string& name);

  MemoryBudget* const budget_;
  mutable std::mutex mutex_;  // of what is below; not held while a function runs
  std::vector<Use> uses_;
  std::set<std::string> devices_;  // noted by the functions that run
  std::unordered_map<Key, Value, KeyHash> known_;
  size_t bytes_ = 0;
};

}  // namespace gesta

#endif  // GESTA_QUERY_EXECUTE_BATCH_CALL_H_
