// Import: CSV files become nodes and relationships by a bulk load (gesta/bulk_load.h): one
// transaction, fast, for data that the store does not have yet. Jobs that find and update what is
// there already are in gesta/ingest.h.
//
//   gesta::ImportOptions options;
//   options.nodes = {{"Person", "person.csv"}, {"City", "city.csv"}};
//   options.relationships = {{"LIVES_IN", "lives_in.csv"}};
//   auto summary = gesta::ImportCsv(store, options);
//
// Each file has a header whose columns say what they are, as parts between colons:
//
//   person.csv      id:int:ID(Person),name,born:date,langs:string[],:LABEL
//   lives_in.csv    :START_ID(Person),:END_ID(City),since:int
//
//   name            a property of that name; without one the values are not kept
//   a value's type  string (if none is given), int, float, boolean, date, localtime, time,
//                   localdatetime, datetime, duration; with [] a list
//   ID(S)           identifies the node in the id space S; without (S) that of the file's first
//                   label
//   START_ID(S), END_ID(S)   the relationship's ends, by their ids in S
//   LABEL           more labels (separated as lists are)
//   TYPE            the relationship's type, instead of the file's
//   PROPERTIES      further properties, as a JSON object (values as exports have them)
//   IGNORE          nothing
//
// An empty field is no property. An end that no file of the import defines is looked up in the
// store, if S is a label there with a unique constraint on one property. Files may be gzipped.
#ifndef GESTA_IMPORT_H_
#define GESTA_IMPORT_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "gesta/ingest.h"
#include "gesta/status.h"
#include "gesta/store.h"

namespace gesta {

struct ImportFile {
  std::string name;  // "Person" or "Person:Author" for nodes, "FOLLOWS" for relationships
  std::string path;
};

struct ImportOptions {
  std::vector<ImportFile> nodes;
  std::vector<ImportFile> relationships;
  char delimiter = ',';
  char list_delimiter = ';';
  // How many bad rows (malformed, an id given twice, an end that does not exist) may be left out,
  // or "skip" for any number. None by default: the import is refused.
  std::string bad_rows = "0";
  size_t memory_bytes = 256 << 20;  // BulkLoadOptions::memory_bytes
  // Called about ten times a second, on the calling thread. May be empty.
  std::function<void(const IngestProgress&)> progress;
  const std::atomic<bool>* cancel = nullptr;  // borrowed; when set, the import ends with kCancelled
};

struct ImportSummary {
  uint64_t nodes = 0;
  uint64_t relationships = 0;
  uint64_t properties = 0;
  uint64_t bad_rows = 0;                      // left out
  std::vector<std::string> bad_row_examples;  // the first ones: file, line, what is wrong
  double seconds = 0;
};

// kInvalidArgument (options), kNotFound, kBadData (a header or row: file, line and what is wrong),
// kConstraint (a unique constraint: the places of both), kCancelled, and the errors of BulkLoader.
// After an error the store is as it was.
Result<ImportSummary> ImportCsv(Store& store, const ImportOptions& options);

}  // namespace gesta

#endif  // GESTA_IMPORT_H_
