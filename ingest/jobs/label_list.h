// LabelList: a dataset's label texts from a text, CSV, JSON or JSON Lines file, by index.
//
//   text         a label a line; the index is the line number, from 0
//   .csv, .tsv   a column text, label, name or class, or the only one; a column index, id or
//                class_id if there is one, else the row number
//   .json        ["a", "b"], {"a": 0, "b": 1}, {"0": "a", "1": "b"}, or a list of objects
//   .jsonl       a text or an object a line; objects have text, label, name or class, and may have
//                index, id or class_id
//
// Any of them may be gzipped (.gz). White space around a text is left out.
#ifndef GESTA_INGEST_JOBS_LABEL_LIST_H_
#define GESTA_INGEST_JOBS_LABEL_LIST_H_

#include <cstdint>
#include <string>
#include <vector>

#include "gesta/status.h"
#include "load/bad_rows.h"

namespace gesta::ingest {

struct LabelList {
  std::vector<std::string> texts;  // by index
  std::vector<bool> missing;       // by index: bad or absent rows
};

// `text_column`, `index_column`: names to use instead of the ones above; may be empty. Bad rows
// (no text, an index twice) go to `bad_rows`.
Result<LabelList> ReadLabelList(const std::string& path, const std::string& text_column,
                                const std::string& index_column, BadRows* bad_rows);

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_JOBS_LABEL_LIST_H_
