// CompiledStatement: what is kept of a statement between its runs; PlanCache keeps them by text.
#ifndef GESTA_QUERY_CONNECTION_COMPILED_H_
#define GESTA_QUERY_CONNECTION_COMPILED_H_

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "gesta/store.h"
#include "plan/planner.h"

namespace gesta {

// Immutable once made: it may run in several connections at once.
struct CompiledStatement {
  std::string text;
  PlannedStatement planned;
  uint64_t epoch = 0;     // of the catalog that it was planned for
  Statistics statistics;  // at that time

  // Whether the plan is still right, and still likely to be a good one: no count that plans are
  // chosen by has grown or shrunk much since.
  bool FitsNow(const Transaction& transaction) const;
};

// Shared: a plan in use outlives its place in the cache.
using CompiledPtr = std::shared_ptr<const CompiledStatement>;

// The statements used last, by their text. Thread-safe.
class PlanCache {
 public:
  explicit PlanCache(size_t capacity) : capacity_(capacity) {}

  CompiledPtr Find(std::string_view text);  // null: not there
  void Put(CompiledPtr compiled);

 private:
  const size_t capacity_;
  std::mutex mutex_;
  std::list<CompiledPtr> order_;  // used last first
  std::unordered_map<std::string_view, std::list<CompiledPtr>::iterator> by_text_;
};

}  // namespace gesta

#endif  // GESTA_QUERY_CONNECTION_COMPILED_H_
