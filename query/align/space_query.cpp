#include "align/space_query.h"

#include "align/options.h"
#include "functions/errors.h"

namespace gesta::align {

Result<const SpaceInfo*> FindSpace(const Transaction& transaction, const std::string& name) {
  if (const SpaceInfo* space = transaction.FindSpace(name)) return space;
  std::vector<std::string> known;
  for (const SpaceInfo& space : transaction.Spaces()) known.push_back(space.name);
  const std::string nearest = NearestName(name, known);
  return StatementError(
      StatusCode::kNotFound, "SemanticError", "UnknownSpace",
      "there is no embedding space " + QuoteName(name),
      nearest.empty() ? "CREATE EMBEDDING SPACE makes one" : "did you mean " + nearest + "?");
}

Result<std::vector<float>> VectorOf(const Value& list, std::string_view what) {
  const auto wrong = [&](const std::string& got) {
    return TypeError("InvalidArgumentType",
                     std::string(what) + " needs a list of numbers, not " + got);
  };
  if (list.type() != ValueType::kList) return wrong(TypeInWords(list));
  std::vector<float> elements;
  elements.reserve(list.AsList().size());
  for (const Value& element : list.AsList()) {
    if (element.type() != ValueType::kInteger && element.type() != ValueType::kFloat) {
      return wrong("one with " + TypeInWords(element) + " in it");
    }
    elements.push_back(static_cast<float>(element.AsNumber()));
  }
  return elements;
}

Status EmbedForSpace(const SpaceInfo& space, ModelProvider* models,
                     const std::vector<std::string>& texts,
                     const std::function<Status()>& check_interrupt, std::vector<float>* rows) {
  if (space.model.empty()) {
    return Status(StatusCode::kNotFound,
                  "the embedding space '" + space.name + "' has no model to embed a text with",
                  "give a vector, or a node that has one");
  }
  if (models == nullptr) {
    return Status(StatusCode::kNotFound,
                  "there is no model " + QuoteName(space.model) + ": the database has no models");
  }
  GESTA_ASSIGN_OR_RETURN(const std::shared_ptr<EmbeddingModel> model, models->Get(space.model));
  const ModelInfo& info = model->info();
  if (info.dimension != space.dimension ||
      (!space.model_version.empty() && info.version != space.model_version)) {
    return Status(StatusCode::kConflict,
                  "the model " + QuoteName(space.model) +
                      " is not the one that made the vectors of the embedding space '" +
                      space.name + "'",
                  "embed its nodes anew with 'gesta embed', or register the former model again");
  }
  EncodeOptions options;
  options.padding = space.padding;
  options.check_interrupt = check_interrupt;
  return model->EmbedTexts(texts, options, rows);
}

}  // namespace gesta::align
