// Store::Check: reads every entry of every family on one snapshot and compares what they say of
// each other.
//
// First a quick pass in key order: from the rows it works out which entries the other families must
// have, and compares number and checksum with those they do have. Only if something differs a
// second pass looks every entry's counterparts up, to say what. Memory: five bytes a node.
#include <algorithm>
#include <array>
#include <functional>

#include "store/check_vectors.h"
#include "store/cursors.h"
#include "store/index_writer.h"
#include "store/row.h"
#include "store/store_impl.h"

namespace gesta::store {
namespace {

std::string_view View(const rocksdb::PinnableSlice& slice) { return {slice.data(), slice.size()}; }

// Number and checksum of a set of entries, in any order.
class Fingerprint {
 public:
  void Add(std::string_view entry) {
    ++count_;
    // The sum of a mixed hash: no entry that is there twice or missing cancels another.
    uint64_t h = std::hash<std::string_view>{}(entry);
    h ^= h >> 31;
    h *= 0x9E3779B97F4A7C15ull;
    h ^= h >> 29;
    sum_ += h;
  }
  bool operator==(const Fingerprint& other) const {
    return count_ == other.count_ && sum_ == other.sum_;
  }
  bool operator!=(const Fingerprint& other) const { return !(*this == other); }
  uint64_t count() const { return count_; }

 private:
  uint64_t count_ = 0;
  uint64_t sum_ = 0;
};

class Checker {
 public:
  Checker(const Version& version, const catalog::Counters& counters, size_t limit)
      : view_(version.database.get(), version.snapshot, /*fill_cache=*/false),
        schema_(*version.schema),
        statistics_(*version.statistics),
        counters_(counters),
        limit_(limit) {}

  Status Run() {
    CheckCatalog();
    GESTA_ASSIGN_OR_RETURN(const bool agrees, QuickPass());
    if (agrees) return Status::Ok();
    GESTA_RETURN_IF_ERROR(CheckNodes());
    GESTA_RETURN_IF_ERROR(CheckRelationships());
    GESTA_RETURN_IF_ERROR(CheckMembers(EntityKind::kNode));
    GESTA_RETURN_IF_ERROR(CheckMembers(EntityKind::kRelationship));
    GESTA_RETURN_IF_ERROR(CheckAdjacency(Family::kOut));
    GESTA_RETURN_IF_ERROR(CheckAdjacency(Family::kIn));
    GESTA_RETURN_IF_ERROR(CheckIndexes());
    return Status::Ok();
  }

  void Report(std::string what) {
    if (problems_.size() < limit_) problems_.push_back({std::move(what)});
  }
  std::vector<CheckProblem> TakeProblems() { return std::move(problems_); }

 private:
  static std::string Text(EntityKind entity, uint64_t id) {
    return (entity == EntityKind::kNode ? "node " : "relationship ") + std::to_string(id);
  }
  std::string NameText(NameKind kind, NameId id) const {
    const std::string_view name = schema_.names(kind).Get(id);
    return name.empty() ? "number " + std::to_string(id) : "'" + std::string(name) + "'";
  }
  using Counts = std::map<uint32_t, uint64_t>;  // by index id
  static uint64_t Recorded(const Counts& counts, uint32_t id) {
    const auto found = counts.find(id);
    return found == counts.end() ? 0 : found->second;
  }
  bool full() const { return problems_.size() >= limit_; }

  void CompareCount(const std::string& what, uint64_t counted, uint64_t recorded) {
    if (counted == recorded) return;
    Report("there are " + std::to_string(counted) + " " + what + ", the statistics say " +
           std::to_string(recorded));
  }

  struct Expected {
    std::array<Fingerprint, kFamilyCount> entries;
    std::vector<uint64_t> label_nodes;
    std::vector<uint64_t> type_relationships;
    Statistics ends;  // its end_counts only
  };

