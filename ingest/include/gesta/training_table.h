// Training tables: samples with the verbs or verb classes that their labels mean, as a matrix.
//
//   gesta::TrainingOptions options;
//   options.output = "train.npy";
//   auto summary = gesta::ExportTraining(store, options);
//
// NAME.npy    uint8, samples x targets: 1 where the sample shows an action whose preferred mappings
//             (MAPS_TO {preferred: true}, those that a person rejected left out) lead to the target
// NAME.jsonl  one line a row: the sample's properties, its video and dataset, splits, actions,
// targets NAME.json   what the table is: its columns in order, its options, hashes
//
// Samples come in the order of their node ids, which is that of their files. Columns are the
// targets that any preferred mapping of the store leads to, by name, so that tables of several
// datasets or splits of a store have the same ones.
#ifndef GESTA_TRAINING_TABLE_H_
#define GESTA_TRAINING_TABLE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "gesta/ingest.h"
#include "gesta/status.h"
#include "gesta/store.h"

namespace gesta {

struct TrainingOptions {
  std::string output;   // NAME.npy or NAME
  std::string samples;  // "segment", "video", "image"; empty: the first that the store has
  std::string targets = "class";      // "class", "verb"
  std::vector<std::string> datasets;  // only samples of these; empty: all
  std::string split;                  // only samples in a split of this name; empty: all
  int64_t top = 0;                    // only mappings of a rank up to this one; 0: all
  std::function<void(const IngestProgress&)> progress;
  const std::atomic<bool>* cancel = nullptr;
};

struct TrainingSummary {
  std::string samples;  // which kind
  uint64_t rows = 0;
  uint64_t columns = 0;
  uint64_t ones = 0;
  uint64_t without_target = 0;  // samples left out: no action of theirs leads to a target
  std::string sha256;           // of columns, index and matrix: equal for equal tables
  std::vector<std::string> files;
};

// kInvalidArgument, kNotFound (no samples; no preferred mappings; an unknown dataset or split),
// kIo, kCancelled.
Result<TrainingSummary> ExportTraining(Store& store, const TrainingOptions& options);

}  // namespace gesta

#endif  // GESTA_TRAINING_TABLE_H_
