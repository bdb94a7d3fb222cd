// Bound expressions as text, for EXPLAIN.
#ifndef GESTA_QUERY_PLAN_PRINT_EXPR_H_
#define GESTA_QUERY_PLAN_PRINT_EXPR_H_

#include <string>
#include <vector>

#include "bind/bound.h"

namespace gesta::plan {

// Names of slots as a person knows them; what has no name in the statement is shown as _12.
class SlotNames {
 public:
  explicit SlotNames(const std::vector<std::string>& names) : names_(names) {}
  std::string operator()(Slot slot) const;
  // Empty for slots that the statement does not name.
  std::string Given(Slot slot) const;

 private:
  const std::vector<std::string>& names_;
};

// Close to how the expression was written: n.age >= 18 AND n.name STARTS WITH $prefix.
std::string PrintExpr(const BoundExpr& expr, const SlotNames& names);

std::string PrintLabels(const ast::LabelExpr& labels);

}  // namespace gesta::plan

#endif  // GESTA_QUERY_PLAN_PRINT_EXPR_H_
