// Job: one run of one kind of ingest. RunIngest drives it: identity, reading, writing.
#ifndef GESTA_INGEST_JOBS_JOB_H_
#define GESTA_INGEST_JOBS_JOB_H_

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gesta/ingest.h"
#include "gesta/status.h"
#include "load/bad_rows.h"
#include "load/graph_writer.h"
#include "load/input_identity.h"
#include "load/oddities.h"

namespace gesta::ingest {

// What a job is given beside its options, and what it reports.
struct JobContext {
  Oddities oddities;
  BadRows bad_rows;
  std::vector<std::string> runs;  // AlignmentRun ids of the input
  // Files that could not be read where the job goes on without them: what is wrong with each.
  std::vector<std::string> failures;
  // Tells the progress callback; a job calls it often. kCancelled when the job is to stop.
  std::function<Status(std::string_view what, uint64_t done, uint64_t total)> report;
};

class Job {
 public:
  virtual ~Job() = default;

  // Adds the files that the job reads.
  virtual Status Identify(InputIdentity* identity) = 0;
  // Reads and checks the whole input. The store is not touched.
  virtual Status Read(JobContext& context) = 0;
  // Steps that Write will make; 0: not known.
  virtual uint64_t steps() const = 0;
  // Writes, step by step. What can be refused only by looking at the store is refused before the
  // first step ends.
  virtual Status Write(GraphWriter& writer, JobContext& context) = 0;
};

// One kind of job. `make` finds the input (kNotFound, kInvalidArgument) and reads none of it.
struct JobKind {
  IngestJobInfo info;
  Result<std::unique_ptr<Job>> (*make)(const IngestOptions& options);
};

JobKind PangeaJob();
JobKind LabelsJob();
JobKind CsvJob();
JobKind DemoJob();
JobKind ActAlignJob();
JobKind VideosJob();
JobKind ActionAtlasJob();
JobKind HaanJob();
JobKind Gym99Job();
JobKind SmieJob();
JobKind HakeAvaJob();
JobKind HakeDioJob();

// -- for jobs: reading their options --
// "" when it is not given.
std::string Option(const IngestOptions& options, const std::string& name);
bool Flag(const IngestOptions& options, const std::string& name);

// The names of an option that lists them, separated by commas.
std::set<std::string> NameList(const IngestOptions& options, const std::string& name);

// Options that several jobs have.
IngestOptionInfo SkipOption();
IngestOptionInfo JoinOption();
IngestOptionInfo BadRowsOption();

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_JOBS_JOB_H_
