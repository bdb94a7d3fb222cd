#include "jobs/video_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "jobs/label_list.h"
#include "readers/json.h"

namespace gesta::ingest {
namespace {

using format::Datum;

Status BadFile(const std::string& path, const std::string& what) {
  return Status(StatusCode::kBadData, fmt::format("{}: {}", path, what));
}

std::optional<int64_t> ParseClass(std::string_view text) {
  int64_t number = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || at != text.data() + text.size()) return {};
  return number;
}

}  // namespace

Result<VideoGraph> VideoGraph::Open(KnowledgeGraph& graph) {
  VideoGraph videos(&graph);
  GraphWriter& writer = graph.writer();
  GESTA_ASSIGN_OR_RETURN(videos.video_, writer.RequireIdentity("Video", {"dataset", "id"}));
  GESTA_ASSIGN_OR_RETURN(videos.segment_,
                         writer.RequireIdentity("Segment", {"dataset", "video", "ordinal"}));
  GESTA_ASSIGN_OR_RETURN(videos.split_, writer.RequireIdentity("Split", {"dataset", "name"}));
  const std::pair<NameId*, const char*> types[] = {{&videos.in_, "IN"},
                                                   {&videos.has_segment_, "HAS_SEGMENT"},
                                                   {&videos.shows_, "SHOWS"},
                                                   {&videos.is_a_, "IS_A"},
                                                   {&videos.in_split_, "IN_SPLIT"}};
  for (const auto& [id, name] : types) {
    GESTA_ASSIGN_OR_RETURN(*id, writer.Type(name));
  }
  const std::pair<NameId*, const char*> keys[] = {
      {&videos.start_, "start"}, {&videos.end_, "end"}, {&videos.role_, "role"}};
  for (const auto& [id, name] : keys) {
    GESTA_ASSIGN_OR_RETURN(*id, writer.Key(name));
  }
  return videos;
}

Result<std::optional<NodeId>> VideoGraph::FindVideo(const Dataset& dataset, std::string_view id) {
  return graph_->writer().Find(video_, {Value::String(dataset.name), Value::String(id)});
}

Result<FoundNode> VideoGraph::Video(const Dataset& dataset, std::string_view id,
                                    const Facts& facts) {
  GESTA_ASSIGN_OR_RETURN(const std::vector<Property> properties, graph_->Properties(facts));
  GESTA_ASSIGN_OR_RETURN(const FoundNode video,
                         graph_->writer().Upsert(
                             video_, {Value::String(dataset.name), Value::String(id)}, properties));
  GESTA_RETURN_IF_ERROR(graph_->writer().Upsert(video.id, in_, dataset.node, {}, {}).status());
  return video;
}

Result<FoundNode> VideoGraph::Segment(const Dataset& dataset, NodeId video,
                                      std::string_view video_id, const SegmentFacts& segment,
                                      NodeId action, const Facts& facts) {
  GraphWriter& writer = graph_->writer();
  GESTA_ASSIGN_OR_RETURN(std::vector<Property> properties, graph_->Properties(facts));
  properties.push_back({start_, Value::Float(segment.start)});
  properties.push_back({end_, Value::Float(segment.end)});
  GESTA_ASSIGN_OR_RETURN(const FoundNode node,
                         writer.Upsert(segment_,
                                       {Value::String(dataset.name), Value::String(video_id),
                                        Value::Integer(segment.ordinal)},
                                       properties));
  GESTA_RETURN_IF_ERROR(writer.Upsert(video, has_segment_, node.id, {}, {}).status());
  GESTA_RETURN_IF_ERROR(writer.Upsert(node.id, shows_, action, {}, {}).status());
  return node;
}

