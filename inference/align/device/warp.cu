// Time warping of many pairs in one launch. A group of 8, 16 or 32 lanes takes a pair: each lane
// has a column (a subaction) in its registers and goes down the frames one step behind its left
// neighbour, so that in every step the group computes an anti-diagonal. What comes from the left
// and from the diagonal is handed over by shuffles. More columns than lanes are taken strip by
// strip.
//
// Cells are fetched a square of lanes x lanes at a time, row by row as they lie in memory, scaled
// and put through the sigmoid by all lanes, and kept in shared memory until the diagonals have
// passed.
#include <cmath>

#include "align/device/warp_cuda.h"

namespace gesta::alignment {
namespace {

constexpr int kWarpLanes = 32;
constexpr int kThreads = 128;
constexpr unsigned kAllLanes = 0xffffffffu;

// The values of Predecessor.
constexpr int kFromDiagonal = 0;
constexpr int kFromUp = 1;
constexpr int kFromLeft = 2;

__device__ float Similarity(const CudaWarp& warp, float product, float scale) {
  const float cosine = product * scale;
  if (!warp.logit) return cosine;
  // The bound is that of the processor's kernel: the sigmoid is 1e-38 there.
  const float power = fminf(-(cosine * warp.slope + warp.bias), 87.0f);
  return 1.0f / (1.0f + expf(power));
}

template <typename Real, int kLanes, bool kSteps>
__global__ void __launch_bounds__(kThreads) Warp(const CudaWarp warp) {
  constexpr int kSquare = kLanes * kLanes;
  // Two squares, and as much more as puts the groups of a warp into different banks.
  constexpr int kTile = 2 * kSquare + (kLanes < kWarpLanes ? kLanes : 0);
  __shared__ float tiles[kThreads / kLanes * kTile];

  const int group = static_cast<int>(threadIdx.x) / kLanes;
  const int lane = static_cast<int>(threadIdx.x) % kLanes;
  float* const tile = tiles + group * kTile;
  const size_t pair = static_cast<size_t>(blockIdx.x) * (kThreads / kLanes) + group;
  // Groups without a pair go along with the others of their warp, which shuffles need.
  const bool present = pair < warp.pairs;
  const int frames = present ? static_cast<int>(warp.frames[pair]) : 0;
  const int subactions = present ? static_cast<int>(warp.subactions[pair]) : 0;
  const int64_t first = present ? warp.firsts[pair] : 0;
  const float* const cells = warp.product + first;
  const int64_t block = first / (warp.rows * warp.columns);
  const float* const row_scales = warp.row_scales + first / warp.columns;
  const float* const column_scales =
      warp.column_scales + block * warp.columns + first % warp.columns;
  const bool strips = warp.strip_totals != nullptr;
  const int64_t before = strips && present ? warp.frames_before[pair] : 0;
  Real* const strip_totals = static_cast<Real*>(warp.strip_totals) + before;
  int32_t* const strip_lengths = warp.strip_lengths + before;
  uint8_t* const steps = kSteps && present ? warp.steps + warp.cells_before[pair] : nullptr;

  const Real none = -static_cast<Real>(INFINITY);
  // With fewer than 32 lanes all subactions fit them.
  for (int begin = 0; begin == 0 || (strips && begin < subactions); begin += kLanes) {
    const int column = begin + lane;
    const bool mine = column < subactions;
    const bool more = strips && begin + kLanes < subactions;
    const float column_scale = mine ? column_scales[column] : 0.0f;
    Real total = none;
    int length = 0;
    // The first cell has an empty path before it.
    Real diagonal = column == 0 ? Real{0} : none;
    int diagonal_length = 0;

    int diagonals = frames + min(kLanes, subactions - begin) - 1;
    for (int other = kLanes; other < kWarpLanes; other *= 2) {
      diagonals = max(diagonals, __shfl_xor_sync(kAllLanes, diagonals, other));
    }
    for (int chunk = 0; chunk < diagonals; chunk += kLanes) {
      // The square replaces the last but one: diagonals reach up by kLanes - 1 rows.
      float* const square = tile + (chunk / kLanes % 2) * kSquare;
#pragma unroll
      for (int i = 0; i < kLanes; ++i) {
        const int row = chunk + i;
        float cell = 0;
        if (mine && row < frames) {
          cell =
              Similarity(warp, cells[row * warp.columns + column], row_scales[row] * column_scale);
        }
        square[i * kLanes + lane] = cell;
      }
      __syncwarp();
#pragma unroll 4
      for (int i = 0; i < kLanes; ++i) {
        const int at = chunk + i;
        Real left = __shfl_up_sync(kAllLanes, total, 1, kLanes);
        int left_length = __shfl_up_sync(kAllLanes, length, 1, kLanes);
        if (lane == 0) {
          left = none;
          if (begin > 0 && at < frames) {
            left = strip_totals[at];
            left_length = strip_lengths[at];
          }
        }
        const int row = at - lane;
        if (mine && row >= 0 && row < frames) {
          Real best = diagonal;
          int best_length = diagonal_length;
          int from = kFromDiagonal;
          if (total > best) {
            best = total;
            best_length = length;
            from = kFromUp;
          }
          if (left > best) {
            best = left;
            best_length = left_length;
            from = kFromLeft;
          }
          total = best + static_cast<Real>(tile[row % (2 * kLanes) * kLanes + lane]);
          length = best_length + 1;
          if (kSteps) {
            steps[static_cast<int64_t>(row) * subactions + column] = static_cast<uint8_t>(from);
          }
          if (more && lane == kLanes - 1) {
            // Lane 0 has read this place kLanes - 1 steps ago.
            strip_totals[row] = total;
            strip_lengths[row] = length;
          }
        }
        diagonal = left;
        diagonal_length = left_length;
      }
      __syncwarp();
    }
    if (mine && column == subactions - 1) {
      warp.totals[pair] = static_cast<double>(total);
      warp.lengths[pair] = length;
    }
  }
}

template <typename Real, int kLanes>
void Launch(const CudaWarp& warp, cudaStream_t stream) {
  constexpr size_t kPairs = kThreads / kLanes;
  const auto blocks = static_cast<unsigned>((warp.pairs + kPairs - 1) / kPairs);
  if (warp.steps != nullptr) {
    Warp<Real, kLanes, true><<<blocks, kThreads, 0, stream>>>(warp);
  } else {
    Warp<Real, kLanes, false><<<blocks, kThreads, 0, stream>>>(warp);
  }
}

template <typename Real>
void Launch(const CudaWarp& warp, cudaStream_t stream) {
  if (warp.most_subactions <= 8) {
    Launch<Real, 8>(warp, stream);
  } else if (warp.most_subactions <= 16) {
    Launch<Real, 16>(warp, stream);
  } else {
    Launch<Real, kCudaLanes>(warp, stream);
  }
}

}  // namespace

const char* LaunchCudaWarp(const CudaWarp& warp, void* stream) {
  if (warp.pairs == 0) return nullptr;
  const auto on = static_cast<cudaStream_t>(stream);
  if (warp.single_totals) {
    Launch<float>(warp, on);
  } else {
    Launch<double>(warp, on);
  }
  const cudaError_t error = cudaGetLastError();
  return error == cudaSuccess ? nullptr : cudaGetErrorString(error);
}

}  // namespace gesta::alignment
