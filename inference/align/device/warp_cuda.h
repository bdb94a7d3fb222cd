// Time warping on a CUDA device: the one launch of warp.cu, without CUDA's or a tensor library's
// types.
#ifndef GESTA_ALIGN_DEVICE_WARP_CUDA_H_
#define GESTA_ALIGN_DEVICE_WARP_CUDA_H_

#include <cstddef>
#include <cstdint>

namespace gesta::alignment {

// All pointers are the device's. A pair is the part of a product that begins at cell `firsts` and
// has so many frames (rows) and subactions (columns).
struct CudaWarp {
  size_t pairs = 0;
  const float* product = nullptr;        // blocks x rows x columns
  const float* row_scales = nullptr;     // blocks x rows
  const float* column_scales = nullptr;  // blocks x columns
  int64_t rows = 0;
  int64_t columns = 0;
  // sigmoid(cosine * slope + bias) where `logit` is set, else the cosine.
  bool logit = false;
  float slope = 0;
  float bias = 0;

  const int64_t* firsts = nullptr;
  const int64_t* frames = nullptr;
  const int64_t* subactions = nullptr;
  int64_t most_subactions = 0;
  bool single_totals = false;

  // What a strip of columns leaves to the next, a number for each frame of all pairs; a pair's own
  // begin at `frames_before`. Needed where a pair has more than kCudaLanes subactions.
  void* strip_totals = nullptr;  // double, or float with single_totals
  int32_t* strip_lengths = nullptr;
  const int64_t* frames_before = nullptr;

  // The Predecessor of each cell, frames x subactions; a pair's own begin at `cells_before`. Null:
  // no paths.
  uint8_t* steps = nullptr;
  const int64_t* cells_before = nullptr;

  double* totals = nullptr;    // pairs
  int32_t* lengths = nullptr;  // pairs
};

// Columns that are in registers at the same time.
inline constexpr int kCudaLanes = 32;

// Launches the kernel on a stream (a cudaStream_t) of the current device, and does not wait.
// Null, or what went wrong.
const char* LaunchCudaWarp(const CudaWarp& warp, void* stream);

}  // namespace gesta::alignment

#endif  // GESTA_ALIGN_DEVICE_WARP_CUDA_H_
