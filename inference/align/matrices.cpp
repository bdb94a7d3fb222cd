// AlignMatrices: matrices of the same width go through the vectors together.
#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <tuple>

#include "align/lane_warp.h"
#include "align/parallel.h"
#include "align/similarity.h"
#include "align/warp.h"
#include "gesta/align.h"

namespace gesta::alignment {
namespace {

// Numbers of matrices; those of one task have the same number of columns, the tallest first.
using Tasks = std::vector<std::vector<size_t>>;

Tasks Plan(const std::vector<Matrix>& matrices, size_t most) {
  std::vector<size_t> order(matrices.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const auto key = [&](size_t i) {
    return std::make_tuple(matrices[i].columns, -static_cast<int64_t>(matrices[i].rows), i);
  };
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return key(a) < key(b); });
  Tasks tasks;
  for (const size_t number : order) {
    if (tasks.empty() || tasks.back().size() == most ||
        matrices[tasks.back().front()].columns != matrices[number].columns) {
      tasks.emplace_back();
    }
    tasks.back().push_back(number);
  }
  return tasks;
}

class MatrixWorker : public Worker {
 public:
  MatrixWorker(const std::vector<Matrix>& matrices, const AlignOptions& options, const Tasks& tasks,
               std::vector<Alignment>* results)
      : matrices_(matrices), options_(options), tasks_(tasks), results_(results) {}

  Status Run(size_t task) override {
    for (const size_t number : tasks_[task]) {
      const Matrix& matrix = matrices_[number];
      if (kernels_.finite(matrix.data, matrix.rows * matrix.columns)) continue;
      return Status(StatusCode::kInvalidArgument,
                    "similarities " + std::to_string(number) + " hold NaN or infinity");
    }
    const bool single = options_.single_totals && !options_.exact;
    const std::vector<size_t>& numbers = tasks_[task];
    if (options_.paths) {
      for (const size_t number : numbers) {
        (*results_)[number] =
            single ? One<float>(matrices_[number]) : One<double>(matrices_[number]);
      }
      return Status::Ok();
    }
    for (size_t first = 0; first < numbers.size(); first += kernels_.lanes) {
      if (single) {
        Together(numbers, first, &single_warp_);
      } else {
        Together(numbers, first, &warp_);
      }
    }
    return Status::Ok();
  }

 private:
  template <typename Real>
  Alignment One(const Matrix& matrix) const {
    Warp<Real> warp(matrix.columns, /*with_path=*/true);
    warp.Add(matrix.data, matrix.rows, matrix.columns);
    return warp.Finish();
  }

  template <typename Real>
  void Together(const std::vector<size_t>& numbers, size_t first, LaneWarp<Real>* warp) {
    const size_t count = std::min(warp->lanes(), numbers.size() - first);
    const size_t columns = matrices_[numbers[first]].columns;
    warp->Begin(columns);
    size_t row = 0;
    // Up to the end of the shortest matrix, then of the next: those that have ended repeat the
    // rows of the tallest.
    for (size_t left = count; left > 0;) {
      const size_t end = matrices_[numbers[first + left - 1]].rows;
      const float* at[kMostLanes];
      for (size_t lane = 0; lane < warp->lanes(); ++lane) {
        at[lane] = matrices_[numbers[first + (lane < left ? lane : 0)]].data + row * columns;
      }
      warp->Add(at, end - row, columns);
      row = end;
      for (; left > 0 && matrices_[numbers[first + left - 1]].rows == end; --left) {
        (*results_)[numbers[first + left - 1]] = warp->Get(left - 1, columns);
      }
    }
  }

  const Kernels& kernels_ = BestKernels();
  const std::vector<Matrix>& matrices_;
  const AlignOptions& options_;
  const Tasks& tasks_;
  std::vector<Alignment>* const results_;
  LaneWarp<double> warp_;
  LaneWarp<float> single_warp_;
};

}  // namespace

Result<std::vector<Alignment>> AlignMatrices(const std::vector<Matrix>& similarities,
                                             const AlignOptions& options) {
  for (size_t i = 0; i < similarities.size(); ++i) {
    GESTA_RETURN_IF_ERROR(CheckShape(similarities[i], "similarities", i));
  }
  // Several vectors a task: a small matrix is aligned in less time than a task needs to begin.
  const Tasks tasks = Plan(similarities, 4 * BestKernels().lanes);
  std::vector<Alignment> results(similarities.size());
  GESTA_RETURN_IF_ERROR(RunTasks(tasks.size(), options, [&] {
    return std::make_unique<MatrixWorker>(similarities, options, tasks, &results);
  }));
  return results;
}

}  // namespace gesta::alignment
