#include "ingest_job.h"

#include <fmt/format.h>

#include <utility>

#include "interrupt.h"
#include "print/json_text.h"
#include "print/text_width.h"
#include "progress.h"
#include "style.h"

namespace gesta::shell {
namespace {

Value Count(uint64_t count) { return Value::Integer(static_cast<int64_t>(count)); }

Value Strings(const std::vector<std::string>& texts) {
  List list;
  for (const std::string& text : texts) list.push_back(Value::String(text));
  return Value::MakeList(std::move(list));
}

}  // namespace

Result<IngestSummary> RunIngestJob(Store& store, IngestOptions job, bool second_ends) {
  const InterruptScope interrupt(nullptr, second_ends);
  ProgressLine line(/*enabled=*/true);
  job.cancel = InterruptScope::Flag();
  job.progress = [&line](const IngestProgress& progress) {
    line.Show(progress.what, progress.done, progress.total);
  };
  return RunIngest(store, job);
}

std::string IngestSummaryText(const IngestSummary& summary) {
  if (summary.already_done) {
    return fmt::format("{}: ingested before, nothing changed ({:.1f} s)\n", summary.job,
                       summary.seconds);
  }
  std::string text = fmt::format(
      "{}: {} rows in {:.1f} s ({} rows/s){}\n"
      "  {} nodes and {} relationships created, {} properties set\n",
      summary.job, GroupDigits(summary.rows), summary.seconds,
      GroupDigits(static_cast<uint64_t>(summary.rows_per_second)),
      summary.resumed ? ", resumed" : "", GroupDigits(summary.nodes_created),
      GroupDigits(summary.relationships_created), GroupDigits(summary.properties_set));
  if (summary.bad_rows > 0) text += fmt::format("  {} bad rows skipped\n", summary.bad_rows);
  for (const IngestOddity& oddity : summary.oddities) {
    text += fmt::format("  note: {} {}", GroupDigits(oddity.count), oddity.what);
    for (size_t i = 0; i < oddity.examples.size(); ++i) {
      text += (i == 0 ? ", e.g. " : "; ") + CutToWidth(OneLine(oddity.examples[i]), 60);
    }
    text += '\n';
  }
  return text;
}

std::string IngestSummaryJson(const IngestSummary& summary) {
  List oddities;
  for (const IngestOddity& oddity : summary.oddities) {
    oddities.push_back(Value::MakeMap(Map({{"what", Value::String(oddity.what)},
                                           {"count", Count(oddity.count)},
                                           {"examples", Strings(oddity.examples)}})));
  }
  const Map map({{"job", Value::String(summary.job)},
                 {"already_done", Value::Boolean(summary.already_done)},
                 {"resumed", Value::Boolean(summary.resumed)},
                 {"nodes_created", Count(summary.nodes_created)},
                 {"relationships_created", Count(summary.relationships_created)},
                 {"properties_set", Count(summary.properties_set)},
                 {"rows", Count(summary.rows)},
                 {"bad_rows", Count(summary.bad_rows)},
                 {"seconds", Value::Float(summary.seconds)},
                 {"rows_per_second", Value::Float(summary.rows_per_second)},
                 {"runs", Strings(summary.runs)},
                 {"oddities", Value::MakeList(std::move(oddities))}});
  std::string text;
  AppendJson(Value::MakeMap(map), &text);
  return text + "\n";
}

}  // namespace gesta::shell
