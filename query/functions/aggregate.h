// What the aggregates' source files share.
#ifndef GESTA_QUERY_FUNCTIONS_AGGREGATE_H_
#define GESTA_QUERY_FUNCTIONS_AGGREGATE_H_

#include <memory>

#include "functions/registry.h"
#include "gesta/function.h"

namespace gesta {

template <typename T>
std::unique_ptr<Aggregator> MakeAggregator() {
  return std::make_unique<T>();
}

// collect, percentileCont, percentileDisc: those that keep their input.
void RegisterCollectingAggregates(FunctionRegistry& registry);

}  // namespace gesta

#endif  // GESTA_QUERY_FUNCTIONS_AGGREGATE_H_
