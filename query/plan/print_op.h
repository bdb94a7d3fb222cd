// One operator as a line of EXPLAIN: its name, and what it does in the words of the statement.
#ifndef GESTA_QUERY_PLAN_PRINT_OP_H_
#define GESTA_QUERY_PLAN_PRINT_OP_H_

#include <string>

#include "plan/logical.h"
#include "plan/print_expr.h"

namespace gesta::plan {

struct OpText {
  std::string name;    // "Expand"
  std::string detail;  // "(a)-[:KNOWS]->(b)"
};
OpText PrintOp(const LogicalOp& op, const SlotNames& names);

// What the plan in an operator's second child is for.
std::string BranchName(const LogicalOp& op);

}  // namespace gesta::plan

#endif  // GESTA_QUERY_PLAN_PRINT_OP_H_
