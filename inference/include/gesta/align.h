// Aligning a sequence of frames with an ordered list of subactions, on the processor.
//
// The method is ActAlign's: the similarity of every frame with every subaction, then dynamic time
// warping that maximises the similarity along a path from (first frame, first subaction) to (last,
// last). A step goes to the next frame and subaction (diagonal), the next frame (up, as the matrix
// is drawn) or the next subaction (left); of equally good predecessors the diagonal wins, then up.
// The score is the total similarity of the path divided by its number of cells.
//
// Everything borrows its input, is thread-safe, and knows neither stores nor models.
#ifndef GESTA_ALIGN_H_
#define GESTA_ALIGN_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "gesta/status.h"

namespace gesta::alignment {

// A borrowed matrix, row-major without gaps: frames x dimension, subactions x dimension, or
// frames x subactions.
struct Matrix {
  const float* data = nullptr;
  size_t rows = 0;
  size_t columns = 0;
};

// sigmoid(cosine * exp(scale) + bias), as SigLIP's head has it.
struct Logit {
  double scale = 0;
  double bias = 0;
};

struct SimilarityOptions {
  std::optional<Logit> logit;  // unset: the cosine itself
  // Frames are averaged over a window of this many before they are compared; 0 and 1: as they are.
  // The window of frame t is [t - (n - 1) / 2, t + n / 2], cut at the ends of the sequence, so that
  // there are as many frames as before. (The length of an average does not matter: rows are
  // normalised afterwards. So this is also the published padding with zeros.)
  size_t smooth = 0;
  // The published window of even width gives one frame fewer: the last one is missing.
  bool published_smoothing = false;
  // As the published method computes: rows are normalised before they are multiplied, the
  // similarity is made by the C library's exp(). Totals are double whatever single_totals says.
  bool exact = false;
};

struct RunOptions {
  size_t threads = 0;  // 0: one for each processor
  // Asked by the calling thread about every millisecond of work; an error ends the call with it.
  std::function<Status()> check_interrupt;
};

struct AlignOptions : SimilarityOptions, RunOptions {
  bool paths = false;
  // Totals in single precision: twice as fast where similarities are there already, and otherwise
  // not noticed. Sigmoids far below the total vanish in it: of paths that differ by those alone a
  // shorter or longer one may be taken, and the score is another.
  bool single_totals = false;
};

struct Cell {
  uint32_t frame = 0;
  uint32_t subaction = 0;
  bool operator==(const Cell& other) const {
    return frame == other.frame && subaction == other.subaction;
  }
};

struct Alignment {
  double score = 0;  // total / length; NaN where length is 0
  double total = 0;
  size_t length = 0;       // cells of the path; 0: published_smoothing left no frame
  std::vector<Cell> path;  // from (0, 0) on; empty unless asked for
};

// Which sequence goes with which decomposition, by their places in the lists.
struct Pair {
  size_t sequence = 0;
  size_t decomposition = 0;
};

// Aligns many pairs; the results are in the order of `pairs`. Pairs that occur twice are computed
// once, all decompositions of a sequence are multiplied with it together, and a list of
// decompositions that many sequences share is prepared once a thread. The similarities never leave
// the processor's cache.
//
// kInvalidArgument, with the place: an empty matrix, different dimensions, a row that is zero or
// holds NaN or infinity, a pair outside the lists.
Result<std::vector<Alignment>> AlignPairs(const std::vector<Matrix>& sequences,
                                          const std::vector<Matrix>& decompositions,
                                          const std::vector<Pair>& pairs,
                                          const AlignOptions& options = {});

// Aligns by similarities (frames x subactions) that are there already. Uses `exact`, `paths`,
// `single_totals`, `threads` and `check_interrupt` of the options. kInvalidArgument: an empty
// matrix, or NaN or infinity in one.
Result<std::vector<Alignment>> AlignMatrices(const std::vector<Matrix>& similarities,
                                             const AlignOptions& options = {});

// The similarities of one pair, frames x subactions, row-major. No rows where published_smoothing
// left no frame. Errors as AlignPairs.
Result<std::vector<float>> SimilarityMatrix(const Matrix& sequence, const Matrix& decomposition,
                                            const SimilarityOptions& options = {});

struct MeanPoolOptions : RunOptions {
  std::optional<Logit> logit;  // unset: the cosine itself
  // As published: the matrix of candidates is divided by its Frobenius norm, not each row by its
  // own. Scores of one matrix keep their order only where its rows have the same length.
  bool whole_matrix_norm = false;
};

// The similarity of the mean frame with each row of the pair's candidates, for many pairs; results
// in the order of `pairs`, one score a row. Errors as AlignPairs, and frames whose mean is zero.
Result<std::vector<std::vector<double>>> MeanPoolPairs(const std::vector<Matrix>& sequences,
                                                       const std::vector<Matrix>& candidates,
                                                       const std::vector<Pair>& pairs,
                                                       const MeanPoolOptions& options = {});

}  // namespace gesta::alignment

#endif  // GESTA_ALIGN_H_
