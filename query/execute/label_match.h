// LabelMatch: a label expression (A, A&B, A|B, !A, %) made ready to test entities.
#ifndef GESTA_QUERY_EXECUTE_LABEL_MATCH_H_
#define GESTA_QUERY_EXECUTE_LABEL_MATCH_H_

#include <algorithm>
#include <memory>
#include <vector>

#include "execute/expression.h"
#include "gesta/graph_cache.h"

namespace gesta::execute {

class LabelMatch {
 public:
  // `kind`: labels of nodes, or types of relationships.
  LabelMatch(NameKind kind, const ast::LabelExpr& expr) : root_(Build(kind, expr)) {}

  Result<bool> Node(Transaction& transaction, NodeId id) {
    if (!labels_ || !labels_->Knows(id)) Miss(transaction);
    if (labels_ && labels_->Knows(id)) {
      int8_t& match = matches_[labels_->CombinationOf(id)];
      if (match < 0) {
        match = Holds(root_, transaction, labels_->combinations()[labels_->CombinationOf(id)]);
      }
      return match > 0;
    }
    if (root_.kind == ast::LabelExpr::Kind::kName) {
      return transaction.HasLabel(id, root_.name.Find(transaction));
    }
    auto labels = transaction.GetLabels(id);
    if (!labels.ok()) return labels.status();
    return Holds(root_, transaction, *labels);
  }

  Result<bool> Relationship(Transaction& transaction, RelId id) {
    auto record = transaction.GetRelationship(id);
    if (!record.ok()) return record.status();
    type_.assign(1, record->type);
    return Holds(root_, transaction, type_);
  }

 private:
  struct Part {
    ast::LabelExpr::Kind kind;
    NameRef name;
    std::vector<Part> operands;
  };

  static Part Build(NameKind kind, const ast::LabelExpr& expr) {
    Part part{expr.kind, NameRef(kind, expr.name), {}};
    for (const ast::LabelExpr& operand : expr.operands) {
      part.operands.push_back(Build(kind, operand));
    }
    return part;
  }

  static bool Holds(Part& part, Transaction& transaction, const std::vector<NameId>& names) {
    const auto holds = [&](Part& operand) { return Holds(operand, transaction, names); };
    switch (part.kind) {
      case ast::LabelExpr::Kind::kName: {
        const NameId id = part.name.Find(transaction);
        return std::find(names.begin(), names.end(), id) != names.end();
      }
      case ast::LabelExpr::Kind::kAnd:
        return std::all_of(part.operands.begin(), part.operands.end(), holds);
      case ast::LabelExpr::Kind::kOr:
        return std::any_of(part.operands.begin(), part.operands.end(), holds);
      case ast::LabelExpr::Kind::kNot:
        return !holds(part.operands.front());
      case ast::LabelExpr::Kind::kAny:
        return !names.empty();
    }
    return false;
  }

  // Counts a node that the graph cache does not know, and asks for it, at first and at times.
  void Miss(Transaction& transaction) {
    constexpr uint64_t kFirstAsk = 256;
    if (misses_++ < ask_at_) return;
    // As many again are expected.
    if (auto labels = transaction.NodeLabels(misses_ - 1)) {
      labels_ = std::move(labels);
      matches_.assign(labels_->combinations().size(), -1);
    }
    ask_at_ = std::max(kFirstAsk, 2 * misses_);
  }

  Part root_;
  std::vector<NameId> type_;
  std::shared_ptr<const CachedLabels> labels_;  // shared with the store's cache; null: not there
  std::vector<int8_t> matches_;                 // by combination of labels; -1: not known yet
  uint64_t misses_ = 0;
  uint64_t ask_at_ = 0;  // misses
};

}  // namespace gesta::execute

#endif  // GESTA_QUERY_EXECUTE_LABEL_MATCH_H_
