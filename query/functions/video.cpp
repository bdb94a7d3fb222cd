// dtw_score(), dtw_path(), align_matrix() and meanpool_score(): videos beside actions.
#include <map>
#include <optional>

#include "align/options.h"
#include "align/space_query.h"
#include "functions/errors.h"
#include "functions/registry.h"
#include "video/mean_pool.h"
#include "video/pairs.h"

namespace gesta {
namespace {

using video::PairOptions;

// The third and fourth argument: a space's name, options, or both.
struct Trailing {
  std::string space;  // empty: none
  Map options;
};

Result<Trailing> ReadTrailing(const BatchCalls& calls, size_t row, std::string_view function) {
  Trailing trailing;
  for (size_t argument = 2; argument < calls.count; ++argument) {
    const Value& value = calls.at(row, argument);
    if (value.IsNull()) continue;
    if (argument == 2 && value.type() == ValueType::kString) {
      trailing.space = value.AsString();
    } else if (value.type() == ValueType::kMap && argument + 1 == calls.count) {
      trailing.options = value.AsMap();
    } else {
      return WrongArgument(
          function, argument == 2 ? "the name of an embedding space" : "a map of options", value);
    }
  }
  return trailing;
}

// Rows with the same space and options, which go through the kernels together. The question may
// differ from row to row.
struct Group {
  std::string space;
  Map options;  // without the question
  std::vector<size_t> rows;
  std::vector<Value> questions;  // by place in rows; null: none
};

Result<std::vector<Group>> GroupRows(EvaluationContext& context, const BatchCalls& calls,
                                     std::string_view function) {
  if (context.transaction() == nullptr) {
    return Status(StatusCode::kUnsupported,
                  std::string(function) + "() can be called only in a running statement");
  }
  std::map<std::pair<std::string, std::string>, size_t> known;
  std::vector<Group> groups;
  for (size_t row = 0; row < calls.rows; ++row) {
    if (calls.at(row, 0).IsNull() || calls.at(row, 1).IsNull()) continue;
    GESTA_ASSIGN_OR_RETURN(Trailing trailing, ReadTrailing(calls, row, function));
    const Value* asked = trailing.options.Find("question");
    const Value question = asked != nullptr ? *asked : Value();
    trailing.options.Erase("question");
    const auto [place, is_new] = known.emplace(
        std::pair(trailing.space, ToText(Value::MakeMap(trailing.options), /*quote=*/true)),
        groups.size());
    if (is_new) groups.push_back({trailing.space, std::move(trailing.options), {}, {}});
    groups[place->second].rows.push_back(row);
    groups[place->second].questions.push_back(question);
  }
  return groups;
}

// One group's pairs, of which result n belongs to row rows[n].
class GroupPairs {
 public:
  static Result<std::unique_ptr<GroupPairs>> Make(EvaluationContext& context,
                                                  const BatchCalls& calls, const Group& group,
                                                  std::string_view function) {
    const SpaceInfo* space = nullptr;
    if (!group.space.empty()) {
      GESTA_ASSIGN_OR_RETURN(space, align::FindSpace(*context.transaction(), group.space));
    }
    std::unique_ptr<GroupPairs> pairs(new GroupPairs(context, function, space));
    const AlignerOptions options(std::string(function), group.options);
    GESTA_RETURN_IF_ERROR(options.CheckNames(
        {"question", "smooth", "published_smoothing", "cosine", "exact", "device"},
        /*with_top=*/false));
    GESTA_ASSIGN_OR_RETURN(pairs->options,
                           video::ReadPairOptions(options, &pairs->batch.decompositions()));
    if (space != nullptr && !pairs->options.cosine) {
      GESTA_ASSIGN_OR_RETURN(pairs->options.align.logit, video::LogitOf(*space, context.models()));
    }
    for (size_t i = 0; i < group.rows.size(); ++i) {
      const size_t row = group.rows[i];
      std::optional<video::Question> question;
      if (!group.questions[i].IsNull()) {
        GESTA_ASSIGN_OR_RETURN(
            question, pairs->batch.decompositions().ReadQuestion(group.questions[i], function));
      }
      GESTA_ASSIGN_OR_RETURN(const auto frames, pairs->batch.AddFrames(calls.at(row, 0)));
      GESTA_ASSIGN_OR_RETURN(const auto steps, pairs->batch.AddSteps(calls.at(row, 1), question));
      if (!frames || !steps) continue;
      pairs->pairs.push_back({*frames, *steps});
      pairs->rows.push_back(row);
    }
    return pairs;
  }

  video::PairBatch batch;
  PairOptions options;
  std::vector<alignment::Pair> pairs;
  std::vector<size_t> rows;

