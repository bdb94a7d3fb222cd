// The module's C functions (gesta/inference_module.h) over Model.
#include <fmt/format.h>
#include <torch/version.h>

#include <opencv2/core/version.hpp>

#include "align/device/device_align.h"
#include "gesta/inference_module.h"
#include "module/align_calls.h"
#include "module/guarded.h"
#include "module/model.h"
#include "module/network.h"

struct GestaModel {
  std::unique_ptr<gesta::module::Model> model;
};

struct GestaNetwork {
  std::unique_ptr<gesta::module::Network> network;
};

namespace {

using gesta::Status;
using gesta::StatusCode;
using gesta::module::CopyText;

constexpr gesta::module::ExceptionTexts kExceptions = {
    "the machine has too little memory for the model", StatusCode::kInternal,
    "the inference module failed"};

template <typename Function>
int32_t Guarded(GestaError* error, Function function) {
  return gesta::module::Guarded(kExceptions, error, function);
}

gesta::module::CallOptions ToOptions(const GestaEncodeOptions& given) {
  gesta::module::CallOptions options;
  options.padding = given.padding ? given.padding : "";
  options.batch_size = given.batch_size;
  options.threads = given.threads;
  if (given.interrupted) {
    options.interrupted = [interrupted = given.interrupted, state = given.state] {
      return interrupted(state) != 0;
    };
  }
  return options;
}

template <typename Text>
std::vector<Text> ToTexts(const GestaStrings& strings) {
  std::vector<Text> texts;
  texts.reserve(strings.count);
  for (uint64_t i = 0; i < strings.count; ++i) {
    texts.emplace_back(strings.bytes + strings.offsets[i],
                       strings.offsets[i + 1] - strings.offsets[i]);
  }
  return texts;
}

int32_t OpenModel(const char* folder, const char* device, const char* precision, GestaModel** model,
                  GestaError* error) {
  return Guarded(error, [&]() -> Status {
    GESTA_ASSIGN_OR_RETURN(auto loaded, gesta::module::Model::Load(folder, device ? device : "",
                                                                   precision ? precision : ""));
    *model = new GestaModel{std::move(loaded)};
    return Status::Ok();
  });
}

void CloseModel(GestaModel* model) { delete model; }

void GetInfo(const GestaModel* model, GestaModelInfo* info) {
  const gesta::models::ModelConfig& config = model->model->config();
  *info = GestaModelInfo{};
  CopyText(gesta::models::FamilyName(config.family), info->kind);
  CopyText(config.padding, info->padding);
  info->dimension = config.dimension;
  info->max_tokens = config.max_tokens;
  info->texts = config.text ? 1 : 0;
  info->images = config.vision ? 1 : 0;
  const gesta::models::Logits& logits = model->model->logits();
  info->has_logit_scale = logits.scale ? 1 : 0;
  info->logit_scale = logits.scale.value_or(0);
  info->has_logit_bias = logits.bias ? 1 : 0;
  info->logit_bias = logits.bias.value_or(0);
}

int32_t EmbedTexts(GestaModel* model, const GestaStrings* texts, const GestaEncodeOptions* options,
                   float* rows, GestaError* error) {
  return Guarded(error, [&] {
    return model->model->EmbedTexts(ToTexts<std::string_view>(*texts), ToOptions(*options), rows);
  });
}

int32_t EmbedImages(GestaModel* model, const GestaStrings* paths, const GestaEncodeOptions* options,
                    float* rows, GestaError* error) {
  return Guarded(error, [&] {
    return model->model->EmbedImages(ToTexts<std::string>(*paths), ToOptions(*options), rows);
  });
}

int32_t EmbedPictures(GestaModel* model, const GestaPicture* pictures, uint64_t count,
                      const GestaEncodeOptions* options, float* rows, GestaError* error) {
  return Guarded(error, [&] {
    return model->model->EmbedPictures(pictures, count, ToOptions(*options), rows);
  });
}

int32_t OpenNetwork(const GestaStrings* files, const char* device, GestaNetwork** network,
                    GestaError* error) {
  return Guarded(error, [&]() -> Status {
    GESTA_ASSIGN_OR_RETURN(auto loaded, gesta::module::Network::Load(ToTexts<std::string>(*files),
                                                                     device ? device : ""));
    *network = new GestaNetwork{std::move(loaded)};
    return Status::Ok();
  });
}

void CloseNetwork(GestaNetwork* network) { delete network; }

void GetNetworkSizes(const GestaNetwork* network, uint64_t* inputs, uint64_t* outputs) {
  *inputs = network->network->inputs();
  *outputs = network->network->outputs();
}

int32_t RunNetwork(const GestaNetwork* network, const float* rows, uint64_t count, float* out,
                   GestaError* error) {
  return Guarded(error, [&] {
    network->network->Run(rows, count, out);
    return Status::Ok();
  });
}

int32_t HasDevice(const char* device) {
  try {
    return gesta::alignment::HasDevice(device) ? 1 : 0;
  } catch (...) {
    return 0;
  }
}

int32_t AlignPairs(const GestaAlignJob* job, GestaAlignment* results, GestaError* error) {
  return Guarded(error, [&] { return gesta::module::AlignPairs(*job, results); });
}

constexpr GestaInferenceModule kModule = {GESTA_INFERENCE_VERSION,
                                          "LibTorch " TORCH_VERSION ", OpenCV " CV_VERSION,
                                          OpenModel,
                                          CloseModel,
                                          GetInfo,
                                          EmbedTexts,
                                          EmbedImages,
                                          EmbedPictures,
                                          OpenNetwork,
                                          CloseNetwork,
                                          GetNetworkSizes,
                                          RunNetwork,
                                          HasDevice,
                                          AlignPairs};

}  // namespace

extern "C" __attribute__((visibility("default"))) const GestaInferenceModule*
gesta_inference_module(uint32_t version) {
  return version == GESTA_INFERENCE_VERSION ? &kModule : nullptr;
}
