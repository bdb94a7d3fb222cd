#include "module/align_calls.h"

#include <vector>

#include "align/device/device_align.h"

namespace gesta::module {
namespace {

std::vector<alignment::Matrix> ToMatrices(const GestaMatrix* given, uint64_t count) {
  std::vector<alignment::Matrix> matrices;
  matrices.reserve(count);
  for (uint64_t i = 0; i < count; ++i) {
    matrices.push_back({given[i].data, given[i].rows, given[i].columns});
  }
  return matrices;
}

alignment::AlignOptions ToOptions(const GestaAlignJob& job) {
  alignment::AlignOptions options;
  if (job.has_logit) options.logit = alignment::Logit{job.logit_scale, job.logit_bias};
  options.smooth = job.smooth;
  options.published_smoothing = job.published_smoothing != 0;
  options.exact = job.exact != 0;
  options.single_totals = job.single_totals != 0;
  options.threads = job.threads;
  options.paths = job.take_path != nullptr;
  if (job.interrupted) {
    options.check_interrupt = [interrupted = job.interrupted, state = job.state] {
      return interrupted(state) == 0 ? Status::Ok()
                                     : Status(StatusCode::kCancelled, "the call was stopped");
    };
  }
  return options;
}

}  // namespace

Status AlignPairs(const GestaAlignJob& job, GestaAlignment* results) {
  std::vector<alignment::Pair> pairs;
  pairs.reserve(job.pair_count);
  for (uint64_t i = 0; i < job.pair_count; ++i) {
    pairs.push_back({job.pairs[i].sequence, job.pairs[i].decomposition});
  }
  GESTA_ASSIGN_OR_RETURN(
      const std::vector<alignment::Alignment> aligned,
      alignment::AlignPairsOn(job.device, ToMatrices(job.sequences, job.sequence_count),
                              ToMatrices(job.decompositions, job.decomposition_count), pairs,
                              ToOptions(job)));
  std::vector<uint32_t> cells;
  for (size_t i = 0; i < aligned.size(); ++i) {
    results[i] = {aligned[i].score, aligned[i].total, aligned[i].length};
    if (!job.take_path) continue;
    cells.clear();
    for (const alignment::Cell& cell : aligned[i].path) {
      cells.push_back(cell.frame);
      cells.push_back(cell.subaction);
    }
    job.take_path(job.state, i, cells.data(), aligned[i].path.size());
  }
  return Status::Ok();
}

}  // namespace gesta::module