  // The labels of each node, by reference to one list of each combination that occurs.
  class NodeLabels {
   public:
    void Set(NodeId node, const std::vector<NameId>& labels) {  // ids ascend
      const auto [at, is_new] = numbers_.emplace(labels, combinations_.size());
      if (is_new) combinations_.push_back(&at->first);
      of_node_.resize(node + 1);
      of_node_[node] = static_cast<uint32_t>(at->second);
    }
    const std::vector<NameId>& Of(NodeId node) const { return *combinations_[of_node_[node]]; }

   private:
    std::map<std::vector<NameId>, size_t> numbers_;
    std::vector<const std::vector<NameId>*> combinations_;
    std::vector<uint32_t> of_node_;
  };

  static void CountEnds(const RelationshipRecord& rel, const NodeLabels& labels,
                        Statistics* counted) {
    const auto count = [&](NodeId node, uint64_t Statistics::EndCount::*which) {
      for (const NameId label : labels.Of(node)) {
        auto& counts = counted->end_counts;
        auto at = counts.begin() + (counted->FindEndCount(rel.type, label) - counts.cbegin());
        if (at == counts.end() || at->type != rel.type || at->label != label) {
          at = counts.insert(at, {rel.type, label, 0, 0});
        }
        ++((*at).*which);
      }
    };
    count(rel.start, &Statistics::EndCount::starts);
    count(rel.end, &Statistics::EndCount::ends);
  }

  // Reports what differs; true when nothing does.
  bool CompareEnds(const Statistics& counted) {
    if (!statistics_.counts_ends) return true;
    bool agrees = true;
    const auto compare = [&](const Statistics::EndCount& is, const Statistics::EndCount& recorded) {
      if (is.starts == recorded.starts && is.ends == recorded.ends) return;
      agrees = false;
      const std::string what = "relationships of type " + NameText(NameKind::kType, is.type);
      const std::string label = " at a node with label " + NameText(NameKind::kLabel, is.label);
      CompareCount(what + " that start" + label, is.starts, recorded.starts);
      CompareCount(what + " that end" + label, is.ends, recorded.ends);
    };
    for (const auto& is : counted.end_counts) {
      compare(is, statistics_.EndCountOf(is.type, is.label));
    }
    for (const auto& recorded : statistics_.end_counts) {
      const Statistics::EndCount is = counted.EndCountOf(recorded.type, recorded.label);
      if (is.starts == 0 && is.ends == 0) compare(is, recorded);
    }
    return agrees;
  }

  static void AddTo(Expected* expected, Family family, std::string_view key) {
    expected->entries[static_cast<size_t>(family)].Add(key);
  }

  // What CheckRow verifies, and the index entries that the row asks for.
  bool QuickRow(EntityKind entity, uint64_t id, const std::vector<NameId>& labels,
                PropertyView view, Expected* expected) {
    properties_.clear();
    if (!view.All(&properties_)) return false;
    Value value;
    for (const RawProperty& p : properties_) {
      if (p.key >= schema_.names(NameKind::kProperty).size() || !DecodeValue(p.bytes, &value)) {
        return false;
      }
    }
    auto concerned = [&](EntityKind kind, NameId label) {
      return kind == entity && std::binary_search(labels.begin(), labels.end(), label);
    };
    for (const ConstraintInfo& constraint : schema_.constraints()) {
      if (constraint.kind != ConstraintKind::kExists ||
          !concerned(constraint.entity, constraint.label)) {
        continue;
      }
      for (NameId property : constraint.properties) {
        if (!view.Find(property)) return false;
      }
    }
    for (const IndexInfo& info : schema_.indexes()) {
      if (!concerned(info.entity, info.label)) continue;
      key_.clear();
      if (!AppendIndexValues(info, properties_, &key_)) continue;
      // In a unique index the id is the value: key and value together, as scanned below.
      key_.append(Key().U64(id));
      AddTo(expected, Family::kIndex, key_);
    }
    return true;
  }

