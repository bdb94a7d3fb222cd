#include "video/step_vectors.h"

#include <unordered_map>

#include "align/space_query.h"
#include "align/space_text.h"
#include "gesta/decompose_prompt.h"
#include "gesta/models.h"

namespace gesta::video {

Result<StepEmbedder> StepEmbedder::Open(EvaluationContext* context, const std::string& space,
                                        std::string sentence) {
  StepEmbedder embedder;
  embedder.context_ = context;
  embedder.sentence_ = std::move(sentence);
  GESTA_ASSIGN_OR_RETURN(const SpaceInfo* const found,
                         align::FindSpace(*context->transaction(), space));
  embedder.space_ = *found;
  if (found->model.empty() || context->models() == nullptr) {
    return Status(StatusCode::kNotFound,
                  "the embedding space '" + space + "' has no model to embed subactions with",
                  "a space of a model is made by CREATE EMBEDDING SPACE … USING MODEL …");
  }
  GESTA_ASSIGN_OR_RETURN(const auto model, context->models()->Get(found->model));
  embedder.version_ = model->info().version;
  return embedder;
}

Result<StepVectors> StepEmbedder::Prepare(const std::vector<std::string>& steps,
                                          std::string_view action, std::string_view domain) const {
  StepVectors vectors;
  std::string all;
  for (const std::string& step : steps) {
    GESTA_ASSIGN_OR_RETURN(std::string text, llm::SubactionText(sentence_, step, action, domain));
    all += text;
    all += '\0';
    vectors.texts.push_back(std::move(text));
  }
  vectors.source = align::SourceHash(version_, space_.padding, all);
  return vectors;
}

Result<bool> StepEmbedder::IsUpToDate(NodeId decomposition, const StepVectors& steps) const {
  GESTA_ASSIGN_OR_RETURN(const auto info,
                         context_->transaction()->GetSequenceInfo(space_.id, decomposition));
  return info && info->source == steps.source && info->frames == steps.texts.size();
}

Status StepEmbedder::Embed(const std::vector<StepVectors*>& steps) const {
  const auto embed = [&](const std::vector<std::string>& texts, std::vector<float>* rows) {
    return align::EmbedForSpace(
        space_, context_->models(), texts, [this] { return context_->CheckInterrupt(); }, rows);
  };
  if (space_.padding == "longest") {
    for (StepVectors* const one : steps) {
      if (!one->texts.empty()) GESTA_RETURN_IF_ERROR(embed(one->texts, &one->rows));
    }
    return {};
  }
  std::unordered_map<std::string, size_t> places;
  std::vector<std::string> texts;
  for (const StepVectors* const one : steps) {
    for (const std::string& text : one->texts) {
      if (places.emplace(text, texts.size()).second) texts.push_back(text);
    }
  }
  if (texts.empty()) return {};
  std::vector<float> rows;
  GESTA_RETURN_IF_ERROR(embed(texts, &rows));
  const size_t dimension = space_.dimension;
  for (StepVectors* const one : steps) {
    one->rows.clear();
    for (const std::string& text : one->texts) {
      const float* const row = rows.data() + places.at(text) * dimension;
      one->rows.insert(one->rows.end(), row, row + dimension);
    }
  }
  return {};
}

Status StepEmbedder::Store(NodeId decomposition, const StepVectors& steps) const {
  Transaction& transaction = *context_->transaction();
  // From here on the space's texts are embedded by this version only.
  const SpaceInfo* const space = transaction.FindSpace(space_.name);
  if (space != nullptr && space->model_version.empty()) {
    GESTA_RETURN_IF_ERROR(transaction.SetSpaceModelVersion(space_.id, version_));
  }
  SequenceInfo info;
  info.frames = steps.texts.size();
  info.source = steps.source;
  return transaction.SetSequence(space_.id, decomposition, info, steps.rows.data());
}

}  // namespace gesta::video
