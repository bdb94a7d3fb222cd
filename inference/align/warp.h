// Time warping of one matrix, row after row: the plain form of the recurrence, in float or double,
// with the path on request. (Kernels::warp does the same for many matrices at once.)
#ifndef GESTA_ALIGN_WARP_H_
#define GESTA_ALIGN_WARP_H_

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "gesta/align.h"

namespace gesta::alignment {

// Where the best path to a cell comes from.
enum Predecessor : uint8_t { kDiagonal, kUp, kLeft };

// The path of `length` cells that ends in the last one; step(row, column) tells each cell's
// predecessor.
template <typename Step>
std::vector<Cell> BackTrack(size_t rows, size_t columns, size_t length, const Step& step) {
  std::vector<Cell> path(length);
  size_t row = rows - 1;
  size_t column = columns - 1;
  for (size_t i = length; i-- > 0;) {
    path[i] = {static_cast<uint32_t>(row), static_cast<uint32_t>(column)};
    const Predecessor from = step(row, column);
    if (from != kLeft) --row;
    if (from != kUp) --column;
  }
  return path;
}

template <typename Real>
class Warp {
 public:
  // For a matrix of `columns` columns, at least one.
  explicit Warp(size_t columns, bool with_path)
      : columns_(columns),
        with_path_(with_path),
        totals_(columns, -std::numeric_limits<Real>::infinity()),
        lengths_(columns, 0) {}

  // The next `count` rows, `stride` floats apart.
  void Add(const float* cells, size_t count, size_t stride) {
    for (size_t i = 0; i < count; ++i) AddRow(cells + i * stride);
  }

  // What the rows so far give; at least one. `steps` of one matrix may take frames x subactions
  // bytes while the path is made.
  Alignment Finish() const {
    Alignment alignment;
    alignment.total = static_cast<double>(totals_.back());
    alignment.length = lengths_.back();
    alignment.score = alignment.total / static_cast<double>(alignment.length);
    if (with_path_) {
      alignment.path = BackTrack(rows_, columns_, alignment.length, [&](size_t row, size_t column) {
        return static_cast<Predecessor>(steps_[row * columns_ + column]);
      });
    }
    return alignment;
  }

 private:
  void AddRow(const float* cells) {
    constexpr Real kNone = -std::numeric_limits<Real>::infinity();
    Real diagonal = rows_ == 0 ? Real{0} : kNone;  // the first cell has an empty path before it
    size_t diagonal_length = 0;
    Real left = kNone;
    size_t left_length = 0;
    for (size_t j = 0; j < columns_; ++j) {
      Real best = diagonal;
      size_t length = diagonal_length;
      Predecessor from = kDiagonal;
      if (totals_[j] > best) {
        best = totals_[j];
        length = lengths_[j];
        from = kUp;
      }
      if (left > best) {
        best = left;
        length = left_length;
        from = kLeft;
      }
      if (with_path_) steps_.push_back(from);
      diagonal = totals_[j];
      diagonal_length = lengths_[j];
      totals_[j] = left = best + static_cast<Real>(cells[j]);
      lengths_[j] = left_length = length + 1;
    }
    ++rows_;
  }

  size_t columns_;
  bool with_path_;
  size_t rows_ = 0;
  std::vector<Real> totals_;
  std::vector<size_t> lengths_;
  std::vector<uint8_t> steps_;
};

}  // namespace gesta::alignment

#endif  // GESTA_ALIGN_WARP_H_
