#include "align/device/batches.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <tuple>

#include "align/groups.h"
#include "align/kernels.h"
#include "align/parallel.h"
#include "align/similarity.h"

namespace gesta::alignment {
namespace {

// A block of more rows or columns is cut: a product of this size keeps a device busy.
constexpr size_t kBlockRows = size_t{1} << 14;
constexpr size_t kBlockColumns = size_t{1} << 11;
// Blocks are sorted by rows in steps of this many, and then by columns.
constexpr size_t kRowStep = 32;
// A batch takes further blocks as long as padding adds at most this share to its products, or while
// it has fewer multiplications than that.
constexpr double kMostPadding = 0.25;
constexpr double kLeastWork = 1e8;

size_t Bytes(const Batch& batch, size_t blocks, size_t rows, size_t columns) {
  return blocks * (rows * batch.dimension + columns * batch.dimension + rows * columns) *
         sizeof(float);
}

std::vector<Block> Cut(const PairGroup& group, const std::vector<Matrix>& sequences,
                       const std::vector<Matrix>& decompositions,
                       const SimilarityOptions& options) {
  std::vector<Block> blocks;
  for (size_t begin = 0; begin < group.decompositions.size();) {
    Block columns;
    columns.dimension = decompositions[group.decompositions[0]].columns;
    size_t end = begin;
    for (; end < group.decompositions.size(); ++end) {
      const size_t number = group.decompositions[end];
      const size_t count = decompositions[number].rows;
      if (end > begin && columns.columns + count > kBlockColumns) break;
      columns.decompositions.push_back(number);
      columns.columns += count;
    }
    Block block = columns;
    for (const auto& [sequence, first_result] : group.sequences) {
      const size_t frames = FrameCount(sequences[sequence], options);
      if (frames == 0) continue;
      if (block.rows > 0 && block.rows + frames > kBlockRows) {
        blocks.push_back(std::move(block));
        block = columns;
      }
      block.sequences.emplace_back(sequence, first_result + begin);
      block.rows += frames;
    }
    if (block.rows > 0) blocks.push_back(std::move(block));
    begin = end;
  }
  return blocks;
}

class StageWorker : public Worker {
 public:
  // One row matrix of the batch: a sequence or a decomposition, and where its first row goes.
  struct Task {
    bool sequence;
    size_t number;
    size_t row;
  };

  StageWorker(const Batch& batch, const std::vector<Matrix>& sequences,
              const std::vector<Matrix>& decompositions, const AlignOptions& options,
              const Staging& to, const std::vector<Task>& tasks)
      : batch_(batch),
        sequences_(sequences),
        decompositions_(decompositions),
        options_(options),
        to_(to),
        tasks_(tasks) {}

  Status Run(size_t number) override {
    const Task& task = tasks_[number];
    const Matrix& matrix = (task.sequence ? sequences_ : decompositions_)[task.number];
    const size_t count = task.sequence ? FrameCount(matrix, options_) : matrix.rows;
    float* const rows = (task.sequence ? to_.rows : to_.columns) + task.row * batch_.dimension;
    float* const scales = (task.sequence ? to_.row_scales : to_.column_scales) + task.row;
    const bool smooth = task.sequence && options_.smooth > 1;
    for (size_t i = 0; i < count; ++i) {
      float* const out = rows + i * batch_.dimension;
      if (smooth) {
        SmoothFrames(matrix, options_.smooth, i, 1, out);
      } else {
        std::copy_n(matrix.data + i * batch_.dimension, batch_.dimension, out);
      }
      const float square = kernels_.square(out, batch_.dimension);
      scales[i] = 1;
      if (SafeSquare(square)) {
        scales[i] = 1 / std::sqrt(square);
      } else {
        GESTA_RETURN_IF_ERROR(
            NormaliseRow(out, batch_.dimension, task.sequence ? "frame" : "subaction", i,
                         task.sequence ? "sequence" : "decomposition", task.number, out));
      }
    }
    return Status::Ok();
  }

 private:
  const Kernels& kernels_ = BestKernels();
  const Batch& batch_;
  const std::vector<Matrix>& sequences_;
  const std::vector<Matrix>& decompositions_;
  const AlignOptions& options_;
  const Staging& to_;
  const std::vector<Task>& tasks_;
};

}  // namespace

Batches MakeBatches(const std::vector<Matrix>& sequences, const std::vector<Matrix>& decompositions,
                    const std::vector<Pair>& pairs, const SimilarityOptions& options,
                    size_t most_bytes) {
  PairGroups groups = GroupPairs(pairs);
  Batches made;
  made.result = std::move(groups.result);
  made.distinct = groups.distinct;
  std::vector<Block> blocks;
  for (const PairGroup& group : groups.groups) {
    for (Block& block : Cut(group, sequences, decompositions, options)) {
      blocks.push_back(std::move(block));
    }
  }
  std::stable_sort(blocks.begin(), blocks.end(), [](const Block& a, const Block& b) {
    const auto key = [](const Block& block) {
      return std::make_tuple(block.dimension, (block.rows + kRowStep - 1) / kRowStep,
                             block.columns);
    };
    return key(a) > key(b);
  });
  double work = 0;  // multiplications of the last batch, without padding
  for (Block& block : blocks) {
    const double own = static_cast<double>(block.rows) * static_cast<double>(block.columns) *
                       static_cast<double>(block.dimension);
    if (!made.batches.empty() && made.batches.back().dimension == block.dimension) {
      Batch& batch = made.batches.back();
      const size_t rows = std::max(batch.rows, block.rows);
      const size_t columns = std::max(batch.columns, block.columns);
      const size_t count = batch.blocks.size() + 1;
      const double padded = static_cast<double>(count * rows) * static_cast<double>(columns) *
                            static_cast<double>(block.dimension);
      if (Bytes(batch, count, rows, columns) <= most_bytes &&
          (padded <= (work + own) * (1 + kMostPadding) || padded <= kLeastWork)) {
        batch.rows = rows;
        batch.columns = columns;
        batch.blocks.push_back(std::move(block));
        work += own;
        continue;
      }
    }
    Batch batch;
    batch.rows = block.rows;
    batch.columns = block.columns;
    batch.dimension = block.dimension;
    batch.blocks.push_back(std::move(block));
    made.batches.push_back(std::move(batch));
    work = own;
  }
  return made;
}

Status Stage(const Batch& batch, const std::vector<Matrix>& sequences,
             const std::vector<Matrix>& decompositions, const AlignOptions& options,
             const Staging& to) {
  std::vector<StageWorker::Task> tasks;
  const auto pad = [&](size_t from, size_t end, float* rows, float* scales) {
    std::fill(rows + from * batch.dimension, rows + end * batch.dimension, 0.0f);
    std::fill(scales + from, scales + end, 0.0f);
  };
  for (size_t i = 0; i < batch.blocks.size(); ++i) {
    size_t row = i * batch.rows;
    for (const auto& [sequence, first_result] : batch.blocks[i].sequences) {
      tasks.push_back({true, sequence, row});
      row += FrameCount(sequences[sequence], options);
    }
    pad(row, (i + 1) * batch.rows, to.rows, to.row_scales);
    size_t column = i * batch.columns;
    for (const size_t decomposition : batch.blocks[i].decompositions) {
      tasks.push_back({false, decomposition, column});
      column += decompositions[decomposition].rows;
    }
    pad(column, (i + 1) * batch.columns, to.columns, to.column_scales);
  }
  return RunTasks(tasks.size(), options, [&] {
    return std::make_unique<StageWorker>(batch, sequences, decompositions, options, to, tasks);
  });
}

}  // namespace gesta::alignment
