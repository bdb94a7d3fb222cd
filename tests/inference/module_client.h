// The inference module as tests call it.
#ifndef GESTA_TESTS_INFERENCE_MODULE_CLIENT_H_
#define GESTA_TESTS_INFERENCE_MODULE_CLIENT_H_

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "gesta/inference_module.h"
#include "gesta/module_loader.h"

namespace gesta::test {

inline const GestaInferenceModule& Module() {
  static const GestaInferenceModule* const module = [] {
    const auto symbol =
        LoadModuleSymbol("libgesta_inference.so", "gesta_inference_module", "a test");
    INFO(symbol.status().ToString());
    REQUIRE(symbol.ok());
    return reinterpret_cast<decltype(&gesta_inference_module)>(*symbol)(GESTA_INFERENCE_VERSION);
  }();
  REQUIRE(module != nullptr);
  return *module;
}

class OpenedModel {
 public:
  explicit OpenedModel(const std::string& folder, const char* device = "",
                       const char* precision = "") {
    result_ = Module().open_model(folder.c_str(), device, precision, &model_, &error_);
    if (result_ == 0) Module().get_info(model_, &info_);
  }
  ~OpenedModel() {
    if (model_) Module().close_model(model_);
  }
  OpenedModel(const OpenedModel&) = delete;
  OpenedModel& operator=(const OpenedModel&) = delete;

  bool ok() const { return result_ == 0; }
  const GestaError& error() const { return error_; }
  const GestaModelInfo& info() const { return info_; }
  GestaModel* model() const { return model_; }

  GestaEncodeOptions options{};

  // Rows of the texts or of the images at the paths; empty after an error.
  std::vector<float> Embed(const std::vector<std::string>& items, bool images = false) {
    std::string bytes;
    std::vector<uint64_t> offsets{0};
    for (const std::string& item : items) {
      bytes += item;
      offsets.push_back(bytes.size());
    }
    const GestaStrings strings{bytes.data(), offsets.data(), items.size()};
    std::vector<float> rows(items.size() * info_.dimension);
    const auto embed = images ? Module().embed_images : Module().embed_texts;
    result_ = embed(model_, &strings, &options, rows.data(), &error_);
    if (result_ != 0) rows.clear();
    return rows;
  }

 private:
  GestaModel* model_ = nullptr;
  GestaModelInfo info_{};
  GestaError error_{};
  int32_t result_ = 0;
};

}  // namespace gesta::test

#endif  // GESTA_TESTS_INFERENCE_MODULE_CLIENT_H_
