// Aligning frames with subactions: the recurrence against every path there is, vectors against the
// plain form, and refusals.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "gesta/align.h"

namespace gesta::alignment {
namespace {

using Floats = std::vector<float>;

template <typename T>
T Must(Result<T> result) {
  if (!result.ok()) FAIL(result.status().ToString());
  return std::move(result).value();
}

Matrix View(const Floats& values, size_t columns) {
  return {values.data(), values.size() / columns, columns};
}

Floats Normal(std::mt19937* random, size_t count) {
  std::normal_distribution<float> normal;
  Floats values(count);
  for (float& value : values) value = normal(*random);
  return values;
}

// The best total of all monotone paths from (i, j) to the last cell.
double BestTotal(const Matrix& m, size_t i, size_t j) {
  const double cell = m.data[i * m.columns + j];
  if (i + 1 == m.rows && j + 1 == m.columns) return cell;
  double best = -std::numeric_limits<double>::infinity();
  if (i + 1 < m.rows && j + 1 < m.columns) best = std::max(best, BestTotal(m, i + 1, j + 1));
  if (i + 1 < m.rows) best = std::max(best, BestTotal(m, i + 1, j));
  if (j + 1 < m.columns) best = std::max(best, BestTotal(m, i, j + 1));
  return cell + best;
}

// The path of an alignment is one, and has the total and the length that the alignment names.
void CheckPath(const Matrix& m, const Alignment& alignment) {
  const auto& path = alignment.path;
  REQUIRE(path.size() == alignment.length);
  REQUIRE(path.front() == Cell{0, 0});
  REQUIRE(path.back() ==
          Cell{static_cast<uint32_t>(m.rows - 1), static_cast<uint32_t>(m.columns - 1)});
  double total = 0;
  for (size_t i = 0; i < path.size(); ++i) {
    total += m.data[path[i].frame * m.columns + path[i].subaction];
    if (i == 0) continue;
    const uint32_t down = path[i].frame - path[i - 1].frame;
    const uint32_t right = path[i].subaction - path[i - 1].subaction;
    REQUIRE((down <= 1 && right <= 1 && down + right >= 1));
  }
  CHECK(total == Approx(alignment.total).epsilon(1e-5));
  CHECK(alignment.score == alignment.total / static_cast<double>(alignment.length));
}

TEST_CASE("the best path of a small matrix is the best of all paths", "[align]") {
  std::mt19937 random(1);
  for (size_t rows = 1; rows <= 6; ++rows) {
    for (size_t columns = 1; columns <= 6; ++columns) {
      for (int repeat = 0; repeat < 5; ++repeat) {
        const Floats values = Normal(&random, rows * columns);
        const Matrix matrix = View(values, columns);
        const double best = BestTotal(matrix, 0, 0);
        INFO(rows << " x " << columns);
        AlignOptions options;
        CHECK(Must(AlignMatrices({matrix}, options))[0].total == Approx(best).epsilon(1e-5));
        options.exact = true;
        options.paths = true;
        const Alignment exact = Must(AlignMatrices({matrix}, options))[0];
        CHECK(exact.total == Approx(best).epsilon(1e-12));
        CheckPath(matrix, exact);
      }
    }
  }
}

TEST_CASE("of equal steps the diagonal comes first, then up", "[align]") {
  AlignOptions options;
  options.exact = true;
  options.paths = true;
  const Floats same(3 * 2, 0.0f);
  const auto path = [&](size_t columns) {
    return Must(AlignMatrices({View(same, columns)}, options))[0].path;
  };
  CHECK(path(2) == std::vector<Cell>{{0, 0}, {1, 0}, {2, 1}});
  CHECK(path(3) == std::vector<Cell>{{0, 0}, {0, 1}, {1, 2}});
  // Past a low diagonal both ways are worth the same: the last cell is reached from above.
  options.exact = false;
  for (const bool paths : {true, false}) {
    options.paths = paths;
    const Floats square = {0, 1, 1, 0};
    const Alignment best = Must(AlignMatrices({View(square, 2)}, options))[0];
    CHECK(best.length == 3);
    if (paths) CHECK(best.path == std::vector<Cell>{{0, 0}, {0, 1}, {1, 1}});
  }
}

TEST_CASE("matrices of any shape: vectors give what the plain form gives", "[align]") {
  std::mt19937 random(2);
  std::vector<Floats> values;
  std::vector<Matrix> matrices;
  std::uniform_int_distribution<size_t> rows(1, 120);
  std::uniform_int_distribution<size_t> columns(1, 17);
  for (int i = 0; i < 300; ++i) {
    const size_t width = columns(random);
    values.push_back(Normal(&random, rows(random) * width));
    // Ties between steps.
    if (i % 3 == 0) {
      for (float& value : values.back()) value = std::round(value);
    }
    matrices.push_back(View(values.back(), width));
  }
  // Longer than what the cache takes at once.
  values.push_back(Normal(&random, 3000 * 300));
  matrices.push_back(View(values.back(), 300));
  AlignOptions options;
  for (const bool single : {false, true}) {
    for (const size_t threads : {1, 3}) {
      options.single_totals = single;
      options.threads = threads;
      options.paths = false;
      const auto fast = Must(AlignMatrices(matrices, options));
      options.paths = true;
      const auto plain = Must(AlignMatrices(matrices, options));
      for (size_t i = 0; i < matrices.size(); ++i) {
        INFO(i << ": " << matrices[i].rows << " x " << matrices[i].columns);
        CHECK(fast[i].total == plain[i].total);
        CHECK(fast[i].length == plain[i].length);
        if (i < 300) CheckPath(matrices[i], plain[i]);
      }
    }
  }
}

TEST_CASE("similarities far below the total still choose the path", "[align]") {
  // Down the left column and then right gains 1e-9 over the diagonal.
  const Floats values = {50, 1e-9f, 2e-9f, 1e-9f, 1e-9f, 1};
  AlignOptions options;
  for (const bool paths : {true, false}) {
    options.paths = paths;
    const Alignment found = Must(AlignMatrices({View(values, 2)}, options))[0];
    CHECK(found.length == 4);
    CHECK(found.total == Approx(51.000000003).epsilon(1e-13));
  }
}

// What a user would write for one pair, in double.
std::vector<double> Similarities(const Matrix& frames, const Matrix& subactions,
                                 const std::optional<Logit>& logit) {
  std::vector<double> out;
  for (size_t i = 0; i < frames.rows; ++i) {
    for (size_t j = 0; j < subactions.rows; ++j) {
      double product = 0, a = 0, b = 0;
      for (size_t k = 0; k < frames.columns; ++k) {
        const double x = frames.data[i * frames.columns + k];
        const double y = subactions.data[j * frames.columns + k];
        product += x * y;
        a += x * x;
        b += y * y;
      }
      const double cosine = product / std::sqrt(a * b);
      out.push_back(logit ? 1 / (1 + std::exp(-(cosine * std::exp(logit->scale) + logit->bias)))
                          : cosine);
    }
  }
  return out;
}

struct Batch {
  std::vector<Floats> values;
  std::vector<Matrix> sequences;
  std::vector<Matrix> decompositions;
  std::vector<Pair> pairs;
};

Batch MakeBatch(size_t dimension, unsigned seed) {
  std::mt19937 random(seed);
  Batch batch;
  const size_t lengths[] = {1, 2, 5, 6, 7, 32, 95, 96, 97, 150, 300};
  for (const size_t rows : lengths) {
    batch.values.push_back(Normal(&random, rows * dimension));
    batch.sequences.push_back(View(batch.values.back(), dimension));
  }
  for (const size_t rows : {1, 8, 12, 16, 3, 9, 40, 10, 11, 13}) {
    batch.values.push_back(Normal(&random, rows * dimension));
    batch.decompositions.push_back(View(batch.values.back(), dimension));
  }
  for (size_t i = 0; i < batch.sequences.size(); ++i) {
    for (size_t j = 0; j < batch.decompositions.size(); ++j) {
      if ((i * 7 + j * 3) % 5 != 0) batch.pairs.push_back({i, j});
    }
  }
  std::shuffle(batch.pairs.begin(), batch.pairs.end(), random);
  batch.pairs.push_back(batch.pairs.front());
  return batch;
}

TEST_CASE("similarities are those of the definition", "[align]") {
  const Batch batch = MakeBatch(67, 3);
  const Matrix& frames = batch.sequences.back();
  const Matrix& subactions = batch.decompositions[2];
  for (const bool exact : {true, false}) {
    SimilarityOptions options;
    options.exact = exact;
    const auto compare = [&](double margin) {
      const auto expected = Similarities(frames, subactions, options.logit);
      const auto found = Must(SimilarityMatrix(frames, subactions, options));
      REQUIRE(found.size() == expected.size());
      for (size_t i = 0; i < found.size(); ++i) {
        CHECK(found[i] == Approx(expected[i]).margin(margin));
      }
    };
    compare(1e-6);
    options.logit = Logit{4.72, -16.77};
    compare(1e-5);
    // Beyond what exp() can hold.
    options.logit = Logit{8, -400};
    compare(1e-4);
  }
}

TEST_CASE("batches of pairs: fast, exact and with paths, any number of threads", "[align]") {
  for (const size_t dimension : {1, 16, 67, 768}) {
    const Batch batch = MakeBatch(dimension, 4);
    AlignOptions options;
    options.logit = Logit{2, -1};
    options.exact = true;
    options.paths = true;
    options.threads = 1;
    const auto exact =
        Must(AlignPairs(batch.sequences, batch.decompositions, batch.pairs, options));
    for (size_t i = 0; i < batch.pairs.size(); ++i) {
      const auto matrix =
          Must(SimilarityMatrix(batch.sequences[batch.pairs[i].sequence],
                                batch.decompositions[batch.pairs[i].decomposition], options));
      CheckPath(View(matrix, batch.decompositions[batch.pairs[i].decomposition].rows), exact[i]);
    }
    options.exact = false;
    for (const bool paths : {true, false}) {
      for (const size_t threads : {1, 3}) {
        options.single_totals = threads == 1;
        options.paths = paths;
        options.threads = threads;
        const auto fast =
            Must(AlignPairs(batch.sequences, batch.decompositions, batch.pairs, options));
        REQUIRE(fast.size() == exact.size());
        for (size_t i = 0; i < fast.size(); ++i) {
          INFO(dimension << ": pair " << i);
          // The score, not the total: paths that differ by a rounding may have other lengths.
          CHECK(fast[i].total == Approx(exact[i].total).epsilon(1e-5));
          CHECK(fast[i].path.empty() != paths);
        }
      }
    }
  }
}

TEST_CASE("frames whose squares leave the range of a float", "[align]") {
  std::mt19937 random(5);
  const Floats frames = Normal(&random, 20 * 32);
  const Floats subactions = Normal(&random, 9 * 32);
  const double score =
      Must(AlignPairs({View(frames, 32)}, {View(subactions, 32)}, {{0, 0}}))[0].score;
  for (const float scale : {1e-25f, 1e25f}) {
    Floats scaled = frames;
    Floats scaled_subactions = subactions;
    for (size_t k = 0; k < 64; ++k) scaled[k] *= scale;
    for (size_t k = 0; k < 32; ++k) scaled_subactions[k] *= scale;
    const auto found =
        Must(AlignPairs({View(scaled, 32)}, {View(scaled_subactions, 32)}, {{0, 0}}));
    CHECK(found[0].score == Approx(score).epsilon(1e-5));
  }
}

TEST_CASE("smoothing averages the frames around each", "[align]") {
  std::mt19937 random(6);
  const size_t dimension = 24;
  const Floats frames = Normal(&random, 130 * dimension);
  const Floats subactions = Normal(&random, 9 * dimension);
  for (const size_t width : {2, 5, 6, 400}) {
    Floats averages;
    for (int t = 0; t < 130; ++t) {
      for (size_t k = 0; k < dimension; ++k) {
        double sum = 0;
        for (int i = t - (static_cast<int>(width) - 1) / 2; i <= t + static_cast<int>(width) / 2;
             ++i) {
          if (i >= 0 && i < 130) sum += frames[i * dimension + k];
        }
        averages.push_back(static_cast<float>(sum / width));
      }
    }
    SimilarityOptions options;
    const auto expected =
        Must(SimilarityMatrix(View(averages, dimension), View(subactions, dimension), options));
    options.smooth = width;
    const auto found =
        Must(SimilarityMatrix(View(frames, dimension), View(subactions, dimension), options));
    REQUIRE(found.size() == expected.size());
    for (size_t i = 0; i < found.size(); ++i) {
      CHECK(found[i] == Approx(expected[i]).margin(2e-5));
    }
    options.published_smoothing = true;
    const auto published =
        Must(SimilarityMatrix(View(frames, dimension), View(subactions, dimension), options));
    CHECK(published.size() == found.size() - (width % 2 == 0 ? 9 : 0));
  }
}

TEST_CASE("a sequence without frames after smoothing has no score", "[align]") {
  const Floats frame(4, 1.0f);
  AlignOptions options;
  options.smooth = 4;
  options.published_smoothing = true;
  for (const bool exact : {true, false}) {
    options.exact = exact;
    const auto found = Must(AlignPairs({View(frame, 4)}, {View(frame, 4)}, {{0, 0}}, options));
    CHECK(found[0].length == 0);
    CHECK(std::isnan(found[0].score));
  }
}

TEST_CASE("what cannot be aligned is refused by name", "[align]") {
  const Floats good(6 * 4, 1.0f);
  const Matrix matrix = View(good, 4);
  const auto refusal = [](const auto& result) {
    REQUIRE_FALSE(result.ok());
    CHECK(result.status().code() == StatusCode::kInvalidArgument);
    return std::string(result.status().message());
  };
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 0.0f}) {
    Floats values = good;
    for (size_t k = 8; k < 12; ++k) values[k] = bad;
    const Matrix with_bad = View(values, 4);
    for (const bool exact : {true, false}) {
      AlignOptions options;
      options.exact = exact;
      CHECK_THAT(refusal(AlignPairs({matrix, with_bad}, {matrix}, {{0, 0}, {1, 0}}, options)),
                 Catch::Contains("frame 2 of sequence 1"));
      CHECK_THAT(refusal(AlignPairs({matrix}, {matrix, with_bad}, {{0, 0}, {0, 1}}, options)),
                 Catch::Contains("subaction 2 of decomposition 1"));
      if (bad == 0) continue;
      CHECK_THAT(refusal(AlignMatrices({matrix, with_bad}, options)),
                 Catch::Contains("similarities 1"));
    }
    CHECK_THAT(refusal(MeanPoolPairs({matrix}, {with_bad}, {{0, 0}})),
               Catch::Contains("row 2 of candidates 0"));
  }
  CHECK_THAT(refusal(AlignPairs({matrix}, {View(good, 3)}, {{0, 0}})),
             Catch::Contains("4 dimensions") && Catch::Contains("3"));
  CHECK_THAT(refusal(AlignPairs({matrix}, {matrix}, {{0, 1}})), Catch::Contains("pair 0"));
  CHECK_THAT(refusal(AlignPairs({Matrix{nullptr, 0, 4}}, {matrix}, {{0, 0}})),
             Catch::Contains("sequence 0 is empty"));
  CHECK_THAT(refusal(AlignMatrices({Matrix{}})), Catch::Contains("empty"));
  CHECK(Must(AlignPairs({}, {}, {})).empty());
  CHECK(Must(AlignMatrices({})).empty());
}

