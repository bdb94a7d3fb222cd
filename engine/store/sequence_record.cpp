#include "store/sequence_record.h"

#include <cmath>
#include <cstring>

#include "store/coding.h"

namespace gesta::store {
namespace {

uint64_t BitsOf(double value) {
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

double FromBits(uint64_t bits) {
  double value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace

std::string EncodeSequenceHead(const SequenceInfo& info) {
  std::string bytes;
  AppendU64(&bytes, info.frames);
  AppendU64(&bytes, BitsOf(info.start));
  AppendU64(&bytes, BitsOf(info.step));
  AppendU64(&bytes, info.source);
  return bytes;
}

bool DecodeSequenceHead(std::string_view bytes, SequenceInfo* info) {
  ByteReader reader(bytes);
  info->frames = reader.U64();
  info->start = FromBits(reader.U64());
  info->step = FromBits(reader.U64());
  info->source = reader.U64();
  return reader.ok() && reader.left() == 0 && info->frames > 0 &&
         info->frames <= kMaxSequenceFrames && ValidSequenceTimes(*info);
}

bool ValidSequenceTimes(const SequenceInfo& info) {
  return std::isfinite(info.start) && std::isfinite(info.step) && info.step >= 0;
}

}  // namespace gesta::store
