#include "jobs/box_loader.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace gesta::ingest {
namespace {

// The largest difference of a side.
double Difference(const Box& a, const Box& b) {
  return std::max(
      {std::abs(a.x1 - b.x1), std::abs(a.y1 - b.y1), std::abs(a.x2 - b.x2), std::abs(a.y2 - b.y2)});
}

// Sides are written with three digits: a difference of 0.001 must not be lost to their rounding.
constexpr double kLargestDifference = BoxLoader::kTolerance * (1 + 1e-9);

struct Nearest {
  uint32_t at = BoxLoader::kNone;
  double difference = kLargestDifference;
};

// Of a chained list of boxes the one that is nearest to `box`, if it counts as the same.
template <typename Known>
Nearest FindNearest(const std::vector<Known>& known, uint32_t first, const Box& box) {
  Nearest nearest;
  for (uint32_t i = first; i != BoxLoader::kNone; i = known[i].next) {
    const double here = Difference(known[i].box, box);
    if (here <= nearest.difference) nearest = {i, here};
  }
  return nearest;
}

// Seconds are mostly whole numbers, which take less room.
Value TimeValue(double time) {
  return time == std::floor(time) && time < 1e15 ? Value::Integer(static_cast<int64_t>(time))
                                                 : Value::Float(time);
}

}  // namespace

Result<BoxGraph> BoxGraph::Open(GraphWriter& writer) {
  BoxGraph graph;
  GESTA_ASSIGN_OR_RETURN(graph.video, writer.RequireIdentity("Video", {"dataset", "id"}));
  const std::pair<NameId*, const char*> labels[] = {{&graph.person_box, "PersonBox"},
                                                    {&graph.action_instance, "ActionInstance"},
                                                    {&graph.object_box, "ObjectBox"}};
  for (const auto& [id, name] : labels) {
    GESTA_ASSIGN_OR_RETURN(*id, writer.Label(name));
  }
  const std::pair<NameId*, const char*> types[] = {{&graph.in, "IN"},
                                                   {&graph.in_split, "IN_SPLIT"},
                                                   {&graph.has_person, "HAS_PERSON"},
                                                   {&graph.performs, "PERFORMS"},
                                                   {&graph.shows, "SHOWS"},
                                                   {&graph.has_state, "HAS_STATE"},
                                                   {&graph.with_object, "WITH_OBJECT"},
                                                   {&graph.of_class, "OF_CLASS"}};
  for (const auto& [id, name] : types) {
    GESTA_ASSIGN_OR_RETURN(*id, writer.Type(name));
  }
  const std::pair<NameId*, const char*> keys[] = {{&graph.time, "time"}, {&graph.x1, "x1"},
                                                  {&graph.y1, "y1"},     {&graph.x2, "x2"},
                                                  {&graph.y2, "y2"},     {&graph.person, "person"}};
  for (const auto& [id, name] : keys) {
    GESTA_ASSIGN_OR_RETURN(*id, writer.Key(name));
  }
  return graph;
}

bool BoxLoader::SameVideo(const BoxRow& row) const {
  return last_video_ != kNone && videos_[last_video_] == row.video;
}

void BoxLoader::Add(const BoxRow& row, uint32_t action, uint32_t object_class) {
  if (!SameVideo(row)) {
    const auto [at, fresh] =
        video_numbers_.try_emplace(std::string(row.video), static_cast<uint32_t>(videos_.size()));
    if (fresh) videos_.emplace_back(row.video);
    last_video_ = at->second;
  }
  Row kept{last_video_, action, kNone, row.time, row.person, row.person_box, row.states};
  if (object_class != kNone) {
    kept.object = static_cast<uint32_t>(objects_.size());
    objects_.push_back({row.object_box, object_class});
  }
  rows_.push_back(kept);
}

Status BoxLoader::Write(BulkLoader& loader, Transaction& store, BoxCounts* counts) {
  const auto number = [](const std::vector<NodeId>& nodes,
                         std::unordered_map<NodeId, uint32_t>* numbers) {
    for (size_t i = 0; i < nodes.size(); ++i) numbers->emplace(nodes[i], static_cast<uint32_t>(i));
  };
  number(graph_.actions, &action_numbers_);
  number(graph_.states, &state_numbers_);
  number(graph_.classes, &class_numbers_);
  // By video, in the order of the first row of each; files mostly have that order already.
  std::vector<uint32_t> ends(videos_.size() + 1);
  for (const Row& row : rows_) ++ends[row.video + 1];
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  std::vector<uint32_t> order(rows_.size());
  for (uint32_t i = 0; i < rows_.size(); ++i) order[ends[rows_[i].video]++] = i;
  uint32_t begin = 0;
  for (uint32_t video = 0; video < videos_.size(); ++video) {
    const uint32_t end = ends[video];
    GESTA_RETURN_IF_ERROR(
        MatchVideo(video, order.data() + begin, order.data() + end, loader, store));
    begin = end;
  }
  GESTA_RETURN_IF_ERROR(AddNodes(loader));
  GESTA_RETURN_IF_ERROR(AddRelationships(loader));
  counts->repeated += counts_.repeated;
  counts->moved += counts_.moved;
  counts->found += counts_.found;
  return Status::Ok();
}

