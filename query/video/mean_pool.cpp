#include "video/mean_pool.h"

#include <algorithm>

#include "align/space_query.h"
#include "align/space_text.h"
#include "functions/errors.h"

namespace gesta::video {

Status MeanPoolBatch::Add(const Value& video, const Value& label, Value* result) {
  Call call;
  call.result = result;
  if (video.type() == ValueType::kNode) {
    if (space_ == nullptr) return NeedsSpace(function_);
    call.video = video.EntityId();
  } else if (video.type() == ValueType::kList) {
    GESTA_ASSIGN_OR_RETURN(call.frames, ReadRows(video, function_, "frame"));
  } else {
    return WrongArgument(name_, "a node with a sequence, or a list of vectors", video);
  }
  call.is_list = label.type() == ValueType::kList && !label.AsList().empty() &&
                 !label.AsList().front().IsNumber();
  if (!call.is_list) {
    GESTA_RETURN_IF_ERROR(AddLabel(label, &call));
  } else {
    for (const Value& one : label.AsList()) GESTA_RETURN_IF_ERROR(AddLabel(one, &call));
  }
  calls_.push_back(std::move(call));
  return {};
}

Status MeanPoolBatch::AddLabel(const Value& label, Call* call) {
  call->labels.emplace_back();
  std::string text;
  switch (label.type()) {
    case ValueType::kNull:
      return {};
    case ValueType::kList: {
      GESTA_ASSIGN_OR_RETURN(call->labels.back(), align::VectorOf(label, function_));
      return {};
    }
    case ValueType::kString:
      if (space_ == nullptr) return NeedsSpace(function_);
      text = label.AsString();
      break;
    case ValueType::kNode: {
      if (space_ == nullptr) return NeedsSpace(function_);
      GESTA_ASSIGN_OR_RETURN(auto stored,
                             context_.transaction->GetVector(space_->id, label.EntityId()));
      if (stored) {
        call->labels.back() = std::move(*stored);
        return {};
      }
      GESTA_ASSIGN_OR_RETURN(text,
                             align::SpaceText(*space_, context_.transaction).Of(label.EntityId()));
      // A space without a model, or a node without text: there is nothing to compare.
      if (text.empty() || space_->model.empty()) return {};
      break;
    }
    default:
      return WrongArgument(name_, "a label's node, text or vector", label);
  }
  texts_.push_back(std::move(text));
  places_.emplace_back(calls_.size(), call->labels.size() - 1);
  return {};
}

Status MeanPoolBatch::Run() {
  if (!texts_.empty()) {
    std::vector<float> rows;
    GESTA_RETURN_IF_ERROR(
        align::EmbedForSpace(*space_, context_.models, texts_, context_.check_interrupt, &rows));
    for (size_t i = 0; i < places_.size(); ++i) {
      const float* const row = rows.data() + i * space_->dimension;
      calls_[places_[i].first].labels[places_[i].second].assign(row, row + space_->dimension);
    }
  }
  std::stable_sort(calls_.begin(), calls_.end(),
                   [](const Call& a, const Call& b) { return a.video < b.video; });
  for (size_t begin = 0; begin < calls_.size();) {
    GESTA_ASSIGN_OR_RETURN(begin, RunPortion(begin));
  }
  return {};
}

Result<size_t> MeanPoolBatch::RunPortion(size_t begin) {
  // Of each video once; a call whose video has none keeps its null.
  std::vector<Rows> loaded;
  size_t bytes = 0;
  std::vector<std::vector<float>> candidates;
  struct Part {
    Call* call;
    size_t frames;             // place in `loaded`
    std::vector<size_t> with;  // the labels that have a vector
  };
  std::vector<Part> parts;
  size_t end = begin;
  for (; end < calls_.size() && (end == begin || bytes < kPortionBytes); ++end) {
    Call& call = calls_[end];
    GESTA_RETURN_IF_ERROR(context_.CheckInterrupt());
    if (!call.video) {
      loaded.push_back(std::move(call.frames));
    } else if (end == begin || call.video != calls_[end - 1].video) {
      Rows rows;
      GESTA_RETURN_IF_ERROR(
          context_.transaction->GetSequence(space_->id, *call.video, 0, UINT64_MAX, &rows.values)
              .status());
      rows.columns = space_->dimension;
      rows.count = rows.values.size() / rows.columns;
      bytes += rows.values.size() * sizeof(float);
      loaded.push_back(std::move(rows));
    }
    if (loaded.back().count == 0) continue;
    Part part{&call, loaded.size() - 1, {}};
    std::vector<float> matrix;
    for (size_t i = 0; i < call.labels.size(); ++i) {
      const std::vector<float>& label = call.labels[i];
      if (label.empty()) continue;
      if (label.size() != loaded.back().columns) {
        return ArgumentError("InvalidArgumentValue", function_ + ": a label's vector has " +
                                                         std::to_string(label.size()) +
                                                         " numbers, the frames have " +
                                                         std::to_string(loaded.back().columns));
      }
      part.with.push_back(i);
      matrix.insert(matrix.end(), label.begin(), label.end());
    }
    if (part.with.empty() && !call.is_list) continue;
    candidates.push_back(std::move(matrix));
    parts.push_back(std::move(part));
  }
  std::vector<alignment::Matrix> sequences, labels;
  std::vector<alignment::Pair> pairs;
  std::vector<size_t> part_of;
  for (const Rows& rows : loaded)
    sequences.push_back({rows.values.data(), rows.count, rows.columns});
  std::vector<std::vector<double>> scores(parts.size());
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].with.empty()) continue;
    pairs.push_back({parts[i].frames, labels.size()});
    labels.push_back({candidates[i].data(), parts[i].with.size(), loaded[parts[i].frames].columns});
    part_of.push_back(i);
  }
  if (!pairs.empty()) {
    alignment::MeanPoolOptions pool = options;
    pool.check_interrupt = context_.check_interrupt;
    auto pooled = alignment::MeanPoolPairs(sequences, labels, pairs, pool);
    if (!pooled.ok()) {
      if (pooled.status().code() != StatusCode::kInvalidArgument) return pooled.status();
      return ArgumentError("InvalidArgumentValue",
                           function_ + ": " + std::string(pooled.status().message()));
    }
    for (size_t i = 0; i < pairs.size(); ++i) scores[part_of[i]] = std::move((*pooled)[i]);
  }
  for (size_t i = 0; i < parts.size(); ++i) {
    const Call& call = *parts[i].call;
    if (!call.is_list) {
      *call.result = Value::Float(scores[i][0]);
      continue;
    }
    std::vector<Value> values(call.labels.size());
    for (size_t n = 0; n < parts[i].with.size(); ++n) {
      values[parts[i].with[n]] = Value::Float(scores[i][n]);
    }
    *call.result = Value::MakeList(std::move(values));
  }
  return end;
}

}  // namespace gesta::video
