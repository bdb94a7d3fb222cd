// Time warping of as many matrices at once as a vector has floats.
#ifndef GESTA_ALIGN_LANE_WARP_H_
#define GESTA_ALIGN_LANE_WARP_H_

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include "align/kernels.h"
#include "align/scratch.h"
#include "gesta/align.h"

namespace gesta::alignment {

// Floats of the widest vectors there are.
inline constexpr size_t kMostLanes = 16;

// Real: float or double, the type of totals.
template <typename Real>
class LaneWarp {
 public:
  LaneWarp() : kernels_(BestKernels()) {}

  size_t lanes() const { return kernels_.lanes; }

  // Begins with new matrices of at most `columns` columns.
  void Begin(size_t columns) {
    columns_ = columns;
    begun_ = false;
    totals_.Get(columns * lanes());
    lengths_.Get(columns * lanes());
  }

  // The next `count` rows, `stride` floats apart; `rows` has the first of each lane. All columns
  // are read; those past a matrix's own change nothing before them.
  void Add(const float* const* rows, size_t count, size_t stride) {
    // Cells that stay in the first-level cache between the two loops.
    const size_t block = std::max<size_t>(2, 4096 / (columns_ * lanes()) / 2 * 2);
    float* const cells = cells_.Get(block * columns_ * lanes());
    const float* at[kMostLanes];
    for (size_t first = 0; first < count; first += block) {
      const size_t taken = std::min(block, count - first);
      // Without gaps all rows are one.
      const size_t runs = stride == columns_ ? 1 : taken;
      for (size_t i = 0; i < runs; ++i) {
        for (size_t lane = 0; lane < lanes(); ++lane) at[lane] = rows[lane] + (first + i) * stride;
        kernels_.interleave(at, lanes(), taken / runs * columns_, cells + i * columns_ * lanes());
      }
      if constexpr (std::is_same_v<Real, float>) {
        kernels_.warp(cells, taken, columns_, !begun_, totals_.data(), lengths_.data());
      } else {
        kernels_.warp_double(cells, taken, columns_, !begun_, totals_.data(), lengths_.data());
      }
      begun_ = true;
    }
  }

  // What the rows so far give for a lane's matrix of so many columns.
  Alignment Get(size_t lane, size_t columns) {
    const size_t last = (columns - 1) * lanes() + lane;
    Alignment alignment;
    alignment.total = static_cast<double>(totals_.data()[last]);
    alignment.length = static_cast<size_t>(lengths_.data()[last]);
    alignment.score = alignment.total / static_cast<double>(alignment.length);
    return alignment;
  }

 private:
  const Kernels& kernels_;
  size_t columns_ = 0;
  bool begun_ = false;
  Scratch cells_;
  BasicScratch<Real> totals_;
  BasicScratch<Real> lengths_;
};

}  // namespace gesta::alignment

#endif  // GESTA_ALIGN_LANE_WARP_H_
