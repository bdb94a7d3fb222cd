// LabelMatch: a label expression (A, A&B, A|B, !A, %) made ready to test entities.
#ifndef GESTA_QUERY_EXECUTE_LABEL_MATCH_H_
#define GESTA_QUERY_EXECUTE_LABEL_MATCH_H_

#include <algorithm>
#include <vector>

#include "execute/expression.h"

namespace gesta::execute {

class LabelMatch {
 public:
  // `kind`: labels of nodes, or types of relationships.
  LabelMatch(NameKind kind, const ast::LabelExpr& expr) : root_(Build(kind, expr)) {}

  Result<bool> Node(Transaction& transaction, NodeId id) {
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

  Part root_;
  std::vector<NameId> type_;
};

}  // namespace gesta::execute

#endif  // GESTA_QUERY_EXECUTE_LABEL_MATCH_H_
