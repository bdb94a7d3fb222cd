// Alignment on a device, through the models of this machine and the inference module.
#include <catch2/catch.hpp>
#include <filesystem>
#include <random>

#include "gesta/align.h"
#include "gesta/models.h"
#include "models_support.h"

namespace gesta::test {
namespace {

using alignment::Alignment;

TEST_CASE("a machine without a GPU has no device but the processor", "[models][align]") {
  const auto models = MakeMachineModels();
  CHECK_FALSE(models->HasDevice("cpu"));
  CHECK_FALSE(models->HasDevice("tpu:0"));
  CHECK_FALSE(models->HasDevice("cuda:99"));
  if (std::filesystem::exists("/dev/nvidiactl") || std::filesystem::exists("/dev/dxg")) return;
  // Not even the module is looked for.
  const Environment nowhere("GESTA_MODULE_DIR", "/nowhere");
  CHECK_FALSE(models->HasDevice("cuda:0"));
}

TEST_CASE("providers without devices say so", "[models][align]") {
  class NoModels : public ModelProvider {
   public:
    Result<std::shared_ptr<EmbeddingModel>> Get(const std::string&) override { return None(); }
    Result<ModelInfo> Describe(const std::string&) override { return None(); }
    Result<std::vector<ModelInfo>> List() override { return None(); }
    static Status None() { return Status(StatusCode::kNotFound, "no models"); }
  };
  NoModels models;
  CHECK_FALSE(models.HasDevice("cuda:0"));
  std::vector<Alignment> results;
  CHECK(models.AlignPairs("cuda:0", {}, {}, {}, {}, &results).code() == StatusCode::kUnsupported);
}

#ifdef GESTA_WITH_TORCH
using alignment::AlignOptions;
using alignment::Logit;
using alignment::Matrix;
using alignment::Pair;

std::vector<float> Normal(size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& value : values) value = normal(random);
  return values;
}

TEST_CASE("the inference module aligns as the processor does", "[models][align]") {
  const auto models = MakeMachineModels();
  const size_t dimension = 20;
  const auto frames = Normal(90 * dimension, 1);
  const auto steps = Normal(40 * dimension, 2);
  const std::vector<Matrix> sequences = {{frames.data(), 30, dimension},
                                         {frames.data() + 30 * dimension, 60, dimension}};
  const std::vector<Matrix> decompositions = {{steps.data(), 5, dimension},
                                              {steps.data() + 5 * dimension, 35, dimension}};
  const std::vector<Pair> pairs = {{1, 0}, {0, 0}, {0, 1}, {1, 1}, {0, 0}};
  AlignOptions options;
  options.logit = Logit{2, -1};
  options.smooth = 3;
  for (const bool paths : {false, true}) {
    options.paths = paths;
    const auto expected = alignment::AlignPairs(sequences, decompositions, pairs, options);
    REQUIRE(expected.ok());
    std::vector<Alignment> found(2);
    const Status status =
        models->AlignPairs("cpu", sequences, decompositions, pairs, options, &found);
    INFO(status.ToString());
    REQUIRE(status.ok());
    REQUIRE(found.size() == pairs.size());
    for (size_t i = 0; i < found.size(); ++i) {
      CHECK(found[i].score == Approx((*expected)[i].score).epsilon(1e-4));
      CHECK(found[i].total == Approx((*expected)[i].total).epsilon(1e-4));
      CHECK(found[i].length == (*expected)[i].length);
      CHECK(found[i].path == (*expected)[i].path);
      CHECK(found[i].path.empty() != paths);
    }
  }

  std::vector<Alignment> results;
  const auto refusal = [&](const std::string& device, StatusCode code) {
    const Status status =
        models->AlignPairs(device, sequences, decompositions, pairs, options, &results);
    CHECK(status.code() == code);
    return std::string(status.message());
  };
  CHECK_THAT(refusal("cuda:99", StatusCode::kInvalidArgument), Catch::Contains("cuda:99"));
  CHECK_THAT(refusal("toaster", StatusCode::kInvalidArgument), Catch::Contains("toaster"));
  options.exact = true;
  CHECK_THAT(refusal("cpu", StatusCode::kUnsupported), Catch::Contains("exact"));
  options.exact = false;
  options.check_interrupt = [] { return Status(StatusCode::kTimeout, "too late"); };
  CHECK(refusal("cpu", StatusCode::kTimeout) == "too late");
}
#endif

}  // namespace
}  // namespace gesta::test
