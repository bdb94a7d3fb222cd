// The families of built-in functions; FunctionRegistry::BuiltIn() registers them all. Temporal
// functions: temporal.h.
#ifndef GESTA_QUERY_FUNCTIONS_REGISTRY_H_
#define GESTA_QUERY_FUNCTIONS_REGISTRY_H_

#include "gesta/function.h"

namespace gesta {

void RegisterScalarFunctions(FunctionRegistry& registry);
void RegisterConversionFunctions(FunctionRegistry& registry);
void RegisterListFunctions(FunctionRegistry& registry);
void RegisterStringFunctions(FunctionRegistry& registry);
void RegisterMathFunctions(FunctionRegistry& registry);
void RegisterGraphFunctions(FunctionRegistry& registry);
void RegisterLanguageModelFunctions(FunctionRegistry& registry);
void RegisterModelFunctions(FunctionRegistry& registry);
void RegisterVideoFunctions(FunctionRegistry& registry);
void RegisterSegmentFunctions(FunctionRegistry& registry);
void RegisterAggregates(FunctionRegistry& registry);

}  // namespace gesta

#endif  // GESTA_QUERY_FUNCTIONS_REGISTRY_H_