TEST_CASE("an interruption ends the call with its status", "[align]") {
  const Floats values(6 * 4, 1.0f);
  int asked = 0;
  AlignOptions options;
  options.check_interrupt = [&] {
    ++asked;
    return Status(StatusCode::kCancelled, "stopped");
  };
  const auto found = AlignPairs({View(values, 4)}, {View(values, 4)}, {{0, 0}}, options);
  REQUIRE_FALSE(found.ok());
  CHECK(found.status().code() == StatusCode::kCancelled);
  CHECK(asked == 1);
}

TEST_CASE("mean pooling compares the mean frame", "[align]") {
  const Floats frames = {1, 0, 0, 3};
  const Floats candidates = {2, 0, 0, 0.5f, 1, 3};
  MeanPoolOptions options;
  const auto cosines =
      Must(MeanPoolPairs({View(frames, 2)}, {View(candidates, 2)}, {{0, 0}}, options))[0];
  REQUIRE(cosines.size() == 3);
  const double length = std::sqrt(10.0);
  CHECK(cosines[0] == Approx(1 / length));
  CHECK(cosines[1] == Approx(3 / length));
  CHECK(cosines[2] == Approx(1.0));
  options.whole_matrix_norm = true;
  const auto whole =
      Must(MeanPoolPairs({View(frames, 2)}, {View(candidates, 2)}, {{0, 0}}, options))[0];
  CHECK(whole[2] == Approx(length / std::sqrt(4 + 0.25 + 10)));
}

}  // namespace
}  // namespace gesta::alignment
