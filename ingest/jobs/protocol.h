// Evaluation protocols of temporal detection: the settings with which a dataset's results were
// published. Jobs keep them on the dataset, so that an evaluation uses them by default.
#ifndef GESTA_INGEST_JOBS_PROTOCOL_H_
#define GESTA_INGEST_JOBS_PROTOCOL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gesta/status.h"
#include "jobs/knowledge_graph.h"

namespace gesta::ingest {

struct Protocol {
  std::string name;
  std::optional<uint64_t> training_videos;  // the first ones; the rest are for testing
  std::optional<double> alpha;              // of the threshold: mean + alpha * (max - min)
  std::optional<int64_t> kmax;              // the class score averages the top T / kmax clips
  std::vector<double> tiou;                 // thresholds that are averaged over
  std::vector<double> report;               // thresholds that are reported
};

// The names that ReadProtocol knows without a file.
std::vector<std::string> ProtocolNames();
bool IsProtocolName(const std::string& name);

// A built-in protocol, or one from a JSON file: an object with any of training_videos, alpha, kmax,
// tiou and report, or an object of such objects, of which the one named `dataset` (or the only one)
// counts. kNotFound, kBadData.
Result<Protocol> ReadProtocol(const std::string& name_or_path, const std::string& dataset);

// What the protocol says as properties of a dataset: protocol, protocol_alpha, protocol_kmax,
// protocol_tiou, protocol_report.
Facts ProtocolFacts(const Protocol& protocol);

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_JOBS_PROTOCOL_H_
