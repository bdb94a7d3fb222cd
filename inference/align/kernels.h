// The inner loops of alignment, for the best instruction set of the processor that runs them.
#ifndef GESTA_ALIGN_KERNELS_H_
#define GESTA_ALIGN_KERNELS_H_

#include <cstddef>

namespace gesta::alignment {

struct Kernels {
  // Floats in a vector: the matrices that one call of `warp` takes together.
  size_t lanes;
  // Columns that `multiply` makes together; a multiple of `lanes`.
  size_t panel;

  // out[k * width + j] = rows[j][k] for k < count, j < width; width is `lanes` or `panel`.
  void (*interleave)(const float* const* rows, size_t width, size_t count, float* out);

  // product[i * panels * panel + j] = sum over k of a[i * dimension + k] * b[j][k], where `packed`
  // holds the b of each panel interleaved, one panel after the other; squares[i] = the sum of the
  // squares of row i of a.
  void (*multiply)(const float* a, size_t rows, size_t dimension, const float* packed,
                   size_t panels, float* product, float* squares);

  // matrix[i * columns + j] *= row_scale[i] * column_scale[j]; columns is a multiple of `panel`.
  void (*scale)(float* matrix, size_t rows, size_t columns, const float* row_scale,
                const float* column_scale);

  // values[i] = sigmoid(values[i] * slope + bias); count is a multiple of `lanes`.
  void (*sigmoid)(float* values, size_t count, float slope, float bias);

  // Time warping over the next `rows` rows of `lanes` matrices of `columns` columns: cells[(row *
  // columns + column) * lanes + lane]. totals and lengths (columns x lanes) hold what the row
  // before left and get what the last row leaves; `first` says that there is no row before.
  void (*warp)(const float* cells, size_t rows, size_t columns, bool first, float* totals,
               float* lengths);

  // The same with totals in double.
  void (*warp_double)(const float* cells, size_t rows, size_t columns, bool first, double* totals,
                      double* lengths);

  // The sum of the squares of `count` floats.
  float (*square)(const float* values, size_t count);

  // Whether all of `count` floats are numbers.
  bool (*finite)(const float* values, size_t count);
};

// Rows of `a` that stay in the second-level cache while all panels pass.
inline constexpr size_t kRowBlock = 96;

const Kernels& BestKernels();

}  // namespace gesta::alignment

#endif  // GESTA_ALIGN_KERNELS_H_
