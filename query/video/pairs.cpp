#include "video/pairs.h"

#include <algorithm>
#include <cmath>

#include "align/space_query.h"
#include "functions/errors.h"

namespace gesta::video {
namespace {

constexpr const char* kAuto = "auto";

}  // namespace

Result<PairOptions> ReadPairOptions(const AlignerOptions& options, Decompositions* decompositions) {
  PairOptions pair;
  if (const Value* question = options.values().Find("question");
      question != nullptr && !question->IsNull()) {
    GESTA_ASSIGN_OR_RETURN(pair.question,
                           decompositions->ReadQuestion(*question, options.aligner()));
  }
  GESTA_ASSIGN_OR_RETURN(const int64_t smooth, options.Integer("smooth", 0, 0));
  pair.align.smooth = static_cast<size_t>(smooth);
  GESTA_ASSIGN_OR_RETURN(pair.align.published_smoothing,
                         options.Boolean("published_smoothing", false));
  GESTA_ASSIGN_OR_RETURN(pair.align.exact, options.Boolean("exact", false));
  GESTA_ASSIGN_OR_RETURN(pair.cosine, options.Boolean("cosine", false));
  GESTA_ASSIGN_OR_RETURN(pair.device, options.String("device", kAuto));
  return pair;
}

Result<std::optional<alignment::Logit>> LogitOf(const SpaceInfo& space, ModelProvider* models) {
  std::optional<alignment::Logit> logit;
  if (space.logit_scale || space.logit_bias) {
    logit = {space.logit_scale.value_or(0), space.logit_bias.value_or(0)};
  } else if (!space.model.empty() && models != nullptr) {
    const Result<ModelInfo> info = models->Describe(space.model);
    // Of a model that is gone nothing is known.
    if (!info.ok() && info.status().code() != StatusCode::kNotFound) return info.status();
    if (info.ok() && info->logit_scale && info->logit_bias && *info->logit_scale > 0) {
      logit = {std::log(*info->logit_scale), *info->logit_bias};
    }
  }
  return logit;
}

Status PairContext::CheckInterrupt() const {
  return check_interrupt ? check_interrupt() : Status::Ok();
}

PairContext ContextOf(EvaluationContext& context) {
  PairContext lent;
  lent.transaction = context.transaction();
  lent.models = context.models();
  lent.check_interrupt = [&context] { return context.CheckInterrupt(); };
  lent.reserve = [&context](size_t bytes) { return context.ReserveMemory(bytes); };
  lent.release = [&context](size_t bytes) { context.ReleaseMemory(bytes); };
  return lent;
}

// -- what is aligned --

Result<size_t> PairBatch::AddMatrix(const Value& list, std::string_view what,
                                    std::vector<Source>* sources) {
  Source source;
  GESTA_ASSIGN_OR_RETURN(source.rows, ReadRows(list, function_, what));
  source.expected = source.rows.count;
  source.columns = source.rows.columns;
  sources->push_back(std::move(source));
  return sources->size() - 1;
}

Status NeedsSpace(const std::string& function) {
  return ArgumentError("InvalidArgumentValue",
                       function +
                           " of a node needs the name of an embedding space as its third "
                           "argument");
}

Result<std::optional<size_t>> PairBatch::AddFrames(const Value& value) {
  if (value.type() == ValueType::kNode) {
    if (space_ == nullptr) return NeedsSpace(function_);
    return AddFrames(value.EntityId());
  }
  if (value.type() != ValueType::kList) {
    return WrongArgument(name_, "a node with a sequence, or a list of vectors", value);
  }
  GESTA_ASSIGN_OR_RETURN(const size_t place, AddMatrix(value, "frame", &frames_));
  return std::optional<size_t>(place);
}

Result<std::optional<size_t>> PairBatch::AddFrames(NodeId node) {
  std::optional<size_t> place;
  if (const auto known = frame_places_.find(node); known != frame_places_.end()) {
    place = known->second;
    return place;
  }
  GESTA_ASSIGN_OR_RETURN(const std::optional<SequenceInfo> info,
                         context_.transaction->GetSequenceInfo(space_->id, node));
  if (!info) return place;
  place = frames_.size();
  Source source;
  source.node = node;
  source.expected = info->frames;
  source.columns = space_->dimension;
  frames_.push_back(std::move(source));
  frame_places_.emplace(node, *place);
  return place;
}

Result<std::optional<size_t>> PairBatch::AddSteps(const Value& value,
                                                  const std::optional<Question>& question) {
  if (value.type() == ValueType::kNode) {
    if (space_ == nullptr) return NeedsSpace(function_);
    return AddSteps(value.EntityId(), question);
  }
  if (value.type() != ValueType::kList) {
    return WrongArgument(name_, "an action, a decomposition, or a list of vectors", value);
  }
  GESTA_ASSIGN_OR_RETURN(const size_t place, AddMatrix(value, "step", &steps_));
  return std::optional<size_t>(place);
}

Result<std::optional<size_t>> PairBatch::AddSteps(NodeId node,
                                                  const std::optional<Question>& question) {
  std::optional<size_t> place;
  GESTA_ASSIGN_OR_RETURN(const std::optional<NodeId> decomposition,
                         decompositions_.Find(node, question));
  if (!decomposition) return place;
  const auto [known, is_new] = step_places_.emplace(*decomposition, steps_.size());
  place = known->second;
  if (!is_new) return place;
  // How many steps there are is not known before they are read; about ten are usual.
  constexpr uint64_t kUsualSteps = 12;
  Source source;
  source.node = *decomposition;
  source.expected = kUsualSteps;
  source.columns = space_->dimension;
  steps_.push_back(std::move(source));
  return place;
}

// -- aligning --

Status PairBatch::Named(const Status& status) const {
  if (status.ok() || status.code() != StatusCode::kInvalidArgument) return status;
  return ArgumentError("InvalidArgumentValue", function_ + ": " + std::string(status.message()));
}

Status PairBatch::LoadFrames(const std::vector<size_t>& places) {
  for (const size_t place : places) {
    Source& source = frames_[place];
    GESTA_RETURN_IF_ERROR(context_.CheckInterrupt());
    source.rows.values.reserve(source.expected * source.columns);
    GESTA_ASSIGN_OR_RETURN(const bool found,
                           context_.transaction->GetSequence(space_->id, *source.node, 0,
                                                             source.expected, &source.rows.values));
    if (!found) return Status(StatusCode::kInternal, "a sequence is gone");
    source.rows.count = source.rows.values.size() / source.columns;
  }
  return {};
}

Status PairBatch::LoadSteps(const std::vector<size_t>& places) {
  if (places.empty()) return {};  // there may be no space
  std::vector<NodeId> nodes;
  for (const size_t place : places) nodes.push_back(*steps_[place].node);
  std::vector<Rows> rows;
  GESTA_RETURN_IF_ERROR(
      decompositions_.Load(*space_, nodes, context_.models, context_.check_interrupt, &rows));
  for (size_t i = 0; i < places.size(); ++i) steps_[places[i]].rows = std::move(rows[i]);
  return {};
}

Status PairBatch::ByPortions(const std::vector<alignment::Pair>& pairs,
                             const std::function<Status(const std::vector<size_t>&)>& work) {
  std::vector<size_t> order(pairs.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&pairs](size_t a, size_t b) { return pairs[a].sequence < pairs[b].sequence; });
  std::vector<char> frames_in(frames_.size()), steps_in(steps_.size());
  for (size_t begin = 0; begin < order.size();) {
    // As many pairs as fit, and at least one.
    std::vector<size_t> portion, frames, steps;
    size_t bytes = 0;
    for (; begin < order.size(); ++begin) {
      const alignment::Pair& pair = pairs[order[begin]];
      const Source& frame = frames_[pair.sequence];
      const Source& step = steps_[pair.decomposition];
      size_t more = 0;
      if (frame.node && !frames_in[pair.sequence]) more += frame.bytes();
      if (step.node && !steps_in[pair.decomposition]) more += step.bytes();
      if (!portion.empty() && bytes + more > kPortionBytes) break;
      bytes += more;
      if (frame.node && !frames_in[pair.sequence]) frames.push_back(pair.sequence);
      if (step.node && !steps_in[pair.decomposition]) steps.push_back(pair.decomposition);
      frames_in[pair.sequence] = 1;
      steps_in[pair.decomposition] = 1;
      portion.push_back(order[begin]);
    }
    if (context_.reserve) GESTA_RETURN_IF_ERROR(context_.reserve(bytes));
    Status status = LoadFrames(frames);
    if (status.ok()) status = LoadSteps(steps);
    if (status.ok()) status = work(portion);
    for (const size_t place : frames) frames_[place].rows = {};
    for (const size_t place : steps) steps_[place].rows = {};
    if (context_.release) context_.release(bytes);
    GESTA_RETURN_IF_ERROR(status);
    std::fill(frames_in.begin(), frames_in.end(), 0);
    std::fill(steps_in.begin(), steps_in.end(), 0);
  }
  return {};
}

