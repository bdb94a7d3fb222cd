#include "connection/command.h"

#include <algorithm>

#include "connection/space_command.h"

namespace gesta {
namespace {

Value Text(std::string_view text) { return Value::String(text); }
Value TextOrNull(std::string_view text) { return text.empty() ? Value() : Value::String(text); }
Value Count(uint64_t count) { return Value::Integer(static_cast<int64_t>(count)); }
Value EntityText(EntityKind kind) {
  return Text(kind == EntityKind::kNode ? "NODE" : "RELATIONSHIP");
}
NameKind LabelKind(EntityKind kind) {
  return kind == EntityKind::kNode ? NameKind::kLabel : NameKind::kType;
}

class CommandRunner {
 public:
  CommandRunner(Transaction& transaction, const DatabaseImpl& database, CommandResult* result)
      : transaction_(transaction), database_(database), result_(result) {}

  Status operator()(const ast::Query&) const { return NotACommand(); }
  Status operator()(const ast::TransactionControl&) const { return NotACommand(); }

  Status operator()(const ast::CreateIndex& create) const {
    IndexInfo info;
    info.name = create.name;
    info.entity = create.entity;
    GESTA_RETURN_IF_ERROR(
        Names(create.entity, create.label, create.properties, &info.label, &info.properties));
    const Status status = transaction_.CreateIndex(std::move(info)).status();
    return create.if_not_exists ? UnlessExists(status) : status;
  }

  Status operator()(const ast::DropIndex& drop) const {
    const Status status = transaction_.DropIndex(drop.name);
    return drop.if_exists ? UnlessMissing(status) : WithKnown(status, IndexNames());
  }

  Status operator()(const ast::CreateConstraint& create) const {
    ConstraintInfo info;
    info.name = create.name;
    info.kind = create.unique ? ConstraintKind::kUnique : ConstraintKind::kExists;
    info.entity = create.entity;
    GESTA_RETURN_IF_ERROR(
        Names(create.entity, create.label, create.properties, &info.label, &info.properties));
    const Status status = transaction_.CreateConstraint(std::move(info)).status();
    return create.if_not_exists ? UnlessExists(status) : status;
  }

  Status operator()(const ast::DropConstraint& drop) const {
    const Status status = transaction_.DropConstraint(drop.name);
    return drop.if_exists ? UnlessMissing(status) : WithKnown(status, ConstraintNames());
  }

  Status operator()(const ast::CreateSpace& create) const {
    const Status status = CreateEmbeddingSpace(create, transaction_, database_);
    return create.if_not_exists ? UnlessExists(status) : status;
  }

  Status operator()(const ast::DropSpace& drop) const {
    const Status status = transaction_.DropSpace(drop.name);
    return drop.if_exists ? UnlessMissing(status) : status;
  }

  Status operator()(const ast::Show& show) const {
    switch (show.kind) {
      case ast::ShowKind::kIndexes:
        return ShowIndexes();
      case ast::ShowKind::kConstraints:
        return ShowConstraints();
      case ast::ShowKind::kLabels:
        return ShowLabels();
      case ast::ShowKind::kTypes:
        return ShowTypes();
      case ast::ShowKind::kPropertyKeys:
        return ShowPropertyKeys();
      case ast::ShowKind::kFunctions:
        return ShowFunctions();
      case ast::ShowKind::kProcedures:
        return ShowProcedures();
      case ast::ShowKind::kStatistics:
        return ShowStatistics();
      case ast::ShowKind::kAligners:
        return ShowAligners();
      case ast::ShowKind::kSpaces:
        GESTA_RETURN_IF_ERROR(ShowEmbeddingSpaces(transaction_, result_));
        return SortRows();
    }
    return {};
  }

 private:
  static Status NotACommand() {
    return Status(StatusCode::kInternal, "the statement is not a command");
  }

  static Status UnlessExists(const Status& status) {
    return status.code() == StatusCode::kAlreadyExists ? Status() : status;
  }
  static Status UnlessMissing(const Status& status) {
    return status.code() == StatusCode::kNotFound ? Status() : status;
  }
  static Status WithKnown(const Status& status, const std::vector<std::string>& names) {
    if (status.code() != StatusCode::kNotFound || !status.info().hint.empty()) return status;
    std::string known;
    for (const std::string& name : names) known += (known.empty() ? "" : ", ") + name;
    return status.WithHint(known.empty() ? "there is none" : "there is: " + known);
  }
  std::vector<std::string> IndexNames() const {
    std::vector<std::string> names;
    for (const IndexInfo& index : transaction_.Indexes()) names.push_back(index.name);
    return names;
  }
  std::vector<std::string> ConstraintNames() const {
    std::vector<std::string> names;
    for (const ConstraintInfo& constraint : transaction_.Constraints()) {
      names.push_back(constraint.name);
    }
    return names;
  }

  Status Names(EntityKind entity, const std::string& label,
               const std::vector<std::string>& properties, NameId* label_id,
               std::vector<NameId>* property_ids) const {
    GESTA_ASSIGN_OR_RETURN(*label_id, transaction_.GetOrCreateName(LabelKind(entity), label));
    for (const std::string& property : properties) {
      GESTA_ASSIGN_OR_RETURN(const NameId id,
                             transaction_.GetOrCreateName(NameKind::kProperty, property));
      property_ids->push_back(id);
    }
    return {};
  }

  Value PropertyList(const std::vector<NameId>& properties) const {
    List names;
    for (const NameId id : properties) {
      names.push_back(Text(transaction_.Name(NameKind::kProperty, id)));
    }
    return Value::MakeList(std::move(names));
  }

