#include "align/device/device_align.h"

#include <ATen/Context.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/take.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <c10/util/Exception.h>
#ifdef GESTA_CUDA_KERNEL
#include <c10/cuda/CUDAStream.h>

#include "align/device/warp_cuda.h"
#endif

#include <algorithm>
#include <cmath>
#include <cstring>
#include <deque>
#include <exception>
#include <limits>
#include <new>
#include <optional>
#include <utility>

#include "align/similarity.h"
#include "align/warp.h"

namespace gesta::alignment {
namespace {

// Calls a function that gives a Status; what LibTorch throws becomes one.
template <typename Function>
Status Guarded(const at::Device& device, const Function& function) {
  const auto full = [&] {
    return Status(StatusCode::kMemoryBudget,
                  "not enough memory on the device '" + device.str() + "' to align",
                  "align fewer pairs at a time, or on the device 'cpu'");
  };
  try {
    const c10::InferenceMode inference;
    const c10::DeviceGuard guard(device);
    return function();
  } catch (const std::bad_alloc&) {
    return full();
  } catch (const c10::OutOfMemoryError&) {
    return full();
  } catch (const std::exception& error) {
    // LibTorch adds a stack trace after the first line.
    const std::string text = error.what();
    return Status(StatusCode::kInternal, "aligning on the device '" + device.str() +
                                             "' failed: " + text.substr(0, text.find('\n')));
  }
}

Result<at::Device> ReadDevice(const std::string& text) {
  const auto bad = [&](const std::string& why) {
    return Status(StatusCode::kInvalidArgument, "the device '" + text + "' " + why,
                  "known are cpu, cuda and cuda:0, cuda:1, …");
  };
  std::optional<at::Device> device;
  try {
    device.emplace(text);
  } catch (const std::exception&) {
    return bad("is none");
  }
  if (device->is_cpu()) return *device;
  if (!device->is_cuda()) return bad("cannot align");
  if (!at::hasCUDA()) {
    return bad(
        "is not there: this machine, or the LibTorch that the inference module was built with, has "
        "no CUDA");
  }
  const int index = device->has_index() ? device->index() : 0;
  const int count = static_cast<int>(c10::impl::getDeviceGuardImpl(at::kCUDA)->deviceCount());
  if (index >= count) {
    return bad("is not there: this machine has " + std::to_string(count));
  }
  return at::Device(at::kCUDA, static_cast<at::DeviceIndex>(index));
}

static_assert(kDiagonal == 0 && kUp == 1 && kLeft == 2, "the steps that devices write");

int64_t Signed(size_t number) { return static_cast<int64_t>(number); }

// A pair's place in the product of its batch.
struct Place {
  size_t result;
  size_t first;  // the cell of the first frame and the first subaction
  size_t frames;
  size_t subactions;
};

std::vector<Place> Places(const Batch& batch, const std::vector<Matrix>& sequences,
                          const std::vector<Matrix>& decompositions,
                          const SimilarityOptions& options) {
  std::vector<Place> places;
  for (size_t i = 0; i < batch.blocks.size(); ++i) {
    const Block& block = batch.blocks[i];
    size_t row = i * batch.rows;
    for (const auto& [sequence, first_result] : block.sequences) {
      const size_t frames = FrameCount(sequences[sequence], options);
      size_t column = 0;
      for (size_t j = 0; j < block.decompositions.size(); ++j) {
        const size_t subactions = decompositions[block.decompositions[j]].rows;
        places.push_back({first_result + j, row * batch.columns + column, frames, subactions});
        column += subactions;
      }
      row += frames;
    }
  }
  return places;
}

}  // namespace

struct DeviceBatch::State {
  State(const at::Device& where, const Batch& what, const AlignOptions& how)
      : device(where), batch(what), options(how) {}

  at::TensorOptions On(at::ScalarType type) const {
    return at::TensorOptions().dtype(type).device(device);
  }

