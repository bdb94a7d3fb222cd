// What the benchmarks of alignment measure, and how: videos with candidates of their own, made from
// a seed.
#ifndef GESTA_BENCH_ALIGN_DATA_H_
#define GESTA_BENCH_ALIGN_DATA_H_

#include <fmt/format.h>

#include <cstddef>
#include <cstdlib>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "gesta/align.h"

namespace gesta::bench {

inline const alignment::Logit kLogit = {4.72, -16.77};

// Videos with candidates of their own, as in a question with several answers.
struct Shape {
  size_t videos;
  size_t frames;
  size_t candidates;  // of each video
  size_t subactions;  // of each candidate, on average: from 2/3 to 4/3 of this
  size_t dimension;
  std::string name = {};
};

// The rows of the tables: D 768 and 1152, T 32, 150 and 300, S 8 to 16, with about so many pairs;
// then, from 2,000 pairs on, a set of ActionAtlas' size.
std::vector<Shape> Shapes(size_t pairs);

struct Data {
  std::vector<std::vector<float>> values;
  std::vector<alignment::Matrix> sequences;
  std::vector<alignment::Matrix> decompositions;
  std::vector<alignment::Pair> pairs;
  size_t cells = 0;
};

Data MakeData(const Shape& shape);

struct Measuring {
  int runs = 5;
  size_t threads = 2;
  // Processor time divided by the threads, where a machine is busy with other things.
  bool processor_time = false;
};

// Seconds of the median run, after one that is not counted.
double Seconds(const Measuring& how, const std::function<void()>& work);

// "numerator / denominator", or "-" where one of them was not measured.
std::string Times(double numerator, double denominator);

template <typename T>
T Must(Result<T> result) {
  if (result.ok()) return std::move(result).value();
  fmt::print(stderr, "{}\n", result.status().ToString());
  std::exit(1);
}

}  // namespace gesta::bench

#endif  // GESTA_BENCH_ALIGN_DATA_H_
