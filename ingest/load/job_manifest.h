// JobManifest: what the store knows of one job on one input. It is a job record, committed in the
// same transaction as the data that it counts.
#ifndef GESTA_INGEST_LOAD_JOB_MANIFEST_H_
#define GESTA_INGEST_LOAD_JOB_MANIFEST_H_

#include <cstdint>
#include <optional>
#include <string>

#include "gesta/status.h"
#include "gesta/store.h"

namespace gesta::ingest {

struct JobManifest {
  std::string kind;
  std::string input;   // InputIdentity::Digest of files and options
  std::string path;    // where the input lay; for people
  uint64_t steps = 0;  // steps of the job that are committed
  bool done = false;
  int64_t started = 0;  // seconds since 1970, UTC
  int64_t finished = 0;

  // The record's key, which names the job.
  std::string Key() const { return "ingest/" + kind + "/" + input; }
};

Result<std::optional<JobManifest>> LoadManifest(Transaction& transaction, const std::string& kind,
                                                const std::string& input);
Status SaveManifest(Transaction& transaction, const JobManifest& manifest);
// The record that holds it, for those who write it otherwise.
std::string EncodeManifest(const JobManifest& manifest);

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_LOAD_JOB_MANIFEST_H_