Status VideoGraph::CheckSegment(const Dataset& dataset, std::string_view video_id,
                                const SegmentFacts& segment, std::string_view level,
                                int64_t index) {
  GraphWriter& writer = graph_->writer();
  GESTA_ASSIGN_OR_RETURN(
      const std::optional<NodeId> node,
      writer.Find(segment_, {Value::String(dataset.name), Value::String(video_id),
                             Value::Integer(segment.ordinal)}));
  if (!node) return Status::Ok();
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, writer.transaction());
  GESTA_ASSIGN_OR_RETURN(const Value start, transaction->GetNodeProperty(*node, start_));
  GESTA_ASSIGN_OR_RETURN(const Value end, transaction->GetNodeProperty(*node, end_));
  GESTA_ASSIGN_OR_RETURN(const std::optional<NodeId> action,
                         graph_->FindAction(dataset.name, level, index));
  std::vector<Edge> shown;
  GESTA_RETURN_IF_ERROR(transaction->Expand(*node, Direction::kOut, {shows_}, {}, &shown));
  const bool shows = std::any_of(shown.begin(), shown.end(),
                                 [&](const Edge& edge) { return edge.other == action; });
  const auto equal = [](const Value& stored, double given) {
    return stored.IsNumber() && stored.AsNumber() == given;
  };
  if (shows && equal(start, segment.start) && equal(end, segment.end)) return Status::Ok();
  return Status(
      StatusCode::kConstraint,
      fmt::format("segment {} of the video '{}' of dataset '{}' is [{}, {}]{} in the store, and "
                  "[{}, {}] showing {} class {} in the input",
                  segment.ordinal, video_id, dataset.name, ToText(start, /*quote=*/true),
                  ToText(end, /*quote=*/true), shows ? "" : " showing something else",
                  segment.start, segment.end, level, index),
      "annotations that differ belong into another dataset: give another name with --dataset");
}

Status VideoGraph::IsA(NodeId fine, NodeId coarse) {
  return graph_->writer().Upsert(fine, is_a_, coarse, {}, {}).status();
}

Result<NodeId> VideoGraph::Split(const Dataset& dataset, std::string_view name,
                                 std::string_view role, const Facts& facts) {
  GESTA_ASSIGN_OR_RETURN(std::vector<Property> properties, graph_->Properties(facts));
  properties.push_back({role_, Value::String(role)});
  GESTA_ASSIGN_OR_RETURN(
      const FoundNode split,
      graph_->writer().Upsert(split_, {Value::String(dataset.name), Value::String(name)},
                              properties));
  return split.id;
}

Status VideoGraph::AddToSplit(NodeId member, NodeId split) {
  return graph_->writer().Upsert(member, in_split_, split, {}, {}).status();
}

Status VideoGraph::RemoveFromSplit(NodeId member, NodeId split) {
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, graph_->writer().transaction());
  std::vector<Edge> edges;
  GESTA_RETURN_IF_ERROR(transaction->Expand(member, Direction::kOut, {in_split_}, split, &edges));
  for (const Edge& edge : edges) {
    GESTA_RETURN_IF_ERROR(transaction->DeleteRelationship(edge.rel));
  }
  return Status::Ok();
}

Result<std::vector<int64_t>> ReadClassHierarchy(const std::string& path) {
  GESTA_ASSIGN_OR_RETURN(const format::Document document, readers::ReadJson(path));
  const Datum& root = document.root();
  if (!root.is_dict() || root.size() == 0) {
    return BadFile(path, "is no object with a coarse class for each fine class");
  }
  std::vector<int64_t> coarse(root.size(), -1);
  for (const Datum::Entry& entry : root.entries()) {
    const std::optional<int64_t> fine = ParseClass(entry.key->text());
    if (!fine || *fine < 0 || static_cast<size_t>(*fine) >= coarse.size()) {
      return BadFile(path, fmt::format("'{}' is no fine class from 0 to {}", entry.key->text(),
                                       coarse.size() - 1));
    }
    // More coarse classes than fine ones would be a mistake.
    const auto given = static_cast<uint64_t>(entry.value->integer());
    if (!entry.value->is_int() || given >= coarse.size()) {
      return BadFile(path, fmt::format("the coarse class of {} is {}, which is none from 0 to {}",
                                       *fine, entry.value->ToString(), coarse.size() - 1));
    }
    coarse[static_cast<size_t>(*fine)] = entry.value->integer();
  }
  return coarse;
}

Result<std::vector<std::string>> ClassTexts(const std::string& list, size_t count) {
  std::vector<std::string> texts;
  if (list.empty()) {
    for (size_t i = 0; i < count; ++i) texts.push_back(fmt::format("class {}", i));
    return texts;
  }
  GESTA_ASSIGN_OR_RETURN(BadRows none, BadRows::FromOption("0"));
  GESTA_ASSIGN_OR_RETURN(LabelList names, ReadLabelList(list, "", "", &none));
  for (size_t i = 0; i < count; ++i) {
    if (i < names.texts.size() && !names.missing[i]) continue;
    return BadFile(list, fmt::format("has no name for class {}; there are {} classes", i, count));
  }
  if (names.texts.size() > count) {
    return BadFile(
        list, fmt::format("has {} names, but there are {} classes", names.texts.size(), count));
  }
  return std::move(names.texts);
}

}  // namespace gesta::ingest