// -- what is there already --

Status BoxLoader::MatchVideo(uint32_t video, const uint32_t* begin, const uint32_t* end,
                             BulkLoader& loader, Transaction& store) {
  box_lists_.clear();
  object_lists_.clear();
  known_boxes_.clear();
  known_instances_.clear();
  known_objects_.clear();
  stored_objects_.clear();
  const auto& indexes = loader.Indexes();
  const auto index = std::find_if(indexes.begin(), indexes.end(), [&](const IndexInfo& info) {
    return info.id == graph_.video.index;
  });
  if (index == indexes.end()) {
    return Status(StatusCode::kConflict, "the constraint on videos was dropped by another session",
                  "run the job again");
  }
  GESTA_ASSIGN_OR_RETURN(
      const std::optional<NodeId> stored,
      loader.FindInStore(*index, {Value::String(graph_.dataset), Value::String(videos_[video])}));
  Ref ref;
  if (stored) {
    ref = MakeRef(Kind::kStored, *stored);
    std::unordered_set<double> times;
    for (const uint32_t* row = begin; row != end; ++row) times.insert(rows_[*row].time);
    GESTA_RETURN_IF_ERROR(ReadVideo(*stored, times, store));
  } else {
    ref = MakeRef(Kind::kVideo, new_videos_.size());
    new_videos_.push_back(video);
  }
  if (split_) {
    bool member = false;
    if (stored) {
      std::vector<Edge> edges;
      GESTA_RETURN_IF_ERROR(
          store.Expand(*stored, Direction::kOut, {graph_.in_split}, *split_, &edges));
      member = !edges.empty();
    }
    if (!member) split_members_.push_back({ref, MakeRef(Kind::kStored, *split_)});
  }
  for (const uint32_t* row = begin; row != end; ++row) MatchRow(ref, rows_[*row]);
  return Status::Ok();
}

Result<Box> BoxLoader::ReadBox(NodeId node, Transaction& store, double* time, int64_t* person) {
  GESTA_ASSIGN_OR_RETURN(const std::vector<Property> properties, store.GetNodeProperties(node));
  Box box;
  *time = -1;
  for (const Property& property : properties) {
    if (!property.value.IsNumber()) continue;
    const double number = property.value.AsNumber();
    if (property.key == graph_.time) *time = number;
    if (property.key == graph_.x1) box.x1 = number;
    if (property.key == graph_.y1) box.y1 = number;
    if (property.key == graph_.x2) box.x2 = number;
    if (property.key == graph_.y2) box.y2 = number;
    if (property.key == graph_.person) *person = static_cast<int64_t>(number);
  }
  return box;
}

Status BoxLoader::ReadVideo(NodeId video, const std::unordered_set<double>& times,
                            Transaction& store) {
  std::vector<Edge> boxes;
  GESTA_RETURN_IF_ERROR(store.Expand(video, Direction::kOut, {graph_.has_person}, {}, &boxes));
  std::vector<Edge> instances;
  for (const Edge& edge : boxes) {
    double time = 0;
    int64_t person = 0;
    GESTA_ASSIGN_OR_RETURN(const Box box, ReadBox(edge.other, store, &time, &person));
    if (times.count(time) == 0) continue;
    KnownBox known{MakeRef(Kind::kStored, edge.other), box};
    instances.clear();
    GESTA_RETURN_IF_ERROR(
        store.Expand(edge.other, Direction::kOut, {graph_.performs}, {}, &instances));
    for (const Edge& instance : instances) {
      GESTA_RETURN_IF_ERROR(ReadInstance(instance.other, time, &known, store));
    }
    uint32_t& list = box_lists_.try_emplace({time, person}, kNone).first->second;
    known.next = list;
    list = static_cast<uint32_t>(known_boxes_.size());
    known_boxes_.push_back(known);
    ++counts_.found;
  }
  return Status::Ok();
}

