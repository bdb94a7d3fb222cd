// AlignPairs: pairs become tasks of one sequence and the decompositions that are multiplied with
// it.
#include <algorithm>
#include <deque>
#include <limits>
#include <memory>

#include "align/groups.h"
#include "align/lane_warp.h"
#include "align/parallel.h"
#include "align/similarity.h"
#include "align/warp.h"
#include "gesta/align.h"

namespace gesta::alignment {
namespace {

// Bytes of prepared subactions of one task. They pass once for each block of frames, which takes
// far longer than to fetch them from the cache that all threads share.
constexpr size_t kColumnBytes = size_t{1} << 20;

// A sequence with `columns`; its results are those of the distinct pairs from first_result on.
struct Task {
  size_t columns;
  size_t sequence;
  size_t first_result;
};

struct Work {
  std::vector<Columns> columns;
  std::vector<Task> tasks;     // those with the same columns follow each other
  std::vector<size_t> result;  // of each pair: the number of the distinct pair
  size_t distinct = 0;
};

std::vector<Columns> Split(const std::vector<size_t>& numbers,
                           const std::vector<Matrix>& decompositions) {
  std::vector<Columns> parts;
  for (const size_t number : numbers) {
    const Matrix& decomposition = decompositions[number];
    const size_t most = kColumnBytes / (decomposition.columns * sizeof(float));
    if (parts.empty() || parts.back().count + decomposition.rows > most) parts.emplace_back();
    parts.back().decompositions.push_back(number);
    parts.back().first.push_back(parts.back().count);
    parts.back().count += decomposition.rows;
  }
  return parts;
}

Work Plan(const std::vector<Matrix>& decompositions, const std::vector<Pair>& pairs) {
  PairGroups groups = GroupPairs(pairs);
  Work work;
  work.result = std::move(groups.result);
  work.distinct = groups.distinct;
  for (const PairGroup& group : groups.groups) {
    size_t done = 0;
    for (Columns& part : Split(group.decompositions, decompositions)) {
      for (const auto& [sequence, first_result] : group.sequences) {
        work.tasks.push_back({work.columns.size(), sequence, first_result + done});
      }
      done += part.decompositions.size();
      work.columns.push_back(std::move(part));
    }
  }
  return work;
}

class PairWorker : public Worker {
 public:
  PairWorker(const std::vector<Matrix>& sequences, const std::vector<Matrix>& decompositions,
             const AlignOptions& options, const Work& work, std::vector<Alignment>* results)
      : sequences_(sequences),
        decompositions_(decompositions),
        options_(options),
        work_(work),
        results_(results),
        blocks_(sequences, decompositions, options) {}

  Status Run(size_t number) override {
    const Task& task = work_.tasks[number];
    const Columns& columns = work_.columns[task.columns];
    if (task.columns != columns_) {
      columns_ = kNoColumns;
      GESTA_RETURN_IF_ERROR(blocks_.SetColumns(columns));
      columns_ = task.columns;
    }
    Alignment* const results = results_->data() + task.first_result;
    if (FrameCount(sequences_[task.sequence], options_) == 0) {
      for (size_t i = 0; i < columns.decompositions.size(); ++i) {
        results[i].score = std::numeric_limits<double>::quiet_NaN();
      }
      return Status::Ok();
    }
    const bool single = options_.single_totals && !options_.exact;
    if (options_.paths) {
      return single ? Each<float>(task, columns, results) : Each<double>(task, columns, results);
    }
    return single ? Together(task, columns, &single_warps_, results)
                  : Together(task, columns, &warps_, results);
  }

 private:
  static constexpr size_t kNoColumns = static_cast<size_t>(-1);

  size_t Length(const Columns& columns, size_t i) const {
    return decompositions_[columns.decompositions[i]].rows;
  }

  // Calls use(rows, count) with the similarities of block after block of frames.
  template <typename Use>
  Status ForBlocks(size_t sequence, const Use& use) {
    const size_t frames = FrameCount(sequences_[sequence], options_);
    for (size_t first = 0; first < frames; first += SimilarityBlocks::kRows) {
      const size_t count = std::min(SimilarityBlocks::kRows, frames - first);
      GESTA_ASSIGN_OR_RETURN(const float* const rows, blocks_.Compute(sequence, first, count));
      use(rows, count);
    }
    return Status::Ok();
  }

  template <typename Real>
  Status Each(const Task& task, const Columns& columns, Alignment* results) {
    std::vector<Warp<Real>> warps;
    for (size_t i = 0; i < columns.decompositions.size(); ++i) {
      warps.emplace_back(Length(columns, i), /*with_path=*/true);
    }
    GESTA_RETURN_IF_ERROR(ForBlocks(task.sequence, [&](const float* rows, size_t count) {
      for (size_t i = 0; i < warps.size(); ++i) {
        warps[i].Add(rows + columns.first[i], count, blocks_.stride());
      }
    }));
    for (size_t i = 0; i < warps.size(); ++i) results[i] = warps[i].Finish();
    return Status::Ok();
  }

  template <typename Real>
  Status Together(const Task& task, const Columns& columns, std::deque<LaneWarp<Real>>* warps,
                  Alignment* results) {
    const size_t all = columns.decompositions.size();
    if (warps->empty()) warps->emplace_back();
    const size_t lanes = warps->front().lanes();
    while (warps->size() * lanes < all) warps->emplace_back();
    for (size_t i = 0; i < all; i += lanes) {
      size_t longest = 0;
      for (size_t j = i; j < std::min(i + lanes, all); ++j) {
        longest = std::max(longest, Length(columns, j));
      }
      (*warps)[i / lanes].Begin(longest);
    }
    GESTA_RETURN_IF_ERROR(ForBlocks(task.sequence, [&](const float* rows, size_t count) {
      const float* at[kMostLanes];
      for (size_t i = 0; i < all; i += lanes) {
        // Lanes that have nothing to do repeat the last one's work.
        for (size_t lane = 0; lane < lanes; ++lane) {
          at[lane] = rows + columns.first[std::min(i + lane, all - 1)];
        }
        (*warps)[i / lanes].Add(at, count, blocks_.stride());
      }
    }));
    for (size_t i = 0; i < all; ++i) {
      results[i] = (*warps)[i / lanes].Get(i % lanes, Length(columns, i));
    }
    return Status::Ok();
  }

  const std::vector<Matrix>& sequences_;
  const std::vector<Matrix>& decompositions_;
  const AlignOptions& options_;
  const Work& work_;
  std::vector<Alignment>* const results_;
  SimilarityBlocks blocks_;
  size_t columns_ = kNoColumns;
  std::deque<LaneWarp<double>> warps_;
  std::deque<LaneWarp<float>> single_warps_;
};

}  // namespace

Result<std::vector<Alignment>> AlignPairs(const std::vector<Matrix>& sequences,
                                          const std::vector<Matrix>& decompositions,
                                          const std::vector<Pair>& pairs,
                                          const AlignOptions& options) {
  for (size_t i = 0; i < pairs.size(); ++i) {
    GESTA_RETURN_IF_ERROR(CheckPair(pairs[i], i, sequences, decompositions, "decomposition"));
  }
  const Work work = Plan(decompositions, pairs);
  std::vector<Alignment> distinct(work.distinct);
  GESTA_RETURN_IF_ERROR(RunTasks(work.tasks.size(), options, [&] {
    return std::make_unique<PairWorker>(sequences, decompositions, options, work, &distinct);
  }));
  std::vector<Alignment> results;
  results.reserve(pairs.size());
  for (const size_t number : work.result) results.push_back(distinct[number]);
  return results;
}

}  // namespace gesta::alignment
