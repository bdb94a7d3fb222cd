// What a device computes against what the processor computes.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "align/device/device_align.h"
#include "device/device_program.h"

namespace gesta::test {
namespace {

using namespace alignment;
using Floats = std::vector<float>;

Matrix View(const Floats& values, size_t columns) {
  return {values.data(), values.size() / columns, columns};
}

struct Input {
  std::vector<Floats> values;
  std::vector<Matrix> sequences;
  std::vector<Matrix> decompositions;
  std::vector<Pair> pairs;
};

// Rows of normal numbers, or, `tied`, unit vectors of a few directions: their similarities are
// exactly 0 and 1, so that most steps are ties.
Matrix AddMatrix(Input* input, size_t rows, size_t dimension, bool tied, std::mt19937* random) {
  std::normal_distribution<float> normal;
  Floats values(rows * dimension, 0.0f);
  for (size_t i = 0; i < rows; ++i) {
    if (tied) {
      values[i * dimension + (*random)() % std::min<size_t>(dimension, 4)] = 1;
    } else {
      for (size_t k = 0; k < dimension; ++k) values[i * dimension + k] = normal(*random);
    }
  }
  input->values.push_back(std::move(values));
  return View(input->values.back(), dimension);
}

// Sequences and decompositions of many lengths, some pairs of which are missing, and one is there
// twice. `own`: besides, sequences with decompositions that no other has.
Input MakeInput(size_t dimension, bool tied, unsigned seed) {
  std::mt19937 random(seed);
  Input input;
  for (const size_t rows : {1, 2, 5, 7, 8, 9, 31, 32, 33, 64, 97, 150, 300}) {
    input.sequences.push_back(AddMatrix(&input, rows, dimension, tied, &random));
  }
  for (const size_t rows : {1, 8, 12, 16, 3, 9, 17, 32, 33, 70, 11, 13}) {
    input.decompositions.push_back(AddMatrix(&input, rows, dimension, tied, &random));
  }
  for (size_t i = 0; i < input.sequences.size(); ++i) {
    for (size_t j = 0; j < input.decompositions.size(); ++j) {
      if ((i * 7 + j * 3) % 5 != 0) input.pairs.push_back({i, j});
    }
  }
  for (int i = 0; i < 40; ++i) {
    const size_t sequence = input.sequences.size();
    input.sequences.push_back(AddMatrix(&input, 20 + random() % 30, dimension, tied, &random));
    for (int j = 0; j < 5; ++j) {
      input.pairs.push_back({sequence, input.decompositions.size()});
      input.decompositions.push_back(
          AddMatrix(&input, 5 + random() % 12, dimension, tied, &random));
    }
  }
  std::shuffle(input.pairs.begin(), input.pairs.end(), random);
  input.pairs.push_back(input.pairs.front());
  return input;
}

// Short decompositions only, so that several pairs share the lanes of a warp.
Input MakeShortInput(size_t longest, unsigned seed) {
  std::mt19937 random(seed);
  Input input;
  for (int i = 0; i < 30; ++i) {
    input.sequences.push_back(AddMatrix(&input, 1 + random() % 60, 24, false, &random));
    for (int j = 0; j < 3; ++j) {
      input.pairs.push_back({input.sequences.size() - 1, input.decompositions.size()});
      input.decompositions.push_back(AddMatrix(&input, 1 + random() % longest, 24, false, &random));
    }
  }
  return input;
}

class Tests {
 public:
  explicit Tests(std::string device) : device_(std::move(device)) {}

  int Run() {
    for (const size_t dimension : {1, 67, 768}) {
      const Input input = MakeInput(dimension, /*tied=*/false, static_cast<unsigned>(dimension));
      for (const bool logit : {false, true}) {
        for (const bool single : {false, true}) {
          if (dimension == 768 && logit == single) continue;
          AlignOptions options;
          if (logit) options.logit = Logit{2, -1};
          options.single_totals = single;
          options.paths = true;
          Compare(fmt::format("dimension {}{}{}", dimension, logit ? ", logits" : "",
                              single ? ", single totals" : ""),
                  input, options);
        }
      }
    }
    AlignOptions options;
    for (const size_t longest : {8, 16}) {
      for (const bool paths : {false, true}) {
        options.paths = paths;
        Compare(fmt::format("at most {} subactions{}", longest, paths ? ", paths" : ""),
                MakeShortInput(longest, 7), options);
      }
    }
    options.paths = true;
    options.logit = Logit{4.72, -16.77};
    const Input input = MakeInput(67, /*tied=*/false, 5);
    for (const size_t smooth : {2, 3, 400}) {
      for (const bool published : {false, true}) {
        if (published && smooth == 3) continue;
        options.smooth = smooth;
        options.published_smoothing = published;
        Compare(fmt::format("smoothed over {}{}", smooth, published ? ", as published" : ""), input,
                options);
      }
    }
    Ties();
    Refusals();
    fmt::print("device {}: {} passed, {} failed\n", device_, passed_, failed_);
    return failed_ == 0 ? 0 : 1;
  }