Status BoxLoader::ReadInstance(NodeId instance, double time, KnownBox* box, Transaction& store) {
  std::vector<Edge> edges;
  GESTA_RETURN_IF_ERROR(store.Expand(
      instance, Direction::kOut, {graph_.shows, graph_.has_state, graph_.with_object}, {}, &edges));
  KnownInstance known{MakeRef(Kind::kStored, instance), kNone, false, {}, {}};
  for (const Edge& edge : edges) {
    if (edge.type == graph_.shows) {
      const auto at = action_numbers_.find(edge.other);
      if (at != action_numbers_.end()) known.action = at->second;
    } else if (edge.type == graph_.has_state) {
      const auto at = state_numbers_.find(edge.other);
      if (at != state_numbers_.end()) known.states.set(at->second);
    } else {
      known.objects.push_back(MakeRef(Kind::kStored, edge.other));
      GESTA_RETURN_IF_ERROR(ReadObject(edge.other, time, store));
    }
  }
  known.next = box->instances;
  box->instances = static_cast<uint32_t>(known_instances_.size());
  known_instances_.push_back(std::move(known));
  return Status::Ok();
}

Status BoxLoader::ReadObject(NodeId object, double time, Transaction& store) {
  const auto [at, fresh] =
      stored_objects_.try_emplace(object, static_cast<uint32_t>(known_objects_.size()));
  if (!fresh) return Status::Ok();
  double own_time = 0;
  int64_t person = 0;
  GESTA_ASSIGN_OR_RETURN(const Box box, ReadBox(object, store, &own_time, &person));
  std::vector<Edge> classes;
  GESTA_RETURN_IF_ERROR(store.Expand(object, Direction::kOut, {graph_.of_class}, {}, &classes));
  KnownObject known{MakeRef(Kind::kStored, object), box};
  for (const Edge& edge : classes) {
    const auto number = class_numbers_.find(edge.other);
    if (number == class_numbers_.end()) continue;
    uint32_t& list = object_lists_.try_emplace({time, number->second}, kNone).first->second;
    known.next = list;
    list = static_cast<uint32_t>(known_objects_.size());
    break;
  }
  known_objects_.push_back(known);
  return Status::Ok();
}

// -- what a row adds --

BoxLoader::KnownBox& BoxLoader::FindBox(Ref video, const Row& row) {
  uint32_t& list = box_lists_.try_emplace({row.time, row.person}, kNone).first->second;
  const Nearest nearest = FindNearest(known_boxes_, list, row.box);
  if (nearest.at != kNone) {
    if (nearest.difference > 0) ++counts_.moved;
    return known_boxes_[nearest.at];
  }
  KnownBox box{MakeRef(Kind::kBox, new_boxes_.size()), row.box};
  new_boxes_.push_back({video, row.time, row.person, row.box});
  box.next = list;
  list = static_cast<uint32_t>(known_boxes_.size());
  return known_boxes_.emplace_back(box);
}

BoxLoader::KnownInstance& BoxLoader::FindInstance(KnownBox& box, const Row& row) {
  for (uint32_t i = box.instances; i != kNone; i = known_instances_[i].next) {
    if (known_instances_[i].action != row.action) continue;
    if (known_instances_[i].of_this_load && row.object == kNone) ++counts_.repeated;
    return known_instances_[i];
  }
  KnownInstance instance{MakeRef(Kind::kInstance, new_instances_++), row.action, true, {}, {}};
  performs_.push_back({box.ref, instance.ref});
  shows_.push_back({instance.ref, MakeRef(Kind::kStored, graph_.actions[row.action])});
  instance.next = box.instances;
  box.instances = static_cast<uint32_t>(known_instances_.size());
  return known_instances_.emplace_back(std::move(instance));
}

BoxLoader::Ref BoxLoader::FindObject(const Row& row) {
  const Object& object = objects_[row.object];
  uint32_t& list = object_lists_.try_emplace({row.time, object.object_class}, kNone).first->second;
  const Nearest nearest = FindNearest(known_objects_, list, object.box);
  if (nearest.at != kNone) return known_objects_[nearest.at].ref;
  KnownObject known{MakeRef(Kind::kObject, new_objects_.size()), object.box};
  new_objects_.push_back({row.time, object.box, object.object_class});
  known.next = list;
  list = static_cast<uint32_t>(known_objects_.size());
  return known_objects_.emplace_back(known).ref;
}

void BoxLoader::MatchRow(Ref video, const Row& row) {
  KnownBox& box = FindBox(video, row);
  if (row.action == kNone) return;
  KnownInstance& instance = FindInstance(box, row);
  const PartStates::Set added = row.states & ~instance.states;
  if (added.any()) {
    for (size_t state = 0; state < graph_.states.size(); ++state) {
      if (!added.test(state)) continue;
      has_state_.push_back({instance.ref, MakeRef(Kind::kStored, graph_.states[state])});
    }
    instance.states |= added;
  }
  if (row.object == kNone) return;
  const Ref object = FindObject(row);
  if (std::find(instance.objects.begin(), instance.objects.end(), object) !=
      instance.objects.end()) {
    return;
  }
  instance.objects.push_back(object);
  with_object_.push_back({instance.ref, object});
}

