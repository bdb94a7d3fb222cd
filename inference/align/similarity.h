// Similarities of frames with the subactions of several decompositions, a block of frames at a
// time.
#ifndef GESTA_ALIGN_SIMILARITY_H_
#define GESTA_ALIGN_SIMILARITY_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "align/kernels.h"
#include "align/scratch.h"
#include "gesta/align.h"

namespace gesta::alignment {

// kInvalidArgument, naming the matrix (`what` and its number), if it is empty.
Status CheckShape(const Matrix& matrix, const char* what, size_t number);

// kInvalidArgument if pair `number` lies outside the lists or its two sides differ in dimension.
Status CheckPair(const Pair& pair, size_t number, const std::vector<Matrix>& sequences,
                 const std::vector<Matrix>& others, const char* other);

// Writes the row with length 1. kInvalidArgument, naming "row_name `row` of matrix_name `number`",
// if it has no direction.
Status NormaliseRow(const float* row, size_t dimension, const char* row_name, size_t index,
                    const char* matrix_name, size_t number, float* out);

// Whether a float holds a row's sum of squares well enough to divide by: neither infinite nor
// rounded off.
bool SafeSquare(float square);

float ExactSimilarity(float cosine, const std::optional<Logit>& logit);

// Frames that are compared: one fewer than there are where the published smoothing loses one.
size_t FrameCount(const Matrix& sequence, const SimilarityOptions& options);

// The sums of `count` frames' windows from frame `first` on; `smooth` is at least 2.
void SmoothFrames(const Matrix& sequence, size_t smooth, size_t first, size_t count, float* out);

// Decompositions that are multiplied together, side by side.
struct Columns {
  std::vector<size_t> decompositions;
  std::vector<size_t> first;  // column of each decomposition's first subaction
  size_t count = 0;           // of all of them
};

class SimilarityBlocks {
 public:
  // Frames of one block, at most.
  static constexpr size_t kRows = kRowBlock;

  SimilarityBlocks(const std::vector<Matrix>& sequences, const std::vector<Matrix>& decompositions,
                   const SimilarityOptions& options)
      : kernels_(BestKernels()),
        sequences_(sequences),
        decompositions_(decompositions),
        options_(options) {}

  // Prepares `columns`, which must outlive their use here.
  Status SetColumns(const Columns& columns);

  // The similarities of frames [first, first + count) of a sequence: `count` rows, stride() floats
  // apart, of the columns that were set. Valid until the next call. Rows may be read up to the
  // length of the longest decomposition past their end.
  Result<const float*> Compute(size_t sequence, size_t first, size_t count);
  size_t stride() const { return panels_ * kernels_.panel; }

 private:
  // The frames in a form in which their squares are neither zero nor infinite.
  Result<const float*> Normalise(size_t sequence, const float* rows, size_t first, size_t count);

  const Kernels& kernels_;
  const std::vector<Matrix>& sequences_;
  const std::vector<Matrix>& decompositions_;
  const SimilarityOptions& options_;
  size_t panels_ = 0;
  size_t longest_ = 0;
  Scratch packed_;
  Scratch column_scale_;
  Scratch subactions_;
  Scratch smoothed_;
  Scratch normalised_;
  Scratch squares_;
  Scratch product_;
};

}  // namespace gesta::alignment

#endif  // GESTA_ALIGN_SIMILARITY_H_