 private:
  void Check(bool good, const std::string& what) {
    ++(good ? passed_ : failed_);
    if (!good) fmt::print("FAILED {}\n", what);
  }

  template <typename T>
  std::vector<T> Must(const Result<std::vector<T>>& result, const std::string& what) {
    Check(result.ok(), what + ": " + result.status().ToString());
    return result.ok() ? *result : std::vector<T>();
  }

  static std::vector<Alignment> Batchwise(const Batches& batches, const std::string& device,
                                          const Input& input, const AlignOptions& options,
                                          WarpMethod method, Status* status) {
    Alignment none;
    none.score = std::numeric_limits<double>::quiet_NaN();
    std::vector<Alignment> distinct(batches.distinct, none);
    for (const Batch& batch : batches.batches) {
      auto there =
          DeviceBatch::Upload(device, batch, input.sequences, input.decompositions, options);
      *status = there.status();
      if (status->ok()) *status = (*there)->Multiply();
      if (status->ok()) *status = (*there)->Warp(method);
      if (status->ok()) *status = (*there)->Fetch(&distinct);
      if (!status->ok()) return {};
    }
    std::vector<Alignment> results;
    for (const size_t number : batches.result) results.push_back(distinct[number]);
    return results;
  }

  // The device's results, made as a whole and in small batches, by its own way and by tensors,
  // against the processor's.
  void Compare(const std::string& what, const Input& input, const AlignOptions& options) {
    const auto expected = Must(
        AlignPairs(input.sequences, input.decompositions, input.pairs, options), what + ", cpu");
    const auto whole = Must(
        AlignPairsOn(device_, input.sequences, input.decompositions, input.pairs, options), what);
    Same(what, input, options, expected, whole);
    const Batches small = MakeBatches(input.sequences, input.decompositions, input.pairs, options,
                                      /*most_bytes=*/size_t{1} << 16);
    Check(small.batches.size() > 3, what + ": several batches");
    for (const WarpMethod method : {WarpMethod::kBest, WarpMethod::kTensors}) {
      const std::string name = what + (method == WarpMethod::kBest ? ", small" : ", tensors");
      Status status;
      const auto parts = Batchwise(small, device_, input, options, method, &status);
      Check(status.ok(), name + ": " + status.ToString());
      Same(name, input, options, expected, parts);
    }
  }

  void Same(const std::string& what, const Input& input, const AlignOptions& options,
            const std::vector<Alignment>& expected, const std::vector<Alignment>& found) {
    Check(found.size() == expected.size(), what + ": number of results");
    if (found.size() != expected.size()) return;
    size_t other_lengths = 0;
    bool totals = true, scores = true, paths = true;
    for (size_t i = 0; i < found.size(); ++i) {
      const Alignment& a = expected[i];
      const Alignment& b = found[i];
      if (a.length == 0) {
        scores = scores && b.length == 0 && std::isnan(b.score) && b.path.empty();
        continue;
      }
      const auto close = [](double x, double y, double scale) {
        return std::abs(x - y) <= 1e-4 * std::max(std::abs(x), scale);
      };
      // Cosines have either sign: what a total's rounding is measured by is its number of cells.
      const bool sums =
          close(a.total, b.total, options.logit ? 0 : 0.01 * static_cast<double>(a.length));
      if (!sums && totals) {
        fmt::print("{}: pair {}: total {} instead of {}\n", what, i, b.total, a.total);
      }
      totals = totals && sums;
      scores = scores && b.score == b.total / static_cast<double>(b.length);
      if (a.length != b.length) ++other_lengths;
      if (options.paths) paths = paths && IsPath(input, input.pairs[i], options, b);
    }
    Check(totals, what + ": totals");
    Check(scores, what + ": scores");
    Check(paths, what + ": paths");
    // Paths that differ by a rounding may have other lengths; with random numbers few do.
    Check(other_lengths * 50 <= found.size(), what + ": lengths");
  }

