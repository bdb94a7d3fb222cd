#include "video/alignment_view.h"

#include "align/mapping_graph.h"
#include "align/node_text.h"
#include "align/space_query.h"
#include "functions/errors.h"
#include "video/pairs.h"

namespace gesta::video {
namespace {

// What a node is called: its first property of these.
Result<std::string> NameOf(Transaction& transaction, const Value& value,
                           std::initializer_list<std::string_view> properties,
                           const std::string& otherwise) {
  if (value.type() != ValueType::kNode) return std::string();
  for (const std::string_view property : properties) {
    GESTA_ASSIGN_OR_RETURN(std::string name,
                           align::NodeString(transaction, value.EntityId(), property));
    if (!name.empty()) return name;
  }
  align::NodeReader reader(&transaction);
  GESTA_ASSIGN_OR_RETURN(align::NodeReader::Texts texts, reader.Read(value.EntityId()));
  if (!texts.name.empty()) return std::move(texts.name);
  return otherwise + " " + std::to_string(value.EntityId());
}

}  // namespace

std::vector<std::string_view> ViewOptionNames(std::initializer_list<std::string_view> others) {
  std::vector<std::string_view> names = {"question", "smooth", "published_smoothing",
                                         "cosine",   "exact",  "device"};
  names.insert(names.end(), others.begin(), others.end());
  return names;
}

Result<AlignmentView> ViewAlignment(EvaluationContext& context, std::string_view procedure,
                                    const Value& video, const Value& action, const Value& space,
                                    const AlignerOptions& options) {
  Transaction& transaction = *context.transaction();
  const SpaceInfo* info = nullptr;
  if (!space.IsNull()) {
    if (space.type() != ValueType::kString) {
      return WrongArgument(procedure, "the name of an embedding space", space);
    }
    GESTA_ASSIGN_OR_RETURN(info, align::FindSpace(transaction, std::string(space.AsString())));
  }
  PairBatch batch(ContextOf(context), procedure, info);
  Decompositions& decompositions = batch.decompositions();
  GESTA_ASSIGN_OR_RETURN(PairOptions pair_options, ReadPairOptions(options, &decompositions));
  pair_options.align.paths = true;
  if (info != nullptr && !pair_options.cosine) {
    GESTA_ASSIGN_OR_RETURN(pair_options.align.logit, LogitOf(*info, context.models()));
  }

  AlignmentView view;
  view.has_probabilities = pair_options.align.logit.has_value();
  GESTA_ASSIGN_OR_RETURN(const std::string video_name, NameOf(transaction, video, {"id"}, "video"));
  GESTA_ASSIGN_OR_RETURN(const std::string action_name,
                         NameOf(transaction, action, {"action"}, "action"));
  view.title = video_name + (video_name.empty() || action_name.empty() ? "" : " · ") + action_name;
  GESTA_ASSIGN_OR_RETURN(const auto frames, batch.AddFrames(video));
  if (!frames) {
    return Status(
        StatusCode::kNotFound,
        "'" + video_name + "' has no sequence in the embedding space '" + info->name + "'",
        "'gesta ingest videos' embeds the frames of videos");
  }
  GESTA_ASSIGN_OR_RETURN(const auto steps, batch.AddSteps(action, pair_options.question));
  if (!steps) {
    return Status(StatusCode::kNotFound, "'" + action_name + "' has no decomposition",
                  "CALL decompose([action], {question: …}) makes one");
  }
  const std::vector<alignment::Pair> pairs = {{*frames, *steps}};
  GESTA_RETURN_IF_ERROR(
      batch.Align(pairs, pair_options, [&](size_t, alignment::Alignment&& alignment) -> Status {
        view.alignment = std::move(alignment);
        return {};
      }));
  GESTA_RETURN_IF_ERROR(batch.Similarities(
      pairs, pair_options,
      [&](size_t, const std::vector<float>& similarities, size_t count) -> Status {
        view.similarities = similarities;
        view.subactions.resize(count);
        return {};
      }));
  if (action.type() == ValueType::kNode) {
    GESTA_ASSIGN_OR_RETURN(const auto decomposition,
                           decompositions.Find(action.EntityId(), pair_options.question));
    if (decomposition) {
      GESTA_ASSIGN_OR_RETURN(std::vector<std::string> texts, decompositions.Texts(*decomposition));
      for (size_t i = 0; i < texts.size() && i < view.subactions.size(); ++i) {
        view.subactions[i] = std::move(texts[i]);
      }
    }
  }
  if (video.type() == ValueType::kNode && info != nullptr) {
    view.video = video.EntityId();
    GESTA_ASSIGN_OR_RETURN(view.sequence, transaction.GetSequenceInfo(info->id, *view.video));
  }
  return view;
}

}  // namespace gesta::video