  Result<bool> QuickRows(Expected* expected) {
    std::vector<bool> exists;
    NodeLabels node_labels;
    Scan nodes(&view_, Family::kNode);
    NodeRow row;
    for (nodes.Seek("", ""); nodes.Valid(); nodes.Next()) {
      if (nodes.key().size() != 8 || !NodeRow::Parse(nodes.value(), &row)) return false;
      const NodeId id = ReadU64(nodes.key().data());
      if (id >= counters_.next_node) return false;
      if (id >= exists.size()) exists.resize(id + 1);  // ids ascend
      exists[id] = true;
      node_labels.Set(id, row.labels);
      AddTo(expected, Family::kNode, nodes.key());
      for (NameId label : row.labels) {
        if (label >= expected->label_nodes.size()) return false;
        ++expected->label_nodes[label];
        AddTo(expected, Family::kLabel, MemberKey(label, id));
      }
      if (!QuickRow(EntityKind::kNode, id, row.labels, row.properties, expected)) return false;
    }
    GESTA_RETURN_IF_ERROR(nodes.status());

    Scan rels(&view_, Family::kRel);
    std::vector<NameId> labels(1);
    for (rels.Seek("", ""); rels.Valid(); rels.Next()) {
      RelRow rel;
      if (rels.key().size() != 8 || !RelRow::Parse(rels.value(), &rel)) return false;
      const RelId id = ReadU64(rels.key().data());
      const RelationshipRecord& r = rel.record;
      if (id >= counters_.next_rel || r.type >= expected->type_relationships.size()) return false;
      for (const NodeId node : {r.start, r.end}) {
        if (node >= exists.size() || !exists[node]) return false;
      }
      ++expected->type_relationships[r.type];
      CountEnds(r, node_labels, &expected->ends);
      AddTo(expected, Family::kRel, rels.key());
      AddTo(expected, Family::kOut, AdjacencyKey(r.start, r.type, r.end, id));
      AddTo(expected, Family::kIn, AdjacencyKey(r.end, r.type, r.start, id));
      AddTo(expected, Family::kType, MemberKey(r.type, id));
      labels[0] = r.type;
      if (!QuickRow(EntityKind::kRelationship, id, labels, rel.properties, expected)) return false;
    }
    GESTA_RETURN_IF_ERROR(rels.status());
    return true;
  }

  // Whether everything agrees; if not, or if not sure, the other passes say what is wrong.
  Result<bool> QuickPass() {
    Expected expected;
    expected.label_nodes.resize(schema_.names(NameKind::kLabel).size());
    expected.type_relationships.resize(schema_.names(NameKind::kType).size());
    GESTA_ASSIGN_OR_RETURN(const bool rows, QuickRows(&expected));
    if (!rows) return false;
    for (const Family family : {Family::kOut, Family::kIn, Family::kLabel, Family::kType}) {
      Fingerprint actual;
      Scan scan(&view_, family);
      for (scan.Seek("", ""); scan.Valid(); scan.Next()) {
        if (family != Family::kType) {
          actual.Add(scan.key());
          continue;
        }
        TypeRange range;
        if (!TypeRange::Parse(scan.key(), scan.value(), &range) ||
            range.last >= counters_.next_rel) {
          return false;
        }
        for (RelId id = range.first; id <= range.last; ++id) actual.Add(MemberKey(range.type, id));
      }
      GESTA_RETURN_IF_ERROR(scan.status());
      if (actual != expected.entries[static_cast<size_t>(family)]) return false;
    }

    Fingerprint actual;
    Counts entries;
    Counts distinct;
    std::string previous;
    Scan scan(&view_, Family::kIndex);
    for (scan.Seek("", ""); scan.Valid(); scan.Next()) {
      // The entity's id ends the key or is the value.
      key_.assign(scan.key());
      key_.append(scan.value());
      const IndexInfo* info = scan.key().size() < 4 || key_.size() < 12
                                  ? nullptr
                                  : schema_.FindIndex(ReadU32(scan.key().data()));
      if (info == nullptr) return false;
      actual.Add(key_);
      key_.resize(key_.size() - 8);
      ++entries[info->id];
      if (key_ != previous) ++distinct[info->id];
      previous.swap(key_);
    }
    GESTA_RETURN_IF_ERROR(scan.status());
    if (actual != expected.entries[static_cast<size_t>(Family::kIndex)]) return false;

    for (const IndexInfo& info : schema_.indexes()) {
      if (entries[info.id] != Recorded(statistics_.index_entries, info.id) ||
          distinct[info.id] != Recorded(statistics_.index_distinct, info.id)) {
        return false;
      }
    }
    for (NameId id = 0; id < expected.label_nodes.size(); ++id) {
      if (expected.label_nodes[id] != statistics_.LabelCount(id)) return false;
    }
    for (NameId id = 0; id < expected.type_relationships.size(); ++id) {
      if (expected.type_relationships[id] != statistics_.TypeCount(id)) return false;
    }
    if (!CompareEnds(expected.ends)) return false;
    return expected.entries[static_cast<size_t>(Family::kNode)].count() == statistics_.nodes &&
           expected.entries[static_cast<size_t>(Family::kRel)].count() == statistics_.relationships;
  }

