#include "evaluate/detection_data.h"

#include <algorithm>
#include <unordered_map>

#include "align/options.h"

namespace gesta::evaluate {
namespace {

using Row = std::vector<Value>;

template <typename Visit>
Status ForEachRow(Connection& connection, const std::string& statement,
                  const Parameters& parameters, const Visit& visit) {
  GESTA_ASSIGN_OR_RETURN(const std::unique_ptr<QueryResult> result,
                         connection.Execute(statement, parameters));
  Row row;
  while (true) {
    GESTA_ASSIGN_OR_RETURN(const bool more, result->Next(&row));
    if (!more) return Status::Ok();
    visit(row);
  }
}

std::string Text(const Value& value) {
  return value.type() == ValueType::kString ? std::string(value.AsString()) : std::string();
}

std::optional<int64_t> Integer(const Value& value) {
  if (value.type() != ValueType::kInteger) return {};
  return value.AsInteger();
}

double Number(const Value& value) { return value.IsNumber() ? value.AsNumber() : 0; }

std::vector<double> Numbers(const Value& value) {
  std::vector<double> numbers;
  if (value.type() != ValueType::kList) return numbers;
  for (const Value& item : value.AsList()) {
    if (item.IsNumber()) numbers.push_back(item.AsNumber());
  }
  return numbers;
}

Status NoDataset(Connection& connection, const std::string& dataset) {
  std::vector<std::string> names;
  GESTA_RETURN_IF_ERROR(ForEachRow(connection,
                                   "MATCH (d:Dataset) WHERE d.name IS NOT NULL RETURN d.name", {},
                                   [&](const Row& row) { names.push_back(Text(row[0])); }));
  const std::string nearest = NearestName(dataset, names);
  return Status(StatusCode::kNotFound, "there is no dataset '" + dataset + "'",
                nearest.empty() ? "'gesta ingest haan' makes one with segments"
                                : "did you mean '" + nearest + "'?");
}

Status ReadDataset(Connection& connection, const std::string& dataset, DetectionData* data) {
  bool found = false;
  GESTA_RETURN_IF_ERROR(ForEachRow(
      connection,
      "MATCH (d:Dataset {name: $dataset}) RETURN d.clip_space, d.protocol_alpha, d.protocol_kmax, "
      "d.protocol_tiou, d.protocol_report",
      {{"dataset", Value::String(dataset)}}, [&](const Row& row) {
        found = true;
        data->clip_space = Text(row[0]);
        if (row[1].IsNumber()) data->alpha = row[1].AsNumber();
        data->kmax = Integer(row[2]);
        data->tiou = Numbers(row[3]);
        data->report = Numbers(row[4]);
      }));
  return found ? Status::Ok() : NoDataset(connection, dataset);
}

}  // namespace

Result<DetectionData> ReadDetectionData(Connection& connection, const std::string& dataset,
                                        const std::string& split, const std::string& level) {
  DetectionData data;
  GESTA_RETURN_IF_ERROR(ReadDataset(connection, dataset, &data));
  const Parameters parameters = {{"dataset", Value::String(dataset)},
                                 {"split", Value::String(split)},
                                 {"level", Value::String(level)}};
  std::unordered_map<int64_t, size_t> class_places;
  GESTA_RETURN_IF_ERROR(ForEachRow(
      connection,
      "MATCH (a:Action {dataset: $dataset, level: $level}) "
      "OPTIONAL MATCH (a)-[:IS_A]->(c:Action {dataset: $dataset}) "
      "RETURN a.index, a.text, c.index, c.text ORDER BY a.index, c.index",
      parameters, [&](const Row& row) {
        const std::optional<int64_t> index = Integer(row[0]);
        if (!index || *index < 0 || !class_places.emplace(*index, data.classes.size()).second) {
          return;  // a class below several coarse ones counts with the first
        }
        DetectionClass made;
        made.index = *index;
        made.text = Text(row[1]);
        made.coarse = Integer(row[2]);
        made.coarse_text = Text(row[3]);
        data.classes.push_back(std::move(made));
      }));
  if (data.classes.empty()) {
    return Status(StatusCode::kNotFound,
                  "the dataset '" + dataset + "' has no labels of level '" + level + "'");
  }
  std::unordered_map<int64_t, size_t> video_places;
  GESTA_RETURN_IF_ERROR(
      ForEachRow(connection,
                 "MATCH (:Split {dataset: $dataset, name: $split})<-[:IN_SPLIT]-(v:Video) "
                 "RETURN id(v), v.id, v.clips_per_second ORDER BY v.index, id(v)",
                 parameters, [&](const Row& row) {
                   if (!video_places.emplace(row[0].AsInteger(), data.videos.size()).second) return;
                   data.videos.push_back(
                       {static_cast<NodeId>(row[0].AsInteger()), Text(row[1]), Number(row[2])});
                 }));
  if (data.videos.empty()) {
    return Status(StatusCode::kNotFound,
                  "the dataset '" + dataset + "' has no videos in a split '" + split + "'",
                  "'gesta ingest haan … --train-videos N' makes the splits train and test");
  }
  GESTA_RETURN_IF_ERROR(ForEachRow(
      connection,
      "MATCH (:Split {dataset: $dataset, name: $split})<-[:IN_SPLIT]-(v:Video)"
      "-[:HAS_SEGMENT]->(s:Segment)-[:SHOWS]->(a:Action {dataset: $dataset, level: $level}) "
      "RETURN id(v), a.index, s.start, s.end ORDER BY v.index, id(v), s.ordinal",
      parameters, [&](const Row& row) {
        const auto video = video_places.find(row[0].AsInteger());
        const auto place = class_places.find(Integer(row[1]).value_or(-1));
        if (video == video_places.end() || place == class_places.end()) return;
        data.classes[place->second].truth.push_back(
            {video->second, Number(row[2]), Number(row[3])});
      }));
  return data;
}

}  // namespace gesta::evaluate
