// What the writing operators share: property values, patterns to create, SET items.
#ifndef GESTA_QUERY_EXECUTE_WRITE_H_
#define GESTA_QUERY_EXECUTE_WRITE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "execute/expression.h"

namespace gesta::execute {

// Gives the store's errors about values and entities openCypher's classification.
Status ClassifyWriteError(const Status& status);

// The property map of a created entity.
class PropertyValues {
 public:
  // `refuse_null`: MERGE cannot create what it could never match again.
  static Result<PropertyValues> Make(const BoundProperties& bound, bool refuse_null,
                                     ExecutionContext* context);

  Status Eval(const Batch& input, const Rows& rows);
  // The row's properties without nulls; names are created as needed.
  Status Read(Transaction* transaction, uint32_t row, std::vector<Property>* properties);

 private:
  struct Entry {
    NameRef key;
    ExpressionPtr value;
    View view;
  };
  std::vector<Entry> entries_;
  ExpressionPtr map_;
  View map_view_;
  bool refuse_null_ = false;
};

// The properties of a map, node or relationship as ids and values, nulls included.
Status ReadPropertyMap(Transaction* transaction, const Value& value, std::string_view clause,
                       std::vector<Property>* properties);

// The nodes, relationships and paths that CREATE or MERGE makes.
class CreatePattern {
 public:
  static Result<CreatePattern> Make(const BoundCreate& bound, bool refuse_null,
                                    ExecutionContext* context);

  // Creates the pattern for each of the rows and fills the slots' columns there.
  Status Run(Batch* batch, const Rows& rows);

 private:
  struct Node {
    Slot slot;
    std::vector<NameRef> labels;
    PropertyValues properties;
  };
  struct Relationship {
    Slot slot;
    Slot from;
    Slot to;
    NameRef type;
    PropertyValues properties;
  };
  struct Path {
    Slot slot;
    std::unique_ptr<BoundExpr> source;
    ExpressionPtr expr;
  };

  Status CreateNodes(Node& node, Batch* batch, const Rows& rows);
  Status CreateRelationships(Relationship& rel, Batch* batch, const Rows& rows);

  ExecutionContext* context_ = nullptr;
  std::vector<Node> nodes_;
  std::vector<Relationship> relationships_;
  std::vector<Path> paths_;
  std::vector<Property> scratch_;
};

// The items of SET (and of ON CREATE, ON MATCH), applied row by row and item by item, so that each
// sees what the former ones have set.
class SetItems {
 public:
  static Result<SetItems> Make(const std::vector<BoundSetItem>& bound, ExecutionContext* context);

  bool empty() const { return items_.empty(); }
  Status Run(const Batch& batch, const Rows& rows);

 private:
  struct Item {
    ast::SetItem::Kind kind;
    ast::Place place;
    ExpressionPtr target;
    NameRef key;
    ExpressionPtr value;
    std::vector<NameRef> labels;
  };

  Status Apply(Item& item, const Batch& batch, const uint32_t& row);

  ExecutionContext* context_ = nullptr;
  std::vector<Item> items_;
  std::vector<Property> scratch_;
};

}  // namespace gesta::execute

#endif  // GESTA_QUERY_EXECUTE_WRITE_H_
