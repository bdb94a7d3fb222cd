#include "models/device_align.h"

#include <filesystem>
#include <string_view>
#include <system_error>

#include "models/inference_client.h"

namespace gesta {
namespace {

// What a driver shows: opening the module costs half a second, which a machine without a GPU saves.
bool HasNvidiaDriver() {
  std::error_code error;
  for (const char* const file : {"/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg"}) {
    if (std::filesystem::exists(file, error)) return true;
  }
  return false;
}

std::vector<GestaMatrix> ToModule(const std::vector<alignment::Matrix>& matrices) {
  std::vector<GestaMatrix> given;
  given.reserve(matrices.size());
  for (const alignment::Matrix& matrix : matrices) {
    given.push_back({matrix.data, matrix.rows, matrix.columns});
  }
  return given;
}

// What the module's calls back come to.
struct Call {
  const std::function<Status()>& check_interrupt;
  std::vector<alignment::Alignment>* results;
  Status status;
};

int32_t Interrupted(void* state) {
  auto& call = *static_cast<Call*>(state);
  call.status = call.check_interrupt();
  return call.status.ok() ? 0 : 1;
}

void TakePath(void* state, uint64_t pair, const uint32_t* cells, uint64_t length) {
  std::vector<alignment::Cell>& path = (*static_cast<Call*>(state)->results)[pair].path;
  path.reserve(length);
  for (uint64_t i = 0; i < length; ++i) path.push_back({cells[2 * i], cells[2 * i + 1]});
}

}  // namespace

bool HasAlignDevice(const std::string& device) {
  if (std::string_view(device).substr(0, 4) != "cuda" || !HasNvidiaDriver()) return false;
  const auto module = LoadInferenceModule();
  return module.ok() && (*module)->has_device(device.c_str()) != 0;
}

Status AlignOnDevice(const std::string& device, const std::vector<alignment::Matrix>& sequences,
                     const std::vector<alignment::Matrix>& decompositions,
                     const std::vector<alignment::Pair>& pairs,
                     const alignment::AlignOptions& options,
                     std::vector<alignment::Alignment>* results) {
  GESTA_ASSIGN_OR_RETURN(const GestaInferenceModule* const module, LoadInferenceModule());
  const std::vector<GestaMatrix> given_sequences = ToModule(sequences);
  const std::vector<GestaMatrix> given_decompositions = ToModule(decompositions);
  std::vector<GestaPair> given_pairs;
  given_pairs.reserve(pairs.size());
  for (const alignment::Pair& pair : pairs) {
    given_pairs.push_back({pair.sequence, pair.decomposition});
  }
  Call call{options.check_interrupt, results, {}};
  GestaAlignJob job{};
  job.device = device.c_str();
  job.sequences = given_sequences.data();
  job.sequence_count = given_sequences.size();
  job.decompositions = given_decompositions.data();
  job.decomposition_count = given_decompositions.size();
  job.pairs = given_pairs.data();
  job.pair_count = given_pairs.size();
  if (options.logit) {
    job.has_logit = 1;
    job.logit_scale = options.logit->scale;
    job.logit_bias = options.logit->bias;
  }
  job.smooth = options.smooth;
  job.published_smoothing = options.published_smoothing ? 1 : 0;
  job.exact = options.exact ? 1 : 0;
  job.single_totals = options.single_totals ? 1 : 0;
  job.threads = options.threads;
  if (options.check_interrupt) job.interrupted = Interrupted;
  if (options.paths) job.take_path = TakePath;
  job.state = &call;

  results->assign(pairs.size(), {});
  std::vector<GestaAlignment> aligned(pairs.size());
  GestaError error{};
  if (module->align_pairs(&job, aligned.data(), &error) != 0) {
    return call.status.ok() ? FromModule(error) : call.status;
  }
  for (size_t i = 0; i < aligned.size(); ++i) {
    (*results)[i].score = aligned[i].score;
    (*results)[i].total = aligned[i].total;
    (*results)[i].length = aligned[i].length;
  }
  return Status::Ok();
}

}  // namespace gesta
