// VideoGraph: videos with their segments, the splits of a dataset and the hierarchy of its labels,
// as the jobs write them.
//
//   (:Video {dataset, id})-[:IN]->(:Dataset)                    identity: dataset, id
//   (:Video)-[:HAS_SEGMENT]->(:Segment {dataset, video, ordinal, start, end})
//                                                               identity: dataset, video, ordinal
//   (:Segment)-[:SHOWS]->(:Action)
//   (:Action {level: 'fine'})-[:IS_A]->(:Action {level: 'coarse'})
//   (:Video|:Action)-[:IN_SPLIT]->(:Split {dataset, name, role})    identity: dataset, name
//
// `video` and `ordinal` of a segment are its video's id and its place among the video's
// annotations, from 0; times are seconds from the video's start.
#ifndef GESTA_INGEST_JOBS_VIDEO_GRAPH_H_
#define GESTA_INGEST_JOBS_VIDEO_GRAPH_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"
#include "jobs/knowledge_graph.h"
#include "load/graph_writer.h"

namespace gesta::ingest {

inline constexpr std::string_view kFineLevel = "fine";
inline constexpr std::string_view kCoarseLevel = "coarse";

struct SegmentFacts {
  int64_t ordinal = 0;
  double start = 0;
  double end = 0;
};

class VideoGraph {
 public:
  // Makes the constraints that are missing. The graph is borrowed.
  static Result<VideoGraph> Open(KnowledgeGraph& graph);

  Result<std::optional<NodeId>> FindVideo(const Dataset& dataset, std::string_view id);
  Result<FoundNode> Video(const Dataset& dataset, std::string_view id, const Facts& facts);

  // The segment, showing the action. One that is there keeps its times: CheckSegment first.
  Result<FoundNode> Segment(const Dataset& dataset, NodeId video, std::string_view video_id,
                            const SegmentFacts& segment, NodeId action, const Facts& facts = {});
  // kConstraint: the store has this segment with other times, or showing other actions than the
  // label (level, index).
  Status CheckSegment(const Dataset& dataset, std::string_view video_id,
                      const SegmentFacts& segment, std::string_view level, int64_t index);

  Status IsA(NodeId fine, NodeId coarse);

  Result<NodeId> Split(const Dataset& dataset, std::string_view name, std::string_view role,
                       const Facts& facts = {});
  Status AddToSplit(NodeId member, NodeId split);
  Status RemoveFromSplit(NodeId member, NodeId split);

 private:
  explicit VideoGraph(KnowledgeGraph* graph) : graph_(graph) {}

  KnowledgeGraph* graph_;
  NodeIdentity video_, segment_, split_;
  NameId in_ = kNoName, has_segment_ = kNoName, shows_ = kNoName, is_a_ = kNoName,
         in_split_ = kNoName;
  NameId start_ = kNoName, end_ = kNoName, role_ = kNoName;
};

// The class that each class of a coarser level stands above: the JSON object {"fine": coarse, …},
// e.g. {"0": 0, "1": 0, "2": 1}. Fine classes are 0 to n - 1, each given once; otherwise kBadData.
Result<std::vector<int64_t>> ReadClassHierarchy(const std::string& path);

// "class 12" for each of `count` classes, or the texts of a label list with as many entries.
// kBadData: the list is shorter or skips an index.
Result<std::vector<std::string>> ClassTexts(const std::string& list, size_t count);

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_JOBS_VIDEO_GRAPH_H_