  // Properties decode, their keys are known, existence constraints hold, and each index has the
  // entry that the row asks for.
  Status CheckRow(EntityKind entity, uint64_t id, const std::vector<NameId>& labels,
                  PropertyView view) {
    properties_.clear();
    if (!view.All(&properties_)) {
      Report(Text(entity, id) + ": its properties are damaged");
      return Status::Ok();
    }
    for (const RawProperty& p : properties_) {
      Value value;
      if (p.key >= schema_.names(NameKind::kProperty).size()) {
        Report(Text(entity, id) + ": property key " + std::to_string(p.key) + " has no name");
      } else if (!DecodeValue(p.bytes, &value)) {
        Report(Text(entity, id) + ": the value of " + NameText(NameKind::kProperty, p.key) +
               " is damaged");
      }
    }
    for (const ConstraintInfo& constraint : schema_.constraints()) {
      if (constraint.kind != ConstraintKind::kExists || constraint.entity != entity ||
          !std::binary_search(labels.begin(), labels.end(), constraint.label)) {
        continue;
      }
      for (NameId property : constraint.properties) {
        if (!view.Find(property)) {
          Report(Text(entity, id) + ": lacks " + NameText(NameKind::kProperty, property) +
                 ", which the constraint '" + constraint.name + "' requires");
        }
      }
    }
    for (const IndexInfo& info : schema_.indexes()) {
      if (info.entity != entity || !std::binary_search(labels.begin(), labels.end(), info.label)) {
        continue;
      }
      key_.clear();
      if (!AppendIndexValues(info, properties_, &key_)) continue;
      const Key id_bytes = Key().U64(id);
      if (!info.unique) key_.append(id_bytes);
      GESTA_ASSIGN_OR_RETURN(const bool found, view_.Get(Family::kIndex, key_, &value_));
      if (!found) {
        Report(Text(entity, id) + ": is missing from the index '" + info.name + "'");
      } else if (info.unique && View(value_) != std::string_view(id_bytes)) {
        Report(Text(entity, id) + ": another entity has its place in the unique index '" +
               info.name + "'");
      }
    }
    return Status::Ok();
  }

  Status CheckNodes() {
    uint64_t nodes = 0;
    Scan scan(&view_, Family::kNode);
    for (scan.Seek("", ""); scan.Valid() && !full(); scan.Next()) {
      ++nodes;
      NodeRow row;
      if (scan.key().size() != 8) {
        Report("a node's key has " + std::to_string(scan.key().size()) + " bytes instead of 8");
        continue;
      }
      const NodeId id = ReadU64(scan.key().data());
      if (id >= counters_.next_node) {
        Report(Text(EntityKind::kNode, id) + ": its id was never given, the next one is " +
               std::to_string(counters_.next_node));
      }
      if (!NodeRow::Parse(scan.value(), &row)) {
        Report(Text(EntityKind::kNode, id) + ": its row is damaged");
        continue;
      }
      for (NameId label : row.labels) {
        if (label >= schema_.names(NameKind::kLabel).size()) {
          Report(Text(EntityKind::kNode, id) + ": label " + std::to_string(label) + " has no name");
        }
        GESTA_ASSIGN_OR_RETURN(const bool member,
                               view_.Contains(Family::kLabel, MemberKey(label, id)));
        if (!member) {
          Report(Text(EntityKind::kNode, id) + ": is missing from the nodes with label " +
                 NameText(NameKind::kLabel, label));
        }
      }
      GESTA_RETURN_IF_ERROR(CheckRow(EntityKind::kNode, id, row.labels, row.properties));
    }
    if (!full()) CompareCount("nodes", nodes, statistics_.nodes);
    return scan.status();
  }

