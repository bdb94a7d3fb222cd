// Commands: statements about the catalog, which need no plan (CREATE INDEX, SHOW …).
#ifndef GESTA_QUERY_CONNECTION_COMMAND_H_
#define GESTA_QUERY_CONNECTION_COMMAND_H_

#include <string>
#include <vector>

#include "connection/database_impl.h"
#include "gesta/status.h"
#include "gesta/store.h"
#include "parse/ast.h"

namespace gesta {

struct CommandResult {
  std::vector<std::string> columns;
  std::vector<std::vector<Value>> rows;
  std::string plan;
};

// Whether the command needs a transaction that may write.
bool ChangesCatalog(const ast::Statement& statement);

// Runs a command (not a query, not BEGIN, COMMIT or ROLLBACK). kNotFound and kAlreadyExists name
// what is missing or in the way, unless the statement says IF [NOT] EXISTS.
Status RunCommand(const ast::Statement& statement, Transaction& transaction,
                  const DatabaseImpl& database, CommandResult* result);

}  // namespace gesta

#endif  // GESTA_QUERY_CONNECTION_COMMAND_H_