  // A tensor of the host, in memory that a CUDA device copies from by itself.
  at::Tensor HostTensor(at::IntArrayRef shape, at::ScalarType type) const {
    return at::empty(shape, at::TensorOptions().dtype(type).pinned_memory(device.is_cuda()));
  }

  Status Stage(const std::vector<Matrix>& sequences, const std::vector<Matrix>& decompositions);
  void WarpTensors();
#ifdef GESTA_CUDA_KERNEL
  Status WarpCuda();
#endif

  const at::Device device;
  const Batch& batch;
  const AlignOptions& options;
  std::vector<Place> places;
  size_t most_frames = 0;
  size_t most_subactions = 0;

  // Rows of `table`.
  enum Row { kFirst, kFrames, kSubactions, kFramesBefore, kCellsBefore, kRows };

  at::Tensor rows;           // blocks x rows x dimension
  at::Tensor row_scales;     // blocks x rows x 1
  at::Tensor columns;        // blocks x columns x dimension
  at::Tensor column_scales;  // blocks x 1 x columns
  at::Tensor product;        // blocks x rows x columns

  // Of each pair, one below the other: see Row.
  at::Tensor table;
  size_t all_frames = 0;
  size_t all_cells = 0;

  at::Tensor totals;   // pairs, double
  at::Tensor lengths;  // pairs, int
  // Predecessors of all cells. WarpTensors: diagonals x pairs x subactions; WarpCuda: pair by pair,
  // frames x subactions.
  at::Tensor steps;
  bool steps_by_diagonal = false;
};

Status DeviceBatch::State::Stage(const std::vector<Matrix>& sequences,
                                 const std::vector<Matrix>& decompositions) {
  places = Places(batch, sequences, decompositions, options);
  const size_t pairs = places.size();
  table = HostTensor({kRows, Signed(pairs)}, at::kLong);
  int64_t* const numbers = table.data_ptr<int64_t>();
  for (size_t i = 0; i < pairs; ++i) {
    const Place& place = places[i];
    numbers[kFirst * pairs + i] = Signed(place.first);
    numbers[kFrames * pairs + i] = Signed(place.frames);
    numbers[kSubactions * pairs + i] = Signed(place.subactions);
    numbers[kFramesBefore * pairs + i] = Signed(all_frames);
    numbers[kCellsBefore * pairs + i] = Signed(all_cells);
    all_frames += place.frames;
    all_cells += place.frames * place.subactions;
    most_frames = std::max(most_frames, place.frames);
    most_subactions = std::max(most_subactions, place.subactions);
  }
  const int64_t blocks = Signed(batch.blocks.size());
  const int64_t height = Signed(batch.rows);
  const int64_t width = Signed(batch.columns);
  const int64_t dimension = Signed(batch.dimension);
  rows = HostTensor({blocks, height, dimension}, at::kFloat);
  row_scales = HostTensor({blocks, height, 1}, at::kFloat);
  columns = HostTensor({blocks, width, dimension}, at::kFloat);
  column_scales = HostTensor({blocks, 1, width}, at::kFloat);
  GESTA_RETURN_IF_ERROR(
      alignment::Stage(batch, sequences, decompositions, options,
                       {rows.data_ptr<float>(), row_scales.data_ptr<float>(),
                        columns.data_ptr<float>(), column_scales.data_ptr<float>()}));
  for (at::Tensor* const tensor : {&rows, &row_scales, &columns, &column_scales, &table}) {
    *tensor = tensor->to(device, /*non_blocking=*/true);
  }
  return Status::Ok();
}

// All pairs of the batch go down their anti-diagonals together; place j + 1 of the two previous
// diagonals holds column j, place 0 stays empty. Cells outside of a pair's own matrix get values
// that its own never see: a cell depends on those above and to the left alone.
void DeviceBatch::State::WarpTensors() {
  at::Tensor& cells = product;
  cells.mul_(row_scales).mul_(column_scales);
  if (options.logit) {
    // The bound is that of the processor's kernel.
    cells.mul_(std::exp(options.logit->scale)).add_(options.logit->bias).clamp_min_(-87);
    cells.sigmoid_();
  }
  const at::Tensor flat = cells.view({-1});

  const at::ScalarType real = options.single_totals ? at::kFloat : at::kDouble;
  const int64_t pairs = Signed(places.size());
  const int64_t width = Signed(most_subactions);
  const int64_t height = Signed(most_frames);
  const int64_t diagonals = height + width - 1;
  const int64_t stride = Signed(batch.columns);
  const at::Tensor last_place = table.select(0, kSubactions).unsqueeze(1);
  const at::Tensor last_diagonal =
      table.select(0, kFrames).add(table.select(0, kSubactions)).sub_(2).unsqueeze(0);

  constexpr double kNone = -std::numeric_limits<double>::infinity();
  at::Tensor totals_before = at::full({pairs, width + 1}, kNone, On(real));
  at::Tensor totals_last = totals_before.clone();
  at::Tensor lengths_before = at::zeros({pairs, width + 1}, On(at::kInt));
  at::Tensor lengths_last = lengths_before.clone();
  // What each diagonal has in the last column of each pair.
  at::Tensor end_totals = at::empty({diagonals, pairs}, On(real));
  at::Tensor end_lengths = at::empty({diagonals, pairs}, On(at::kInt));
  if (options.paths) {
    steps = at::empty({diagonals, pairs, width}, On(at::kByte));
    steps_by_diagonal = true;
  }
  // One column further right on a diagonal is one row further up.
  const at::Tensor places_of_columns =
      table.select(0, kFirst).unsqueeze(1).add(at::arange(width, On(at::kLong)).mul(1 - stride));
  // The first cell has an empty path before it.
  totals_before.select(1, 0).fill_(0);

  for (int64_t diagonal = 0; diagonal < diagonals; ++diagonal) {
    const int64_t from = std::max<int64_t>(0, diagonal - height + 1);
    const int64_t count = std::min(diagonal, width - 1) - from + 1;
    const auto part = [&](const at::Tensor& all, int64_t place) {
      return all.narrow(1, place, count);
    };
    const at::Tensor up = part(totals_last, from + 1);
    const at::Tensor left = part(totals_last, from);
    const at::Tensor cross = part(totals_before, from);
    const at::Tensor is_up = up.gt(cross);
    at::Tensor total = at::maximum(up, cross);
    const at::Tensor is_left = left.gt(total);
    total = at::maximum(left, total);
    at::Tensor length = at::where(is_up, part(lengths_last, from + 1), part(lengths_before, from));
    length = at::where(is_left, part(lengths_last, from), length).add_(1);
    // Padded pairs may reach past the product's end.
    const at::Tensor at_cells =
        part(places_of_columns, from).add(diagonal * stride).clamp_max_(flat.numel() - 1);
    total.add_(at::take(flat, at_cells));
    if (options.paths) {
      part(steps.select(0, diagonal), from)
          .copy_(is_up.to(at::kByte).masked_fill_(is_left, int{kLeft}));
    }
    if (diagonal == 0) totals_before.select(1, 0).fill_(kNone);
    part(totals_before, from + 1).copy_(total);
    part(lengths_before, from + 1).copy_(length);
    std::swap(totals_before, totals_last);
    std::swap(lengths_before, lengths_last);
    end_totals.select(0, diagonal).copy_(totals_last.gather(1, last_place).squeeze(1));
    end_lengths.select(0, diagonal).copy_(lengths_last.gather(1, last_place).squeeze(1));
  }
  totals = end_totals.gather(0, last_diagonal).squeeze(0).to(at::kDouble);
  lengths = end_lengths.gather(0, last_diagonal).squeeze(0);
}

#ifdef GESTA_CUDA_KERNEL
Status DeviceBatch::State::WarpCuda() {
  CudaWarp warp;
  warp.pairs = places.size();
  warp.product = product.data_ptr<float>();
  warp.row_scales = row_scales.data_ptr<float>();
  warp.column_scales = column_scales.data_ptr<float>();
  warp.rows = Signed(batch.rows);
  warp.columns = Signed(batch.columns);
  if (options.logit) {
    warp.logit = true;
    warp.slope = static_cast<float>(std::exp(options.logit->scale));
    warp.bias = static_cast<float>(options.logit->bias);
  }
  warp.single_totals = options.single_totals;
  warp.most_subactions = Signed(most_subactions);
  const int64_t* const numbers = table.data_ptr<int64_t>();
  warp.firsts = numbers + kFirst * places.size();
  warp.frames = numbers + kFrames * places.size();
  warp.subactions = numbers + kSubactions * places.size();
  at::Tensor strip_totals, strip_lengths;
  if (most_subactions > kCudaLanes) {
    strip_totals =
        at::empty({Signed(all_frames)}, On(options.single_totals ? at::kFloat : at::kDouble));
    strip_lengths = at::empty({Signed(all_frames)}, On(at::kInt));
    warp.strip_totals = strip_totals.data_ptr();
    warp.strip_lengths = strip_lengths.data_ptr<int32_t>();
    warp.frames_before = numbers + kFramesBefore * places.size();
  }
  if (options.paths) {
    steps = at::empty({Signed(all_cells)}, On(at::kByte));
    steps_by_diagonal = false;
    warp.steps = steps.data_ptr<uint8_t>();
    warp.cells_before = numbers + kCellsBefore * places.size();
  }
  totals = at::empty({Signed(places.size())}, On(at::kDouble));
  lengths = at::empty({Signed(places.size())}, On(at::kInt));
  warp.totals = totals.data_ptr<double>();
  warp.lengths = lengths.data_ptr<int32_t>();
  // Memory that is given back when this returns is taken again by later work of this stream alone.
  const auto stream = c10::cuda::getCurrentCUDAStream(device.index()).stream();
  const char* const error = LaunchCudaWarp(warp, static_cast<void*>(stream));
  if (error == nullptr) return Status::Ok();
  return Status(StatusCode::kInternal,
                "time warping on the device '" + device.str() + "' could not begin: " + error);
}
#endif

DeviceBatch::DeviceBatch(std::unique_ptr<State> state) : state_(std::move(state)) {}
DeviceBatch::~DeviceBatch() = default;

Result<std::unique_ptr<DeviceBatch>> DeviceBatch::Upload(const std::string& device,
                                                         const Batch& batch,
                                                         const std::vector<Matrix>& sequences,
                                                         const std::vector<Matrix>& decompositions,
                                                         const AlignOptions& options) {
  GESTA_ASSIGN_OR_RETURN(const at::Device where, ReadDevice(device));
  if (options.exact) {
    return Status(StatusCode::kUnsupported,
                  "exact alignments are not made on the device '" + device + "'",
                  "leave out one of exact and device");
  }
  auto state = std::make_unique<State>(where, batch, options);
  GESTA_RETURN_IF_ERROR(Guarded(where, [&] { return state->Stage(sequences, decompositions); }));
  return std::unique_ptr<DeviceBatch>(new DeviceBatch(std::move(state)));
}

Status DeviceBatch::Multiply() {
  return Guarded(state_->device, [&] {
    state_->product = at::bmm(state_->rows, state_->columns.transpose(1, 2));
    return Status::Ok();
  });
}

Status DeviceBatch::Warp(WarpMethod method) {
  return Guarded(state_->device, [&] {
#ifdef GESTA_CUDA_KERNEL
    if (method == WarpMethod::kBest && state_->device.is_cuda()) return state_->WarpCuda();
#endif
    state_->WarpTensors();
    return Status::Ok();
  });
}

Status DeviceBatch::Wait() {
  return Guarded(state_->device, [&] {
    // A copy to the host comes after everything before it.
    const at::Tensor& last = state_->totals.defined() ? state_->totals : state_->product;
    last.reshape({-1}).narrow(0, 0, 1).cpu();
    return Status::Ok();
  });
}

Status DeviceBatch::Fetch(std::vector<Alignment>* results) {
  State& state = *state_;
  return Guarded(state.device, [&] {
    const at::Tensor totals = state.totals.cpu();
    const at::Tensor lengths = state.lengths.cpu();
    const at::Tensor steps = state.steps.defined() ? state.steps.cpu() : at::Tensor();
    const uint8_t* step = steps.defined() ? steps.data_ptr<uint8_t>() : nullptr;
    const size_t by_pair = state.most_subactions;
    const size_t by_diagonal = state.places.size() * state.most_subactions;
    for (size_t i = 0; i < state.places.size(); ++i) {
      const Place& place = state.places[i];
      Alignment& result = (*results)[place.result];
      result.total = totals.data_ptr<double>()[i];
      result.length = static_cast<size_t>(lengths.data_ptr<int32_t>()[i]);
      result.score = result.total / static_cast<double>(result.length);
      if (step == nullptr) continue;
      result.path =
          BackTrack(place.frames, place.subactions, result.length, [&](size_t row, size_t column) {
            const size_t at = state.steps_by_diagonal
                                  ? (row + column) * by_diagonal + i * by_pair + column
                                  : row * place.subactions + column;
            return static_cast<Predecessor>(step[at]);
          });
      if (!state.steps_by_diagonal) step += place.frames * place.subactions;
    }
    return Status::Ok();
  });
}

bool HasDevice(const std::string& device) { return ReadDevice(device).ok(); }

bool HasCudaKernel() {
#ifdef GESTA_CUDA_KERNEL
  return true;
#else
  return false;
#endif
}

Result<std::vector<Alignment>> AlignPairsOn(const std::string& device,
                                            const std::vector<Matrix>& sequences,
                                            const std::vector<Matrix>& decompositions,
                                            const std::vector<Pair>& pairs,
                                            const AlignOptions& options) {
  GESTA_RETURN_IF_ERROR(ReadDevice(device).status());
  for (size_t i = 0; i < pairs.size(); ++i) {
    GESTA_RETURN_IF_ERROR(CheckPair(pairs[i], i, sequences, decompositions, "decomposition"));
  }
  const Batches batches = MakeBatches(sequences, decompositions, pairs, options);
  Alignment none;
  none.score = std::numeric_limits<double>::quiet_NaN();
  std::vector<Alignment> distinct(batches.distinct, none);
  // While the device works on one batch the next is copied.
  std::deque<std::unique_ptr<DeviceBatch>> working;
  const auto finish = [&](size_t most) -> Status {
    while (working.size() > most) {
      GESTA_RETURN_IF_ERROR(working.front()->Fetch(&distinct));
      working.pop_front();
    }
    return Status::Ok();
  };
  for (const Batch& batch : batches.batches) {
    if (options.check_interrupt) GESTA_RETURN_IF_ERROR(options.check_interrupt());
    GESTA_ASSIGN_OR_RETURN(auto next,
                           DeviceBatch::Upload(device, batch, sequences, decompositions, options));
    GESTA_RETURN_IF_ERROR(next->Multiply());
    GESTA_RETURN_IF_ERROR(next->Warp());
    working.push_back(std::move(next));
    GESTA_RETURN_IF_ERROR(finish(1));
  }
  GESTA_RETURN_IF_ERROR(finish(0));
  std::vector<Alignment> results;
  results.reserve(pairs.size());
  for (const size_t number : batches.result) results.push_back(distinct[number]);
  return results;
}

}  // namespace gesta::alignment
