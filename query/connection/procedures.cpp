// The registry of procedures and the built-in ones about the catalog.
#include <algorithm>

#include "align/mapping.h"
#include "align/vector_procedures.h"
#include "derive/involves.h"
#include "gesta/procedure.h"
#include "video/alignment_procedure.h"
#include "video/decompose.h"

namespace gesta {
namespace {

using Rows = std::vector<std::vector<Value>>;

// A procedure that lists the names of one kind.
Procedure ListNames(std::string name, std::string column, NameKind kind, std::string summary) {
  Procedure procedure;
  procedure.name = std::move(name);
  procedure.results = {{std::move(column), "STRING"}};
  procedure.summary = std::move(summary);
  procedure.body = [kind](EvaluationContext& context, const std::vector<Value>&, Rows* rows) {
    std::vector<std::string> names = context.transaction()->Names(kind);
    std::sort(names.begin(), names.end());
    for (const std::string& one : names) rows->push_back({Value::String(one)});
    return Status();
  };
  return procedure;
}

Procedure ListIndexes() {
  Procedure procedure;
  procedure.name = "db.indexes";
  procedure.results = {{"name", "STRING"},
                       {"entity", "STRING"},
                       {"label", "STRING"},
                       {"properties", "LIST OF STRING"},
                       {"unique", "BOOLEAN"}};
  procedure.summary = "The indexes of the store.";
  procedure.body = [](EvaluationContext& context, const std::vector<Value>&, Rows* rows) {
    const Transaction& transaction = *context.transaction();
    for (const IndexInfo& index : transaction.Indexes()) {
      const bool node = index.entity == EntityKind::kNode;
      List properties;
      for (const NameId id : index.properties) {
        properties.push_back(Value::String(transaction.Name(NameKind::kProperty, id)));
      }
      rows->push_back(
          {Value::String(index.name), Value::String(node ? "NODE" : "RELATIONSHIP"),
           Value::String(transaction.Name(node ? NameKind::kLabel : NameKind::kType, index.label)),
           Value::MakeList(std::move(properties)), Value::Boolean(index.unique)});
    }
    return Status();
  };
  return procedure;
}

std::string FieldsText(const std::vector<ProcedureField>& fields) {
  std::string text = "(";
  for (const ProcedureField& field : fields) {
    text += (text.size() > 1 ? ", " : "") + field.name + " :: " + field.type;
  }
  return text + ")";
}

}  // namespace

std::string Procedure::Signature() const {
  return name + FieldsText(arguments) + " :: " + FieldsText(results);
}

ProcedureRegistry ProcedureRegistry::BuiltIn() {
  ProcedureRegistry registry;
  registry.Add(ListNames("db.labels", "label", NameKind::kLabel, "The labels of the store."));
  registry.Add(ListNames("db.relationshipTypes", "relationshipType", NameKind::kType,
                         "The relationship types of the store."));
  registry.Add(ListNames("db.propertyKeys", "propertyKey", NameKind::kProperty,
                         "The property keys of the store."));
  registry.Add(ListIndexes());
  RegisterMappingProcedures(registry);
  RegisterVectorProcedures(registry);
  RegisterDerivingProcedures(registry);
  RegisterDecomposeProcedures(registry);
  RegisterAlignmentProcedure(registry);
  return registry;
}

void ProcedureRegistry::Add(Procedure procedure) {
  for (auto& known : procedures_) {
    if (known->name == procedure.name) {
      *known = std::move(procedure);
      return;
    }
  }
  procedures_.push_back(std::make_unique<Procedure>(std::move(procedure)));
}

const Procedure* ProcedureRegistry::Find(std::string_view name) const {
  for (const auto& procedure : procedures_) {
    if (procedure->name == name) return procedure.get();
  }
  return nullptr;
}

}  // namespace gesta
