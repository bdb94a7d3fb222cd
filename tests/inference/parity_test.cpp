// Vectors of texts and images, as the reference libraries compute them from the same checkpoints.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "expected.h"
#include "module_client.h"
#include "support/temp_dir.h"

namespace gesta::test {
namespace {

namespace fs = std::filesystem;

constexpr double kTolerance = 1e-5;

double LargestDifference(const std::vector<float>& rows, const format::Datum& expected) {
  REQUIRE(expected.size() > 0);
  REQUIRE(rows.size() == expected.size() * expected[0].size());
  double largest = 0;
  for (size_t i = 0, at = 0; i < expected.size(); ++i) {
    for (const format::Datum& value : expected[i].items()) {
      const double difference = std::abs(static_cast<double>(rows[at++]) - value.number());
      largest = std::isnan(difference) ? INFINITY : std::max(largest, difference);
    }
  }
  return largest;
}

void CheckTexts(const std::string& family) {
  const format::Document expected = ReadExpected(ModelFolder(family) + "/expected.json");
  OpenedModel model(ModelFolder(family));
  INFO(model.error().message);
  REQUIRE(model.ok());
  const auto texts = Texts(Member(expected.root(), "texts"));
  // However the texts are cut into batches and shared between threads, the vectors are the same.
  for (const uint64_t batch : {0, 1, 4}) {
    for (const uint64_t threads : {1, 3}) {
      model.options.batch_size = batch;
      model.options.threads = threads;
      CAPTURE(batch, threads);
      CHECK(LargestDifference(model.Embed(texts), Member(expected.root(), "vectors")) < kTolerance);
    }
  }
}

void CheckImages(const std::string& family) {
  const format::Document expected = ReadExpected(ModelFolder(family) + "/expected.json");
  OpenedModel model(ModelFolder(family));
  INFO(model.error().message);
  REQUIRE(model.ok());
  std::vector<std::string> paths;
  for (const std::string& name : Texts(Member(expected.root(), "images"))) {
    paths.push_back(ModelFolder("images") + "/" + name);
  }
  for (const uint64_t batch : {0, 1, 5}) {
    model.options.batch_size = batch;
    CHECK(LargestDifference(model.Embed(paths, /*images=*/true),
                            Member(expected.root(), "image_vectors")) < kTolerance);
  }
}

TEST_CASE("BERT with mean pooling and normalisation") { CheckTexts("bert"); }
TEST_CASE("BERT with CLS pooling and a dense layer, from an old pickled checkpoint") {
  CheckTexts("bert-cls");
}
TEST_CASE("MPNet, with texts longer than its last bucket of distances") { CheckTexts("mpnet"); }
TEST_CASE("CLIP's texts") { CheckTexts("clip"); }
TEST_CASE("CLIP's images") { CheckImages("clip"); }
TEST_CASE("SigLIP's texts") { CheckTexts("siglip"); }
TEST_CASE("SigLIP's images") { CheckImages("siglip"); }
TEST_CASE("texts of SigLIP 2") { CheckTexts("siglip2"); }
TEST_CASE("images of SigLIP 2") { CheckImages("siglip2"); }
TEST_CASE("a TorchScript module's texts") { CheckTexts("script"); }
TEST_CASE("a TorchScript module's images") { CheckImages("script"); }

TEST_CASE("SigLIP padded to the longest of the batch") {
  for (const char* family : {"siglip", "siglip2"}) {
    const format::Document expected = ReadExpected(ModelFolder(family) + "/expected.json");
    const format::Datum& longest = Member(expected.root(), "longest");
    OpenedModel model(ModelFolder(family));
    model.options.padding = "longest";
    CHECK(LargestDifference(model.Embed(Texts(Member(longest, "texts"))),
                            Member(longest, "vectors")) < kTolerance);
    model.options.padding = "shortest";
    CHECK(model.Embed({"run"}).empty());
    CHECK(std::string(model.error().message).find("shortest") != std::string::npos);
  }
}

TEST_CASE("what a model says about itself") {
  const OpenedModel bert(ModelFolder("bert"));
  CHECK(std::string(bert.info().kind) == "bert");
  CHECK(bert.info().dimension == 32);
  CHECK(bert.info().max_tokens == 48);
  CHECK(bert.info().texts == 1);
  CHECK(bert.info().images == 0);
  CHECK(bert.info().has_logit_scale == 0);
  const OpenedModel siglip(ModelFolder("siglip"));
  CHECK(std::string(siglip.info().padding) == "max_length");
  CHECK(siglip.info().images == 1);
  CHECK(siglip.info().logit_scale == Approx(std::exp(2.25)));
  CHECK(siglip.info().logit_bias == Approx(-7.5));
}

TEST_CASE("weights in shards are one checkpoint") {
  const TempDir dir;
  fs::copy(ModelFolder("bert"), dir.path(), fs::copy_options::recursive);
  fs::rename(dir.path() + "/model.safetensors", dir.path() + "/model-00001-of-00001.safetensors");
  std::ofstream(dir.path() + "/model.safetensors.index.json")
      << R"({"weight_map": {"embeddings.LayerNorm.bias": "model-00001-of-00001.safetensors"}})";
  const format::Document expected = ReadExpected(ModelFolder("bert") + "/expected.json");
  OpenedModel model(dir.path());
  INFO(model.error().message);
  REQUIRE(model.ok());
  CHECK(LargestDifference(model.Embed(Texts(Member(expected.root(), "texts"))),
                          Member(expected.root(), "vectors")) < kTolerance);
  std::ofstream(dir.path() + "/model.safetensors.index.json")
      << R"({"weight_map": {"a": "../model.safetensors"}})";
  CHECK_FALSE(OpenedModel(dir.path()).ok());
}

TEST_CASE("tensors that are missing or have another shape are named") {
  const TempDir dir;
  fs::copy(ModelFolder("bert"), dir.path(), fs::copy_options::recursive);
  const auto change = [&](const std::string& from, const std::string& to) {
    std::ifstream in(ModelFolder("bert") + "/config.json");
    std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    REQUIRE(text.find(from) != std::string::npos);
    text.replace(text.find(from), from.size(), to);
    std::ofstream(dir.path() + "/config.json") << text;
  };
  change("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3");
  const OpenedModel deeper(dir.path());
  REQUIRE_FALSE(deeper.ok());
  CHECK(std::string(deeper.error().message).find("encoder.layer.2.") != std::string::npos);
  change("\"intermediate_size\": 64", "\"intermediate_size\": 63");
  const OpenedModel narrower(dir.path());
  REQUIRE_FALSE(narrower.ok());
  CHECK(std::string(narrower.error().message).find("[64, 32]") != std::string::npos);
  change("\"model_type\": \"bert\"", "\"model_type\": \"llama\"");
  CHECK(std::string(OpenedModel(dir.path()).error().message).find("llama") != std::string::npos);
}

TEST_CASE("calls that cannot be served") {
  OpenedModel bert(ModelFolder("bert"));
  CHECK(bert.Embed({"x.png"}, /*images=*/true).empty());
  CHECK(bert.Embed({"\xff"}).empty());
  CHECK(std::string(bert.error().message).find("UTF-8") != std::string::npos);
  CHECK_FALSE(OpenedModel(ModelFolder("bert"), "tpu").ok());
  CHECK_FALSE(OpenedModel(ModelFolder("bert"), "", "fp8").ok());
  CHECK_FALSE(OpenedModel(ModelFolder("nothing")).ok());
  bert.options.interrupted = [](void*) -> int32_t { return 1; };
  CHECK(bert.Embed({"run"}).empty());
  CHECK(bert.error().code == static_cast<int32_t>(StatusCode::kCancelled));
  OpenedModel clip(ModelFolder("clip"));
  CHECK(clip.Embed({ModelFolder("images") + "/missing.png"}, /*images=*/true).empty());
  CHECK(std::string(clip.error().message).find("missing.png") != std::string::npos);
}

TEST_CASE("bf16 gives nearly the same directions") {
  const format::Document expected = ReadExpected(ModelFolder("bert") + "/expected.json");
  OpenedModel model(ModelFolder("bert"), "cpu", "bf16");
  INFO(model.error().message);
  REQUIRE(model.ok());
  const double difference = LargestDifference(model.Embed(Texts(Member(expected.root(), "texts"))),
                                              Member(expected.root(), "vectors"));
  CHECK(difference > 0);
  CHECK(difference < 0.1);
}

}  // namespace
}  // namespace gesta::test
