#include "store/check_vectors.h"

#include <algorithm>
#include <map>

#include "store/sequence_record.h"
#include "vector/changes.h"
#include "vector/elements.h"

namespace gesta::store {
namespace {

std::string SpaceText(const SpaceInfo& space) { return "the embedding space '" + space.name + "'"; }

// A dropped space's entries may still be there; they are removed after the commit.
Result<bool> IsDropped(ReadView* view, std::string_view key) {
  return view->Contains(Family::kCatalog, DroppedIndexKey(ReadU32(key.data())));
}

using Report = std::function<void(std::string)>;

// That there are as many `what` in each space as the statistics say.
void CheckCounts(const catalog::Schema& schema, const std::map<uint32_t, uint64_t>& counted,
                 const std::map<uint32_t, uint64_t>& recorded, const std::string& what,
                 const Report& report) {
  const auto count = [](const std::map<uint32_t, uint64_t>& counts, uint32_t space) {
    const auto found = counts.find(space);
    return found == counts.end() ? 0 : found->second;
  };
  for (const SpaceInfo& space : schema.spaces()) {
    const uint64_t there = count(counted, space.id);
    const uint64_t expected = count(recorded, space.id);
    if (there == expected) continue;
    report("there are " + std::to_string(there) + " " + what + " in " + SpaceText(space) +
           ", the statistics say " + std::to_string(expected));
  }
}

Status CheckSequences(const Version& version, const Report& report) {
  // A store of an earlier format, opened for reading only, has none.
  if (version.database->handle(Family::kSequence) == nullptr) return {};
  const catalog::Schema& schema = *version.schema;
  ReadView view(version.database.get(), version.snapshot, /*fill_cache=*/false);
  std::map<uint32_t, uint64_t> counted;
  // The sequence that the scan is in: its chunks follow its head.
  struct {
    const SpaceInfo* space = nullptr;
    NodeId node = 0;
    SequenceInfo info;
    uint64_t next_frame = 0;
    bool damaged = false;
  } at;
  const auto text = [](const SpaceInfo& space, NodeId node) {
    return "node " + std::to_string(node) + ": its sequence in " + SpaceText(space);
  };
  const auto finish = [&] {
    if (at.space == nullptr) return;
    if (at.damaged || at.next_frame != at.info.frames) {
      report(text(*at.space, at.node) + " is damaged");
    }
    at = {};
  };
  std::vector<float> elements;
  Scan scan(&view, Family::kSequence);
  for (scan.Seek("", ""); scan.Valid(); scan.Next()) {
    const std::string_view key = scan.key();
    if (key.size() != kSequenceKeySize) {
      report("a sequence's key has " + std::to_string(key.size()) + " bytes instead of " +
             std::to_string(kSequenceKeySize));
      continue;
    }
    const SpaceInfo* space = schema.FindSpace(ReadU32(key.data()));
    const NodeId node = ReadU64(key.data() + 4);
    const uint32_t chunk = ReadU32(key.data() + 12);
    if (space == nullptr) {
      GESTA_ASSIGN_OR_RETURN(const bool dropped, IsDropped(&view, key));
      if (!dropped && chunk == 0) {
        report("node " + std::to_string(node) +
               ": has a sequence in an embedding space that does not exist");
      }
      continue;
    }
    const uint64_t width = vector::VectorBytes(*space);
    if (chunk == 0) {
      finish();
      ++counted[space->id];
      at.space = space;
      at.node = node;
      at.damaged = !DecodeSequenceHead(scan.value(), &at.info);
      GESTA_ASSIGN_OR_RETURN(const bool exists, view.Contains(Family::kNode, NodeKey(node)));
      if (!exists) {
        report("node " + std::to_string(node) + ": does not exist, and has a sequence in " +
               SpaceText(*space));
      }
      continue;
    }
    if (space != at.space || node != at.node) {  // frames without a head
      finish();
      at.space = space;
      at.node = node;
      at.damaged = true;
    }
    const std::string_view value = scan.value();
    const uint64_t frames =
        std::min(FramesPerChunk(width), at.info.frames - std::min(at.info.frames, at.next_frame));
    elements.resize(value.size() / vector::ElementBytes(space->element));
    at.damaged = at.damaged || frames == 0 || ChunkOf(at.next_frame, width) != chunk ||
                 value.size() != frames * width ||
                 !vector::DecodeElements(space->element, value, elements.data());
    at.next_frame += frames;
  }
  GESTA_RETURN_IF_ERROR(scan.status());
  finish();
  CheckCounts(schema, counted, version.statistics->space_sequences, "sequences", report);
  return {};
}

}  // namespace

Status CheckVectors(const Version& version, const std::function<void(std::string)>& report) {
  const catalog::Schema& schema = *version.schema;
  if (schema.spaces().empty()) return Status::Ok();
  ReadView view(version.database.get(), version.snapshot, /*fill_cache=*/false);
  for (const SpaceInfo& space : schema.spaces()) {
    if (space.id >= schema.next_index) report(SpaceText(space) + " has an id that was never given");
    for (const NameId label : space.labels) {
      if (label < schema.names(NameKind::kLabel).size()) continue;
      report(SpaceText(space) + ": label " + std::to_string(label) + " has no name");
    }
  }

  std::map<uint32_t, uint64_t> counted;
  std::vector<float> elements;
  Scan scan(&view, Family::kVector);
  for (scan.Seek("", ""); scan.Valid(); scan.Next()) {
    const std::string_view key = scan.key();
    if (key.size() != kVectorKeySize) {
      report("a vector's key has " + std::to_string(key.size()) + " bytes instead of " +
             std::to_string(kVectorKeySize));
      continue;
    }
    const SpaceInfo* space = schema.FindSpace(ReadU32(key.data()));
    const NodeId node = ReadU64(key.data() + 4);
    if (space == nullptr) {
      GESTA_ASSIGN_OR_RETURN(const bool dropped, IsDropped(&view, key));
      if (!dropped) {
        report("node " + std::to_string(node) +
               ": has a vector in an embedding space that does not exist");
      }
      continue;
    }
    ++counted[space->id];
    const std::string_view value = scan.value();
    if (value.size() < kVectorSourceBytes ||
        !vector::DecodeStored(*space, value.substr(kVectorSourceBytes), &elements)) {
      report("node " + std::to_string(node) + ": its vector in " + SpaceText(*space) +
             " is damaged");
    }
    GESTA_ASSIGN_OR_RETURN(const bool exists, view.Contains(Family::kNode, NodeKey(node)));
    if (!exists) {
      report("node " + std::to_string(node) + ": does not exist, and has a vector in " +
             SpaceText(*space));
    }
  }
  GESTA_RETURN_IF_ERROR(scan.status());
  CheckCounts(schema, counted, version.statistics->space_vectors, "vectors", report);
  GESTA_RETURN_IF_ERROR(CheckSequences(version, report));

  std::vector<vector::Change> changes;
  Scan pending(&view, Family::kPending);
  for (pending.Seek("", ""); pending.Valid(); pending.Next()) {
    const std::string_view key = pending.key();
    const SpaceInfo* space =
        key.size() == kPendingKeySize ? schema.FindSpace(ReadU32(key.data())) : nullptr;
    if (space == nullptr) {
      GESTA_ASSIGN_OR_RETURN(const bool dropped, key.size() == kPendingKeySize
                                                     ? IsDropped(&view, key)
                                                     : Result<bool>(false));
      if (!dropped) report("the log of changed vectors names a space that does not exist");
    } else if (ReadU64(key.data() + 4) > version.commit ||
               !vector::DecodeChanges(pending.value(), &changes)) {
      report("the log of changes of " + SpaceText(*space) + " is damaged");
    }
  }
  return pending.status();
}

}  // namespace gesta::store
