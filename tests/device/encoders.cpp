// The encoders of the inference module on a device: the tiny checkpoints' vectors against the
// processor's, and how fast a checkpoint is.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "device/device_program.h"
#include "gesta/inference_module.h"
#include "gesta/module_loader.h"

namespace gesta::test {
namespace {

namespace fs = std::filesystem;

const GestaInferenceModule& Module() {
  setenv("GESTA_MODULE_DIR", GESTA_MODULES, /*overwrite=*/0);
  void* const symbol = bench::Must(
      LoadModuleSymbol("libgesta_inference.so", "gesta_inference_module", "this program"));
  const auto get = reinterpret_cast<decltype(&gesta_inference_module)>(symbol);
  const GestaInferenceModule* const module = get(GESTA_INFERENCE_VERSION);
  if (module == nullptr) {
    fmt::print(stderr, "the module is of another version than this program\n");
    std::exit(1);
  }
  return *module;
}

class Encoder {
 public:
  Encoder(const GestaInferenceModule& module, const std::string& folder, const std::string& device,
          const std::string& precision = "fp32")
      : module_(module) {
    if (module.open_model(folder.c_str(), device.c_str(), precision.c_str(), &model_, &error_)) {
      return;
    }
    module.get_info(model_, &info_);
  }
  ~Encoder() {
    if (model_ != nullptr) module_.close_model(model_);
  }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  const GestaModelInfo& info() const { return info_; }
  std::string error() const { return error_.message; }

  // Empty after an error.
  std::vector<float> Embed(const std::vector<std::string>& items, bool images) {
    if (model_ == nullptr) return {};
    std::string bytes;
    std::vector<uint64_t> offsets{0};
    for (const std::string& item : items) {
      bytes += item;
      offsets.push_back(bytes.size());
    }
    const GestaStrings strings{bytes.data(), offsets.data(), items.size()};
    std::vector<float> rows(items.size() * info_.dimension);
    GestaEncodeOptions options{};
    const auto embed = images ? module_.embed_images : module_.embed_texts;
    if (embed(model_, &strings, &options, rows.data(), &error_) != 0) rows.clear();
    return rows;
  }

 private:
  const GestaInferenceModule& module_;
  GestaModel* model_ = nullptr;
  GestaModelInfo info_{};
  GestaError error_{};
};

std::vector<std::string> Files(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

// Different lengths, so that batches hold groups.
std::vector<std::string> Texts(size_t count) {
  std::vector<std::string> texts;
  for (size_t i = 0; i < count; ++i) {
    std::string text = "a person";
    for (size_t j = 0; j < i % 9; ++j) text += j % 2 == 0 ? " throws a ball" : " and runs";
    texts.push_back(text + " " + std::to_string(i));
  }
  return texts;
}

}  // namespace

int TestEncoders(const std::string& device) {
  const GestaInferenceModule& module = Module();
  const std::string models = GESTA_TEST_MODELS;
  size_t passed = 0, failed = 0;
  const auto compare = [&](const std::string& name, const std::vector<std::string>& items,
                           bool images) {
    Encoder here(module, models + "/" + name, "cpu");
    Encoder there(module, models + "/" + name, device);
    if (images ? !here.info().images : !here.info().texts) return;
    const auto expected = here.Embed(items, images);
    const auto found = there.Embed(items, images);
    double largest = expected.empty() || found.size() != expected.size() ? INFINITY : 0;
    for (size_t i = 0; largest < INFINITY && i < found.size(); ++i) {
      const double difference = std::abs(static_cast<double>(found[i]) - expected[i]);
      largest = std::isnan(difference) ? INFINITY : std::max(largest, difference);
    }
    const bool good = largest < 1e-4;
    ++(good ? passed : failed);
    if (!good) {
      fmt::print("FAILED {}, {}: differs by {} {}{}\n", name, images ? "images" : "texts", largest,
                 here.error(), there.error());
    }
  };
  // SigLIP's tokenizer library cannot be in a program that links LibTorch, as this one does; SigLIP
  // 2 has the same encoders.
  for (const char* const name : {"bert", "bert-cls", "mpnet", "clip", "siglip2", "script"}) {
    compare(name, Texts(40), /*images=*/false);
    compare(name, Files(models + "/images"), /*images=*/true);
  }
  fmt::print("encoders on {}: {} passed, {} failed\n", device, passed, failed);
  return failed == 0 ? 0 : 1;
}

int MeasureEncoder(const std::string& device, const std::string& folder,
                   const bench::Measuring& how) {
  const GestaInferenceModule& module = Module();
  fmt::print("{} on {}: items a second, median of {} runs\n{:>9} {:>9} {:>9}\n", folder, device,
             how.runs, "precision", "texts/s", "images/s");
  for (const char* const precision : {"fp32", "bf16", "fp16"}) {
    Encoder encoder(module, folder, device, precision);
    if (!encoder.error().empty()) {
      fmt::print("{:>9} {}\n", precision, encoder.error());
      continue;
    }
    const auto rate = [&](const std::vector<std::string>& items, bool images) {
      const double seconds = bench::Seconds(how, [&] { encoder.Embed(items, images); });
      if (!encoder.error().empty()) return std::string("failed");
      return fmt::format("{:.0f}", static_cast<double>(items.size()) / seconds);
    };
    std::vector<std::string> images;
    while (images.size() < 200) {
      for (const std::string& file : Files(GESTA_TEST_MODELS "/images")) images.push_back(file);
    }
    fmt::print("{:>9} {:>9} {:>9}\n", precision,
               encoder.info().texts ? rate(Texts(2000), false) : "-",
               encoder.info().images ? rate(images, true) : "-");
  }
  return 0;
}

}  // namespace gesta::test
