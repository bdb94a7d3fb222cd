// Exports as a folder:
//
//   nodes.LABELS.csv         the nodes with exactly these labels; column :int:ID(node) has their
//   ids relationships.TYPE.csv   columns :int:START_ID(node), :int:END_ID(node) vectors.SPACE.npy
//   a row for each row of vectors.SPACE.csv (node, source) sequences.SPACE.npy      the frames of
//   the sequences in sequences.SPACE.csv (node, frames, start,
//                            step, source), one after the other
//   schema.jsonl             spaces, constraints and indexes, records.jsonl records of jobs: lines
//   as
//                            in json_lines.h
//   export.json              what the files are: {"kind": "gesta-export", "version": 1, "nodes":
//                            [{"file", "labels", "rows"}], "relationships": [{"file", "type",
//                            "rows"}], "vectors": [{"file", "matrix", "space", "rows"}],
//                            "sequences": [the same], "records"}
#ifndef GESTA_INGEST_EXPORT_CSV_FOLDER_H_
#define GESTA_INGEST_EXPORT_CSV_FOLDER_H_

#include <memory>

#include "export/graph_sink.h"

namespace gesta::ingest {

Result<std::unique_ptr<GraphSink>> MakeCsvSink(Transaction& transaction,
                                               const ExportOptions& options);

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_EXPORT_CSV_FOLDER_H_
