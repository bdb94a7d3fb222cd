#include "functions/registry.h"

#include <algorithm>
#include <cassert>

#include "functions/temporal.h"

namespace gesta {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool SameName(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return Lower(x) == Lower(y); });
}

template <typename Info>
const Info* FindByName(const std::vector<std::unique_ptr<Info>>& infos, std::string_view name) {
  for (const auto& info : infos) {
    if (SameName(info->name, name)) return info.get();
  }
  return nullptr;
}

}  // namespace

FunctionRegistry FunctionRegistry::BuiltIn() {
  FunctionRegistry registry;
  RegisterScalarFunctions(registry);
  RegisterConversionFunctions(registry);
  RegisterListFunctions(registry);
  RegisterStringFunctions(registry);
  RegisterMathFunctions(registry);
  RegisterGraphFunctions(registry);
  RegisterTemporalFunctions(registry);
  RegisterSegmentFunctions(registry);
  RegisterLanguageModelFunctions(registry);
  RegisterModelFunctions(registry);
  RegisterVideoFunctions(registry);
  RegisterAggregates(registry);
  return registry;
}

void FunctionRegistry::Add(FunctionInfo info) {
  assert(Find(info.name) == nullptr && FindAggregate(info.name) == nullptr);
  functions_.push_back(std::make_unique<FunctionInfo>(std::move(info)));
}

void FunctionRegistry::Add(AggregateInfo info) {
  assert(Find(info.name) == nullptr && FindAggregate(info.name) == nullptr);
  aggregates_.push_back(std::make_unique<AggregateInfo>(std::move(info)));
}

const FunctionInfo* FunctionRegistry::Find(std::string_view name) const {
  return FindByName(functions_, name);
}

const AggregateInfo* FunctionRegistry::FindAggregate(std::string_view name) const {
  return FindByName(aggregates_, name);
}

std::vector<std::string> FunctionRegistry::Names() const {
  std::vector<std::string> names;
  names.reserve(functions_.size() + aggregates_.size());
  for (const auto& info : functions_) names.push_back(info->name);
  for (const auto& info : aggregates_) names.push_back(info->name);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace gesta
