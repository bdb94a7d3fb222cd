// What a device multiplies at once: pairs as blocks of equal size, and their rows copied into
// place.
#ifndef GESTA_ALIGN_DEVICE_BATCHES_H_
#define GESTA_ALIGN_DEVICE_BATCHES_H_

#include <cstddef>
#include <utility>
#include <vector>

#include "gesta/align.h"

namespace gesta::alignment {

// Sequences, one below the other, times decompositions, side by side: every sequence is paired with
// every decomposition.
struct Block {
  // Each with the number of its first result; those of the further decompositions follow it.
  std::vector<std::pair<size_t, size_t>> sequences;
  std::vector<size_t> decompositions;
  size_t rows = 0;     // frames of all sequences
  size_t columns = 0;  // subactions of all decompositions
  size_t dimension = 0;
};

// Blocks of one dimension, each padded to the rows and columns of the largest.
struct Batch {
  std::vector<Block> blocks;
  size_t rows = 0;
  size_t columns = 0;
  size_t dimension = 0;
};

struct Batches {
  std::vector<Batch> batches;
  std::vector<size_t> result;  // of each pair: the number of the distinct pair
  size_t distinct = 0;
};

// What the inputs and the product of one batch take at most, unless a single sequence with a single
// decomposition takes more.
inline constexpr size_t kBatchBytes = size_t{256} << 20;

// Pairs must have been checked (CheckPair). Those whose sequence has no frame after smoothing are
// in no batch.
Batches MakeBatches(const std::vector<Matrix>& sequences, const std::vector<Matrix>& decompositions,
                    const std::vector<Pair>& pairs, const SimilarityOptions& options,
                    size_t most_bytes = kBatchBytes);

// Memory for a batch's inputs, which rows beyond a block's own fill with zeros.
struct Staging {
  float* rows;           // blocks x rows x dimension
  float* row_scales;     // blocks x rows: one over each row's length
  float* columns;        // blocks x columns x dimension
  float* column_scales;  // blocks x columns
};

// Copies a batch's rows, smoothed where the options say so. Errors as AlignPairs.
Status Stage(const Batch& batch, const std::vector<Matrix>& sequences,
             const std::vector<Matrix>& decompositions, const AlignOptions& options,
             const Staging& to);

}  // namespace gesta::alignment

#endif  // GESTA_ALIGN_DEVICE_BATCHES_H_
