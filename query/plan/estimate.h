// Estimates of row counts from the store's statistics. They choose between plans that give the same
// rows, so they need to be right about orders of magnitude only.
#ifndef GESTA_QUERY_PLAN_ESTIMATE_H_
#define GESTA_QUERY_PLAN_ESTIMATE_H_

#include <string>
#include <string_view>
#include <vector>

#include "bind/bound.h"
#include "gesta/store.h"

namespace gesta::plan {

class Estimator {
 public:
  // `transaction` is borrowed.
  explicit Estimator(const Transaction& transaction);

  const std::vector<IndexInfo>& indexes() const { return indexes_; }
  const Transaction& transaction() const { return transaction_; }

  double Nodes() const;
  double NodesWithLabel(std::string_view label) const;
  // The least of the labels' counts; all nodes without labels.
  double NodesWithLabels(const std::vector<std::string>& labels) const;
  // The fraction of the nodes that have all the labels.
  double LabelsFraction(const std::vector<std::string>& labels) const;
  double Relationships(const std::vector<std::string>& types) const;
  // Relationships that one node with the labels has on average.
  double Degree(const std::vector<std::string>& labels, const std::vector<std::string>& types,
                Direction direction) const;
  // Entities that one value of an index finds.
  double PerIndexValue(const IndexInfo& index) const;
  double IndexEntries(const IndexInfo& index) const;

  // The fraction of rows for which a predicate holds. `labels` of the entity it tests, if known.
  double Selectivity(const BoundExpr& predicate, const std::vector<std::string>& labels) const;

  // How much work one evaluation is, compared with a comparison of constants.
  static double Cost(const BoundExpr& expr);

 private:
  double EqualitySelectivity(const BoundExpr& side, const std::vector<std::string>& labels) const;

  const Transaction& transaction_;
  Statistics statistics_;
  std::vector<IndexInfo> indexes_;
};

}  // namespace gesta::plan

#endif  // GESTA_QUERY_PLAN_ESTIMATE_H_
