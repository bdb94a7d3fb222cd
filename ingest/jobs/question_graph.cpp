#include "jobs/question_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gesta::ingest {
namespace {

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::string_view Stripped(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

std::vector<std::string> CleanChoices(std::string_view choices) {
  std::vector<std::string> cleaned;
  for (size_t at = 0; at <= choices.size();) {
    const size_t end = std::min(choices.find('\n', at), choices.size());
    std::string_view line = Stripped(choices.substr(at, end - at));
    at = end + 1;
    if (line.empty()) continue;
    size_t digits = 0;
    while (digits < line.size() && IsDigit(line[digits])) ++digits;
    if (digits > 0) {
      line.remove_prefix(digits);
      if (!line.empty() && line.front() == '.') line.remove_prefix(1);
    }
    std::string option(Stripped(line));
    for (char& c : option) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    cleaned.push_back(std::move(option));
  }
  return cleaned;
}

Result<QuestionGraph> QuestionGraph::Open(KnowledgeGraph& graph) {
  QuestionGraph questions(&graph);
  GraphWriter& writer = graph.writer();
  GESTA_ASSIGN_OR_RETURN(questions.question_,
                         writer.RequireIdentity("Question", {"dataset", "index"}));
  GESTA_ASSIGN_OR_RETURN(questions.decomposition_, writer.RequireIdentity("Decomposition", {"id"}));
  GESTA_ASSIGN_OR_RETURN(questions.subaction_, writer.RequireIdentity("SubAction", {"text"}));
  const std::pair<NameId*, const char*> types[] = {
      {&questions.in_, "IN"},         {&questions.about_, "ABOUT"},
      {&questions.option_, "OPTION"}, {&questions.has_decomposition_, "HAS_DECOMPOSITION"},
      {&questions.for_, "FOR"},       {&questions.step_, "STEP"}};
  for (const auto& [id, name] : types) {
    GESTA_ASSIGN_OR_RETURN(*id, writer.Type(name));
  }
  const std::pair<NameId*, const char*> keys[] = {
      {&questions.index_, "index"}, {&questions.correct_, "correct"}, {&questions.order_, "order"}};
  for (const auto& [id, name] : keys) {
    GESTA_ASSIGN_OR_RETURN(*id, writer.Key(name));
  }
  return questions;
}

Result<FoundNode> QuestionGraph::Question(const Dataset& dataset, int64_t index,
                                          const Facts& facts) {
  GESTA_ASSIGN_OR_RETURN(const std::vector<Property> properties, graph_->Properties(facts));
  GESTA_ASSIGN_OR_RETURN(
      const FoundNode question,
      graph_->writer().Upsert(question_, {Value::String(dataset.name), Value::Integer(index)},
                              properties));
  GESTA_RETURN_IF_ERROR(graph_->writer().Upsert(question.id, in_, dataset.node, {}, {}).status());
  return question;
}

Status QuestionGraph::About(NodeId question, NodeId video) {
  return graph_->writer().Upsert(question, about_, video, {}, {}).status();
}

Status QuestionGraph::Option(NodeId question, int64_t index, NodeId action, bool correct) {
  return graph_->writer()
      .Upsert(question, option_, action, {{index_, Value::Integer(index)}},
              {{correct_, Value::Boolean(correct)}})
      .status();
}

Result<FoundNode> QuestionGraph::SubAction(std::string_view text, const Facts& facts) {
  GESTA_ASSIGN_OR_RETURN(const std::vector<Property> properties, graph_->Properties(facts));
  return graph_->writer().Upsert(subaction_, {Value::String(text)}, properties);
}

Result<FoundNode> QuestionGraph::Decomposition(NodeId action, NodeId question,
                                               const std::string& id,
                                               const std::vector<NodeId>& steps,
                                               const Facts& facts) {
  GraphWriter& writer = graph_->writer();
  GESTA_ASSIGN_OR_RETURN(const std::vector<Property> properties, graph_->Properties(facts));
  GESTA_ASSIGN_OR_RETURN(const FoundNode decomposition,
                         writer.Upsert(decomposition_, {Value::String(id)}, properties));
  if (!decomposition.created) {
    GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, writer.transaction());
    std::vector<Edge> edges;
    GESTA_RETURN_IF_ERROR(
        transaction->Expand(decomposition.id, Direction::kOut, {step_}, {}, &edges));
    std::vector<std::pair<int64_t, NodeId>> there;
    for (const Edge& edge : edges) {
      GESTA_ASSIGN_OR_RETURN(const Value order,
                             transaction->GetRelationshipProperty(edge.rel, order_));
      there.emplace_back(order.type() == ValueType::kInteger ? order.AsInteger() : -1, edge.other);
    }
    std::sort(there.begin(), there.end());
    bool same = there.size() == steps.size();
    for (size_t i = 0; same && i < steps.size(); ++i) {
      same = there[i] == std::pair(static_cast<int64_t>(i), steps[i]);
    }
    if (!same) {
      return Status(StatusCode::kConstraint,
                    fmt::format("the decomposition '{}' is in the store with other steps", id),
                    "give this input another name with --run");
    }
  }
  GESTA_RETURN_IF_ERROR(
      writer.Upsert(action, has_decomposition_, decomposition.id, {}, {}).status());
  GESTA_RETURN_IF_ERROR(writer.Upsert(decomposition.id, for_, question, {}, {}).status());
  for (size_t i = 0; i < steps.size(); ++i) {
    GESTA_RETURN_IF_ERROR(writer
                              .Upsert(decomposition.id, step_, steps[i],
                                      {{order_, Value::Integer(static_cast<int64_t>(i))}}, {})
                              .status());
  }
  return decomposition;
}

}  // namespace gesta::ingest
