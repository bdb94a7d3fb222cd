// ModelProvider over the registry of this machine.
#include <filesystem>
#include <map>
#include <mutex>
#include <system_error>
#include <utility>

#include "gesta/llm_client.h"
#include "gesta/model_registry.h"
#include "gesta/models.h"
#include "gesta/picture_model.h"
#include "models/device_align.h"
#include "models/inference_client.h"

namespace gesta {
namespace {

ModelInfo ToInfo(const RegisteredModel& model) {
  ModelInfo info;
  info.name = model.name;
  info.kind = model.kind;
  info.version = model.version;
  info.dimension = model.dimension;
  info.texts = model.texts;
  info.images = model.images;
  info.max_tokens = model.max_tokens;
  info.padding = model.padding;
  info.logit_scale = model.logit_scale;
  info.logit_bias = model.logit_bias;
  return info;
}

// A checkpoint that the inference module runs.
class LocalModel : public EmbeddingModel, public PictureModel {
 public:
  explicit LocalModel(RegisteredModel model) : model_(std::move(model)), info_(ToInfo(model_)) {}
  ~LocalModel() override {
    for (const auto& [placement, opened] : opened_) module_->close_model(opened);
  }

  const ModelInfo& info() const override { return info_; }
  Status EmbedTexts(const std::vector<std::string>& texts, const EncodeOptions& options,
                    std::vector<float>* rows) override {
    return Embed(texts, options, /*images=*/false, rows);
  }
  Status EmbedImages(const std::vector<std::string>& paths, const EncodeOptions& options,
                     std::vector<float>* rows) override {
    return Embed(paths, options, /*images=*/true, rows);
  }
  Status EmbedPictures(const std::vector<Picture>& pictures, const EncodeOptions& options,
                       std::vector<float>* rows) override {
    std::vector<GestaPicture> given_pictures;
    for (const Picture& picture : pictures) {
      given_pictures.push_back({picture.width, picture.height, picture.pixels});
    }
    return Embed(
        pictures.size(), options, /*images=*/true, rows,
        [&](GestaModel* model, const GestaEncodeOptions& given, float* out, GestaError* error) {
          return module_->embed_pictures(model, given_pictures.data(), given_pictures.size(),
                                         &given, out, error);
        });
  }

 private:
  using Placement = std::pair<std::string, std::string>;  // device, precision

  // Asks the options' check between batches, from inside the module.
  struct Interrupt {
    const std::function<Status()>& check;
    Status status;
  };

  // Runs one of the module's functions on `count` items: call(model, options, rows, error).
  template <typename Call>
  Status Embed(size_t count, const EncodeOptions& options, bool images, std::vector<float>* rows,
               Call call) {
    if (images ? !model_.images : !model_.texts) {
      return Status(StatusCode::kUnsupported, "the model '" + model_.name + "' has no " +
                                                  (images ? "image" : "text") + " encoder");
    }
    rows->assign(count * info_.dimension, 0);
    if (count == 0) return Status::Ok();
    GESTA_ASSIGN_OR_RETURN(GestaModel* const opened, Open({options.device, options.precision}));
    Interrupt interrupt{options.check_interrupt, {}};
    GestaEncodeOptions given{};
    given.padding = options.padding.c_str();
    given.batch_size = options.batch_size;
    given.state = &interrupt;
    if (options.check_interrupt) {
      given.interrupted = [](void* state) -> int32_t {
        auto& own = *static_cast<Interrupt*>(state);
        own.status = own.check();
        return own.status.ok() ? 0 : 1;
      };
    }
    GestaError error{};
    if (call(opened, given, rows->data(), &error) == 0) return Status::Ok();
    if (!interrupt.status.ok()) return interrupt.status;
    return FromModule(error).WithContext("model '" + model_.name + "'");
  }

  Status Embed(const std::vector<std::string>& items, const EncodeOptions& options, bool images,
               std::vector<float>* rows) {
    std::string bytes;
    std::vector<uint64_t> offsets{0};
    for (const std::string& item : items) {
      bytes += item;
      offsets.push_back(bytes.size());
    }
    const GestaStrings strings{bytes.data(), offsets.data(), items.size()};
    return Embed(
        items.size(), options, images, rows,
        [&](GestaModel* model, const GestaEncodeOptions& given, float* out, GestaError* error) {
          const auto embed = images ? module_->embed_images : module_->embed_texts;
          return embed(model, &strings, &given, out, error);
        });
  }

  Result<GestaModel*> Open(const Placement& placement) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto at = opened_.find(placement);
    if (at != opened_.end()) return at->second;
    if (!module_) {
      GESTA_ASSIGN_OR_RETURN(module_, LoadInferenceModule());
    }
    GESTA_RETURN_IF_ERROR(CheckSizes());
    GestaModel* model = nullptr;
    GestaError error{};
    if (module_->open_model(model_.folder.c_str(), placement.first.c_str(),
                            placement.second.c_str(), &model, &error) != 0) {
      return FromModule(error).WithContext("model '" + model_.name + "'");
    }
    opened_.emplace(placement, model);
    return model;
  }

