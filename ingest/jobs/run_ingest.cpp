// The table of jobs, and what all of them have in common: options, manifest, summary.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <ctime>

#include "gesta/ingest.h"
#include "jobs/job.h"
#include "load/reporter.h"

namespace gesta {
namespace {

using ingest::JobContext;
using ingest::JobKind;
using ingest::JobManifest;
using Clock = std::chrono::steady_clock;

const std::vector<JobKind>& Kinds() {
  static const std::vector<JobKind> kinds = {
      ingest::PangeaJob(),   ingest::LabelsJob(), ingest::CsvJob(),         ingest::DemoJob(),
      ingest::ActAlignJob(), ingest::VideosJob(), ingest::ActionAtlasJob(), ingest::HaanJob(),
      ingest::Gym99Job(),    ingest::SmieJob(),   ingest::HakeAvaJob(),     ingest::HakeDioJob()};
  return kinds;
}

const IngestOptionInfo& ForceOption() {
  static const IngestOptionInfo option = {
      "force", "", "run a job that is done once more: what was removed since is made again"};
  return option;
}

Result<const JobKind*> FindKind(const std::string& name) {
  std::vector<std::string> names;
  for (const JobKind& kind : Kinds()) {
    if (kind.info.name == name) return &kind;
    names.push_back(kind.info.name);
  }
  return Status(StatusCode::kInvalidArgument, fmt::format("there is no ingest job '{}'", name),
                fmt::format("the jobs are {}", fmt::join(names, ", ")));
}

Status CheckOptions(const IngestJobInfo& job, const IngestOptions& options) {
  for (const auto& [name, value] : options.options) {
    const auto known =
        std::find_if(job.options.begin(), job.options.end(),
                     [&name = name](const IngestOptionInfo& info) { return info.name == name; });
    if (known == job.options.end()) {
      std::vector<std::string> names;
      for (const IngestOptionInfo& info : job.options) names.push_back(info.name);
      return Status(StatusCode::kInvalidArgument,
                    fmt::format("the job '{}' has no option '{}'", job.name, name),
                    fmt::format("its options are {}", fmt::join(names, ", ")));
    }
    if (known->value.empty() && value != "true" && value != "false") {
      return Status(StatusCode::kInvalidArgument,
                    fmt::format("the option '{}' is a flag and takes no value", name));
    }
  }
  return Status::Ok();
}

// Options that may name a file stand for its contents: the job adds them.
bool NamesFile(const IngestJobInfo& job, const std::string& option) {
  return std::any_of(job.options.begin(), job.options.end(), [&](const IngestOptionInfo& info) {
    return info.name == option && info.value.find("FILE") != std::string::npos;
  });
}

// The files, and the options that change what is written.
Result<std::string> Identify(const JobKind& kind, ingest::Job& job, const IngestOptions& options) {
  ingest::InputIdentity identity;
  for (const auto& [name, value] : options.options) {
    if (name == "force" || name == "join" || value == "false") continue;
    if (NamesFile(kind.info, name)) continue;
    identity.AddText(name);
    identity.AddText(value);
  }
  GESTA_RETURN_IF_ERROR(job.Identify(&identity));
  return identity.Digest();
}

Result<JobManifest> ReadManifest(Store& store, const IngestOptions& options,
                                 const std::string& input) {
  TransactionOptions reading;
  reading.read_only = true;
  GESTA_ASSIGN_OR_RETURN(const auto transaction, store.Begin(reading));
  GESTA_ASSIGN_OR_RETURN(auto manifest, ingest::LoadManifest(*transaction, options.kind, input));
  if (manifest) return *std::move(manifest);
  JobManifest fresh;
  fresh.kind = options.kind;
  fresh.input = input;
  fresh.path = options.path;
  fresh.started = static_cast<int64_t>(std::time(nullptr));
  return fresh;
}

Status ReadAndWrite(Store& store, ingest::Job& job, const IngestOptions& options,
                    JobManifest manifest, JobContext& context, IngestSummary* summary) {
  ingest::Reporter reporter(options.progress, options.cancel, "the job");
  context.report = [&](std::string_view what, uint64_t done, uint64_t total) {
    return reporter.Report(what, done, total);
  };
  GESTA_RETURN_IF_ERROR(job.Read(context));
  summary->resumed = manifest.steps > 0;
  ingest::GraphWriter::Options writing;
  writing.batch_changes = options.batch_changes;
  writing.cancel = options.cancel;
  writing.progress = [&](uint64_t steps) { reporter.Show("writing", steps, job.steps()); };
  ingest::GraphWriter writer(store, std::move(manifest), std::move(writing));
  GESTA_RETURN_IF_ERROR(job.Write(writer, context));
  GESTA_RETURN_IF_ERROR(writer.Finish());
  GESTA_RETURN_IF_ERROR(store.Flush());
  summary->nodes_created = writer.changes().nodes_created;
  summary->relationships_created = writer.changes().relationships_created;
  summary->properties_set = writer.changes().properties_set;
  summary->rows = writer.rows();
  return Status::Ok();
}

}  // namespace

const std::vector<IngestJobInfo>& IngestJobs() {
  static const std::vector<IngestJobInfo> jobs = [] {
    std::vector<IngestJobInfo> infos;
    for (const JobKind& kind : Kinds()) {
      infos.push_back(kind.info);
      infos.back().options.push_back(ForceOption());
    }
    return infos;
  }();
  return jobs;
}

Result<IngestSummary> RunIngest(Store& store, const IngestOptions& options) {
  const Clock::time_point started = Clock::now();
  GESTA_ASSIGN_OR_RETURN(const JobKind* const kind, FindKind(options.kind));
  GESTA_RETURN_IF_ERROR(
      CheckOptions(IngestJobs()[static_cast<size_t>(kind - Kinds().data())], options));
  if (store.options().read_only) {
    return Status(StatusCode::kReadOnly, "the store is open for reading only");
  }
  JobContext context;
  GESTA_ASSIGN_OR_RETURN(context.bad_rows,
                         ingest::BadRows::FromOption(ingest::Option(options, "bad-rows")));
  GESTA_ASSIGN_OR_RETURN(const std::unique_ptr<ingest::Job> job, kind->make(options));
  GESTA_ASSIGN_OR_RETURN(const std::string input, Identify(*kind, *job, options));
  GESTA_ASSIGN_OR_RETURN(JobManifest manifest, ReadManifest(store, options, input));

  IngestSummary summary;
  summary.job = manifest.Key();
  summary.already_done = manifest.done && !ingest::Flag(options, "force");
  if (!summary.already_done) {
    if (manifest.done) manifest.steps = 0;
    manifest.done = false;
    GESTA_RETURN_IF_ERROR(
        ReadAndWrite(store, *job, options, std::move(manifest), context, &summary));
  }
  if (context.bad_rows.count() > 0) {
    context.oddities.Add("bad rows, skipped", {}, context.bad_rows.count());
  }
  summary.bad_rows = context.bad_rows.count();
  summary.runs = std::move(context.runs);
  summary.failures = std::move(context.failures);
  summary.oddities = context.oddities.list();
  if (summary.bad_rows > 0) summary.oddities.back().examples = context.bad_rows.examples();
  summary.seconds = std::chrono::duration<double>(Clock::now() - started).count();
  if (summary.seconds > 0) {
    summary.rows_per_second = static_cast<double>(summary.rows) / summary.seconds;
  }
  return summary;
}

namespace ingest {

std::string Option(const IngestOptions& options, const std::string& name) {
  const auto at = options.options.find(name);
  return at == options.options.end() ? "" : at->second;
}

bool Flag(const IngestOptions& options, const std::string& name) {
  return Option(options, name) == "true";
}

std::set<std::string> NameList(const IngestOptions& options, const std::string& name) {
  const std::string list = Option(options, name);
  std::set<std::string> names;
  for (size_t at = 0; at < list.size();) {
    const size_t end = std::min(list.find(',', at), list.size());
    if (end > at) names.insert(list.substr(at, end - at));
    at = end + 1;
  }
  return names;
}

IngestOptionInfo SkipOption() { return {"skip", "NAME[,NAME…]", "datasets to leave out"}; }

IngestOptionInfo JoinOption() {
  return {"join", "", "add to datasets that another job made; their label texts must agree"};
}

IngestOptionInfo BadRowsOption() {
  return {"bad-rows", "N|skip",
          "how many bad rows may be skipped before the job is refused (100), or skip for any"};
}

}  // namespace ingest
}  // namespace gesta
