#include "video/decompositions.h"

#include <algorithm>
#include <unordered_map>

#include "align/space_query.h"
#include "align/space_text.h"
#include "functions/errors.h"

namespace gesta::video {

Result<Rows> ReadRows(const Value& list, const std::string& function, std::string_view what) {
  Rows rows;
  for (const Value& row : list.AsList()) {
    GESTA_ASSIGN_OR_RETURN(const std::vector<float> values, align::VectorOf(row, function));
    if (rows.count > 0 && values.size() != rows.columns) {
      return ArgumentError("InvalidArgumentValue",
                           function + ": " + std::string(what) + " " + std::to_string(rows.count) +
                               " has " + std::to_string(values.size()) +
                               " numbers, those before have " + std::to_string(rows.columns));
    }
    rows.columns = values.size();
    rows.values.insert(rows.values.end(), values.begin(), values.end());
    ++rows.count;
  }
  if (!rows.values.empty()) return rows;
  return ArgumentError("InvalidArgumentValue",
                       function + ": there is no " + std::string(what) + " in an empty list");
}

Decompositions::Decompositions(Transaction* transaction)
    : transaction_(*transaction),
      decomposition_(transaction->FindName(NameKind::kLabel, "Decomposition")),
      has_decomposition_(transaction->FindName(NameKind::kType, "HAS_DECOMPOSITION")),
      step_(transaction->FindName(NameKind::kType, "STEP")),
      for_(transaction->FindName(NameKind::kType, "FOR")),
      order_(transaction->FindName(NameKind::kProperty, "order")),
      text_(transaction->FindName(NameKind::kProperty, "text")),
      context_(transaction->FindName(NameKind::kProperty, "context")) {}

Result<bool> Decompositions::IsDecomposition(NodeId node) {
  if (decomposition_ == kNoName) return false;
  return transaction_.HasLabel(node, decomposition_);
}

Result<Question> Decompositions::ReadQuestion(const Value& value, std::string_view function) {
  Question question;
  if (value.type() == ValueType::kString) {
    question.text = value.AsString();
    return question;
  }
  if (value.type() != ValueType::kNode) {
    return WrongArgument(function, "a question's node or text as the option question", value);
  }
  question.node = value.EntityId();
  if (text_ == kNoName) return question;
  GESTA_ASSIGN_OR_RETURN(const Value text, transaction_.GetNodeProperty(*question.node, text_));
  if (text.type() == ValueType::kString) question.text = text.AsString();
  return question;
}

Result<bool> Decompositions::IsFor(NodeId decomposition, const Question& question) {
  if (question.node && for_ != kNoName) {
    edges_.clear();
    GESTA_RETURN_IF_ERROR(
        transaction_.Expand(decomposition, Direction::kOut, {for_}, std::nullopt, &edges_));
    if (!edges_.empty()) {
      return std::any_of(edges_.begin(), edges_.end(),
                         [&](const Edge& edge) { return edge.other == *question.node; });
    }
  }
  if (context_ == kNoName || question.text.empty()) return false;
  GESTA_ASSIGN_OR_RETURN(const Value context,
                         transaction_.GetNodeProperty(decomposition, context_));
  return context.type() == ValueType::kString && context.AsString() == question.text;
}

Result<std::optional<NodeId>> Decompositions::Find(NodeId node,
                                                   const std::optional<Question>& question) {
  GESTA_ASSIGN_OR_RETURN(const bool itself, IsDecomposition(node));
  std::optional<NodeId> found;
  if (itself) {
    found = node;
    return found;
  }
  if (has_decomposition_ == kNoName) return found;
  std::vector<Edge> edges;
  GESTA_RETURN_IF_ERROR(
      transaction_.Expand(node, Direction::kOut, {has_decomposition_}, std::nullopt, &edges));
  // Ids only grow: the latest has the highest.
  std::sort(edges.begin(), edges.end(),
            [](const Edge& a, const Edge& b) { return a.other > b.other; });
  if (question) {
    for (const Edge& edge : edges) {
      GESTA_ASSIGN_OR_RETURN(const bool is_for, IsFor(edge.other, *question));
      if (!is_for) continue;
      found = edge.other;
      return found;
    }
  }
  if (!edges.empty()) found = edges.front().other;
  return found;
}

Result<std::vector<NodeId>> Decompositions::Steps(NodeId decomposition) {
  std::vector<NodeId> nodes;
  if (step_ == kNoName) return nodes;
  edges_.clear();
  GESTA_RETURN_IF_ERROR(
      transaction_.Expand(decomposition, Direction::kOut, {step_}, std::nullopt, &edges_));
  std::vector<std::pair<double, NodeId>> steps;
  for (const Edge& edge : edges_) {
    Value order;
    if (order_ != kNoName) {
      GESTA_ASSIGN_OR_RETURN(order, transaction_.GetRelationshipProperty(edge.rel, order_));
    }
    if (!order.IsNumber()) {
      return Status(StatusCode::kBadData, "a STEP of the decomposition " +
                                              std::to_string(decomposition) +
                                              " has no number as its property order");
    }
    steps.emplace_back(order.AsNumber(), edge.other);
  }
  std::stable_sort(steps.begin(), steps.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [order, node] : steps) nodes.push_back(node);
  return nodes;
}

Result<std::vector<std::string>> Decompositions::Texts(NodeId decomposition) {
  GESTA_ASSIGN_OR_RETURN(const std::vector<NodeId> steps, Steps(decomposition));
  std::vector<std::string> texts;
  for (const NodeId step : steps) {
    Value text;
    if (text_ != kNoName) {
      GESTA_ASSIGN_OR_RETURN(text, transaction_.GetNodeProperty(step, text_));
    }
    texts.emplace_back(text.type() == ValueType::kString ? text.AsString() : std::string_view());
  }
  return texts;
}

Status Decompositions::Load(const SpaceInfo& space, const std::vector<NodeId>& decompositions,
                            ModelProvider* models, const std::function<Status()>& check_interrupt,
                            std::vector<Rows>* rows) {
  rows->assign(decompositions.size(), {});
  align::SpaceText space_text(space, &transaction_);
  // A text that many decompositions have is embedded once.
  std::unordered_map<NodeId, std::vector<std::pair<size_t, size_t>>> places;  // which rows
  std::vector<NodeId> nodes;
  std::vector<std::string> texts;
  for (size_t i = 0; i < decompositions.size(); ++i) {
    if (check_interrupt && i % 16 == 0) GESTA_RETURN_IF_ERROR(check_interrupt());
    std::vector<float>& values = (*rows)[i].values;
    (*rows)[i].columns = space.dimension;
    GESTA_ASSIGN_OR_RETURN(
        const bool has_sequence,
        transaction_.GetSequence(space.id, decompositions[i], 0, UINT64_MAX, &values));
    if (has_sequence) {
      (*rows)[i].count = values.size() / space.dimension;
      continue;
    }
    GESTA_ASSIGN_OR_RETURN(const std::vector<NodeId> steps, Steps(decompositions[i]));
    values.reserve(steps.size() * space.dimension);
    for (const NodeId step : steps) {
      GESTA_ASSIGN_OR_RETURN(const auto vector, transaction_.GetVector(space.id, step));
      if (vector) {
        values.insert(values.end(), vector->begin(), vector->end());
      } else {
        auto& waiting = places[step];
        if (waiting.empty()) {
          GESTA_ASSIGN_OR_RETURN(std::string text, space_text.Of(step));
          if (text.empty()) {
            return Status(StatusCode::kNotFound, "step " + std::to_string((*rows)[i].count) +
                                                     " of the decomposition " +
                                                     std::to_string(decompositions[i]) +
                                                     " has no vector in the embedding space '" +
                                                     space.name + "' and no text");
          }
          nodes.push_back(step);
          texts.push_back(std::move(text));
        }
        waiting.emplace_back(i, (*rows)[i].count);
        values.resize(values.size() + space.dimension);
      }
      ++(*rows)[i].count;
    }
  }
  if (texts.empty()) return {};
  std::vector<float> embedded;
  GESTA_RETURN_IF_ERROR(align::EmbedForSpace(space, models, texts, check_interrupt, &embedded));
  for (size_t n = 0; n < nodes.size(); ++n) {
    const float* const vector = embedded.data() + n * space.dimension;
    for (const auto& [i, row] : places[nodes[n]]) {
      std::copy(vector, vector + space.dimension, (*rows)[i].values.data() + row * space.dimension);
    }
  }
  return {};
}

}  // namespace gesta::video
