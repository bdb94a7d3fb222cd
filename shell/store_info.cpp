#include "store_info.h"

#include <memory>
#include <string>
#include <vector>

namespace gesta::shell {

Status PrintStoreInfo(Store& store, OutputMode mode, Sink& sink) {
  GESTA_ASSIGN_OR_RETURN(const StoreInfo info, store.Info());
  GESTA_ASSIGN_OR_RETURN(const std::unique_ptr<Transaction> transaction,
                         store.Begin({/*read_only=*/true}));
  const Statistics statistics = transaction->GetStatistics();
  std::vector<std::string> columns;
  std::vector<Value> row;
  const auto add = [&](const char* name, uint64_t count) {
    columns.emplace_back(name);
    row.push_back(Value::Integer(static_cast<int64_t>(count)));
  };
  columns.emplace_back("path");
  row.push_back(Value::String(info.path));
  add("format", info.format_version);
  add("bytes", info.bytes_on_disk);
  add("last_commit", info.last_commit);
  add("nodes", statistics.nodes);
  add("relationships", statistics.relationships);
  add("labels", transaction->Names(NameKind::kLabel).size());
  add("types", transaction->Names(NameKind::kType).size());
  add("property_keys", transaction->Names(NameKind::kProperty).size());
  add("indexes", transaction->Indexes().size());
  add("constraints", transaction->Constraints().size());
  add("embedding_spaces", info.spaces.size());
  uint64_t vectors = 0;
  uint64_t sequences = 0;
  uint64_t index_bytes = 0;
  uint64_t pending = 0;
  for (const StoreInfo::Space& space : info.spaces) {
    vectors += space.vectors;
    sequences += space.sequences;
    index_bytes += space.index_file_bytes;
    pending += space.pending_commits;
  }
  add("vectors", vectors);
  add("sequences", sequences);
  add("vector_index_bytes", index_bytes);
  add("vector_index_pending_commits", pending);
  PrintOptions options;
  // One row of many numbers reads better downwards.
  options.mode = mode == OutputMode::kTable ? OutputMode::kLine : mode;
  const std::unique_ptr<Printer> printer = MakePrinter(options, sink);
  printer->Begin(columns);
  printer->Row(row);
  printer->End();
  return sink.Flush() ? Status::Ok() : Status(StatusCode::kIo, "the output could not be written");
}

}  // namespace gesta::shell
