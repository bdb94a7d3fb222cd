// The table of formats.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>

#include "export/canonical.h"
#include "export/csv_folder.h"
#include "export/cypher_script.h"
#include "export/graph_sink.h"
#include "export/json_lines.h"
#include "gesta/export.h"

namespace gesta {
namespace {

struct Format {
  std::string name;
  Result<std::unique_ptr<ingest::GraphSink>> (*make)(Transaction& transaction,
                                                     const ExportOptions& options);
};

const std::vector<Format>& Formats() {
  static const std::vector<Format> formats = {{"jsonl", ingest::MakeJsonLinesSink},
                                              {"cypher", ingest::MakeCypherSink},
                                              {"csv", ingest::MakeCsvSink}};
  return formats;
}

}  // namespace

const std::vector<std::string>& ExportFormats() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> list;
    for (const Format& format : Formats()) list.push_back(format.name);
    return list;
  }();
  return names;
}

Result<ExportSummary> ExportStore(Store& store, const ExportOptions& options) {
  const auto format = std::find_if(Formats().begin(), Formats().end(),
                                   [&](const Format& f) { return f.name == options.format; });
  if (format == Formats().end()) {
    return Status(StatusCode::kInvalidArgument,
                  fmt::format("there is no export format '{}'", options.format),
                  fmt::format("the formats are {}", fmt::join(ExportFormats(), ", ")));
  }
  if (options.canonical && options.format != "jsonl") {
    return Status(StatusCode::kInvalidArgument, "only jsonl has a canonical form");
  }
  TransactionOptions reading;
  reading.read_only = true;
  GESTA_ASSIGN_OR_RETURN(const auto transaction, store.Begin(reading));
  GESTA_ASSIGN_OR_RETURN(const auto sink, options.canonical
                                              ? ingest::MakeCanonicalSink(*transaction, options)
                                              : format->make(*transaction, options));
  return ingest::WalkStore(*transaction, options, sink.get());
}

}  // namespace gesta
