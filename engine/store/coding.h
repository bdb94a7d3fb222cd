// Byte coding shared by keys and rows: big-endian integers (keys order by them) and variable-length
// integers (rows are small because of them).
#ifndef GESTA_STORE_CODING_H_
#define GESTA_STORE_CODING_H_

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace gesta::store {

// Between the machine's byte order and big-endian. The compiler knows these as one instruction;
// loops over bytes stay loops.
inline uint16_t BigEndian(uint16_t v) {
  return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __builtin_bswap16(v) : v;
}
inline uint32_t BigEndian(uint32_t v) {
  return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __builtin_bswap32(v) : v;
}
inline uint64_t BigEndian(uint64_t v) {
  return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __builtin_bswap64(v) : v;
}
inline void WriteU16(char* to, uint16_t v) {
  v = BigEndian(v);
  std::memcpy(to, &v, sizeof v);
}
inline void WriteU32(char* to, uint32_t v) {
  v = BigEndian(v);
  std::memcpy(to, &v, sizeof v);
}
inline void WriteU64(char* to, uint64_t v) {
  v = BigEndian(v);
  std::memcpy(to, &v, sizeof v);
}
inline uint32_t ReadU32(const char* from) {
  uint32_t v;
  std::memcpy(&v, from, sizeof v);
  return BigEndian(v);
}
inline uint64_t ReadU64(const char* from) {
  uint64_t v;
  std::memcpy(&v, from, sizeof v);
  return BigEndian(v);
}
inline void AppendU32(std::string* to, uint32_t v) {
  char bytes[4];
  WriteU32(bytes, v);
  to->append(bytes, sizeof bytes);
}
inline void AppendU64(std::string* to, uint64_t v) {
  char bytes[8];
  WriteU64(bytes, v);
  to->append(bytes, sizeof bytes);
}
inline void AppendDouble(std::string* to, double v) {
  uint64_t bits;
  std::memcpy(&bits, &v, sizeof bits);
  AppendU64(to, bits);
}

// Seven bits a byte, low bits first, the high bit set on all but the last byte.
inline void AppendVarint(std::string* to, uint64_t v) {
  while (v >= 0x80) {
    to->push_back(static_cast<char>(v | 0x80));
    v >>= 7;
  }
  to->push_back(static_cast<char>(v));
}
// Signed values with small magnitudes become small unsigned ones: 0, -1, 1, -2 … -> 0, 1, 2, 3 …
inline void AppendSigned(std::string* to, int64_t v) {
  AppendVarint(to, (static_cast<uint64_t>(v) << 1) ^ static_cast<uint64_t>(v >> 63));
}

// Takes values off the front of a byte range. A read past the end, or a varint longer than ten
// bytes, makes the reader bad and yields zero, so that callers may check once at the end.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes)
      : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool ok() const { return ok_; }
  size_t left() const { return static_cast<size_t>(end_ - at_); }
  std::string_view rest() const { return {at_, left()}; }

  uint64_t Varint() {
    uint64_t v = 0;
    for (int shift = 0; shift < 70 && at_ < end_; shift += 7) {
      const auto byte = static_cast<uint8_t>(*at_++);
      v |= static_cast<uint64_t>(byte & 0x7F) << (shift & 63);
      if (byte < 0x80) return v;
    }
    ok_ = false;
    return 0;
  }
  int64_t Signed() {
    const uint64_t v = Varint();
    return static_cast<int64_t>((v >> 1) ^ (~(v & 1) + 1));
  }
  uint8_t Byte() { return Take(1).empty() ? 0 : static_cast<uint8_t>(at_[-1]); }
  uint32_t U32() {
    const std::string_view bytes = Take(4);
    return bytes.empty() ? 0 : ReadU32(bytes.data());
  }
  uint64_t U64() {
    const std::string_view bytes = Take(8);
    return bytes.empty() ? 0 : ReadU64(bytes.data());
  }
  double Double() {
    const uint64_t bits = U64();
    double v;
    std::memcpy(&v, &bits, sizeof v);
    return v;
  }
  // Empty when fewer than n bytes are left.
  std::string_view Take(uint64_t n) {
    if (n > left()) {
      ok_ = false;
      at_ = end_;
      return {};
    }
    at_ += n;
    return {at_ - n, static_cast<size_t>(n)};
  }

 private:
  const char* at_;
  const char* end_;
  bool ok_ = true;
};

}  // namespace gesta::store

#endif  // GESTA_STORE_CODING_H_
