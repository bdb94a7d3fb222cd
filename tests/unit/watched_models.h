// A model whose vectors are easily said, which notes what it is asked for.
#ifndef GESTA_TESTS_WATCHED_MODELS_H_
#define GESTA_TESTS_WATCHED_MODELS_H_

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gesta/models.h"

namespace gesta::test {

// A text's vector: its length and its first letter. Notes what it is asked for.
class WatchedModel : public EmbeddingModel {
 public:
  WatchedModel() {
    info_.name = "watched";
    info_.kind = "test";
    info_.version = "1";
    info_.dimension = 2;
    info_.texts = true;
  }
  const ModelInfo& info() const override { return info_; }
  Status EmbedTexts(const std::vector<std::string>& texts, const EncodeOptions& options,
                    std::vector<float>* rows) override {
    const std::lock_guard<std::mutex> lock(mutex);
    if (options.check_interrupt) GESTA_RETURN_IF_ERROR(options.check_interrupt());
    if (calls == fail_at) return Status(StatusCode::kIo, "the model broke");
    ++calls;
    paddings.push_back(options.padding);
    rows->clear();
    for (const std::string& text : texts) {
      seen.push_back(text);
      rows->push_back(static_cast<float>(text.size()));
      rows->push_back(static_cast<float>(text[0]));
    }
    return Status::Ok();
  }
  Status EmbedImages(const std::vector<std::string>&, const EncodeOptions&,
                     std::vector<float>*) override {
    return Status(StatusCode::kUnsupported, "no images");
  }

  std::mutex mutex;
  ModelInfo info_;
  size_t calls = 0;
  size_t fail_at = SIZE_MAX;
  std::vector<std::string> seen;
  std::vector<std::string> paddings;
};

class WatchedModels : public ModelProvider {
 public:
  Result<std::shared_ptr<EmbeddingModel>> Get(const std::string& name) override {
    if (name == "watched") return std::shared_ptr<EmbeddingModel>(model);
    return Status(StatusCode::kNotFound, "there is no model '" + name + "'", "add it");
  }
  Result<ModelInfo> Describe(const std::string& name) override {
    GESTA_ASSIGN_OR_RETURN(const auto found, Get(name));
    return found->info();
  }
  Result<std::vector<ModelInfo>> List() override { return std::vector<ModelInfo>{model->info()}; }

  std::shared_ptr<WatchedModel> model = std::make_shared<WatchedModel>();
};

}  // namespace gesta::test

#endif  // GESTA_TESTS_WATCHED_MODELS_H_
