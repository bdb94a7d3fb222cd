// What plans take for granted of the store's statistics.
#include "plan/planner.h"

namespace gesta {

bool Holds(const PlanAssumption& assumption, const Transaction& transaction,
           const Statistics& statistics) {
  const NameId label = transaction.FindName(NameKind::kLabel, assumption.label);
  if (label == kNoName) return false;
  if (assumption.type.empty()) {
    const auto entries = statistics.index_entries.find(assumption.index);
    return entries != statistics.index_entries.end() &&
           entries->second == statistics.LabelCount(label);
  }
  const NameId type = transaction.FindName(NameKind::kType, assumption.type);
  if (type == kNoName || !statistics.counts_ends) return false;
  const Statistics::EndCount count = statistics.EndCountOf(type, label);
  return (assumption.at_start ? count.starts : count.ends) == statistics.TypeCount(type);
}

}  // namespace gesta
