// How fast videos are aligned with subactions: whole alignments beside matrix products alone and
// beside the published method (published.py), and time warping alone.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "align/blas.h"
#include "align/data.h"
#include "gesta/align.h"

namespace gesta::bench {
namespace {

using alignment::AlignOptions;
using alignment::Matrix;
using alignment::Pair;

// The products of each video with its candidates, side by side, and nothing else.
double ProductSeconds(const Blas& blas, const Data& data, const Measuring& how) {
  // BLAS needs the candidates of a video in one matrix; that copy is not in the time.
  std::vector<std::vector<float>> stacked(data.sequences.size());
  for (const Pair& pair : data.pairs) {
    const Matrix& candidate = data.decompositions[pair.decomposition];
    stacked[pair.sequence].insert(stacked[pair.sequence].end(), candidate.data,
                                  candidate.data + candidate.rows * candidate.columns);
  }
  return Seconds(how, [&] {
    std::vector<std::thread> workers;
    for (size_t worker = 0; worker < how.threads; ++worker) {
      workers.emplace_back([&, worker] {
        std::vector<float> product;
        for (size_t v = worker; v < data.sequences.size(); v += how.threads) {
          const Matrix& sequence = data.sequences[v];
          const size_t columns = stacked[v].size() / sequence.columns;
          product.resize(sequence.rows * columns);
          blas.MultiplyTransposed(sequence.data, sequence.rows, stacked[v].data(), columns,
                                  sequence.columns, product.data());
        }
      });
    }
    for (std::thread& worker : workers) worker.join();
  });
}

// What the published method needs for one pair of this shape, in seconds: whole, and time warping.
struct Published {
  double whole = 0;
  double warp = 0;
};

Published MeasurePublished(const std::string& python, const std::string& script,
                           const Shape& shape) {
  Published published;
  if (python.empty()) return published;
  const std::string command = fmt::format("{} {} {} {} {}", python, script, shape.frames,
                                          shape.subactions, shape.dimension);
  std::FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr || std::fscanf(pipe, "%lf %lf", &published.whole, &published.warp) != 2) {
    fmt::print(stderr, "'{}' printed no times\n", command);
    std::exit(1);
  }
  pclose(pipe);
  return published;
}

void PrintWhole(const Shape& shape, const Published& published, const Blas* blas,
                const Measuring& how) {
  const Data data = MakeData(shape);
  AlignOptions options;
  options.threads = how.threads;
  options.logit = kLogit;
  const auto seconds = [&] {
    return Seconds(
        how, [&] { Must(AlignPairs(data.sequences, data.decompositions, data.pairs, options)); });
  };
  const double whole = seconds();
  options.exact = true;
  const double exact = seconds();
  const double product = blas != nullptr ? ProductSeconds(*blas, data, how) : 0;
  const double all_published = published.whole * static_cast<double>(data.pairs.size());
  fmt::print(
      "{:>6} {:>5} {:>4} {:>3} {:>5} {:>9.4f} {:>9.4f} {:>9.4f} {:>9.2f} {:>7} {:>9} {:>8.3f}  "
      "{}\n",
      shape.videos, shape.frames, shape.candidates, shape.subactions, shape.dimension, whole, exact,
      product, all_published, Times(whole, product), Times(all_published, whole),
      static_cast<double>(data.cells) / whole / 1e9, shape.name);
  std::fflush(stdout);
}

// Time warping of matrices that lie in the second-level cache of a thread.
void PrintWarp(const Shape& shape, const Published& published, size_t least_cells,
               const Measuring& how) {
  const size_t size = shape.frames * shape.subactions;
  std::mt19937 random(2);
  std::vector<float> values(size * 16);
  for (float& value : values) value = static_cast<float>(random()) * 0x1p-32f;
  std::vector<Matrix> matrices;
  while (matrices.size() * size < least_cells) {
    matrices.push_back(
        {values.data() + matrices.size() % 16 * size, shape.frames, shape.subactions});
  }
  const double cells = static_cast<double>(matrices.size() * size);
  for (const bool single : {true, false}) {
    AlignOptions options;
    options.threads = how.threads;
    options.single_totals = single;
    const double seconds = Seconds(how, [&] { Must(AlignMatrices(matrices, options)); });
    fmt::print("{:>5} {:>3} {:>7} {:>9.2f} {:>9}\n", shape.frames, shape.subactions,
               single ? "float" : "double", cells / seconds / 1e9,
               Times(published.warp * static_cast<double>(matrices.size()), seconds));
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace gesta::bench

int main(int argc, char** argv) {
  using namespace gesta::bench;
  CLI::App app("Aligning videos with subactions");
  Measuring how;
  how.threads = std::max(1u, std::thread::hardware_concurrency());
  size_t pairs = 2000;
  std::string python;
  std::string script = "tests/bench/align/published.py";
  std::string library = "libopenblas.so.0";
  app.add_option("--runs", how.runs, "measurements, of which the median counts");
  app.add_option("--threads", how.threads, "threads on both sides");
  app.add_option("--pairs", pairs, "pairs of a row of the first table");
  app.add_flag("--processor-time", how.processor_time,
               "processor time divided by threads, for a busy machine");
  app.add_option("--python", python, "a Python with numpy, to run the published method");
  app.add_option("--script", script, "the published method");
  app.add_option("--blas", library, "the BLAS to compare with");
  CLI11_PARSE(app, argc, argv);

  const auto blas = Blas::Open(library);
  if (!blas) fmt::print("{} is not there: no matrix products to compare with\n", library);
  fmt::print(
      "{} threads, {} time, median of {} runs; product: matrix products alone ({}); publ.: the "
      "published method, pair by pair\n",
      how.threads, how.processor_time ? "processor" : "wall", how.runs, library);
  fmt::print("{:>6} {:>5} {:>4} {:>3} {:>5} {:>9} {:>9} {:>9} {:>9} {:>7} {:>9} {:>8}\n", "videos",
             "T", "N", "S", "D", "whole s", "exact s", "product s", "publ. s", "whole/p",
             "publ./wh", "Gcells/s");
  const Blas* const peer = blas ? &*blas : nullptr;
  for (const Shape& shape : Shapes(pairs)) {
    PrintWhole(shape, MeasurePublished(python, script, shape), peer, how);
  }
  fmt::print("\ntime warping alone\n{:>5} {:>3} {:>7} {:>9} {:>9}\n", "T", "S", "totals",
             "Gcells/s", "publ./wh");
  for (const size_t frames : {32, 150, 300}) {
    for (const size_t subactions : {8, 12, 16}) {
      const Shape shape = {1, frames, 1, subactions, 64, ""};
      PrintWarp(shape, MeasurePublished(python, script, shape), pairs * 20'000, how);
    }
  }
  return 0;
}
