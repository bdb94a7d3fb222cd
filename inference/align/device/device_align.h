// Aligning on a device of LibTorch: similarities are batched matrix products, time warping goes
// over the anti-diagonals of all pairs of a batch together, as tensors. On a CUDA device it is one
// launch of a kernel (warp.cu) where that was built.
#ifndef GESTA_ALIGN_DEVICE_DEVICE_ALIGN_H_
#define GESTA_ALIGN_DEVICE_DEVICE_ALIGN_H_

#include <memory>
#include <string>
#include <vector>

#include "align/device/batches.h"
#include "gesta/align.h"

namespace gesta::alignment {

// "cpu" (for comparing), "cuda" (the same as "cuda:0"), "cuda:1", …
bool HasDevice(const std::string& device);

// Whether this build has the kernel for CUDA devices.
bool HasCudaKernel();

// AlignPairs on a device, with similarities in single precision and totals as the options say.
// `threads` copy the rows to where the device takes them; the interruption is asked between batches
// of kBatchBytes. kInvalidArgument as in AlignPairs, and for a device that is not there;
// kUnsupported: `exact`; kMemoryBudget: the device's memory is full.
Result<std::vector<Alignment>> AlignPairsOn(const std::string& device,
                                            const std::vector<Matrix>& sequences,
                                            const std::vector<Matrix>& decompositions,
                                            const std::vector<Pair>& pairs,
                                            const AlignOptions& options = {});

enum class WarpMethod {
  kBest,     // the kernel where there is one for the device
  kTensors,  // tensors, on any device
};

// One batch on a device: the steps of AlignPairsOn, apart so that they can be compared and
// measured. Nothing waits for the device before Wait() and Fetch(). Must not outlive what it was
// made of.
class DeviceBatch {
 public:
  // Copies the batch's rows to the device. Errors as AlignPairsOn.
  static Result<std::unique_ptr<DeviceBatch>> Upload(const std::string& device, const Batch& batch,
                                                     const std::vector<Matrix>& sequences,
                                                     const std::vector<Matrix>& decompositions,
                                                     const AlignOptions& options);
  ~DeviceBatch();
  DeviceBatch(const DeviceBatch&) = delete;
  DeviceBatch& operator=(const DeviceBatch&) = delete;

  Status Multiply();
  // After Multiply(), once: it may use the product's memory.
  Status Warp(WarpMethod method = WarpMethod::kBest);
  Status Wait();
  // Writes the results of the batch's pairs, by their numbers; after Warp().
  Status Fetch(std::vector<Alignment>* results);

 private:
  struct State;
  explicit DeviceBatch(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gesta::alignment

#endif  // GESTA_ALIGN_DEVICE_DEVICE_ALIGN_H_
