#include "align/data.h"

#include <time.h>

#include <algorithm>
#include <random>

namespace gesta::bench {
namespace {

double Now(const Measuring& how) {
  timespec time = {};
  clock_gettime(how.processor_time ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time);
  const double seconds =
      static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  return how.processor_time ? seconds / static_cast<double>(how.threads) : seconds;
}

}  // namespace

std::vector<Shape> Shapes(size_t pairs) {
  constexpr size_t kCandidates = 5;
  std::vector<Shape> shapes;
  for (const size_t dimension : {768, 1152}) {
    for (const size_t frames : {32, 150, 300}) {
      for (const size_t subactions : {8, 12, 16}) {
        const size_t videos = std::max<size_t>(1, pairs / kCandidates);
        shapes.push_back({videos, frames, kCandidates, subactions, dimension, ""});
      }
    }
  }
  if (pairs >= 2000) shapes.push_back({934, 195, kCandidates, 12, 1152, "as ActionAtlas"});
  return shapes;
}

Data MakeData(const Shape& shape) {
  std::mt19937 random(1);
  const auto matrix = [&](Data* data, size_t rows) {
    // Numbers need not be normal, only quick to make.
    std::vector<float> values(rows * shape.dimension);
    for (float& value : values) value = static_cast<float>(random()) * 0x1p-31f - 1;
    data->values.push_back(std::move(values));
    return alignment::Matrix{data->values.back().data(), rows, shape.dimension};
  };
  Data data;
  const size_t spread = shape.subactions / 3;
  for (size_t v = 0; v < shape.videos; ++v) {
    data.sequences.push_back(matrix(&data, shape.frames));
    for (size_t c = 0; c < shape.candidates; ++c) {
      const size_t length = shape.subactions - spread + random() % (2 * spread + 1);
      data.pairs.push_back({v, data.decompositions.size()});
      data.decompositions.push_back(matrix(&data, length));
      data.cells += shape.frames * length;
    }
  }
  return data;
}

double Seconds(const Measuring& how, const std::function<void()>& work) {
  std::vector<double> times;
  for (int i = 0; i <= how.runs; ++i) {
    const double start = Now(how);
    work();
    if (i > 0) times.push_back(Now(how) - start);
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

std::string Times(double numerator, double denominator) {
  return numerator > 0 && denominator > 0 ? fmt::format("{:.2f}", numerator / denominator) : "-";
}

}  // namespace gesta::bench
