// Estimates of row counts from the store's statistics. They choose between plans that give the same
// rows, so they need to be right about orders of magnitude only.
#ifndef GESTA_QUERY_PLAN_ESTIMATE_H_
#define GESTA_QUERY_PLAN_ESTIMATE_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bind/bound.h"
#include "gesta/store.h"
#include "plan/samples.h"

namespace gesta::plan {

// The comparison with its sides exchanged, where there is one.
std::optional<ast::BinaryOp> Mirrored(ast::BinaryOp op);

class Estimator {
 public:
  // Both are borrowed; `samples` may be null.
  Estimator(Transaction& transaction, PropertySamples* samples);

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
  // The fraction of the types' relationships whose start (or end) has the label; nullopt where
  // nothing is known.
  std::optional<double> EndFraction(const std::vector<std::string>& types, bool at_start,
                                    std::string_view label) const;
  // Labels that every relationship of the type has at its start (end), most selective first.
  std::vector<std::string> LabelsOfEnd(const std::string& type, bool at_start) const;
  // Entities that one value of an index finds.
  double PerIndexValue(const IndexInfo& index) const;
  double IndexEntries(const IndexInfo& index) const;

  // The fraction of rows for which a predicate holds. `labels` of the entity it tests, if known.
  double Selectivity(const BoundExpr& predicate, const std::vector<std::string>& labels) const;

  // The number of items, or a guess.
  static size_t ListSize(const BoundExpr& expr);

  // How much work one evaluation is, compared with a comparison of constants.
  static double Cost(const BoundExpr& expr);

 private:
  // What is known of the values of a property; null where nothing is.
  std::shared_ptr<const PropertySample> SampleOf(const BoundExpr& side,
                                                 const std::vector<std::string>& labels) const;
  double EqualitySelectivity(const BoundExpr& side, const std::vector<std::string>& labels) const;
  // property op constant, either way round; nullopt for other comparisons.
  std::optional<double> SampledSelectivity(const BoundBinary& comparison,
                                           const std::vector<std::string>& labels) const;

  Transaction& transaction_;
  PropertySamples* samples_;
  Statistics statistics_;
  std::vector<IndexInfo> indexes_;
};

}  // namespace gesta::plan

#endif  // GESTA_QUERY_PLAN_ESTIMATE_H_
