// How fast a device aligns: from the host's memory, and with the rows on the device already; each
// beside the same without time warping, which is copying and one product a batch.
#include <fmt/format.h>

#include <memory>
#include <vector>

#include "align/device/device_align.h"
#include "device/device_program.h"

namespace gesta::test {
namespace {

using alignment::AlignOptions;
using alignment::Batch;
using alignment::Batches;
using alignment::DeviceBatch;
using alignment::WarpMethod;
using bench::Data;
using bench::Must;
using bench::Seconds;
using bench::Times;

void Check(const Status& status) {
  if (status.ok()) return;
  fmt::print(stderr, "{}\n", status.ToString());
  std::exit(1);
}

class Row {
 public:
  Row(const std::string& device, const bench::Shape& shape, const bench::Measuring& how)
      : device_(device), shape_(shape), how_(how), data_(MakeData(shape)) {
    options_.logit = bench::kLogit;
    options_.threads = how.threads;
    batches_ = MakeBatches(data_.sequences, data_.decompositions, data_.pairs, options_);
  }

  void Print() {
    const double processor = Seconds(how_, [&] {
      Must(AlignPairs(data_.sequences, data_.decompositions, data_.pairs, options_));
    });
    const double whole = Seconds(how_, [&] {
      Must(AlignPairsOn(device_, data_.sequences, data_.decompositions, data_.pairs, options_));
    });
    const double copied_product = Seconds(how_, [&] {
      std::unique_ptr<DeviceBatch> last;
      for (const Batch& batch : batches_.batches) {
        auto next = Upload(batch);
        Check(next->Multiply());
        if (last) Check(last->Wait());
        last = std::move(next);
      }
      Check(last->Wait());
    });
    std::vector<std::unique_ptr<DeviceBatch>> there;
    for (const Batch& batch : batches_.batches) there.push_back(Upload(batch));
    const double product = Seconds(how_, [&] {
      for (const auto& batch : there) Check(batch->Multiply());
      Check(there.back()->Wait());
    });
    std::vector<alignment::Alignment> results(batches_.distinct);
    const auto aligned = [&](WarpMethod method) {
      return Seconds(how_, [&] {
        for (const auto& batch : there) {
          Check(batch->Multiply());
          Check(batch->Warp(method));
        }
        for (const auto& batch : there) Check(batch->Fetch(&results));
      });
    };
    const double best = aligned(WarpMethod::kBest);
    const double tensors = aligned(WarpMethod::kTensors);
    fmt::print(
        "{:>6} {:>5} {:>4} {:>3} {:>5} {:>9.2f} {:>9.2f} {:>9.2f} {:>7} {:>9.3f} {:>9.3f} {:>7} "
        "{:>9.3f} {:>8.2f}  {}\n",
        shape_.videos, shape_.frames, shape_.candidates, shape_.subactions, shape_.dimension,
        1e3 * processor, 1e3 * whole, 1e3 * copied_product, Times(whole, copied_product),
        1e3 * best, 1e3 * product, Times(best, product), 1e3 * tensors,
        static_cast<double>(data_.cells) / best / 1e9, shape_.name);
    std::fflush(stdout);
  }

 private:
  std::unique_ptr<DeviceBatch> Upload(const Batch& batch) {
    return Must(
        DeviceBatch::Upload(device_, batch, data_.sequences, data_.decompositions, options_));
  }

  const std::string& device_;
  const bench::Shape& shape_;
  const bench::Measuring& how_;
  const Data data_;
  AlignOptions options_;
  Batches batches_;
};

}  // namespace

int MeasureDevice(const std::string& device, size_t pairs, const bench::Measuring& how) {
  fmt::print(
      "device {}, {}; milliseconds, median of {} runs, {} threads copy\n"
      "cpu: the processor's own kernels; whole, prod.: from the host's memory, with and without "
      "time warping;\nthere: rows on the device already, warped by {}; tensors: warped by "
      "tensors\n",
      device,
      alignment::HasCudaKernel() ? "built with the CUDA kernel" : "built without a CUDA kernel",
      how.runs, how.threads, alignment::HasCudaKernel() ? "the kernel" : "tensors");
  fmt::print(
      "{:>6} {:>5} {:>4} {:>3} {:>5} {:>9} {:>9} {:>9} {:>7} {:>9} {:>9} {:>7} {:>9} {:>8}\n",
      "videos", "T", "N", "S", "D", "cpu", "whole", "prod.", "wh./p", "there", "prod.", "th./p",
      "tensors", "Gcells/s");
  for (const bench::Shape& shape : bench::Shapes(pairs)) Row(device, shape, how).Print();
  return 0;
}

}  // namespace gesta::test
