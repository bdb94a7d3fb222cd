// The stored form of sequences: a head, and chunks of frames (keys.h says under which keys).
#ifndef GESTA_STORE_SEQUENCE_RECORD_H_
#define GESTA_STORE_SEQUENCE_RECORD_H_

#include <algorithm>
#include <string>
#include <string_view>

#include "gesta/vector.h"

namespace gesta::store {

inline constexpr uint64_t kSequenceChunkBytes = 256 << 10;

inline uint64_t FramesPerChunk(uint64_t frame_bytes) {
  return std::max<uint64_t>(1, kSequenceChunkBytes / frame_bytes);
}
// The chunks of so many frames are 1 to ChunkOf(frames - 1, …).
inline uint32_t ChunkOf(uint64_t frame, uint64_t frame_bytes) {
  return static_cast<uint32_t>(1 + frame / FramesPerChunk(frame_bytes));
}
// Chunks are numbered by 32 bits.
inline constexpr uint64_t kMaxSequenceFrames = (uint64_t{1} << 32) - 2;

std::string EncodeSequenceHead(const SequenceInfo& info);
// False when the bytes are damaged.
bool DecodeSequenceHead(std::string_view bytes, SequenceInfo* info);
// Whether a start and a step may be stored.
bool ValidSequenceTimes(const SequenceInfo& info);

}  // namespace gesta::store

#endif  // GESTA_STORE_SEQUENCE_RECORD_H_
