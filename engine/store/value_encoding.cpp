#include "store/value_encoding.h"

#include <cmath>

#include "store/coding.h"

namespace gesta::store {
namespace {

// The order of all values. 0x00 is taken: it ends a list.
enum OrderTag : char {
  kMap = 0x01,
  kNode,
  kRelationship,
  kList,
  kPath,
  kDateTime,
  kLocalDateTime,
  kDate,
  kTime,
  kLocalTime,
  kDuration,
  kString,
  kBoolean,
  kNumber,
  kNan,
  kNull,
};

void AppendSigned64(std::string* to, int64_t v) {
  AppendU64(to, static_cast<uint64_t>(v) ^ (1ull << 63));
}
void AppendSigned32(std::string* to, int32_t v) {
  AppendU32(to, static_cast<uint32_t>(v) ^ (1u << 31));
}

void AppendEscaped(std::string_view bytes, std::string* to) {
  size_t from = 0;
  for (size_t zero; (zero = bytes.find('\0', from)) != std::string_view::npos; from = zero + 1) {
    to->append(bytes, from, zero - from + 1);
    to->push_back('\xFF');
  }
  to->append(bytes, from, std::string_view::npos);
}

void AppendString(std::string_view bytes, std::string* to) {
  AppendEscaped(bytes, to);
  to->append("\0\x01", 2);
}

// Positive floats order as their bits; negative ones in reverse.
void AppendFloat(std::string* to, double v) {
  if (v == 0) v = 0;  // -0.0 equals 0.0
  uint64_t bits;
  static_assert(sizeof bits == sizeof v);
  std::memcpy(&bits, &v, sizeof bits);
  AppendU64(to, bits >> 63 ? ~bits : bits | 1ull << 63);
}

void AppendNumber(double floor, uint16_t above, std::string* to) {
  to->push_back(kNumber);
  AppendFloat(to, floor);
  char bytes[2];
  WriteU16(bytes, above);
  to->append(bytes, 2);
}

// Floats near 2^63 are 1,024 apart, so what an integer exceeds the float below it by fits 16 bits.
void AppendInteger(int64_t v, std::string* to) {
  constexpr double kTwo63 = 9223372036854775808.0;
  auto floor = static_cast<double>(v);
  if (floor == kTwo63 || static_cast<int64_t>(floor) > v) {
    floor = std::nextafter(floor, -INFINITY);
  }
  AppendNumber(floor, static_cast<uint16_t>(v - static_cast<int64_t>(floor)), to);
}

// Average length in seconds (a month is 2,629,746 s), which may exceed 64 bits; then the rest of
// what tells durations apart. The seconds follow from the length, months and days.
void AppendDuration(const DurationData& d, std::string* to) {
  const __int128 seconds = static_cast<__int128>(d.months) * 2'629'746 +
                           static_cast<__int128>(d.days) * 86'400 + d.seconds;
  AppendSigned64(to, static_cast<int64_t>(seconds >> 64));
  AppendU64(to, static_cast<uint64_t>(seconds));
  AppendU32(to, static_cast<uint32_t>(d.nanos));
  AppendSigned64(to, d.months);
  AppendSigned64(to, d.days);
}

}  // namespace

void AppendOrdered(const Value& value, std::string* to) {
  switch (value.type()) {
    case ValueType::kMap:
      to->push_back(kMap);
      return;
    case ValueType::kNode:
      to->push_back(kNode);
      return;
    case ValueType::kRelationship:
      to->push_back(kRelationship);
      return;
    case ValueType::kPath:
      to->push_back(kPath);
      return;
    case ValueType::kList:
      to->push_back(kList);
      for (const Value& item : value.AsList()) AppendOrdered(item, to);
      to->push_back('\0');
      return;
    case ValueType::kDateTime: {
      const DateTimeData& d = value.AsDateTime();
      to->push_back(kDateTime);
      AppendSigned64(to, d.epoch_seconds);
      AppendU32(to, static_cast<uint32_t>(d.nanos));
      AppendSigned32(to, d.offset_seconds);
      AppendString(d.zone, to);
      return;
    }
    case ValueType::kLocalDateTime:
      to->push_back(kLocalDateTime);
      AppendSigned64(to, value.LocalEpochSeconds());
      AppendU32(to, static_cast<uint32_t>(value.LocalNanos()));
      return;
    case ValueType::kDate:
      to->push_back(kDate);
      AppendSigned64(to, value.DateDays());
      return;
    case ValueType::kTime:
      to->push_back(kTime);
      AppendSigned64(to, value.TimeNanos() - value.TimeOffset() * int64_t{1'000'000'000});
      AppendSigned32(to, value.TimeOffset());
      return;
    case ValueType::kLocalTime:
      to->push_back(kLocalTime);
      AppendSigned64(to, value.TimeNanos());
      return;
    case ValueType::kDuration:
      to->push_back(kDuration);
      AppendDuration(value.AsDuration(), to);
      return;
    case ValueType::kString:
      to->push_back(kString);
      AppendString(value.AsString(), to);
      return;
    case ValueType::kBoolean:
      to->push_back(kBoolean);
      to->push_back(value.AsBoolean() ? 1 : 0);
      return;
    case ValueType::kInteger:
      AppendInteger(value.AsInteger(), to);
      return;
    case ValueType::kFloat:
      if (std::isnan(value.AsFloat())) {
        to->push_back(kNan);
      } else {
        AppendNumber(value.AsFloat(), 0, to);
      }
      return;
    case ValueType::kNull:
      to->push_back(kNull);
      return;
  }
}

void AppendOrderedStringPrefix(std::string_view prefix, std::string* to) {
  to->push_back(kString);
  AppendEscaped(prefix, to);
}

}  // namespace gesta::store