// -- writing: nodes by label and relationships by type, so that what lies side by side is alike --

NodeId BoxLoader::Resolve(Ref ref) const {
  constexpr uint64_t kNumber = (uint64_t{1} << 56) - 1;
  return first_new_[ref >> 56] + (ref & kNumber);
}

Status BoxLoader::AddNodes(BulkLoader& loader) {
  std::vector<Property> properties;
  const auto put_box = [&](double time, const Box& box) {
    properties.clear();
    properties.push_back({graph_.time, TimeValue(time)});
    properties.push_back({graph_.x1, Value::Float(box.x1)});
    properties.push_back({graph_.y1, Value::Float(box.y1)});
    properties.push_back({graph_.x2, Value::Float(box.x2)});
    properties.push_back({graph_.y2, Value::Float(box.y2)});
  };
  const auto first = [&](Kind kind) -> NodeId& { return first_new_[static_cast<size_t>(kind)]; };
  first(Kind::kStored) = 0;
  first(Kind::kVideo) = loader.next_node();
  const Value dataset = Value::String(graph_.dataset);
  const std::vector<NameId> video_label = {graph_.video.label};
  for (const uint32_t video : new_videos_) {
    properties = {{graph_.video.key[0], dataset},
                  {graph_.video.key[1], Value::String(videos_[video])}};
    GESTA_RETURN_IF_ERROR(loader.AddNode(video_label, properties).status());
  }
  first(Kind::kBox) = loader.next_node();
  const std::vector<NameId> box_label = {graph_.person_box};
  for (const NewBox& box : new_boxes_) {
    put_box(box.time, box.box);
    properties.push_back({graph_.person, Value::Integer(box.person)});
    GESTA_RETURN_IF_ERROR(loader.AddNode(box_label, properties).status());
  }
  first(Kind::kInstance) = loader.next_node();
  const std::vector<NameId> instance_label = {graph_.action_instance};
  properties.clear();
  for (uint64_t i = 0; i < new_instances_; ++i) {
    GESTA_RETURN_IF_ERROR(loader.AddNode(instance_label, properties).status());
  }
  first(Kind::kObject) = loader.next_node();
  const std::vector<NameId> object_label = {graph_.object_box};
  for (const NewObject& object : new_objects_) {
    put_box(object.time, object.box);
    GESTA_RETURN_IF_ERROR(loader.AddNode(object_label, properties).status());
  }
  return Status::Ok();
}

Status BoxLoader::AddRelationships(BulkLoader& loader) {
  const auto add = [&](Ref start, NameId type, Ref end) {
    return loader.AddRelationship(Resolve(start), type, Resolve(end), {}).status();
  };
  const auto add_all = [&](const std::vector<NewRelationship>& list, NameId type) -> Status {
    for (const NewRelationship& relationship : list) {
      GESTA_RETURN_IF_ERROR(add(relationship.start, type, relationship.end));
    }
    return Status::Ok();
  };
  std::vector<std::pair<NameId, std::function<Status()>>> writers = {
      {graph_.in,
       [&]() -> Status {
         for (size_t i = 0; i < new_videos_.size(); ++i) {
           GESTA_RETURN_IF_ERROR(add(MakeRef(Kind::kVideo, i), graph_.in,
                                     MakeRef(Kind::kStored, graph_.dataset_node)));
         }
         return Status::Ok();
       }},
      {graph_.in_split, [&] { return add_all(split_members_, graph_.in_split); }},
      {graph_.has_person,
       [&]() -> Status {
         for (size_t i = 0; i < new_boxes_.size(); ++i) {
           GESTA_RETURN_IF_ERROR(
               add(new_boxes_[i].video, graph_.has_person, MakeRef(Kind::kBox, i)));
         }
         return Status::Ok();
       }},
      {graph_.performs, [&] { return add_all(performs_, graph_.performs); }},
      {graph_.shows, [&] { return add_all(shows_, graph_.shows); }},
      {graph_.has_state, [&] { return add_all(has_state_, graph_.has_state); }},
      {graph_.with_object, [&] { return add_all(with_object_, graph_.with_object); }},
      {graph_.of_class, [&]() -> Status {
         for (size_t i = 0; i < new_objects_.size(); ++i) {
           const NodeId object_class = graph_.classes[new_objects_[i].object_class];
           GESTA_RETURN_IF_ERROR(add(MakeRef(Kind::kObject, i), graph_.of_class,
                                     MakeRef(Kind::kStored, object_class)));
         }
         return Status::Ok();
       }}};
  std::sort(writers.begin(), writers.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [type, write] : writers) GESTA_RETURN_IF_ERROR(write());
  return Status::Ok();
}

}  // namespace gesta::ingest
