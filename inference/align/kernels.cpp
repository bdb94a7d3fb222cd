#include "align/kernels.h"

#include <algorithm>
#include <limits>

// The matrix product keeps its sums in arrays of vectors, which vectors of unknown size forbid.
#define HWY_DISABLED_TARGETS (HWY_RVV | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)

// Compiles this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "align/kernels.cpp"
// The order is needed: the first file includes this one for each instruction set.
// clang-format off
#include <hwy/foreach_target.h>  // NOLINT
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace gesta::alignment {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;
using Doubles = hn::ScalableTag<double>;
using Vector = hn::Vec<Floats>;

// Sums that fit the registers beside two vectors of b and one of a.
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
constexpr size_t kTileRows = 12;
#else
constexpr size_t kTileRows = 6;
#endif

#if HWY_TARGET == HWY_SCALAR
void Interleave(const float* const* rows, size_t width, size_t count, float* out) {
  for (size_t k = 0; k < count; ++k) {
    for (size_t j = 0; j < width; ++j) *out++ = rows[j][k];
  }
}
#else
void Interleave(const float* const* rows, size_t width, size_t count, float* out) {
  const hn::FixedTag<float, 4> d;
  // What is written stays in the first-level cache until its columns are complete.
  constexpr size_t kBlock = 64;
  for (size_t first = 0; first < count; first += kBlock) {
    const size_t end = std::min(count, first + kBlock);
    for (size_t j = 0; j < width; j += 4) {
      const float* HWY_RESTRICT r0 = rows[j];
      const float* HWY_RESTRICT r1 = rows[j + 1];
      const float* HWY_RESTRICT r2 = rows[j + 2];
      const float* HWY_RESTRICT r3 = rows[j + 3];
      float* HWY_RESTRICT to = out + first * width + j;
      size_t k = first;
      // The next four elements of four rows, as four columns.
      for (; k + 4 <= end; k += 4, to += 4 * width) {
        const auto a = hn::LoadU(d, r0 + k);
        const auto b = hn::LoadU(d, r1 + k);
        const auto c = hn::LoadU(d, r2 + k);
        const auto e = hn::LoadU(d, r3 + k);
        const auto ac_lower = hn::InterleaveLower(d, a, c);
        const auto ac_upper = hn::InterleaveUpper(d, a, c);
        const auto be_lower = hn::InterleaveLower(d, b, e);
        const auto be_upper = hn::InterleaveUpper(d, b, e);
        hn::StoreU(hn::InterleaveLower(d, ac_lower, be_lower), d, to);
        hn::StoreU(hn::InterleaveUpper(d, ac_lower, be_lower), d, to + width);
        hn::StoreU(hn::InterleaveLower(d, ac_upper, be_upper), d, to + 2 * width);
        hn::StoreU(hn::InterleaveUpper(d, ac_upper, be_upper), d, to + 3 * width);
      }
      for (; k < end; ++k, to += width) {
        to[0] = r0[k];
        to[1] = r1[k];
        to[2] = r2[k];
        to[3] = r3[k];
      }
    }
  }
}
#endif

float Square(const float* values, size_t count) {
  const Floats d;
  const size_t lanes = hn::Lanes(d);
  auto sum0 = hn::Zero(d);
  auto sum1 = hn::Zero(d);
  auto sum2 = hn::Zero(d);
  auto sum3 = hn::Zero(d);
  size_t i = 0;
  for (; i + 4 * lanes <= count; i += 4 * lanes) {
    const auto a = hn::LoadU(d, values + i);
    const auto b = hn::LoadU(d, values + i + lanes);
    const auto c = hn::LoadU(d, values + i + 2 * lanes);
    const auto e = hn::LoadU(d, values + i + 3 * lanes);
    sum0 = hn::MulAdd(a, a, sum0);
    sum1 = hn::MulAdd(b, b, sum1);
    sum2 = hn::MulAdd(c, c, sum2);
    sum3 = hn::MulAdd(e, e, sum3);
  }
  const auto sums = hn::Add(hn::Add(sum0, sum1), hn::Add(sum2, sum3));
  float sum = hn::GetLane(hn::SumOfLanes(d, sums));
  for (; i < count; ++i) sum += values[i] * values[i];
  return sum;
}

bool Finite(const float* values, size_t count) {
  const Floats d;
  const size_t lanes = hn::Lanes(d);
  // The difference of an infinity or NaN with itself is NaN; of numbers it is zero.
  auto sum0 = hn::Zero(d);
  auto sum1 = hn::Zero(d);
  size_t i = 0;
  for (; i + 2 * lanes <= count; i += 2 * lanes) {
    const auto a = hn::LoadU(d, values + i);
    const auto b = hn::LoadU(d, values + i + lanes);
    sum0 = hn::Add(sum0, hn::Sub(a, a));
    sum1 = hn::Add(sum1, hn::Sub(b, b));
  }
  float sum = hn::GetLane(hn::SumOfLanes(d, hn::Add(sum0, sum1)));
  for (; i < count; ++i) sum += values[i] - values[i];
  return sum == 0;
}

// product (kRows rows, `stride` apart) = or += a (kRows rows, `dimension` apart) x one panel.
template <size_t kRows>
HWY_INLINE void Tile(const float* HWY_RESTRICT a, size_t dimension, const float* HWY_RESTRICT b,
                     size_t depth, bool add, float* HWY_RESTRICT product, size_t stride) {
  const Floats d;
  const size_t lanes = hn::Lanes(d);
  Vector left[kRows];
  Vector right[kRows];
  for (size_t i = 0; i < kRows; ++i) left[i] = right[i] = hn::Zero(d);
  for (size_t k = 0; k < depth; ++k) {
    const auto b0 = hn::Load(d, b + k * 2 * lanes);
    const auto b1 = hn::Load(d, b + k * 2 * lanes + lanes);
    for (size_t i = 0; i < kRows; ++i) {
      const auto value = hn::Set(d, a[i * dimension + k]);
      left[i] = hn::MulAdd(value, b0, left[i]);
      right[i] = hn::MulAdd(value, b1, right[i]);
    }
  }
  for (size_t i = 0; i < kRows; ++i) {
    float* const to = product + i * stride;
    if (add) {
      left[i] = hn::Add(left[i], hn::Load(d, to));
      right[i] = hn::Add(right[i], hn::Load(d, to + lanes));
    }
    hn::Store(left[i], d, to);
    hn::Store(right[i], d, to + lanes);
  }
}

// The rows that are fewer than a tile's.
template <size_t kRows>
HWY_INLINE void LastTile(size_t rows, const float* a, size_t dimension, const float* b,
                         size_t depth, bool add, float* product, size_t stride) {
  if (rows == kRows) return Tile<kRows>(a, dimension, b, depth, add, product, stride);
  if constexpr (kRows > 1) {
    LastTile<kRows - 1>(rows, a, dimension, b, depth, add, product, stride);
  }
}

void Multiply(const float* a, size_t rows, size_t dimension, const float* packed, size_t panels,
              float* product, float* squares) {
  const size_t panel = 2 * hn::Lanes(Floats());
  const size_t stride = panels * panel;
  // A part of a panel that stays in the first-level cache.
  const size_t parts = (dimension + 255) / 256;
  const size_t depth = (dimension + parts - 1) / parts;
  for (size_t first = 0; first < rows; first += kRowBlock) {
    const size_t block = std::min(kRowBlock, rows - first);
    const float* const block_rows = a + first * dimension;
    for (size_t from = 0; from < dimension; from += depth) {
      const size_t count = std::min(depth, dimension - from);
      // This reads what the tiles need next, one row after the other.
      for (size_t i = 0; i < block; ++i) {
        const float sum = Square(block_rows + i * dimension + from, count);
        squares[first + i] = from == 0 ? sum : squares[first + i] + sum;
      }
      for (size_t p = 0; p < panels; ++p) {
        const float* const b = packed + (p * dimension + from) * panel;
        size_t i = 0;
        for (; i + kTileRows <= block; i += kTileRows) {
          Tile<kTileRows>(block_rows + i * dimension + from, dimension, b, count, from > 0,
                          product + (first + i) * stride + p * panel, stride);
        }
        if (i < block) {
          LastTile<kTileRows - 1>(block - i, block_rows + i * dimension + from, dimension, b, count,
                                  from > 0, product + (first + i) * stride + p * panel, stride);
        }
      }
    }
  }
}

void Scale(float* matrix, size_t rows, size_t columns, const float* row_scale,
           const float* column_scale) {
  const Floats d;
  const size_t lanes = hn::Lanes(d);
  for (size_t i = 0; i < rows; ++i) {
    const auto scale = hn::Set(d, row_scale[i]);
    float* const row = matrix + i * columns;
    for (size_t j = 0; j < columns; j += lanes) {
      const auto value = hn::Mul(hn::Load(d, row + j), hn::LoadU(d, column_scale + j));
      hn::Store(hn::Mul(value, scale), d, row + j);
    }
  }
}

void Sigmoid(float* values, size_t count, float slope, float bias) {
  const Floats d;
  const auto factor = hn::Set(d, -slope);
  const auto offset = hn::Set(d, -bias);
  const auto one = hn::Set(d, 1.0f);
  // The polynomial of Exp is good up to here; the sigmoid is 1e-38.
  const auto most = hn::Set(d, 87.0f);
  for (size_t i = 0; i < count; i += hn::Lanes(d)) {
    const auto power = hn::Min(hn::MulAdd(hn::Load(d, values + i), factor, offset), most);
    hn::Store(hn::Div(one, hn::Add(one, hn::Exp(d, power))), d, values + i);
  }
}

// The best path to a cell: its total and its number of cells, in the numbers of D.
template <class D>
struct Best {
  hn::Vec<D> total;
  hn::Vec<D> length;
};

template <class D>
HWY_INLINE Best<D> Step(const Best<D>& diagonal, const Best<D>& up, const Best<D>& left,
                        hn::Vec<D> cell, hn::Vec<D> one) {
  const auto is_up = hn::Gt(up.total, diagonal.total);
  const auto total = hn::Max(up.total, diagonal.total);
  const auto length = hn::IfThenElse(is_up, up.length, diagonal.length);
  const auto is_left = hn::Gt(left.total, total);
  return {hn::Add(hn::Max(left.total, total), cell),
          hn::Add(hn::IfThenElse(is_left, left.length, length), one)};
}

HWY_INLINE hn::Vec<Floats> Cells(Floats d, const float* from) { return hn::Load(d, from); }
HWY_INLINE hn::Vec<Doubles> Cells(Doubles d, const float* from) {
  return hn::PromoteTo(d, hn::LoadU(hn::Rebind<float, Doubles>(), from));
}

// Warps the matrices of one vector of D; those of all vectors lie `lanes` numbers apart.
template <class D, typename Real = hn::TFromD<D>>
HWY_INLINE void WarpVector(D d, const float* cells, size_t rows, size_t columns, size_t lanes,
                           bool first, Real* totals, Real* lengths) {
  const auto one = hn::Set(d, Real{1});
  const Best<D> none = {hn::Set(d, -std::numeric_limits<Real>::infinity()), hn::Zero(d)};
  Best<D> start = none;
  if (first) {
    for (size_t j = 0; j < columns; ++j) {
      hn::Store(none.total, d, totals + j * lanes);
      hn::Store(none.length, d, lengths + j * lanes);
    }
    // The first cell has an empty path before it.
    start.total = hn::Zero(d);
  }
  const auto load = [&](size_t j) HWY_ATTR {
    return Best<D>{hn::Load(d, totals + j * lanes), hn::Load(d, lengths + j * lanes)};
  };
  const auto store = [&](const Best<D>& best, size_t j) HWY_ATTR {
    hn::Store(best.total, d, totals + j * lanes);
    hn::Store(best.length, d, lengths + j * lanes);
  };
  size_t i = 0;
  // Two rows at once, the second one column behind: neither waits for the other's additions.
  for (; i + 2 <= rows; i += 2) {
    const float* HWY_RESTRICT upper = cells + i * columns * lanes;
    const float* HWY_RESTRICT lower = upper + columns * lanes;
    Best<D> above = load(0);
    Best<D> here = Step<D>(start, above, none, Cells(d, upper), one);
    Best<D> diagonal = above;
    Best<D> lower_diagonal = none;
    Best<D> lower_here = none;
    for (size_t j = 1; j < columns; ++j) {
      above = load(j);
      const auto next = Step<D>(diagonal, above, here, Cells(d, upper + j * lanes), one);
      lower_here =
          Step<D>(lower_diagonal, here, lower_here, Cells(d, lower + (j - 1) * lanes), one);
      store(lower_here, j - 1);
      diagonal = above;
      lower_diagonal = here;
      here = next;
    }
    const auto last = Cells(d, lower + (columns - 1) * lanes);
    store(Step<D>(lower_diagonal, here, lower_here, last, one), columns - 1);
    start = none;
  }
  if (i < rows) {
    const float* const row = cells + i * columns * lanes;
    Best<D> diagonal = start;
    Best<D> here = none;
    for (size_t j = 0; j < columns; ++j) {
      const Best<D> above = load(j);
      here = Step<D>(diagonal, above, here, Cells(d, row + j * lanes), one);
      store(here, j);
      diagonal = above;
    }
  }
}

void Warp(const float* cells, size_t rows, size_t columns, bool first, float* totals,
          float* lengths) {
  const Floats d;
  WarpVector(d, cells, rows, columns, hn::Lanes(d), first, totals, lengths);
}

void WarpDouble(const float* cells, size_t rows, size_t columns, bool first, double* totals,
                double* lengths) {
  const Doubles d;
  const size_t lanes = hn::Lanes(Floats());
  for (size_t lane = 0; lane < lanes; lane += hn::Lanes(d)) {
    WarpVector(d, cells + lane, rows, columns, lanes, first, totals + lane, lengths + lane);
  }
}

const Kernels* Table() {
  static const Kernels kTable = {hn::Lanes(Floats()),
                                 2 * hn::Lanes(Floats()),
                                 &Interleave,
                                 &Multiply,
                                 &Scale,
                                 &Sigmoid,
                                 &Warp,
                                 &WarpDouble,
                                 &Square,
                                 &Finite};
  return &kTable;
}

}  // namespace HWY_NAMESPACE
}  // namespace gesta::alignment
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gesta::alignment {
namespace {
HWY_EXPORT(Table);
}  // namespace

const Kernels& BestKernels() {
  // Before the first look-up the table's entry chooses anew in every call.
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  return *HWY_DYNAMIC_DISPATCH(Table)();
}

}  // namespace gesta::alignment
#endif  // HWY_ONCE
