// Opening a database, and what connections share.
#include <algorithm>

#include "connection/connection.h"
#include "connection/database_impl.h"

namespace gesta {

Result<std::unique_ptr<Database>> Database::Open(const std::string& path,
                                                 const DatabaseOptions& options) {
  GESTA_ASSIGN_OR_RETURN(std::unique_ptr<Store> store, Store::Open(path, options.store));
  return std::unique_ptr<Database>(std::make_unique<DatabaseImpl>(std::move(store), options));
}

DatabaseImpl::DatabaseImpl(std::unique_ptr<Store> store, const DatabaseOptions& options)
    : options_(options),
      store_(std::move(store)),
      functions_(FunctionRegistry::BuiltIn()),
      procedures_(ProcedureRegistry::BuiltIn()),
      aligners_(AlignerRegistry::BuiltIn()),
      models_(options.models ? options.models : MakeMachineModels()),
      language_models_(options.language_models ? options.language_models : MakeLanguageModels()),
      plans_(options.plan_cache_entries),
      workers_(options.threads) {
  if (options_.add_procedures) options_.add_procedures(procedures_);
  if (options_.add_functions) options_.add_functions(functions_);
}

std::unique_ptr<Connection> DatabaseImpl::Connect() {
  return std::make_unique<ConnectionImpl>(*this);
}

std::vector<std::string> DatabaseImpl::ProcedureNames() const {
  std::vector<std::string> names;
  for (const auto& procedure : procedures_.procedures()) names.push_back(procedure->name);
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> Database::Keywords() {
  // The words of the grammar; a test compares the two.
  return {"ALIGN",
          "ALIGNERS",
          "ALL",
          "ALLSHORTESTPATHS",
          "AND",
          "ANY",
          "AS",
          "ASC",
          "ASCENDING",
          "BEGIN",
          "BY",
          "CALL",
          "CASE",
          "COLLECT",
          "COMMIT",
          "CONSTRAINT",
          "CONSTRAINTS",
          "CONTAINS",
          "COUNT",
          "CREATE",
          "CSV",
          "DELETE",
          "DESC",
          "DESCENDING",
          "DETACH",
          "DISTINCT",
          "DROP",
          "ELSE",
          "EMBEDDING",
          "END",
          "ENDS",
          "EXISTS",
          "EXPLAIN",
          "FALSE",
          "FIELDTERMINATOR",
          "FOR",
          "FOREACH",
          "FROM",
          "FUNCTIONS",
          "HEADERS",
          "IF",
          "IN",
          "INDEX",
          "INDEXES",
          "IS",
          "KEYS",
          "LABELS",
          "LIMIT",
          "LOAD",
          "MAP",
          "MATCH",
          "MERGE",
          "MODEL",
          "NONE",
          "NOT",
          "NULL",
          "ON",
          "ONLY",
          "OPTIONAL",
          "OR",
          "ORDER",
          "PROCEDURES",
          "PROFILE",
          "PROPERTY",
          "READ",
          "REDUCE",
          "REMOVE",
          "REQUIRE",
          "RETURN",
          "ROLLBACK",
          "SET",
          "SHORTESTPATH",
          "SHOW",
          "SINGLE",
          "SKIP",
          "SPACE",
          "SPACES",
          "STARTS",
          "STATISTICS",
          "THEN",
          "TO",
          "TOP",
          "TRUE",
          "TYPES",
          "UNION",
          "UNIQUE",
          "UNWIND",
          "USING",
          "WHEN",
          "WHERE",
          "WITH",
          "XOR",
          "YIELD"};
}

Result<std::vector<std::vector<Value>>> QueryResult::FetchAll() {
  std::vector<std::vector<Value>> rows;
  std::vector<Value> row;
  while (true) {
    GESTA_ASSIGN_OR_RETURN(const bool more, Next(&row));
    if (!more) return rows;
    rows.push_back(row);
  }
}

}  // namespace gesta
