#include "execute/align_chain.h"

#include <algorithm>
#include <optional>

#include "align/json_text.h"
#include "align/vector_aligner.h"
#include "execute/build.h"
#include "execute/evaluate.h"
#include "functions/errors.h"

namespace gesta::execute {
namespace {

Status AtPlace(const ast::Place& place, const Status& status) {
  if (status.ok() || status.info().line != 0 || place.line == 0) return status;
  return status.WithPosition(place.line, place.column);
}

Result<Map> ReadOptions(const BoundAligner& aligner, ExecutionContext* context) {
  if (!aligner.options) return Map();
  std::vector<Slot> slots;
  CollectSlots(*aligner.options, &slots);
  if (!slots.empty()) {
    return AtPlace(aligner.options->place,
                   StatementError(StatusCode::kSemantic, "SemanticError", "InvalidOptions",
                                  "the options of an aligner must be the same for all rows",
                                  "use literals and parameters in them"));
  }
  GESTA_ASSIGN_OR_RETURN(const Value value, EvaluateConstant(*aligner.options, context));
  if (value.IsNull()) return Map();
  if (value.type() != ValueType::kMap) {
    return AtPlace(aligner.options->place,
                   TypeError("InvalidArgumentType",
                             "the options of an aligner are a map, not " + TypeInWords(value)));
  }
  return value.AsMap();
}

}  // namespace

Result<AlignChain> AlignChain::Make(const OpAlign& node, ExecutionContext* context) {
  if (!context->aligners) {
    return Status(StatusCode::kInternal, "the statement runs without aligners");
  }
  AlignContext align;
  align.transaction = context->transaction();
  align.cache = &context->aligners->cache();
  align.models = context->models();
  align.language_models = context->language_models();
  align.check_interrupt = [context] { return context->CheckInterrupt(); };

  AlignChain chain;
  std::string method;
  std::vector<std::optional<int64_t>> tops;
  for (const BoundAligner& bound : node.aligners) {
    // Any other name is a space's, or nobody's.
    const SpaceInfo* space = context->aligners->Find(bound.name) == nullptr
                                 ? align.transaction->FindSpace(bound.name)
                                 : nullptr;
    const auto aligner = space == nullptr ? context->aligners->Get(bound.name) : nullptr;
    if (!aligner.ok()) return AtPlace(bound.place, aligner.status());
    Stage stage;
    stage.place = bound.place;
    stage.name = bound.name;
    GESTA_ASSIGN_OR_RETURN(stage.options, ReadOptions(bound, context));
    const AlignerOptions options(bound.name, stage.options);
    const auto top = options.Top();
    if (!top.ok()) return AtPlace(bound.place, top.status());
    tops.push_back(*top);
    auto run = space == nullptr ? (*aligner)->Prepare(options, align)
                                : align::PrepareVectorAligner(*space, options, align);
    if (!run.ok()) return AtPlace(bound.place, run.status());
    stage.run = std::move(*run);
    method += (method.empty() ? "" : "+") + stage.name;
    chain.stages_.push_back(std::move(stage));
  }
  chain.method_ = Value::String(method);

  std::optional<size_t> limit;
  if (node.top) {
    GESTA_ASSIGN_OR_RETURN(limit, RowCount(*node.top, context, "TOP"));
  }
  for (size_t i = chain.stages_.size(); i-- > 0;) {
    size_t& top = chain.stages_[i].top;
    const bool is_last = i + 1 == chain.stages_.size();
    if (tops[i]) {
      top = static_cast<size_t>(*tops[i]);
      if (is_last && limit) top = std::min(top, *limit);
    } else if (is_last) {
      top = limit.value_or(kDefaultTop);
    } else {
      top = std::max(kDefaultSurvivors, chain.stages_[i + 1].top);
    }
  }
  return chain;
}

size_t AlignChain::widest() const {
  size_t widest = 0;
  for (const Stage& stage : stages_) widest = std::max(widest, stage.top);
  return widest;
}

bool AlignChain::aligns_vectors() const {
  return std::all_of(stages_.begin(), stages_.end(),
                     [](const Stage& stage) { return stage.run->aligns_vectors(); });
}

std::string AlignChain::model() const {
  std::string models;
  for (const Stage& stage : stages_) {
    const std::string model = stage.run->model();
    if (!model.empty()) models += (models.empty() ? "" : "+") + model;
  }
  return models;
}

std::string AlignChain::ParametersJson() const {
  List list;
  for (const Stage& stage : stages_) {
    list.push_back(Value::MakeMap(Map({{"name", Value::String(stage.name)},
                                       {"options", Value::MakeMap(stage.options)},
                                       {"top", Value::Integer(static_cast<int64_t>(stage.top))}})));
  }
  return align::JsonText(Value::MakeList(std::move(list)));
}

}  // namespace gesta::execute
