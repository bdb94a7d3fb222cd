#include "align/similarity.h"

#include <algorithm>
#include <cmath>

namespace gesta::alignment {
namespace {

constexpr float kLeastSquare = 1e-30f;
constexpr float kMostSquare = 1e30f;

std::string Name(const char* what, size_t number) {
  return std::string(what) + " " + std::to_string(number);
}

}  // namespace

bool SafeSquare(float square) { return square >= kLeastSquare && square <= kMostSquare; }

Status CheckShape(const Matrix& matrix, const char* what, size_t number) {
  if (matrix.rows > 0 && matrix.columns > 0 && matrix.data != nullptr) return Status::Ok();
  return Status(StatusCode::kInvalidArgument,
                Name(what, number) + " is empty: " + std::to_string(matrix.rows) + " rows of " +
                    std::to_string(matrix.columns) + " numbers",
                "leave out what has no frames or no subactions");
}

Status CheckPair(const Pair& pair, size_t number, const std::vector<Matrix>& sequences,
                 const std::vector<Matrix>& others, const char* other) {
  if (pair.sequence >= sequences.size() || pair.decomposition >= others.size()) {
    return Status(StatusCode::kInvalidArgument,
                  Name("pair", number) + " names " + Name("sequence", pair.sequence) + " of " +
                      std::to_string(sequences.size()) + " and " + Name(other, pair.decomposition) +
                      " of " + std::to_string(others.size()));
  }
  const Matrix& sequence = sequences[pair.sequence];
  const Matrix& matrix = others[pair.decomposition];
  GESTA_RETURN_IF_ERROR(CheckShape(sequence, "sequence", pair.sequence));
  GESTA_RETURN_IF_ERROR(CheckShape(matrix, other, pair.decomposition));
  if (sequence.columns == matrix.columns) return Status::Ok();
  return Status(StatusCode::kInvalidArgument,
                Name("sequence", pair.sequence) + " has " + std::to_string(sequence.columns) +
                    " dimensions and " + Name(other, pair.decomposition) + " has " +
                    std::to_string(matrix.columns),
                "embed frames and texts with the same model");
}

Status NormaliseRow(const float* row, size_t dimension, const char* row_name, size_t index,
                    const char* matrix_name, size_t number, float* out) {
  double square = 0;
  for (size_t k = 0; k < dimension; ++k) square += static_cast<double>(row[k]) * row[k];
  if (!std::isfinite(square) || square == 0) {
    return Status(StatusCode::kInvalidArgument,
                  Name(row_name, index) + " of " + Name(matrix_name, number) +
                      (square == 0 ? " is zero" : " holds NaN or infinity") +
                      ": it has no direction to compare");
  }
  const double scale = 1 / std::sqrt(square);
  for (size_t k = 0; k < dimension; ++k) out[k] = static_cast<float>(row[k] * scale);
  return Status::Ok();
}

float ExactSimilarity(float cosine, const std::optional<Logit>& logit) {
  if (!logit) return cosine;
  const float slope = static_cast<float>(std::exp(logit->scale));
  return 1 / (1 + std::exp(-(cosine * slope + static_cast<float>(logit->bias))));
}

size_t FrameCount(const Matrix& sequence, const SimilarityOptions& options) {
  const bool loses = options.published_smoothing && options.smooth > 1 && options.smooth % 2 == 0;
  return sequence.rows - (loses ? 1 : 0);
}

void SmoothFrames(const Matrix& sequence, size_t smooth, size_t first, size_t count, float* out) {
  const size_t before = (smooth - 1) / 2;
  const size_t after = smooth / 2;
  for (size_t t = first; t < first + count; ++t) {
    const size_t begin = t - std::min(t, before);
    const size_t end = std::min(sequence.rows - 1, t + std::min(after, sequence.rows));
    float* const to = out + (t - first) * sequence.columns;
    std::copy_n(sequence.data + begin * sequence.columns, sequence.columns, to);
    for (size_t i = begin + 1; i <= end; ++i) {
      const float* const row = sequence.data + i * sequence.columns;
      for (size_t k = 0; k < sequence.columns; ++k) to[k] += row[k];
    }
  }
}

Status SimilarityBlocks::SetColumns(const Columns& columns) {
  const size_t dimension = decompositions_[columns.decompositions[0]].columns;
  const size_t width = kernels_.panel;
  panels_ = (columns.count + width - 1) / width;
  longest_ = 0;
  float* const scale = column_scale_.Get(stride());
  std::vector<const float*> rows;
  rows.reserve(stride());
  // The columns of the last panel that nobody uses are zero, and behind them lie the copies.
  float* const unused = subactions_.Get((columns.count + 1) * dimension);
  std::fill(unused, unused + dimension, 0.0f);
  for (const size_t number : columns.decompositions) {
    const Matrix& decomposition = decompositions_[number];
    longest_ = std::max(longest_, decomposition.rows);
    for (size_t j = 0; j < decomposition.rows; ++j) {
      const float* row = decomposition.data + j * dimension;
      float& row_scale = scale[rows.size()];
      const float square = options_.exact ? 0 : kernels_.square(row, dimension);
      if (SafeSquare(square)) {
        row_scale = 1 / std::sqrt(square);
      } else {
        float* const copy = unused + (rows.size() + 1) * dimension;
        GESTA_RETURN_IF_ERROR(
            NormaliseRow(row, dimension, "subaction", j, "decomposition", number, copy));
        row = copy;
        row_scale = 1;
      }
      rows.push_back(row);
    }
  }
  std::fill(scale + rows.size(), scale + stride(), 0.0f);
  rows.resize(stride(), unused);
  float* const packed = packed_.Get(stride() * dimension);
  for (size_t p = 0; p < panels_; ++p) {
    kernels_.interleave(rows.data() + p * width, width, dimension, packed + p * width * dimension);
  }
  return Status::Ok();
}

Result<const float*> SimilarityBlocks::Normalise(size_t sequence, const float* rows, size_t first,
                                                 size_t count) {
  const size_t dimension = sequences_[sequence].columns;
  float* const out = normalised_.Get(kRows * dimension);
  for (size_t i = 0; i < count; ++i) {
    GESTA_RETURN_IF_ERROR(NormaliseRow(rows + i * dimension, dimension, "frame", first + i,
                                       "sequence", sequence, out + i * dimension));
  }
  return static_cast<const float*>(out);
}

Result<const float*> SimilarityBlocks::Compute(size_t number, size_t first, size_t count) {
  const Matrix& sequence = sequences_[number];
  const size_t dimension = sequence.columns;
  const float* rows = sequence.data + first * dimension;
  if (options_.smooth > 1) {
    float* const smoothed = smoothed_.Get(kRows * dimension);
    SmoothFrames(sequence, options_.smooth, first, count, smoothed);
    rows = smoothed;
  }
  if (options_.exact) {
    GESTA_ASSIGN_OR_RETURN(rows, Normalise(number, rows, first, count));
  }
  float* const product = product_.Get(kRows * stride() + longest_);
  float* const scale = squares_.Get(kRows);
  kernels_.multiply(rows, count, dimension, packed_.data(), panels_, product, scale);
  if (!std::all_of(scale, scale + count, SafeSquare)) {
    GESTA_ASSIGN_OR_RETURN(rows, Normalise(number, rows, first, count));
    kernels_.multiply(rows, count, dimension, packed_.data(), panels_, product, scale);
  }
  if (options_.exact) {
    for (size_t i = 0; i < count * stride(); ++i) {
      product[i] = ExactSimilarity(product[i], options_.logit);
    }
    return static_cast<const float*>(product);
  }
  for (size_t i = 0; i < count; ++i) scale[i] = 1 / std::sqrt(scale[i]);
  kernels_.scale(product, count, stride(), scale, column_scale_.data());
  if (options_.logit) {
    kernels_.sigmoid(product, count * stride(), static_cast<float>(std::exp(options_.logit->scale)),
                     static_cast<float>(options_.logit->bias));
  }
  return static_cast<const float*>(product);
}

Result<std::vector<float>> SimilarityMatrix(const Matrix& sequence, const Matrix& decomposition,
                                            const SimilarityOptions& options) {
  const std::vector<Matrix> sequences = {sequence};
  const std::vector<Matrix> decompositions = {decomposition};
  GESTA_RETURN_IF_ERROR(CheckPair({0, 0}, 0, sequences, decompositions, "decomposition"));
  Columns columns;
  columns.decompositions = {0};
  columns.first = {0};
  columns.count = decomposition.rows;
  SimilarityBlocks blocks(sequences, decompositions, options);
  GESTA_RETURN_IF_ERROR(blocks.SetColumns(columns));
  const size_t frames = FrameCount(sequence, options);
  std::vector<float> similarities;
  similarities.reserve(frames * decomposition.rows);
  for (size_t first = 0; first < frames; first += SimilarityBlocks::kRows) {
    const size_t count = std::min(SimilarityBlocks::kRows, frames - first);
    GESTA_ASSIGN_OR_RETURN(const float* const rows, blocks.Compute(0, first, count));
    for (size_t i = 0; i < count; ++i) {
      const float* const row = rows + i * blocks.stride();
      similarities.insert(similarities.end(), row, row + decomposition.rows);
    }
  }
  return similarities;
}

}  // namespace gesta::alignment
