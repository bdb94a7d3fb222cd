#include "align/vector_procedures.h"

#include <algorithm>

#include "align/options.h"
#include "align/space_query.h"
#include "functions/errors.h"
#include "video/decompositions.h"

namespace gesta {
namespace {

using Rows = std::vector<std::vector<Value>>;

constexpr int64_t kDefaultK = 10;

Result<const SpaceInfo*> SpaceArgument(EvaluationContext& context, const Value& value,
                                       std::string_view procedure) {
  if (value.type() != ValueType::kString) {
    return WrongArgument(procedure, "the name of an embedding space", value);
  }
  return align::FindSpace(*context.transaction(), std::string(value.AsString()));
}

Result<NodeId> NodeArgument(const Value& value, std::string_view procedure) {
  if (value.type() != ValueType::kNode) return WrongArgument(procedure, "a node", value);
  return value.EntityId();
}

// What is searched for: a list of numbers, a node's vector, or a text that the model embeds.
Result<std::vector<float>> QueryArgument(EvaluationContext& context, const SpaceInfo& space,
                                         const Value& value) {
  switch (value.type()) {
    case ValueType::kList:
      return align::VectorOf(value, "vector.search()");
    case ValueType::kNode: {
      GESTA_ASSIGN_OR_RETURN(auto stored,
                             context.transaction()->GetVector(space.id, value.EntityId()));
      if (stored) return std::move(*stored);
      return Status(StatusCode::kNotFound,
                    "node " + std::to_string(value.EntityId()) +
                        " has no vector in the embedding space '" + space.name + "'",
                    "'gesta embed' gives the nodes of a space their vectors");
    }
    case ValueType::kString: {
      std::vector<float> row;
      GESTA_RETURN_IF_ERROR(align::EmbedForSpace(
          space, context.models(), {std::string(value.AsString())},
          [&context] { return context.CheckInterrupt(); }, &row));
      return row;
    }
    default:
      return WrongArgument("vector.search", "a vector, a node or a text", value);
  }
}

// The filter: nodes (or their ids), or a label.
Status FilterArgument(const Transaction& transaction, const Value& value,
                      std::vector<NodeId>* nodes, VectorSearch* search) {
  if (value.IsNull()) return {};
  if (value.type() == ValueType::kString) {
    search->label = transaction.FindName(NameKind::kLabel, value.AsString());
    if (search->label == kNoName) search->nodes = nodes;  // no node has it
    return {};
  }
  if (value.type() != ValueType::kList) {
    return WrongArgument("vector.search", "a list of nodes or a label to filter by", value);
  }
  nodes->reserve(value.AsList().size());
  for (const Value& item : value.AsList()) {
    if (item.type() == ValueType::kNode) {
      nodes->push_back(item.EntityId());
    } else if (item.type() == ValueType::kInteger) {
      // No node has a negative id.
      if (item.AsInteger() >= 0) nodes->push_back(static_cast<NodeId>(item.AsInteger()));
    } else if (!item.IsNull()) {
      return WrongArgument("vector.search", "nodes or their ids to filter by", item);
    }
  }
  if (!std::is_sorted(nodes->begin(), nodes->end())) std::sort(nodes->begin(), nodes->end());
  nodes->erase(std::unique(nodes->begin(), nodes->end()), nodes->end());
  search->nodes = nodes;
  return {};
}

Status Search(EvaluationContext& context, const std::vector<Value>& arguments, Rows* rows) {
  GESTA_ASSIGN_OR_RETURN(const SpaceInfo* found,
                         SpaceArgument(context, arguments[0], "vector.search"));
  if (arguments[1].IsNull()) return {};
  const SpaceInfo& space = *found;
  VectorSearch search;
  int64_t k = kDefaultK;
  if (!arguments[2].IsNull()) {
    if (arguments[2].type() != ValueType::kInteger || arguments[2].AsInteger() < 0) {
      return WrongArgument("vector.search", "how many nodes to find, 0 or more", arguments[2]);
    }
    k = arguments[2].AsInteger();
  }
  search.k = static_cast<size_t>(k);
  std::vector<NodeId> nodes;
  GESTA_RETURN_IF_ERROR(FilterArgument(*context.transaction(), arguments[3], &nodes, &search));
  if (!arguments[4].IsNull()) {
    if (arguments[4].type() != ValueType::kMap) {
      return WrongArgument("vector.search", "a map of options", arguments[4]);
    }
    const AlignerOptions options("vector.search()", arguments[4].AsMap());
    GESTA_RETURN_IF_ERROR(options.CheckNames({"ef", "exact"}));
    GESTA_ASSIGN_OR_RETURN(const int64_t ef, options.Integer("ef", 0, 0));
    GESTA_ASSIGN_OR_RETURN(search.exact, options.Boolean("exact", false));
    search.ef = static_cast<size_t>(ef);
  }
  search.check_interrupt = [&context] { return context.CheckInterrupt(); };
  GESTA_ASSIGN_OR_RETURN(const std::vector<float> query,
                         QueryArgument(context, space, arguments[1]));
  GESTA_ASSIGN_OR_RETURN(
      const std::vector<VectorHit> hits,
      context.transaction()->SearchVectors(space.id, query.data(), query.size(), search));
  rows->reserve(hits.size());
  for (const VectorHit& hit : hits) {
    rows->push_back({Value::Node(hit.node), Value::Float(hit.score)});
  }
  return {};
}

Status Get(EvaluationContext& context, const std::vector<Value>& arguments, Rows* rows) {
  GESTA_ASSIGN_OR_RETURN(const SpaceInfo* space,
                         SpaceArgument(context, arguments[0], "vector.get"));
  if (arguments[1].IsNull()) return {};
  GESTA_ASSIGN_OR_RETURN(const NodeId node, NodeArgument(arguments[1], "vector.get"));
  GESTA_ASSIGN_OR_RETURN(const auto stored, context.transaction()->GetVector(space->id, node));
  if (!stored) return {};
  List elements;
  elements.reserve(stored->size());
  for (const float element : *stored) elements.push_back(Value::Float(element));
  rows->push_back({Value::MakeList(std::move(elements))});
  return {};
}

Status Set(EvaluationContext& context, const std::vector<Value>& arguments, Rows*) {
  GESTA_ASSIGN_OR_RETURN(const SpaceInfo* space,
                         SpaceArgument(context, arguments[0], "vector.set"));
  if (arguments[1].IsNull()) return {};
  GESTA_ASSIGN_OR_RETURN(const NodeId node, NodeArgument(arguments[1], "vector.set"));
  if (arguments[2].IsNull()) return context.transaction()->RemoveVector(space->id, node);
  GESTA_ASSIGN_OR_RETURN(const std::vector<float> elements,
                         align::VectorOf(arguments[2], "vector.set()"));
  return context.transaction()->SetVector(space->id, node, elements.data(), elements.size());
}

Status Remove(EvaluationContext& context, const std::vector<Value>& arguments, Rows*) {
  GESTA_ASSIGN_OR_RETURN(const SpaceInfo* space,
                         SpaceArgument(context, arguments[0], "vector.remove"));
  if (arguments[1].IsNull()) return {};
  GESTA_ASSIGN_OR_RETURN(const NodeId node, NodeArgument(arguments[1], "vector.remove"));
  return context.transaction()->RemoveVector(space->id, node);
}

// -- sequences --

Status GetSequence(EvaluationContext& context, const std::vector<Value>& arguments, Rows* rows) {
  GESTA_ASSIGN_OR_RETURN(const SpaceInfo* space,
                         SpaceArgument(context, arguments[0], "sequence.get"));
  if (arguments[1].IsNull()) return {};
  GESTA_ASSIGN_OR_RETURN(const NodeId node, NodeArgument(arguments[1], "sequence.get"));
  GESTA_ASSIGN_OR_RETURN(const auto info, context.transaction()->GetSequenceInfo(space->id, node));
  if (!info) return {};
  std::vector<float> values;
  GESTA_RETURN_IF_ERROR(
      context.transaction()->GetSequence(space->id, node, 0, info->frames, &values).status());
  List frames;
  for (size_t begin = 0; begin < values.size(); begin += space->dimension) {
    List frame;
    frame.reserve(space->dimension);
    for (size_t i = 0; i < space->dimension; ++i) frame.push_back(Value::Float(values[begin + i]));
    frames.push_back(Value::MakeList(std::move(frame)));
  }
  rows->push_back(
      {Value::MakeList(std::move(frames)), Value::Float(info->start), Value::Float(info->step)});
  return {};
}

Status SetSequence(EvaluationContext& context, const std::vector<Value>& arguments, Rows*) {
  GESTA_ASSIGN_OR_RETURN(const SpaceInfo* space,
                         SpaceArgument(context, arguments[0], "sequence.set"));
  if (arguments[1].IsNull()) return {};
  GESTA_ASSIGN_OR_RETURN(const NodeId node, NodeArgument(arguments[1], "sequence.set"));
  if (arguments[2].IsNull()) return context.transaction()->RemoveSequence(space->id, node);
  if (arguments[2].type() != ValueType::kList) {
    return WrongArgument("sequence.set", "a list of vectors", arguments[2]);
  }
  SequenceInfo info;
  if (!arguments[3].IsNull()) {
    if (arguments[3].type() != ValueType::kMap) {
      return WrongArgument("sequence.set", "a map of options", arguments[3]);
    }
    const AlignerOptions options("sequence.set()", arguments[3].AsMap());
    GESTA_RETURN_IF_ERROR(options.CheckNames({"start", "step"}, /*with_top=*/false));
    GESTA_ASSIGN_OR_RETURN(info.start, options.Number("start", 0, 0));
    GESTA_ASSIGN_OR_RETURN(info.step, options.Number("step", 0, 0));
  }
  GESTA_ASSIGN_OR_RETURN(const video::Rows rows,
                         video::ReadRows(arguments[2], "sequence.set()", "frame"));
  if (rows.columns != space->dimension) {
    return ArgumentError("InvalidArgumentValue",
                         "sequence.set(): the frames have " + std::to_string(rows.columns) +
                             " numbers, and the embedding space '" + space->name +
                             "' has dimension " + std::to_string(space->dimension));
  }
  info.frames = rows.count;
  return context.transaction()->SetSequence(space->id, node, info, rows.values.data());
}

}  // namespace

void RegisterVectorProcedures(ProcedureRegistry& registry) {
  Procedure search;
  search.name = "vector.search";
  search.arguments = {{"space", "STRING"},
                      {"vector", "ANY"},
                      {"k", "INTEGER?"},
                      {"filter", "ANY?"},
                      {"options", "MAP?"}};
  search.required_arguments = 2;
  search.results = {{"node", "NODE"}, {"score", "FLOAT"}};
  search.body = Search;
  search.summary =
      "the k nodes (10) whose vectors are nearest to a vector, a node's or a text's; filter: a "
      "list "
      "of nodes or a label; options: ef, exact";
  registry.Add(std::move(search));

  Procedure get;
  get.name = "vector.get";
  get.arguments = {{"space", "STRING"}, {"node", "NODE"}};
  get.required_arguments = 2;
  get.results = {{"vector", "LIST OF FLOAT"}};
  get.body = Get;
  get.summary = "a node's vector in an embedding space; no row when it has none";
  registry.Add(std::move(get));

  Procedure set;
  set.name = "vector.set";
  set.arguments = {{"space", "STRING"}, {"node", "NODE"}, {"vector", "LIST OF NUMBER?"}};
  set.required_arguments = 3;
  set.writes = true;
  set.body = Set;
  set.summary = "sets a node's vector in an embedding space; null removes it";
  registry.Add(std::move(set));

  Procedure remove;
  remove.name = "vector.remove";
  remove.arguments = {{"space", "STRING"}, {"node", "NODE"}};
  remove.required_arguments = 2;
  remove.writes = true;
  remove.body = Remove;
  remove.summary = "removes a node's vector from an embedding space";
  registry.Add(std::move(remove));

  Procedure get_sequence;
  get_sequence.name = "sequence.get";
  get_sequence.arguments = {{"space", "STRING"}, {"node", "NODE"}};
  get_sequence.required_arguments = 2;
  get_sequence.results = {
      {"frames", "LIST OF LIST OF FLOAT"}, {"start", "FLOAT"}, {"step", "FLOAT"}};
  get_sequence.body = GetSequence;
  get_sequence.summary =
      "a node's sequence of vectors in an embedding space, the second of its first frame and the "
      "seconds between frames (0: not known); no row when it has none";
  registry.Add(std::move(get_sequence));

  Procedure set_sequence;
  set_sequence.name = "sequence.set";
  set_sequence.arguments = {{"space", "STRING"},
                            {"node", "NODE"},
                            {"frames", "LIST OF LIST OF NUMBER?"},
                            {"options", "MAP?"}};
  set_sequence.required_arguments = 3;
  set_sequence.writes = true;
  set_sequence.body = SetSequence;
  set_sequence.summary =
      "sets a node's sequence of vectors in an embedding space; null removes it; options: start, "
      "step";
  registry.Add(std::move(set_sequence));
}

}  // namespace gesta
