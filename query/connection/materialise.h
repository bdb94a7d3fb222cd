// Results that leave the engine carry their entities whole.
#ifndef GESTA_QUERY_CONNECTION_MATERIALISE_H_
#define GESTA_QUERY_CONNECTION_MATERIALISE_H_

#include <cstdint>
#include <unordered_map>

#include "gesta/function.h"
#include "gesta/status.h"
#include "gesta/value.h"

namespace gesta {

// Makes values whole. An entity is read once, however often it comes, and counts against the
// statement's memory until it is forgotten.
class Materialiser {
 public:
  // Borrowed; has a transaction.
  explicit Materialiser(EvaluationContext* context) : context_(context) {}
  ~Materialiser() { Forget(); }
  Materialiser(const Materialiser&) = delete;
  Materialiser& operator=(const Materialiser&) = delete;

  // The value with all bare nodes and relationships in it (in lists, maps and paths too) made
  // whole. Of an entity that the transaction has deleted only the id and, for relationships, type
  // and ends remain. kMemoryBudget, kCancelled or kTimeout as for the statement itself.
  Result<Value> Whole(const Value& value);

  // Drops the entities that were read.
  void Forget();
  // What they take.
  size_t bytes() const { return bytes_; }

 private:
  using Entities = std::unordered_map<uint64_t, Value>;

  Result<Value> Entity(uint64_t id, Entities* entities,
                       Result<Value> (*read)(uint64_t, Transaction&));
  Result<std::vector<Value>> All(const std::vector<Value>& values);

  EvaluationContext* const context_;
  Entities nodes_;
  Entities relationships_;
  size_t bytes_ = 0;    // reserved
  uint32_t steps_ = 0;  // entities read
};

}  // namespace gesta

#endif  // GESTA_QUERY_CONNECTION_MATERIALISE_H_