  // A path from the first to the last cell, step by step.
  static bool IsPath(const Input& input, const Pair& pair, const SimilarityOptions& options,
                     const Alignment& alignment) {
    const auto& path = alignment.path;
    const bool loses = options.published_smoothing && options.smooth > 1 && options.smooth % 2 == 0;
    const size_t frames = input.sequences[pair.sequence].rows - (loses ? 1 : 0);
    const size_t subactions = input.decompositions[pair.decomposition].rows;
    if (path.size() != alignment.length || !(path.front() == Cell{0, 0})) return false;
    if (path.back().frame + 1 != frames || path.back().subaction + 1 != subactions) return false;
    for (size_t i = 1; i < path.size(); ++i) {
      const uint32_t down = path[i].frame - path[i - 1].frame;
      const uint32_t right = path[i].subaction - path[i - 1].subaction;
      if (down > 1 || right > 1 || down + right == 0) return false;
    }
    return true;
  }

  // Where all numbers are exact, so is the choice between equal steps.
  void Ties() {
    const Input input = MakeInput(16, /*tied=*/true, 3);
    AlignOptions options;
    options.paths = true;
    const auto expected =
        Must(AlignPairs(input.sequences, input.decompositions, input.pairs, options), "ties");
    const Batches batches =
        MakeBatches(input.sequences, input.decompositions, input.pairs, options);
    for (const WarpMethod method : {WarpMethod::kBest, WarpMethod::kTensors}) {
      Status status;
      const auto found = Batchwise(batches, device_, input, options, method, &status);
      Check(status.ok(), "ties: " + status.ToString());
      bool same = found.size() == expected.size();
      for (size_t i = 0; same && i < found.size(); ++i) {
        same = found[i].total == expected[i].total && found[i].path == expected[i].path;
      }
      Check(same, "ties: totals and paths");
    }
  }

  void Refused(const Result<std::vector<Alignment>>& result, StatusCode code,
               const std::string& text) {
    const std::string message(result.status().message());
    Check(!result.ok() && result.status().code() == code && message.find(text) != std::string::npos,
          fmt::format("'{}' should be refused; got '{}'", text, message));
  }

  void Refusals() {
    const Floats good(6 * 4, 1.0f);
    const Matrix matrix = View(good, 4);
    const auto align = [&](const std::vector<Matrix>& sequences,
                           const std::vector<Matrix>& decompositions,
                           const AlignOptions& options = {}) {
      return AlignPairsOn(device_, sequences, decompositions,
                          {{sequences.size() - 1, decompositions.size() - 1}}, options);
    };
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), 0.0f}) {
      Floats values = good;
      std::fill(values.begin() + 8, values.begin() + 12, bad);
      Refused(align({matrix, View(values, 4)}, {matrix}), StatusCode::kInvalidArgument,
              "frame 2 of sequence 1");
      Refused(align({matrix}, {matrix, View(values, 4)}), StatusCode::kInvalidArgument,
              "subaction 2 of decomposition 1");
    }
    Refused(align({matrix}, {View(good, 3)}), StatusCode::kInvalidArgument, "4 dimensions");
    Refused(align({Matrix{}}, {matrix}), StatusCode::kInvalidArgument, "empty");
    AlignOptions options;
    options.exact = true;
    Refused(align({matrix}, {matrix}, options), StatusCode::kUnsupported, "exact");
    options = {};
    options.check_interrupt = [] { return Status(StatusCode::kCancelled, "stopped"); };
    Refused(align({matrix}, {matrix}, options), StatusCode::kCancelled, "stopped");
    Refused(AlignPairsOn("gpu", {matrix}, {matrix}, {{0, 0}}), StatusCode::kInvalidArgument,
            "'gpu'");
    Refused(AlignPairsOn("cuda:99", {matrix}, {matrix}, {{0, 0}}), StatusCode::kInvalidArgument,
            "not there");
    Check(Must(AlignPairsOn(device_, {}, {}, {}), "no pairs").empty(), "no pairs");
  }

  const std::string device_;
  size_t passed_ = 0;
  size_t failed_ = 0;
};

}  // namespace

int TestDevice(const std::string& device) { return Tests(device).Run(); }

}  // namespace gesta::test
