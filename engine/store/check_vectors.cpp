#include "store/check_vectors.h"

#include <map>

#include "vector/changes.h"
#include "vector/elements.h"

namespace gesta::store {
namespace {

std::string SpaceText(const SpaceInfo& space) { return "the embedding space '" + space.name + "'"; }

// A dropped space's entries may still be there; they are removed after the commit.
Result<bool> IsDropped(ReadView* view, std::string_view key) {
  return view->Contains(Family::kCatalog, DroppedIndexKey(ReadU32(key.data())));
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
  for (const SpaceInfo& space : schema.spaces()) {
    const auto recorded = version.statistics->space_vectors.find(space.id);
    const uint64_t expected =
        recorded == version.statistics->space_vectors.end() ? 0 : recorded->second;
    if (counted[space.id] == expected) continue;
    report("there are " + std::to_string(counted[space.id]) + " vectors in " + SpaceText(space) +
           ", the statistics say " + std::to_string(expected));
  }

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
