#include "store/sequence_record.h"

#include <cmath>

#include "store/coding.h"

namespace gesta::store {

std::string EncodeSequenceHead(const SequenceInfo& info) {
  std::string bytes;
  AppendU64(&bytes, info.frames);
  AppendDouble(&bytes, info.start);
  AppendDouble(&bytes, info.step);
  AppendU64(&bytes, info.source);
  return bytes;
}

bool DecodeSequenceHead(std::string_view bytes, SequenceInfo* info) {
  ByteReader reader(bytes);
  info->frames = reader.U64();
  info->start = reader.Double();
  info->step = reader.Double();
  info->source = reader.U64();
  return reader.ok() && reader.left() == 0 && info->frames > 0 &&
         info->frames <= kMaxSequenceFrames && ValidSequenceTimes(*info);
}

bool ValidSequenceTimes(const SequenceInfo& info) {
  return std::isfinite(info.start) && std::isfinite(info.step) && info.step >= 0;
}

}  // namespace gesta::store
