// Export: everything that a store holds as text, and a store made from such a text again.
//
//   gesta::ExportOptions options;
//   options.format = "jsonl";
//   options.output = "kb.jsonl.gz";
//   auto summary = gesta::ExportStore(store, options);
//   …
//   auto imported = gesta::ImportExport("kb.jsonl.gz", "copy.gesta");
//
// Formats:
//   jsonl   JSON Lines, one object a line: header, schema, nodes, relationships, vectors,
//           sequences, records of jobs, and counts at the end (export/json_lines.h)
//   cypher  a script of statements that makes the graph, its schema and vectors; `gesta query` runs
//           it. Sequences and records of jobs have no statements and are left out.
//   csv     a folder of tables: nodes by their labels, relationships by their type, in the form
//           that ImportCsv reads, vectors and sequences as .npy files, the rest as JSON Lines
//           (export/csv_folder.h)
//
// An export sees one state of the store; the store may be in use. What is exported is read in one
// pass and not kept, so its size does not matter (csv reads nodes and relationships twice).
#ifndef GESTA_EXPORT_H_
#define GESTA_EXPORT_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "gesta/import.h"
#include "gesta/ingest.h"
#include "gesta/status.h"
#include "gesta/store.h"

namespace gesta {

struct ExportOptions {
  std::string format = "jsonl";  // of ExportFormats()
  // A file, gzipped if its name ends in ".gz", or "-" for standard output; of csv a folder, which
  // must not exist.
  std::string output = "-";
  // Equal text for equal content (jsonl only): lines are sorted, nodes are named by a hash of what
  // they hold and, where that is not enough, of what they are connected with, and ids, times of
  // runs and jobs, and places of files are left out. For comparing; it cannot be imported.
  bool canonical = false;
  size_t memory_bytes = 256 << 20;  // for sorting; more than that goes to temporary files
  // Called about ten times a second, on the calling thread. May be empty.
  std::function<void(const IngestProgress&)> progress;
  const std::atomic<bool>* cancel = nullptr;  // borrowed; when set, the export ends with kCancelled
};

struct ExportSummary {
  uint64_t nodes = 0;
  uint64_t relationships = 0;
  uint64_t vectors = 0;
  uint64_t sequences = 0;
  uint64_t records = 0;
  uint64_t left_out = 0;  // sequences and records that the format cannot express
  double seconds = 0;
};

const std::vector<std::string>& ExportFormats();

// kInvalidArgument (options), kAlreadyExists (the folder), kIo, kCancelled, and what reading the
// store gives. After an error there is no output file or folder.
Result<ExportSummary> ExportStore(Store& store, const ExportOptions& options);

struct ImportExportOptions {
  size_t memory_bytes = 256 << 20;  // BulkLoadOptions::memory_bytes
  std::function<void(const IngestProgress&)> progress;
  const std::atomic<bool>* cancel = nullptr;
};

// Makes a store at `to`, which must not exist, from an export at `from`: a file of jsonl (gzipped
// or not) or a folder of csv. Ids are given anew; everything else is equal. kNotFound,
// kAlreadyExists, kBadData (file, line and what is wrong; an export that was cut off), kCancelled,
// kIo. After an error there is nothing at `to`.
Result<ExportSummary> ImportExport(const std::string& from, const std::string& to,
                                   const ImportExportOptions& options = {});

}  // namespace gesta

#endif  // GESTA_EXPORT_H_
