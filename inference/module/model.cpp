#include "module/model.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "gesta/format/utf8.h"
#include "module/batches.h"
#include "module/script_model.h"
#include "text/unicode.h"
#include "vision/prepare.h"

namespace gesta::module {

using models::Family;
using text::TokenId;

namespace {

// Tokens that go through the model together where the caller does not say: enough to keep matrix
// products busy, few enough for the results to stay in a core's cache.
constexpr size_t kBatchTokens = 1536;
constexpr size_t kBatchImages = 4;

Status CheckPadding(const std::string& padding) {
  if (padding.empty() || padding == "max_length" || padding == "longest") return Status::Ok();
  return Status(
      StatusCode::kInvalidArgument,
      fmt::format("'{}' is no way of padding; known are max_length and longest", padding));
}

}  // namespace

Result<std::unique_ptr<Model>> Model::Load(const std::string& folder, std::string_view device,
                                           std::string_view precision) {
  auto model = std::make_unique<Model>();
  GESTA_ASSIGN_OR_RETURN(const tensor::Placement placement,
                         tensor::ReadPlacement(device, precision));
  GESTA_ASSIGN_OR_RETURN(model->config_, models::ReadModelConfig(folder));
  if (model->config_.tokenizer) {
    GESTA_ASSIGN_OR_RETURN(model->tokenizer_,
                           text::LoadTokenizer(model->config_.folder, *model->config_.tokenizer));
  }
  GESTA_RETURN_IF_ERROR(model->LoadTensors(placement));
  return model;
}

Status Model::LoadTensors(const tensor::Placement& placement) {
  if (config_.family == Family::kTorchScript) {
    GESTA_ASSIGN_OR_RETURN(const auto script, ScriptModule::Load(config_, placement));
    if (config_.text) text_ = MakeScriptTextEncoder(script, config_, tokenizer_->pad_id());
    if (config_.vision) image_ = MakeScriptImageEncoder(script, config_);
    return Status::Ok();
  }
  GESTA_ASSIGN_OR_RETURN(
      const tensor::Weights weights,
      tensor::Weights::Load(config_.folder, models::ExpectedTensors(config_), placement));
  if (config_.family == Family::kBert || config_.family == Family::kMpnet) {
    GESTA_ASSIGN_OR_RETURN(text_, text::LoadSentenceEncoder(config_, weights));
    return Status::Ok();
  }
  text_ = text::MakeDualTextEncoder(config_, weights);
  image_ = vision::MakeImageEncoder(config_, weights);
  const auto [height, width] = vision::PreparedSize(*config_.image);
  if (height != config_.vision->image_size || width != config_.vision->image_size) {
    return Status(StatusCode::kBadData,
                  fmt::format("{}: images are prepared as {} x {} where the model takes {} x {}",
                              config_.folder, width, height, config_.vision->image_size,
                              config_.vision->image_size));
  }
  GESTA_ASSIGN_OR_RETURN(const auto checkpoint, models::Checkpoint::Open(config_.folder));
  GESTA_ASSIGN_OR_RETURN(logits_, models::ReadLogits(checkpoint));
  return Status::Ok();
}

Result<std::vector<TokenId>> Model::Tokenize(std::string_view text) const {
  std::string prepared;
  if (!config_.prompt.empty() || config_.lower_case) {
    prepared = config_.prompt + std::string(text);
    if (config_.lower_case) {
      prepared = text::Encode(text::ToLowerInContext(text::Decode(prepared)));
    }
    text = prepared;
  }
  GESTA_ASSIGN_OR_RETURN(std::vector<TokenId> ids, tokenizer_->Encode(text, config_.max_tokens));
  const auto known = static_cast<TokenId>(config_.text->vocabulary);
  if (known > 0 && *std::max_element(ids.begin(), ids.end()) >= known) {
    return Status(StatusCode::kBadData,
                  fmt::format("{}: the tokenizer gives token {} where the model has vectors for {}",
                              config_.folder, *std::max_element(ids.begin(), ids.end()), known));
  }
  if (config_.family == Family::kClip) {
    // The vector is that of the first end mark, and what follows it is not seen.
    const auto end = std::find(ids.begin(), ids.end(), tokenizer_->end_id());
    if (end != ids.end()) ids.erase(end + 1, ids.end());
  }
  return ids;
}

void Model::WriteRows(const at::Tensor& vectors, const std::vector<size_t>& targets,
                      float* rows) const {
  const size_t dimension = config_.dimension;
  if (vectors.dim() != 2 || vectors.size(0) != static_cast<int64_t>(targets.size()) ||
      vectors.size(1) != static_cast<int64_t>(dimension)) {
    throw std::runtime_error(
        fmt::format("it gives no {} vectors of {} numbers", targets.size(), dimension));
  }
  const float* from = vectors.data_ptr<float>();
  for (size_t i = 0; i < targets.size(); ++i, from += dimension) {
    float* to = rows + targets[i] * dimension;
    double square = 0;
    for (size_t k = 0; k < dimension; ++k) square += static_cast<double>(from[k]) * from[k];
    const double scale = config_.normalize ? 1 / std::max(std::sqrt(square), 1e-12) : 1;
    for (size_t k = 0; k < dimension; ++k) to[k] = static_cast<float>(from[k] * scale);
  }
}

Status Model::EmbedTexts(const std::vector<std::string_view>& texts, const CallOptions& options,
                         float* rows) const {
  if (!text_) return Status(StatusCode::kUnsupported, "the model has no text encoder");
  GESTA_RETURN_IF_ERROR(CheckPadding(options.padding));

  // Equal texts go through the model once.
  std::vector<size_t> distinct;
  std::vector<std::pair<size_t, size_t>> repeated;  // (text, the first one like it)
  std::unordered_map<std::string_view, size_t> seen;
  for (size_t i = 0; i < texts.size(); ++i) {
    if (!format::IsValidUtf8(texts[i])) {
      return Status(StatusCode::kInvalidArgument, "a text is not valid UTF-8");
    }
    const auto [at, is_new] = seen.emplace(texts[i], i);
    if (is_new) {
      distinct.push_back(i);
    } else {
      repeated.emplace_back(i, at->second);
    }
  }

  constexpr size_t kTokenizedTogether = 256;
  std::vector<std::vector<TokenId>> ids(distinct.size());
  GESTA_RETURN_IF_ERROR(
      RunBatches((distinct.size() + kTokenizedTogether - 1) / kTokenizedTogether, options.threads,
                 options.interrupted, [&](size_t batch) -> Status {
                   const size_t end = std::min(distinct.size(), (batch + 1) * kTokenizedTogether);
                   for (size_t i = batch * kTokenizedTogether; i < end; ++i) {
                     GESTA_ASSIGN_OR_RETURN(ids[i], Tokenize(texts[distinct[i]]));
                   }
                   return Status::Ok();
                 }));

  std::vector<size_t> order(distinct.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const std::string& padding = options.padding.empty() ? config_.padding : options.padding;
  // SigLIP's towers have no mask: padding is part of what they see.
  if (config_.family == Family::kSiglip) {
    const size_t together = options.batch_size ? options.batch_size : ids.size();
    for (size_t first = 0; first < ids.size(); first += together) {
      const size_t end = std::min(ids.size(), first + together);
      size_t length = config_.max_tokens;
      if (padding == "longest") {
        length = 0;
        for (size_t i = first; i < end; ++i) length = std::max(length, ids[i].size());
      }
      for (size_t i = first; i < end; ++i) {
        const size_t missing = length - ids[i].size();
        ids[i].insert(tokenizer_->pads_left() ? ids[i].begin() : ids[i].end(), missing,
                      tokenizer_->pad_id());
      }
    }
  }
  const size_t least_length = padding == "max_length" ? config_.max_tokens : 0;
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return ids[a].size() > ids[b].size(); });