 private:
  GroupPairs(EvaluationContext& context, std::string_view function, const SpaceInfo* space)
      : batch(video::ContextOf(context), function, space) {}
};

// One call for each group: `use` makes a result of an alignment.
Status AlignRows(EvaluationContext& context, const BatchCalls& calls, std::string_view function,
                 bool paths, Value (*use)(const alignment::Alignment&),
                 std::vector<Value>* results) {
  GESTA_ASSIGN_OR_RETURN(const std::vector<Group> groups, GroupRows(context, calls, function));
  for (const Group& group : groups) {
    GESTA_ASSIGN_OR_RETURN(const std::unique_ptr<GroupPairs> pairs,
                           GroupPairs::Make(context, calls, group, function));
    pairs->options.align.paths = paths;
    const std::string device = pairs->batch.Device(pairs->options);
    context.NoteDevice(device);
    GESTA_RETURN_IF_ERROR(pairs->batch.Align(
        pairs->pairs, pairs->options,
        [&, &pairs = *pairs](size_t number, alignment::Alignment&& alignment) -> Status {
          // Published smoothing may leave no frame.
          if (alignment.length > 0) (*results)[pairs.rows[number]] = use(alignment);
          return {};
        }));
  }
  return {};
}

Status DtwScore(EvaluationContext& context, const BatchCalls& calls, std::vector<Value>* results) {
  return AlignRows(
      context, calls, "dtw_score", /*paths=*/false,
      [](const alignment::Alignment& alignment) { return Value::Float(alignment.score); }, results);
}

Value PathValue(const alignment::Alignment& alignment) {
  std::vector<Value> cells;
  cells.reserve(alignment.path.size());
  for (const alignment::Cell& cell : alignment.path) {
    cells.push_back(Value::MakeList({Value::Integer(cell.frame), Value::Integer(cell.subaction)}));
  }
  return Value::MakeList(std::move(cells));
}

Status DtwPath(EvaluationContext& context, const BatchCalls& calls, std::vector<Value>* results) {
  return AlignRows(context, calls, "dtw_path", /*paths=*/true, &PathValue, results);
}

Status AlignMatrix(EvaluationContext& context, const BatchCalls& calls,
                   std::vector<Value>* results) {
  constexpr std::string_view kName = "align_matrix";
  GESTA_ASSIGN_OR_RETURN(const std::vector<Group> groups, GroupRows(context, calls, kName));
  for (const Group& group : groups) {
    GESTA_ASSIGN_OR_RETURN(const std::unique_ptr<GroupPairs> pairs,
                           GroupPairs::Make(context, calls, group, kName));
    GESTA_RETURN_IF_ERROR(pairs->batch.Similarities(
        pairs->pairs, pairs->options,
        [&, &pairs = *pairs](size_t number, const std::vector<float>& similarities,
                             size_t steps) -> Status {
          std::vector<Value> frames;
          for (size_t begin = 0; begin < similarities.size(); begin += steps) {
            std::vector<Value> row;
            row.reserve(steps);
            for (size_t i = 0; i < steps; ++i) row.push_back(Value::Float(similarities[begin + i]));
            frames.push_back(Value::MakeList(std::move(row)));
          }
          (*results)[pairs.rows[number]] = Value::MakeList(std::move(frames));
          return {};
        }));
  }
  return {};
}

Status MeanPoolScore(EvaluationContext& context, const BatchCalls& calls,
                     std::vector<Value>* results) {
  constexpr std::string_view kName = "meanpool_score";
  GESTA_ASSIGN_OR_RETURN(const std::vector<Group> groups, GroupRows(context, calls, kName));
  for (const Group& group : groups) {
    const SpaceInfo* space = nullptr;
    if (!group.space.empty()) {
      GESTA_ASSIGN_OR_RETURN(space, align::FindSpace(*context.transaction(), group.space));
    }
    const AlignerOptions options(std::string(kName), group.options);
    GESTA_RETURN_IF_ERROR(options.CheckNames({"cosine", "whole_matrix_norm"}, /*with_top=*/false));
    video::MeanPoolBatch batch(video::ContextOf(context), kName, space);
    GESTA_ASSIGN_OR_RETURN(const bool cosine, options.Boolean("cosine", false));
    GESTA_ASSIGN_OR_RETURN(batch.options.whole_matrix_norm,
                           options.Boolean("whole_matrix_norm", false));
    if (space != nullptr && !cosine) {
      GESTA_ASSIGN_OR_RETURN(batch.options.logit, video::LogitOf(*space, context.models()));
    }
    for (const size_t row : group.rows) {
      GESTA_RETURN_IF_ERROR(batch.Add(calls.at(row, 0), calls.at(row, 1), &(*results)[row]));
    }
    context.NoteDevice("cpu");
    GESTA_RETURN_IF_ERROR(batch.Run());
  }
  return {};
}

FunctionInfo VideoFunction(std::string name, BatchFunction batch, std::string signature,
                           std::string summary) {
  FunctionInfo info;
  info.name = std::move(name);
  info.min_arguments = 2;
  info.max_arguments = 4;
  info.arguments = {ArgumentKind::kAny};
  info.volatility = Volatility::kVolatile;
  info.null_in_null_out = false;
  info.batch = batch;
  info.signature = std::move(signature);
  info.summary = std::move(summary);
  return info;
}

}  // namespace

void RegisterVideoFunctions(FunctionRegistry& registry) {
  registry.Add(VideoFunction(
      "dtw_score", &DtwScore, "dtw_score(video, action [, space] [, options]) -> FLOAT",
      "How well the subactions of an action follow one another in a video: the mean similarity "
      "along the best path; null without a sequence or a decomposition. Options: question, smooth, "
      "published_smoothing, cosine, exact, device"));
  registry.Add(VideoFunction("dtw_path", &DtwPath,
                             "dtw_path(video, action [, space] [, options]) -> LIST OF LIST",
                             "The path of dtw_score() as [frame, subaction] pairs, from [0, 0]"));
  registry.Add(VideoFunction(
      "align_matrix", &AlignMatrix,
      "align_matrix(video, action [, space] [, options]) -> LIST OF LIST OF FLOAT",
      "The similarities that dtw_score() warps: a list of frames, of subactions each"));
  registry.Add(VideoFunction(
      "meanpool_score", &MeanPoolScore,
      "meanpool_score(video, label [, space] [, options]) -> FLOAT",
      "The similarity of a video's mean frame with a label's vector, or a list of them for a list "
      "of labels. Options: cosine, whole_matrix_norm"));
}

}  // namespace gesta