  // A file that was replaced since the model was added would give vectors of another model.
  // Their hashes are for `gesta model verify`: reading gigabytes is too much for a query.
  Status CheckSizes() const {
    for (const RegisteredModel::File& file : model_.files) {
      std::error_code error;
      const auto size = std::filesystem::file_size(model_.folder + "/" + file.name, error);
      if (!error && size == file.size) continue;
      return Status(error ? StatusCode::kNotFound : StatusCode::kCorruption,
                    "model '" + model_.name + "': " + model_.folder + "/" + file.name +
                        (error ? " is gone" : " has changed since the model was added"),
                    "'gesta model verify " + model_.name + "' checks all of its files");
    }
    return Status::Ok();
  }

  const RegisteredModel model_;
  const ModelInfo info_;
  std::mutex mutex_;
  const GestaInferenceModule* module_ = nullptr;
  std::map<Placement, GestaModel*> opened_;
};

// A model behind an OpenAI-compatible server's embeddings endpoint.
class RemoteModel : public EmbeddingModel {
 public:
  explicit RemoteModel(RegisteredModel model) : model_(std::move(model)), info_(ToInfo(model_)) {}

  const ModelInfo& info() const override { return info_; }

  Status EmbedTexts(const std::vector<std::string>& texts, const EncodeOptions& options,
                    std::vector<float>* rows) override {
    rows->clear();
    if (texts.empty()) return Status::Ok();
    GESTA_ASSIGN_OR_RETURN(LlmClient* const client, Client());
    CallOptions call;
    call.check_interrupt = options.check_interrupt;
    CallUsage usage;
    size_t dimension = 0;
    GESTA_RETURN_IF_ERROR(client->Embed(model_.remote_name, texts,
                                        options.batch_size ? options.batch_size : kBatch, call,
                                        rows, &dimension, &usage));
    if (dimension == info_.dimension) return Status::Ok();
    return Status(StatusCode::kBadData,
                  "model '" + model_.name + "': the server gives vectors of " +
                      std::to_string(dimension) + " numbers, not of " +
                      std::to_string(info_.dimension) + " as the model was added with");
  }
  Status EmbedImages(const std::vector<std::string>&, const EncodeOptions&,
                     std::vector<float>*) override {
    return Status(StatusCode::kUnsupported,
                  "the model '" + model_.name + "' is a remote one, which takes texts only");
  }

 private:
  static constexpr size_t kBatch = 128;  // texts in a request

  Result<LlmClient*> Client() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!client_) {
      GESTA_ASSIGN_OR_RETURN(LlmEndpoint endpoint, LlmEndpoint::FromEnvironment());
      if (!model_.url.empty()) endpoint.url = model_.url;
      GESTA_ASSIGN_OR_RETURN(client_, LlmClient::Make(std::move(endpoint)));
    }
    return client_.get();
  }

  const RegisteredModel model_;
  const ModelInfo info_;
  std::mutex mutex_;
  std::unique_ptr<LlmClient> client_;
};

class MachineModels : public ModelProvider {
 public:
  Result<std::shared_ptr<EmbeddingModel>> Get(const std::string& name) override {
    GESTA_ASSIGN_OR_RETURN(const ModelRegistry registry, ModelRegistry::Open());
    GESTA_ASSIGN_OR_RETURN(RegisteredModel registered, registry.Get(name));
    const std::lock_guard<std::mutex> lock(mutex_);
    std::shared_ptr<EmbeddingModel>& model = models_[name];
    // Registered anew under the same name, it is another model.
    if (!model || model->info().version != registered.version) {
      if (registered.kind == "remote") {
        model = std::make_shared<RemoteModel>(std::move(registered));
      } else {
        model = std::make_shared<LocalModel>(std::move(registered));
      }
    }
    return model;
  }

  Result<ModelInfo> Describe(const std::string& name) override {
    GESTA_ASSIGN_OR_RETURN(const ModelRegistry registry, ModelRegistry::Open());
    GESTA_ASSIGN_OR_RETURN(const RegisteredModel registered, registry.Get(name));
    return ToInfo(registered);
  }

  Result<std::vector<ModelInfo>> List() override {
    GESTA_ASSIGN_OR_RETURN(const ModelRegistry registry, ModelRegistry::Open());
    GESTA_ASSIGN_OR_RETURN(const auto registered, registry.List());
    std::vector<ModelInfo> infos;
    for (const RegisteredModel& model : registered) infos.push_back(ToInfo(model));
    return infos;
  }

  bool HasDevice(const std::string& device) override { return HasAlignDevice(device); }

  Status AlignPairs(const std::string& device, const std::vector<alignment::Matrix>& sequences,
                    const std::vector<alignment::Matrix>& decompositions,
                    const std::vector<alignment::Pair>& pairs,
                    const alignment::AlignOptions& options,
                    std::vector<alignment::Alignment>* results) override {
    return AlignOnDevice(device, sequences, decompositions, pairs, options, results);
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<EmbeddingModel>> models_;
};

}  // namespace

std::shared_ptr<ModelProvider> MakeMachineModels() { return std::make_shared<MachineModels>(); }

}  // namespace gesta