  std::vector<std::pair<size_t, size_t>> batches;  // ranges of `order`
  size_t first = 0;
  size_t tokens = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    const size_t length = ids[order[i]].size();
    const bool full = options.batch_size ? i - first >= options.batch_size
                                         : i > first && tokens + length > kBatchTokens;
    if (full) {
      batches.emplace_back(first, i);
      first = i;
      tokens = 0;
    }
    tokens += length;
  }
  if (first < order.size()) batches.emplace_back(first, order.size());

  GESTA_RETURN_IF_ERROR(
      RunBatches(batches.size(), options.threads, options.interrupted, [&](size_t batch) -> Status {
        text::TokenBatch sequences;
        std::vector<size_t> targets;
        for (size_t i = batches[batch].first; i < batches[batch].second; ++i) {
          sequences.push_back(&ids[order[i]]);
          targets.push_back(distinct[order[i]]);
        }
        WriteRows(text_->Run(sequences, least_length), targets, rows);
        return Status::Ok();
      }));
  for (const auto& [to, from] : repeated) {
    std::copy_n(rows + from * config_.dimension, config_.dimension, rows + to * config_.dimension);
  }
  return Status::Ok();
}

Status Model::EmbedImages(size_t count, const std::function<Result<vision::Image>(size_t)>& get,
                          const std::function<std::string(size_t)>& name,
                          const CallOptions& options, float* rows) const {
  if (!image_) return Status(StatusCode::kUnsupported, "the model has no image encoder");
  const size_t together = options.batch_size ? options.batch_size : kBatchImages;
  const auto [height, width] = vision::PreparedSize(*config_.image);
  const size_t pixels = 3 * height * width;
  const auto work = [&, height = height, width = width](size_t batch) -> Status {
    const size_t first = batch * together;
    const size_t size = std::min(count - first, together);
    at::Tensor input = at::empty(
        {static_cast<int64_t>(size), 3, static_cast<int64_t>(height), static_cast<int64_t>(width)},
        at::TensorOptions().dtype(at::kFloat));
    std::vector<size_t> targets;
    for (size_t i = 0; i < size; ++i) {
      GESTA_ASSIGN_OR_RETURN(const vision::Image image, get(first + i));
      const Status prepared =
          vision::Prepare(image, *config_.image, input.data_ptr<float>() + i * pixels);
      if (!prepared.ok()) return prepared.WithContext(name(first + i));
      targets.push_back(first + i);
    }
    WriteRows(image_->Run(input), targets, rows);
    return Status::Ok();
  };
  return RunBatches((count + together - 1) / together, options.threads, options.interrupted, work);
}

Status Model::EmbedImages(const std::vector<std::string>& paths, const CallOptions& options,
                          float* rows) const {
  return EmbedImages(
      paths.size(), [&](size_t i) { return vision::ReadImage(paths[i]); },
      [&](size_t i) { return paths[i]; }, options, rows);
}

Status Model::EmbedPictures(const GestaPicture* pictures, size_t count, const CallOptions& options,
                            float* rows) const {
  const auto get = [&](size_t i) -> Result<vision::Image> {
    const GestaPicture& picture = pictures[i];
    if (picture.width == 0 || picture.height == 0 || picture.pixels == nullptr) {
      return Status(StatusCode::kInvalidArgument, "a picture has no pixels");
    }
    const size_t size = size_t{3} * picture.width * picture.height;
    return vision::Image{picture.width, picture.height, {picture.pixels, picture.pixels + size}};
  };
  return EmbedImages(
      count, get, [](size_t i) { return fmt::format("picture {}", i); }, options, rows);
}

}  // namespace gesta::module
