#include "load/job_manifest.h"

#include <nlohmann/json.hpp>

namespace gesta::ingest {

Result<std::optional<JobManifest>> LoadManifest(Transaction& transaction, const std::string& kind,
                                                const std::string& input) {
  JobManifest manifest;
  manifest.kind = kind;
  manifest.input = input;
  GESTA_ASSIGN_OR_RETURN(const auto text, transaction.GetJobRecord(manifest.Key()));
  if (!text) return std::optional<JobManifest>();
  const auto json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  const auto number = [&](const char* name) {
    const auto at = json.find(name);
    return at != json.end() && at->is_number_integer() ? at->get<int64_t>() : -1;
  };
  if (!json.is_object() || number("steps") < 0 ||
      !json.value("path", nlohmann::json()).is_string() ||
      !json.value("done", nlohmann::json()).is_boolean()) {
    return Status(StatusCode::kCorruption, "the record '" + manifest.Key() + "' is damaged");
  }
  manifest.path = json["path"].get<std::string>();
  manifest.steps = static_cast<uint64_t>(number("steps"));
  manifest.done = json["done"].get<bool>();
  manifest.started = number("started");
  manifest.finished = number("finished");
  return std::optional<JobManifest>(std::move(manifest));
}

std::string EncodeManifest(const JobManifest& manifest) {
  const nlohmann::json json = {{"path", manifest.path},
                               {"steps", manifest.steps},
                               {"done", manifest.done},
                               {"started", manifest.started},
                               {"finished", manifest.finished}};
  // Paths need not be UTF-8.
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Status SaveManifest(Transaction& transaction, const JobManifest& manifest) {
  return transaction.PutJobRecord(manifest.Key(), EncodeManifest(manifest));
}

}  // namespace gesta::ingest
