// Commands about embedding spaces.
#ifndef GESTA_QUERY_CONNECTION_SPACE_COMMAND_H_
#define GESTA_QUERY_CONNECTION_SPACE_COMMAND_H_

#include "connection/command.h"

namespace gesta {

// A space with a model takes its dimension from it; one without needs the option.
Status CreateEmbeddingSpace(const ast::CreateSpace& create, Transaction& transaction,
                            const DatabaseImpl& database);
Status ShowEmbeddingSpaces(const Transaction& transaction, CommandResult* result);

}  // namespace gesta

#endif  // GESTA_QUERY_CONNECTION_SPACE_COMMAND_H_
