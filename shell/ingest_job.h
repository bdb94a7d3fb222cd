// Ingest jobs with a progress bar, Ctrl-C and a summary: `gesta ingest` and the shell's .import.
#ifndef GESTA_SHELL_INGEST_JOB_H_
#define GESTA_SHELL_INGEST_JOB_H_

#include <string>

#include "gesta/ingest.h"
#include "gesta/status.h"
#include "gesta/store.h"

namespace gesta::shell {

// Runs `job`; sets its progress and cancel flag. With `second_ends`, a second Ctrl-C ends the
// process.
Result<IngestSummary> RunIngestJob(Store& store, IngestOptions job, bool second_ends);

// The summary for people, several lines.
std::string IngestSummaryText(const IngestSummary& summary);

// The summary as one JSON object and a line break.
std::string IngestSummaryJson(const IngestSummary& summary);

}  // namespace gesta::shell

#endif  // GESTA_SHELL_INGEST_JOB_H_
