// Exports as a script of statements, which `gesta query NEW_DB -f FILE` runs.
//
// Nodes are made with a helping label and a number, by which relationships and vectors find them;
// both go at the end. A name is chosen for them that the store does not use.
#ifndef GESTA_INGEST_EXPORT_CYPHER_SCRIPT_H_
#define GESTA_INGEST_EXPORT_CYPHER_SCRIPT_H_

#include <memory>
#include <string>

#include "export/graph_sink.h"

namespace gesta::ingest {

// A property value as an expression that gives it.
void AppendCypherValue(const Value& value, std::string* out);

Result<std::unique_ptr<GraphSink>> MakeCypherSink(Transaction& transaction,
                                                  const ExportOptions& options);

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_EXPORT_CYPHER_SCRIPT_H_