  Status ShowIndexes() const {
    result_->columns = {"name",   "entity",     "label",   "properties",
                        "unique", "constraint", "entries", "distinct"};
    const Statistics& statistics = transaction_.GetStatistics();
    const auto count = [](const std::map<uint32_t, uint64_t>& counts, uint32_t id) {
      const auto found = counts.find(id);
      return found == counts.end() ? Value() : Count(found->second);
    };
    for (const IndexInfo& index : transaction_.Indexes()) {
      result_->rows.push_back({Text(index.name), EntityText(index.entity),
                               Text(transaction_.Name(LabelKind(index.entity), index.label)),
                               PropertyList(index.properties), Value::Boolean(index.unique),
                               TextOrNull(index.constraint),
                               count(statistics.index_entries, index.id),
                               count(statistics.index_distinct, index.id)});
    }
    return SortRows();
  }

  Status ShowConstraints() const {
    result_->columns = {"name", "kind", "entity", "label", "properties"};
    for (const ConstraintInfo& constraint : transaction_.Constraints()) {
      const bool unique = constraint.kind == ConstraintKind::kUnique;
      result_->rows.push_back(
          {Text(constraint.name), Text(unique ? "UNIQUE" : "NOT NULL"),
           EntityText(constraint.entity),
           Text(transaction_.Name(LabelKind(constraint.entity), constraint.label)),
           PropertyList(constraint.properties)});
    }
    return SortRows();
  }

  Status ShowLabels() const {
    result_->columns = {"label", "nodes"};
    const Statistics& statistics = transaction_.GetStatistics();
    for (const std::string& name : transaction_.Names(NameKind::kLabel)) {
      const NameId id = transaction_.FindName(NameKind::kLabel, name);
      result_->rows.push_back({Text(name), Count(statistics.LabelCount(id))});
    }
    return SortRows();
  }

  Status ShowTypes() const {
    result_->columns = {"type", "relationships"};
    const Statistics& statistics = transaction_.GetStatistics();
    for (const std::string& name : transaction_.Names(NameKind::kType)) {
      const NameId id = transaction_.FindName(NameKind::kType, name);
      result_->rows.push_back({Text(name), Count(statistics.TypeCount(id))});
    }
    return SortRows();
  }

  Status ShowPropertyKeys() const {
    result_->columns = {"propertyKey"};
    for (const std::string& name : transaction_.Names(NameKind::kProperty)) {
      result_->rows.push_back({Text(name)});
    }
    return SortRows();
  }

  Status ShowFunctions() const {
    result_->columns = {"name", "signature", "aggregating", "summary"};
    for (const auto& function : database_.functions().functions()) {
      result_->rows.push_back({Text(function->name), Text(function->signature),
                               Value::Boolean(false), Text(function->summary)});
    }
    for (const auto& aggregate : database_.functions().aggregates()) {
      result_->rows.push_back({Text(aggregate->name), Text(aggregate->signature),
                               Value::Boolean(true), Text(aggregate->summary)});
    }
    return SortRows();
  }

  Status ShowProcedures() const {
    result_->columns = {"name", "signature", "writes", "summary"};
    for (const auto& procedure : database_.procedures().procedures()) {
      result_->rows.push_back({Text(procedure->name), Text(procedure->Signature()),
                               Value::Boolean(procedure->writes), Text(procedure->summary)});
    }
    return SortRows();
  }

  Status ShowStatistics() const {
    result_->columns = {"what", "name", "count"};
    const Statistics& statistics = transaction_.GetStatistics();
    const auto add = [&](std::string_view what, std::string_view name, uint64_t count) {
      result_->rows.push_back({Text(what), TextOrNull(name), Count(count)});
    };
    add("nodes", "", statistics.nodes);
    add("relationships", "", statistics.relationships);
    for (const std::string& name : transaction_.Names(NameKind::kLabel)) {
      add("nodes with label", name,
          statistics.LabelCount(transaction_.FindName(NameKind::kLabel, name)));
    }
    for (const std::string& name : transaction_.Names(NameKind::kType)) {
      add("relationships of type", name,
          statistics.TypeCount(transaction_.FindName(NameKind::kType, name)));
    }
    for (const IndexInfo& index : transaction_.Indexes()) {
      const auto entries = statistics.index_entries.find(index.id);
      if (entries != statistics.index_entries.end()) {
        add("entries of index", index.name, entries->second);
      }
      const auto distinct = statistics.index_distinct.find(index.id);
      if (distinct != statistics.index_distinct.end()) {
        add("distinct values of index", index.name, distinct->second);
      }
    }
    return {};
  }

  Status ShowAligners() const {
    result_->columns = {"name", "signature", "summary"};
    for (const auto& aligner : database_.aligners().aligners()) {
      result_->rows.push_back(
          {Text(aligner->name()), Text(aligner->signature()), Text(aligner->summary())});
    }
    for (const SpaceInfo& space : transaction_.Spaces()) {
      result_->rows.push_back({Text(space.name), Text(space.name + " {ef, exact, top}"),
                               Text("vectors of the embedding space")});
    }
    return SortRows();
  }

  // By name.
  Status SortRows() const {
    std::sort(result_->rows.begin(), result_->rows.end(),
              [](const auto& a, const auto& b) { return Order(a[0], b[0]) < 0; });
    return {};
  }

  Transaction& transaction_;
  const DatabaseImpl& database_;
  CommandResult* result_;
};

}  // namespace

bool ChangesCatalog(const ast::Statement& statement) {
  return !std::holds_alternative<ast::Show>(statement.node);
}

Status RunCommand(const ast::Statement& statement, Transaction& transaction,
                  const DatabaseImpl& database, CommandResult* result) {
  return std::visit(CommandRunner(transaction, database, result), statement.node);
}

}  // namespace gesta