  Status CheckRelationships() {
    uint64_t relationships = 0;
    std::vector<NameId> labels(1);
    Scan scan(&view_, Family::kRel);
    for (scan.Seek("", ""); scan.Valid() && !full(); scan.Next()) {
      ++relationships;
      RelRow row;
      if (scan.key().size() != 8) {
        Report("a relationship's key has " + std::to_string(scan.key().size()) +
               " bytes instead of 8");
        continue;
      }
      const RelId id = ReadU64(scan.key().data());
      const std::string name = Text(EntityKind::kRelationship, id);
      if (id >= counters_.next_rel) {
        Report(name + ": its id was never given, the next one is " +
               std::to_string(counters_.next_rel));
      }
      if (!RelRow::Parse(scan.value(), &row)) {
        Report(name + ": its row is damaged");
        continue;
      }
      const RelationshipRecord& r = row.record;
      if (r.type >= schema_.names(NameKind::kType).size()) {
        Report(name + ": type " + std::to_string(r.type) + " has no name");
      }
      for (const auto& [which, node] : {std::pair("start", r.start), std::pair("end", r.end)}) {
        GESTA_ASSIGN_OR_RETURN(const bool exists, view_.Contains(Family::kNode, NodeKey(node)));
        if (!exists) {
          Report(name + ": " + which + " node " + std::to_string(node) + " does not exist");
        }
      }
      GESTA_ASSIGN_OR_RETURN(
          const bool out, view_.Contains(Family::kOut, AdjacencyKey(r.start, r.type, r.end, id)));
      if (!out) Report(name + ": is missing from the relationships that leave its start node");
      GESTA_ASSIGN_OR_RETURN(const bool in,
                             view_.Contains(Family::kIn, AdjacencyKey(r.end, r.type, r.start, id)));
      if (!in) Report(name + ": is missing from the relationships that reach its end node");
      // A damaged entry is reported with the others of its type.
      const Result<std::optional<TypeRange>> members = FindTypeRange(&view_, r.type, id);
      if (!members.ok() && members.status().code() != StatusCode::kCorruption) {
        return members.status();
      }
      if (!members.ok() || !*members) {
        Report(name + ": is missing from the relationships of type " +
               NameText(NameKind::kType, r.type));
      }
      labels[0] = r.type;
      GESTA_RETURN_IF_ERROR(CheckRow(EntityKind::kRelationship, id, labels, row.properties));
    }
    if (!full()) CompareCount("relationships", relationships, statistics_.relationships);
    return scan.status();
  }

