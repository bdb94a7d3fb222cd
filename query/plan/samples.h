// PropertySamples: what values the nodes of a label have for a property, from a sample of them.
//
// A sample is read the first time a plan asks for it (up to kNodes rows, about a millisecond) and
// kept for the database's life, until the label has grown or shrunk by a quarter or many commits
// have passed. It says how selective comparisons with constants are, indexed or not: the share of
// nulls, quantiles (the sorted sample is an equi-depth histogram), frequent values and, roughly,
// the number of distinct values.
#ifndef GESTA_QUERY_PLAN_SAMPLES_H_
#define GESTA_QUERY_PLAN_SAMPLES_H_

#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "gesta/store.h"
#include "parse/ast.h"

namespace gesta::plan {

class PropertySample {
 public:
  // `values`: of the sampled nodes, nulls included; `nodes`: how many nodes the label has.
  PropertySample(std::vector<Value> values, uint64_t nodes);

  // The fraction of the label's nodes for which `property op constant` holds.
  double Fraction(ast::BinaryOp op, const Value& constant) const;
  // The fraction that one value, not known yet, has on average.
  double PerValue() const;
  double NotNull() const;

 private:
  std::vector<Value> values_;  // in order, without nulls
  double sampled_;             // nodes in the sample
  double nodes_;
  double distinct_;  // estimated for all nodes
};

// Thread-safe.
class PropertySamples {
 public:
  static constexpr size_t kNodes = 256;

  // Null when nothing can be read. `nodes`: of the label now.
  std::shared_ptr<const PropertySample> Find(Transaction& transaction, NameId label, NameId key,
                                             uint64_t nodes);

 private:
  struct Entry {
    uint64_t nodes = 0;
    uint64_t commit = 0;
    std::shared_ptr<const PropertySample> sample;
  };
  std::mutex mutex_;
  std::map<std::pair<NameId, NameId>, Entry> samples_;
};

}  // namespace gesta::plan

#endif  // GESTA_QUERY_PLAN_SAMPLES_H_
