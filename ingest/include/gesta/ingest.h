// Ingest: jobs that read files of one family and write them into a store.
//
//   gesta::IngestOptions options;
//   options.kind = "pangea";
//   options.path = "data/pangea";
//   auto summary = gesta::RunIngest(database->store(), options);
//
// A job is idempotent and resumable: what it has done is recorded in the store, in the same
// transactions as the data. Run again, a finished job changes nothing; after a crash it goes on
// where it stopped and ends in the state that an undisturbed run gives. A job reads and checks its
// whole input before it writes, so a refused job leaves the store as it was.
#ifndef GESTA_INGEST_H_
#define GESTA_INGEST_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"
#include "gesta/store.h"

namespace gesta {

struct IngestProgress {
  std::string_view what;  // what the job is doing, e.g. "reading" or "writing"
  uint64_t done = 0;
  uint64_t total = 0;  // 0: not known
};

// Borrowed pixels: red, green and blue for each, row after row.
struct IngestPicture {
  uint32_t width = 0;
  uint32_t height = 0;
  const uint8_t* pixels = nullptr;
};

// A model as jobs on videos use it. Belongs to one thread at a time.
class PictureEncoder {
 public:
  virtual ~PictureEncoder() = default;
  virtual const std::string& version() const = 0;  // equal versions give equal vectors
  virtual size_t dimension() const = 0;
  // One vector for each picture, row after row.
  virtual Status Encode(const std::vector<IngestPicture>& pictures, std::vector<float>* rows) = 0;
};

// As the options of `gesta embed`.
struct PictureEncoderOptions {
  std::string device;
  std::string precision;
  size_t batch_size = 0;
};

struct IngestOptions {
  std::string kind;  // a name of IngestJobs()
  std::string path;  // the file or folder to read
  // By name without dashes, e.g. {"dataset", "HMDB51"}. A flag is set by "true".
  std::map<std::string, std::string> options;
  // Called about ten times a second, on the calling thread. May be empty.
  std::function<void(const IngestProgress&)> progress;
  const std::atomic<bool>* cancel = nullptr;  // borrowed; when set, the job stops with kCancelled
  // Gives the model with that name, for jobs that embed frames; empty: there are none.
  std::function<Result<std::unique_ptr<PictureEncoder>>(const std::string& model,
                                                        const PictureEncoderOptions& options)>
      encoder;
  // A transaction is committed when it holds about this many changes, or 16 MiB of records.
  size_t batch_changes = 20'000;
};

// Something about the input that a person should know and that is no error.
struct IngestOddity {
  std::string what;                   // e.g. "labels whose text repeats inside their dataset"
  uint64_t count = 0;                 // how often
  std::vector<std::string> examples;  // the first few
};

struct IngestSummary {
  std::string job;  // names the job's record in the store
  // The input had been ingested before; nothing was read further or written.
  bool already_done = false;
  bool resumed = false;  // went on after an interrupted run
  uint64_t nodes_created = 0;
  uint64_t relationships_created = 0;
  uint64_t properties_set = 0;  // of new and existing nodes and relationships
  uint64_t rows = 0;            // records of the input written by this call
  uint64_t bad_rows = 0;        // skipped; the first are the examples of an oddity
  double seconds = 0;
  double rows_per_second = 0;
  std::vector<std::string> runs;  // ids of the AlignmentRun nodes that this input stands for
  std::vector<IngestOddity> oddities;
  std::vector<std::string> failures;  // files that could not be read, what is wrong with each
};

struct IngestOptionInfo {
  std::string name;   // "bad-rows"
  std::string value;  // what to give, e.g. "N|skip"; empty: a flag
  std::string description;
};

struct IngestJobInfo {
  std::string name;  // "labels"
  std::string path;  // what the path is, e.g. "FILE"
  std::string description;
  std::vector<IngestOptionInfo> options;
};

// All jobs, in the order in which help shows them.
const std::vector<IngestJobInfo>& IngestJobs();

// Runs a job to its end. kInvalidArgument (unknown job or option), kNotFound, kBadData and kIo (the
// input), kAlreadyExists (a dataset that another job made), kConstraint (the input contradicts the
// store), kCancelled, and the errors of transactions. After an error nothing of the input is in the
// store if it was refused, and the batches committed so far if the job was cancelled or cut off.
Result<IngestSummary> RunIngest(Store& store, const IngestOptions& options);

}  // namespace gesta

#endif  // GESTA_INGEST_H_
