// BoxLoader: rows about persons in boxes become a part of the graph, in bulk loads.
//
//   (:Video {dataset, id})-[:IN]->(:Dataset), -[:IN_SPLIT]->(:Split)         identity: dataset, id
//   (:Video)-[:HAS_PERSON]->(:PersonBox {time, x1, y1, x2, y2, person})
//   (:PersonBox)-[:PERFORMS]->(:ActionInstance)-[:SHOWS]->(:Action)
//   (:ActionInstance)-[:HAS_STATE]->(:PartState)
//   (:ActionInstance)-[:WITH_OBJECT]->(:ObjectBox {time, x1, y1, x2,
//   y2})-[:OF_CLASS]->(:ObjectClass)
//
// Identities below a video need no constraints and no indexes, for they are found through it: a
// person box by time, person and box, an object box by time, class and box (boxes are equal when no
// side differs by more than 0.001), an action instance by its box and action. What a video has
// already, in this load or in the store, is found and not made again.
#ifndef GESTA_INGEST_JOBS_BOX_LOADER_H_
#define GESTA_INGEST_JOBS_BOX_LOADER_H_

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "gesta/bulk_load.h"
#include "gesta/status.h"
#include "jobs/box_rows.h"
#include "load/graph_writer.h"

namespace gesta::ingest {

// Node and name ids that loads refer to; they stay the same from load to load.
struct BoxGraph {
  std::string dataset;
  NodeId dataset_node = 0;
  NodeIdentity video;
  NameId person_box = kNoName, action_instance = kNoName, object_box = kNoName;
  NameId in = kNoName, in_split = kNoName, has_person = kNoName, performs = kNoName,
         shows = kNoName, has_state = kNoName, with_object = kNoName, of_class = kNoName;
  NameId time = kNoName, x1 = kNoName, y1 = kNoName, x2 = kNoName, y2 = kNoName, person = kNoName;
  std::vector<NodeId> actions;  // by what BoxLoader::Add is given
  std::vector<NodeId> states;   // by place in PartStates
  std::vector<NodeId> classes;  // by what BoxLoader::Add is given

  // Makes the constraint of videos, and fills in names; not the vectors, nor the dataset.
  static Result<BoxGraph> Open(GraphWriter& writer);
};

// What rows had in common with each other and with the store.
struct BoxCounts {
  uint64_t repeated = 0;  // rows whose box and action an earlier row of the same load had
  uint64_t moved = 0;     // rows whose box is not exactly the one that it was joined with
  uint64_t found = 0;     // person boxes that the store had
};

class BoxLoader {
 public:
  static constexpr double kTolerance = 1e-3;
  static constexpr uint32_t kNone = ~uint32_t{0};

  // All borrowed. `split`: the videos' split.
  BoxLoader(const BoxGraph& graph, std::optional<NodeId> split) : graph_(graph), split_(split) {}

  // `action`, `object_class`: places in the graph's lists; kNone: the row has none.
  void Add(const BoxRow& row, uint32_t action, uint32_t object_class);
  size_t rows() const { return rows_.size(); }
  // Whether the row is about the same video as the last one.
  bool SameVideo(const BoxRow& row) const;

  // Adds the rows to the load; `store` reads what was there before it.
  Status Write(BulkLoader& loader, Transaction& store, BoxCounts* counts);

 private:
  // A node of the store, or one of those that this load makes: by kind and number.
  using Ref = uint64_t;
  enum class Kind : uint64_t { kStored, kVideo, kBox, kInstance, kObject };
  static Ref MakeRef(Kind kind, uint64_t number) {
    return static_cast<uint64_t>(kind) << 56 | number;
  }

  struct Object {
    Box box;
    uint32_t object_class;
  };
  struct Row {
    uint32_t video;  // in videos_
    uint32_t action;
    uint32_t object;  // in objects_
    double time;
    int64_t person;
    Box box;
    PartStates::Set states;
  };
  // What is known of one video; lists are chained through `next`.
  struct KnownBox {
    Ref ref;
    Box box;
    uint32_t instances = kNone;
    uint32_t next = kNone;
  };
  struct KnownInstance {
    Ref ref;
    uint32_t action;
    bool of_this_load;
    PartStates::Set states;
    std::vector<Ref> objects;
    uint32_t next = kNone;
  };
  struct KnownObject {
    Ref ref;
    Box box;
    uint32_t next = kNone;
  };
  struct Place {  // a person or a class at a time
    double time;
    int64_t who;
    bool operator==(const Place& other) const { return time == other.time && who == other.who; }
  };
  struct PlaceHash {
    size_t operator()(const Place& place) const {
      const size_t time = std::hash<double>()(place.time);
      return (time ^ static_cast<size_t>(place.who) * 0x9e3779b97f4a7c15) * 0xd6e8feb86659fd93;
    }
  };
  struct NewBox {
    Ref video;
    double time;
    int64_t person;
    Box box;
  };
  struct NewObject {
    double time;
    Box box;
    uint32_t object_class;
  };
  struct NewRelationship {
    Ref start;
    Ref end;
  };

  // The video's rows, as places in rows_.
  Status MatchVideo(uint32_t video, const uint32_t* begin, const uint32_t* end, BulkLoader& loader,
                    Transaction& store);
  // Reads what the store has of the video at these times.
  Status ReadVideo(NodeId video, const std::unordered_set<double>& times, Transaction& store);
  Status ReadInstance(NodeId instance, double time, KnownBox* box, Transaction& store);
  Status ReadObject(NodeId object, double time, Transaction& store);
  Result<Box> ReadBox(NodeId node, Transaction& store, double* time, int64_t* person);
  void MatchRow(Ref video, const Row& row);
  KnownBox& FindBox(Ref video, const Row& row);
  KnownInstance& FindInstance(KnownBox& box, const Row& row);
  Ref FindObject(const Row& row);
  Status AddNodes(BulkLoader& loader);
  Status AddRelationships(BulkLoader& loader);
  NodeId Resolve(Ref ref) const;

  const BoxGraph& graph_;
  const std::optional<NodeId> split_;
  std::vector<Row> rows_;
  std::vector<Object> objects_;
  std::vector<std::string> videos_;
  std::unordered_map<std::string, uint32_t> video_numbers_;
  uint32_t last_video_ = kNone;

  // Of the video that is being matched.
  std::unordered_map<Place, uint32_t, PlaceHash> box_lists_;     // by person
  std::unordered_map<Place, uint32_t, PlaceHash> object_lists_;  // by class
  std::vector<KnownBox> known_boxes_;
  std::vector<KnownInstance> known_instances_;
  std::vector<KnownObject> known_objects_;
  std::unordered_map<NodeId, uint32_t> action_numbers_, state_numbers_, class_numbers_;
  std::unordered_map<NodeId, uint32_t> stored_objects_;  // in known_objects_

  // What is to be made.
  std::vector<uint32_t> new_videos_;  // in videos_
  std::vector<NewBox> new_boxes_;
  std::vector<NewObject> new_objects_;
  uint64_t new_instances_ = 0;
  std::vector<NewRelationship> split_members_, performs_, shows_, has_state_, with_object_;
  NodeId first_new_[5] = {};  // by Kind
  BoxCounts counts_;
};

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_JOBS_BOX_LOADER_H_