std::string PairBatch::Device(const PairOptions& options) const {
  if (options.device != kAuto) return options.device;
  // The published arithmetic is the processor's.
  if (options.align.exact || context_.models == nullptr) return "cpu";
  constexpr const char* kFirstGpu = "cuda:0";
  return context_.models->HasDevice(kFirstGpu) ? kFirstGpu : "cpu";
}

Status PairBatch::Align(const std::vector<alignment::Pair>& pairs, const PairOptions& options,
                        const std::function<Status(size_t, alignment::Alignment&&)>& result) {
  const std::string device = Device(options);
  alignment::AlignOptions align = options.align;
  align.check_interrupt = context_.check_interrupt;
  if (device != "cpu" && context_.models == nullptr) {
    return ArgumentError("InvalidArgumentValue",
                         function_ + ": there is no device '" + device + "'");
  }
  return ByPortions(pairs, [&](const std::vector<size_t>& portion) -> Status {
    // Places count from 0 in each portion. A decomposition without steps has nothing to align.
    std::vector<alignment::Matrix> frames, steps;
    std::unordered_map<size_t, size_t> frame_of, step_of;
    std::vector<alignment::Pair> local;
    std::vector<size_t> numbers;
    const auto place_of = [](size_t place, const Source& source,
                             std::unordered_map<size_t, size_t>* places,
                             std::vector<alignment::Matrix>* matrices) {
      const auto [known, is_new] = places->emplace(place, matrices->size());
      if (is_new) {
        matrices->push_back({source.rows.values.data(), source.rows.count, source.columns});
      }
      return known->second;
    };
    for (const size_t number : portion) {
      const alignment::Pair& pair = pairs[number];
      if (steps_[pair.decomposition].rows.count == 0) continue;
      local.push_back({place_of(pair.sequence, frames_[pair.sequence], &frame_of, &frames),
                       place_of(pair.decomposition, steps_[pair.decomposition], &step_of, &steps)});
      numbers.push_back(number);
    }
    if (local.empty()) return {};
    std::vector<alignment::Alignment> alignments;
    if (device == "cpu") {
      auto aligned = alignment::AlignPairs(frames, steps, local, align);
      if (!aligned.ok()) return Named(aligned.status());
      alignments = std::move(*aligned);
    } else {
      GESTA_RETURN_IF_ERROR(
          Named(context_.models->AlignPairs(device, frames, steps, local, align, &alignments)));
    }
    for (size_t i = 0; i < numbers.size(); ++i) {
      GESTA_RETURN_IF_ERROR(result(numbers[i], std::move(alignments[i])));
    }
    return {};
  });
}

Status PairBatch::Similarities(
    const std::vector<alignment::Pair>& pairs, const PairOptions& options,
    const std::function<Status(size_t, const std::vector<float>&, size_t)>& result) {
  return ByPortions(pairs, [&](const std::vector<size_t>& portion) -> Status {
    for (const size_t number : portion) {
      GESTA_RETURN_IF_ERROR(context_.CheckInterrupt());
      const Source& frame = frames_[pairs[number].sequence];
      const Source& step = steps_[pairs[number].decomposition];
      if (step.rows.count == 0) continue;
      const auto similarities = alignment::SimilarityMatrix(
          {frame.rows.values.data(), frame.rows.count, frame.columns},
          {step.rows.values.data(), step.rows.count, step.columns}, options.align);
      if (!similarities.ok()) return Named(similarities.status());
      GESTA_RETURN_IF_ERROR(result(number, *similarities, step.rows.count));
    }
    return {};
  });
}

}  // namespace gesta::video