  // Every entry of `label` (`type`) is backed by its row, and the counts agree.
  Status CheckMembers(EntityKind entity) {
    const bool node = entity == EntityKind::kNode;
    const NameKind kind = node ? NameKind::kLabel : NameKind::kType;
    std::vector<uint64_t> counts(schema_.names(kind).size());
    const auto check = [&](NameId name, uint64_t id) -> Status {
      if (name < counts.size()) ++counts[name];
      GESTA_ASSIGN_OR_RETURN(
          const bool found, view_.Get(node ? Family::kNode : Family::kRel, Key().U64(id), &value_));
      RelRow rel;
      const bool backed =
          found && (node ? NodeHasLabel(View(value_), name)
                         : RelRow::Parse(View(value_), &rel) && rel.record.type == name);
      if (!backed) {
        Report(Text(entity, id) +
               (found ? ": is listed under " : ": does not exist, and is listed under ") +
               (node ? "label " : "type ") + NameText(kind, name) +
               (found ? ", which it does not have" : ""));
      }
      return {};
    };
    Scan scan(&view_, node ? Family::kLabel : Family::kType);
    for (scan.Seek("", ""); scan.Valid() && !full(); scan.Next()) {
      if (node) {
        if (scan.key().size() != kMemberKeySize) {
          Report("a label entry's key has " + std::to_string(scan.key().size()) +
                 " bytes instead of 12");
          continue;
        }
        GESTA_RETURN_IF_ERROR(check(ReadU32(scan.key().data()), ReadU64(scan.key().data() + 4)));
        continue;
      }
      TypeRange range;
      if (!TypeRange::Parse(scan.key(), scan.value(), &range)) {
        Report("an entry of a type is damaged");
        continue;
      }
      if (range.last >= counters_.next_rel) {
        Report("relationships " + std::to_string(range.first) + " to " +
               std::to_string(range.last) + ": are listed under type " +
               NameText(kind, range.type) + ", and were never made");
        continue;
      }
      for (RelId id = range.first; id <= range.last && !full(); ++id) {
        GESTA_RETURN_IF_ERROR(check(range.type, id));
      }
    }
    for (NameId id = 0; id < counts.size() && !full(); ++id) {
      CompareCount((node ? "nodes with label " : "relationships of type ") + NameText(kind, id),
                   counts[id], node ? statistics_.LabelCount(id) : statistics_.TypeCount(id));
    }
    return scan.status();
  }

  Status CheckAdjacency(Family family) {
    const bool outgoing = family == Family::kOut;
    Scan scan(&view_, family);
    for (scan.Seek("", ""); scan.Valid() && !full(); scan.Next()) {
      if (scan.key().size() != kAdjacencyKeySize) {
        Report("an adjacency entry's key has " + std::to_string(scan.key().size()) +
               " bytes instead of 28");
        continue;
      }
      const AdjacencyEntry entry = DecodeAdjacencyKey(scan.key());
      GESTA_ASSIGN_OR_RETURN(const bool found, view_.Get(Family::kRel, RelKey(entry.rel), &value_));
      RelRow row;
      const bool backed = found && RelRow::Parse(View(value_), &row) &&
                          row.record.type == entry.type &&
                          (outgoing ? row.record.start : row.record.end) == entry.near &&
                          (outgoing ? row.record.end : row.record.start) == entry.far;
      if (!backed) {
        Report(Text(EntityKind::kNode, entry.near) + ": lists relationship " +
               std::to_string(entry.rel) + (outgoing ? " to" : " from") + " node " +
               std::to_string(entry.far) +
               (found ? ", which says otherwise" : ", which does not exist"));
      }
    }
    return scan.status();
  }

  // Every entry belongs to an index that exists and says what the entity's row says.
  Status CheckIndexes() {
    Counts entries;
    Counts distinct;
    std::string previous;  // index id and values of the entry before
    Scan scan(&view_, Family::kIndex);
    for (scan.Seek("", ""); scan.Valid() && !full(); scan.Next()) {
      const std::string_view key = scan.key();
      const IndexInfo* info = key.size() < 5 ? nullptr : schema_.FindIndex(ReadU32(key.data()));
      if (info == nullptr) {
        // A dropped index's entries may still be there; they are removed after the commit.
        GESTA_ASSIGN_OR_RETURN(
            const bool dropped,
            key.size() < 4
                ? Result<bool>(false)
                : view_.Contains(Family::kCatalog, DroppedIndexKey(ReadU32(key.data()))));
        if (dropped) continue;
        Report("there is an entry of an index that does not exist");
        continue;
      }
      if (info->unique ? scan.value().size() != 8 : key.size() < 13) {
        Report("an entry of the index '" + info->name + "' is damaged");
        continue;
      }
      const uint64_t id = IndexEntryId(info->unique, key, scan.value());
      const std::string_view values = info->unique ? key : key.substr(0, key.size() - 8);
      ++entries[info->id];
      if (values != previous) ++distinct[info->id];
      previous.assign(values);
      GESTA_ASSIGN_OR_RETURN(const bool agrees, RowHasValues(*info, id, values));
      if (!agrees) {
        Report(Text(info->entity, id) + ": its entry in the index '" + info->name +
               "' is not what the " +
               (info->entity == EntityKind::kNode ? "node" : "relationship") + " says");
      }
    }
    for (const IndexInfo& info : schema_.indexes()) {
      if (full()) break;
      CompareCount("entries in the index '" + info.name + "'", entries[info.id],
                   Recorded(statistics_.index_entries, info.id));
      CompareCount("distinct values in the index '" + info.name + "'", distinct[info.id],
                   Recorded(statistics_.index_distinct, info.id));
    }
    return scan.status();
  }

