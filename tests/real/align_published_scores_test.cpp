// The published alignment of videos with subactions, on the files and the results in
// reference/actalign.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <deque>

#include "gesta/align.h"
#include "gesta/format/json.h"
#include "gesta/format/npy.h"
#include "support/real_data.h"

namespace gesta::alignment {
namespace {

using format::Datum;

template <typename T>
T Must(Result<T> result) {
  if (!result.ok()) FAIL(result.status().ToString());
  return std::move(result).value();
}

// The samples, with a decomposition for each option of each.
struct Reference {
  std::deque<std::vector<float>> values;
  std::vector<Matrix> videos;
  std::vector<Matrix> decompositions;
  std::vector<Matrix> options;  // one matrix a sample, one row an option
  std::vector<Pair> pairs;      // sample by sample, option by option
  std::vector<Pair> samples;    // each sample with its options
  format::Document expected;

  Matrix Add(const format::NdArray& array) {
    REQUIRE(array.shape().size() == 2);
    values.emplace_back(array.size());
    array.CopyFloats(0, array.size(), values.back().data());
    return {values.back().data(), static_cast<size_t>(array.shape()[0]),
            static_cast<size_t>(array.shape()[1])};
  }
};

bool Read(Reference* reference) {
  const std::string folder = gesta::test::RealData("reference/actalign/");
  if (folder.empty()) return false;
  const auto videos = Must(format::ReadNpy(folder + "video_embeddings.npy"));
  const auto subactions = Must(format::ReadNpy(folder + "encoded_subactions.npy"));
  const auto options = Must(format::ReadNpy(folder + "option_embeddings.npy"));
  reference->expected = Must(format::ReadJsonFile(folder + "expected.json"));
  const size_t count = videos.root().array().size();
  REQUIRE(count == 40);
  for (size_t i = 0; i < count; ++i) {
    reference->videos.push_back(reference->Add(videos.root().array().Object(i).array()));
    reference->options.push_back(reference->Add(options.root().array().Object(i).array()));
    reference->samples.push_back({i, i});
    for (const Datum& option : subactions.root().array().Object(i).items()) {
      reference->pairs.push_back({i, reference->decompositions.size()});
      reference->decompositions.push_back(reference->Add(option.array()));
    }
  }
  return true;
}

// The expected numbers of a method, in the order of the pairs; null where a sample has none.
std::vector<const Datum*> Expected(const Reference& reference, const Datum& method,
                                   const char* name) {
  std::vector<const Datum*> numbers;
  const Datum* const samples = method.Find(name);
  REQUIRE(samples != nullptr);
  for (const Pair& pair : reference.pairs) {
    const Datum& sample = (*samples)[pair.sequence];
    const size_t option = static_cast<size_t>(
        std::count_if(reference.pairs.begin(), reference.pairs.begin() + pair.decomposition,
                      [&](const Pair& other) { return other.sequence == pair.sequence; }));
    numbers.push_back(sample.is_null() ? nullptr : &sample[option]);
  }
  return numbers;
}

void CheckScores(const Reference& reference, const char* method, AlignOptions options,
                 double margin) {
  const auto scores = Expected(reference, *reference.expected.root().Find(method), "scores");
  const auto found =
      Must(AlignPairs(reference.videos, reference.decompositions, reference.pairs, options));
  REQUIRE(found.size() == scores.size());
  double worst = 0;
  for (size_t i = 0; i < found.size(); ++i) {
    INFO(method << ", pair " << i);
    if (scores[i] == nullptr) {
      CHECK(found[i].length == 0);
      continue;
    }
    REQUIRE(scores[i]->is_number());
    worst = std::max(worst, std::abs(found[i].score - scores[i]->number()));
  }
  INFO(method);
  CHECK(worst <= margin);
}

Logit PublishedLogit(const Reference& reference) {
  const Datum& root = reference.expected.root();
  return {root.Find("logit_scale")->number(), root.Find("logit_bias")->number()};
}

TEST_CASE("published alignment: scores", "[align][real]") {
  Reference reference;
  if (!Read(&reference)) return;
  for (const bool exact : {true, false}) {
    const double margin = exact ? 1e-6 : 1e-5;
    AlignOptions options;
    options.exact = exact;
    options.logit = PublishedLogit(reference);
    CheckScores(reference, "dtw", options, margin);
    options.logit.reset();
    options.smooth = 5;
    CheckScores(reference, "smoothed_cosine_5", options, margin);
    options.smooth = 6;
    options.published_smoothing = true;
    CheckScores(reference, "smoothed_cosine_6_even", options, margin);
  }
}

TEST_CASE("published alignment: paths", "[align][real]") {
  Reference reference;
  if (!Read(&reference)) return;
  AlignOptions options;
  options.exact = true;
  options.paths = true;
  options.logit = PublishedLogit(reference);
  const auto paths = Expected(reference, *reference.expected.root().Find("dtw"), "paths");
  const auto found =
      Must(AlignPairs(reference.videos, reference.decompositions, reference.pairs, options));
  for (size_t i = 0; i < found.size(); ++i) {
    std::vector<Cell> expected;
    for (const Datum& cell : paths[i]->items()) {
      expected.push_back(
          {static_cast<uint32_t>(cell[0].integer()), static_cast<uint32_t>(cell[1].integer())});
    }
    INFO("pair " << i);
    CHECK(found[i].path == expected);
  }
}

TEST_CASE("published alignment: mean pooling", "[align][real]") {
  Reference reference;
  if (!Read(&reference)) return;
  for (const bool whole : {true, false}) {
    MeanPoolOptions options;
    options.logit = PublishedLogit(reference);
    options.whole_matrix_norm = whole;
    const Datum& method = *reference.expected.root()
                               .Find("mean_pool")
                               ->Find(whole ? "whole_matrix_norm" : "row_norm");
    const auto found =
        Must(MeanPoolPairs(reference.videos, reference.options, reference.samples, options));
    for (size_t i = 0; i < found.size(); ++i) {
      const Datum& expected = (*method.Find("scores"))[i];
      REQUIRE(found[i].size() == expected.size());
      for (size_t j = 0; j < found[i].size(); ++j) {
        CHECK(found[i][j] == Approx(expected[j].number()).epsilon(3e-5).margin(1e-12));
      }
    }
  }
}

}  // namespace
}  // namespace gesta::alignment
