// Runs statements on two databases with the same graph, one planned as well as the planner can, one
// plainly and in tiny batches, and tells where they disagree.
#ifndef GESTA_TESTS_SUPPORT_PLAN_COMPARISON_H_
#define GESTA_TESTS_SUPPORT_PLAN_COMPARISON_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/database.h"
#include "support/temp_dir.h"

namespace gesta::test {

class PlanComparison {
 public:
  // Makes both databases and fills them by the statements.
  static Result<std::unique_ptr<PlanComparison>> Make(const std::vector<std::string>& graph);

  // Runs the statement on both, in transactions that are rolled back. Empty, or what is wrong:
  // results that differ (as multisets, if `compare_rows`), an error of one that cannot depend on
  // the plan, or an internal error of either. What takes too long or too much memory on one side is
  // not compared.
  std::string Run(std::string_view statement, bool compare_rows);

  // What gesta check finds in either store; empty: nothing.
  std::string CheckStores();

 private:
  struct Side {
    std::unique_ptr<Database> database;
    std::unique_ptr<Connection> connection;
  };
  struct Outcome {
    Status status;
    std::vector<std::string> columns;
    std::vector<std::string> rows;  // as text, sorted
    Transaction::Changes changes;
  };

  PlanComparison() = default;
  Status Open(const std::string& name, bool plain, const std::vector<std::string>& graph);
  static Outcome RunOn(Connection& connection, std::string_view statement);

  TempDir directory_;
  std::vector<Side> sides_;
};

}  // namespace gesta::test

#endif  // GESTA_TESTS_SUPPORT_PLAN_COMPARISON_H_