  Result<bool> RowHasValues(const IndexInfo& info, uint64_t id, std::string_view values) {
    const bool node = info.entity == EntityKind::kNode;
    GESTA_ASSIGN_OR_RETURN(const bool found,
                           view_.Get(node ? Family::kNode : Family::kRel, Key().U64(id), &value_));
    if (!found) return false;
    properties_.clear();
    key_.clear();
    RelRow rel;
    if (node ? !NodeHasLabel(View(value_), info.label)
             : !RelRow::Parse(View(value_), &rel) || rel.record.type != info.label) {
      return false;
    }
    const PropertyView view = node ? NodeProperties(View(value_)) : rel.properties;
    return view.All(&properties_) && AppendIndexValues(info, properties_, &key_) && key_ == values;
  }

  void CheckCatalog() {
    for (const ConstraintInfo& constraint : schema_.constraints()) {
      if (constraint.kind != ConstraintKind::kUnique) continue;
      const IndexInfo* index = schema_.FindIndex(constraint.name);
      if (index == nullptr || !index->unique || index->constraint != constraint.name) {
        Report("the constraint '" + constraint.name + "' has no unique index");
      }
    }
    for (const IndexInfo& info : schema_.indexes()) {
      if (info.id >= counters_.next_index) {
        Report("the index '" + info.name + "' has an id that was never given");
      }
    }
  }

  ReadView view_;
  const catalog::Schema& schema_;
  const Statistics& statistics_;
  const catalog::Counters counters_;
  const size_t limit_;
  std::vector<CheckProblem> problems_;
  // Scratch.
  std::vector<RawProperty> properties_;
  std::string key_;
  rocksdb::PinnableSlice value_;
};

}  // namespace

Result<std::vector<CheckProblem>> StoreImpl::Check(size_t limit) {
  GESTA_ASSIGN_OR_RETURN(const std::shared_ptr<const Version> version, Current());
  // The counters of this snapshot, not those that a running transaction counts on.
  ReadView view(version->database.get(), version->snapshot);
  rocksdb::PinnableSlice bytes;
  catalog::Counters counters;
  GESTA_ASSIGN_OR_RETURN(const bool found, view.Get(Family::kCatalog, CountersKey(), &bytes));
  if (found && !catalog::DecodeCounters(View(bytes), &counters)) {
    return std::vector<CheckProblem>{{"the catalog's counters are damaged"}};
  }
  Checker checker(*version, counters, limit);
  const auto report = [&](std::string what) { checker.Report(std::move(what)); };
  Status status = checker.Run();
  if (status.ok()) status = CheckVectors(*version, report);
  for (const SpaceInfo& space : version->schema->spaces()) {
    if (status.ok()) status = vector_indexes_.Verify(space.id, report);
  }
  // What cannot be read is a finding, and more of them a matter of which block is read first.
  if (!status.ok() && status.code() != StatusCode::kCorruption) return status;
  if (!status.ok()) checker.Report(std::string(status.message()));
  return checker.TakeProblems();
}

}  // namespace gesta::store
