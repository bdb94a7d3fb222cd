// Sequences of embedding spaces in a transaction.
#include <algorithm>

#include "store/sequence_record.h"
#include "store/transaction_impl.h"
#include "vector/elements.h"

namespace gesta::store {
namespace {

std::string_view Bytes(const rocksdb::PinnableSlice& value) { return {value.data(), value.size()}; }

Status Refused(const SpaceInfo& space, const std::string& why) {
  return Status(StatusCode::kInvalidArgument, "embedding space '" + space.name + "': " + why);
}

Status CheckFrames(const SpaceInfo& space, const SequenceInfo& info, const float* rows) {
  if (info.frames == 0) return Refused(space, "a sequence has at least one frame");
  if (info.frames > kMaxSequenceFrames) {
    return Refused(space, "a sequence has at most " + std::to_string(kMaxSequenceFrames) +
                              " frames, not " + std::to_string(info.frames));
  }
  if (!ValidSequenceTimes(info)) {
    return Refused(space,
                   "the start and the step of a sequence are finite numbers, the step 0 or "
                   "more");
  }
  // What is aligned is compared by direction, whatever the space's metric: frames need one.
  SpaceInfo strict;
  strict.name = space.name;
  strict.dimension = space.dimension;
  strict.element = space.element;
  for (uint64_t frame = 0; frame < info.frames; ++frame) {
    const float* row = rows + frame * space.dimension;
    if (vector::CheckElements(strict, row, space.dimension, "frame").ok()) continue;
    return vector::CheckElements(strict, row, space.dimension,
                                 "frame " + std::to_string(frame) + " of the sequence");
  }
  return {};
}

}  // namespace

Result<uint64_t> TransactionImpl::CountSequences(uint32_t space) const {
  if (schema_->FindSpace(space) == nullptr) return UnknownSpace(space);
  const auto found = statistics_->space_sequences.find(space);
  return found == statistics_->space_sequences.end() ? 0 : found->second;
}

Status TransactionImpl::DamagedSequence(const SpaceInfo& space, NodeId node) const {
  return Status(StatusCode::kCorruption,
                "the sequence of node " + std::to_string(node) + " in the embedding space '" +
                    space.name + "' of the store at '" + store_->path() + "' is damaged",
                "run 'gesta check' on the store");
}

Status TransactionImpl::SetSequence(uint32_t space, NodeId node, const SequenceInfo& info,
                                    const float* rows) {
  GESTA_RETURN_IF_ERROR(BeginWrite());
  const SpaceInfo* found = schema_->FindSpace(space);
  if (found == nullptr) return UnknownSpace(space);
  GESTA_RETURN_IF_ERROR(CheckFrames(*found, info, rows));
  rocksdb::PinnableSlice row;
  GESTA_RETURN_IF_ERROR(RequireNode(node, &row));
  GESTA_RETURN_IF_ERROR(RemoveSequence(space, node));
  const uint64_t width = vector::VectorBytes(*found);
  const uint64_t per_chunk = FramesPerChunk(width);
  std::string value;
  for (uint64_t frame = 0; frame < info.frames; frame += per_chunk) {
    const uint64_t frames = std::min(per_chunk, info.frames - frame);
    value.clear();
    vector::AppendStored(found->element, rows + frame * found->dimension, frames * found->dimension,
                         &value);
    writes_->Put(Family::kSequence, SequenceKey(space, node, ChunkOf(frame, width)), value);
  }
  writes_->Put(Family::kSequence, SequenceKey(space, node, 0), EncodeSequenceHead(info));
  ++MutableStatistics().space_sequences[space];
  return Status::Ok();
}

Status TransactionImpl::RemoveSequence(uint32_t space, NodeId node) {
  GESTA_RETURN_IF_ERROR(BeginWrite());
  const SpaceInfo* found = schema_->FindSpace(space);
  if (found == nullptr) return UnknownSpace(space);
  GESTA_ASSIGN_OR_RETURN(const std::optional<SequenceInfo> info, GetSequenceInfo(space, node));
  if (!info) return Status::Ok();
  const uint32_t last = ChunkOf(info->frames - 1, vector::VectorBytes(*found));
  for (uint32_t chunk = 0; chunk <= last; ++chunk) {
    writes_->Delete(Family::kSequence, SequenceKey(space, node, chunk));
  }
  --MutableStatistics().space_sequences[space];
  return Status::Ok();
}

Status TransactionImpl::RemoveSequencesOf(NodeId node) {
  for (const SpaceInfo& space : schema_->spaces()) {
    GESTA_RETURN_IF_ERROR(RemoveSequence(space.id, node));
  }
  return Status::Ok();
}

Result<std::optional<SequenceInfo>> TransactionImpl::GetSequenceInfo(uint32_t space, NodeId node) {
  // Stores of earlier formats, opened for reading only, lack the family.
  GESTA_ASSIGN_OR_RETURN(const uint64_t sequences, CountSequences(space));
  std::optional<SequenceInfo> info;
  if (sequences == 0) return info;
  rocksdb::PinnableSlice value;
  GESTA_ASSIGN_OR_RETURN(const bool found,
                         view_.Get(Family::kSequence, SequenceKey(space, node, 0), &value));
  if (!found) return info;
  info.emplace();
  if (DecodeSequenceHead(Bytes(value), &*info)) return info;
  return DamagedSequence(*schema_->FindSpace(space), node);
}

Result<bool> TransactionImpl::GetSequence(uint32_t space, NodeId node, uint64_t begin, uint64_t end,
                                          std::vector<float>* rows) {
  GESTA_ASSIGN_OR_RETURN(const std::optional<SequenceInfo> info, GetSequenceInfo(space, node));
  if (!info) return false;
  end = std::min(end, info->frames);
  if (begin >= end) return true;
  const SpaceInfo& found = *schema_->FindSpace(space);
  const uint64_t width = vector::VectorBytes(found);
  const uint64_t per_chunk = FramesPerChunk(width);
  const size_t before = rows->size();
  rows->resize(before + (end - begin) * found.dimension);
  float* to = rows->data() + before;
  rocksdb::PinnableSlice value;
  for (uint64_t frame = begin; frame < end;) {
    const uint32_t chunk = ChunkOf(frame, width);
    const uint64_t first = (chunk - 1) * per_chunk;
    const uint64_t held = std::min(per_chunk, info->frames - first);
    const uint64_t wanted = std::min(end, first + held) - frame;
    GESTA_ASSIGN_OR_RETURN(const bool there,
                           view_.Get(Family::kSequence, SequenceKey(space, node, chunk), &value));
    const bool whole = there && value.size() == held * width;
    if (!whole ||
        !vector::DecodeElements(found.element,
                                Bytes(value).substr((frame - first) * width, wanted * width), to)) {
      rows->resize(before);
      return DamagedSequence(found, node);
    }
    to += wanted * found.dimension;
    frame += wanted;
  }
  return true;
}

Result<std::vector<SequenceRecord>> TransactionImpl::ListSequences(uint32_t space) {
  std::vector<SequenceRecord> records;
  GESTA_ASSIGN_OR_RETURN(const uint64_t sequences, CountSequences(space));
  if (sequences == 0) return records;
  records.reserve(sequences);
  Scan scan(&view_, Family::kSequence);
  scan.SeekPrefix(Key().U32(space));
  while (scan.Valid()) {
    SequenceRecord& record = records.emplace_back();
    record.node = ReadU64(scan.key().data() + 4);
    const bool head = ReadU32(scan.key().data() + 12) == 0;
    if (!head || !DecodeSequenceHead(scan.value(), &record.info)) {
      return DamagedSequence(*schema_->FindSpace(space), record.node);
    }
    // Past its frames.
    scan.Reseek(SequenceKey(space, record.node, 0xFFFFFFFF));
  }
  GESTA_RETURN_IF_ERROR(scan.status());
  return records;
}

}  // namespace gesta::store
