// MeanPoolPairs: the baseline that ignores the order of frames.
#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

#include "align/parallel.h"
#include "align/similarity.h"
#include "gesta/align.h"

namespace gesta::alignment {
namespace {

// Runs `work(task)` as a task without memory of its own.
template <typename Work>
class FunctionWorker : public Worker {
 public:
  explicit FunctionWorker(const Work& work) : work_(work) {}
  Status Run(size_t task) override { return work_(task); }

 private:
  const Work& work_;
};

template <typename Work>
Status RunEach(size_t count, const RunOptions& options, const Work& work) {
  return RunTasks(count, options, [&] { return std::make_unique<FunctionWorker<Work>>(work); });
}

// The mean frame with length 1.
Status MeanFrame(const Matrix& sequence, size_t number, std::vector<float>* mean) {
  std::vector<double> sums(sequence.columns, 0.0);
  for (size_t i = 0; i < sequence.rows; ++i) {
    const float* const row = sequence.data + i * sequence.columns;
    for (size_t k = 0; k < sequence.columns; ++k) sums[k] += row[k];
  }
  mean->resize(sequence.columns);
  for (size_t k = 0; k < sums.size(); ++k) {
    (*mean)[k] = static_cast<float>(sums[k] / static_cast<double>(sequence.rows));
  }
  double square = 0;
  for (const float value : *mean) square += static_cast<double>(value) * value;
  if (!std::isfinite(square) || square == 0) {
    return Status(StatusCode::kInvalidArgument,
                  "the mean frame of sequence " + std::to_string(number) +
                      (square == 0 ? " is zero" : " holds NaN or infinity") +
                      ": it has no direction to compare");
  }
  for (float& value : *mean) value = static_cast<float>(value / std::sqrt(square));
  return Status::Ok();
}

Status Scores(const std::vector<float>& mean, const Matrix& candidates, size_t number,
              const MeanPoolOptions& options, std::vector<double>* scores) {
  const size_t dimension = candidates.columns;
  double whole = 0;
  std::vector<double> products(candidates.rows);
  std::vector<double> squares(candidates.rows);
  for (size_t i = 0; i < candidates.rows; ++i) {
    const float* const row = candidates.data + i * dimension;
    for (size_t k = 0; k < dimension; ++k) {
      products[i] += static_cast<double>(mean[k]) * row[k];
      squares[i] += static_cast<double>(row[k]) * row[k];
    }
    if (!std::isfinite(squares[i]) || squares[i] == 0) {
      return Status(StatusCode::kInvalidArgument,
                    "row " + std::to_string(i) + " of candidates " + std::to_string(number) +
                        (squares[i] == 0 ? " is zero" : " holds NaN or infinity") +
                        ": it has no direction to compare");
    }
    whole += squares[i];
  }
  scores->resize(candidates.rows);
  for (size_t i = 0; i < candidates.rows; ++i) {
    double& score = (*scores)[i];
    score = products[i] / std::sqrt(options.whole_matrix_norm ? whole : squares[i]);
    if (options.logit) {
      score = 1 / (1 + std::exp(-(score * std::exp(options.logit->scale) + options.logit->bias)));
    }
  }
  return Status::Ok();
}

}  // namespace

Result<std::vector<std::vector<double>>> MeanPoolPairs(const std::vector<Matrix>& sequences,
                                                       const std::vector<Matrix>& candidates,
                                                       const std::vector<Pair>& pairs,
                                                       const MeanPoolOptions& options) {
  std::vector<size_t> used;
  for (size_t i = 0; i < pairs.size(); ++i) {
    GESTA_RETURN_IF_ERROR(CheckPair(pairs[i], i, sequences, candidates, "candidates"));
    used.push_back(pairs[i].sequence);
  }
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  std::vector<std::vector<float>> means(sequences.size());
  GESTA_RETURN_IF_ERROR(RunEach(used.size(), options, [&](size_t task) {
    return MeanFrame(sequences[used[task]], used[task], &means[used[task]]);
  }));
  std::vector<std::vector<double>> scores(pairs.size());
  GESTA_RETURN_IF_ERROR(RunEach(pairs.size(), options, [&](size_t task) {
    const Pair& pair = pairs[task];
    return Scores(means[pair.sequence], candidates[pair.decomposition], pair.decomposition, options,
                  &scores[task]);
  }));
  return scores;
}

}  // namespace gesta::alignment
