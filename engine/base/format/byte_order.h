// Fixed-width integers from bytes at any alignment.
#ifndef GESTA_ENGINE_BASE_FORMAT_BYTE_ORDER_H_
#define GESTA_ENGINE_BASE_FORMAT_BYTE_ORDER_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace gesta::format {

inline bool HostIsLittleEndian() {
  const uint16_t probe = 1;
  uint8_t first;
  std::memcpy(&first, &probe, 1);
  return first == 1;
}

// Little-endian unsigned integer of sizeof(T) bytes.
template <typename T>
T LoadLittle(const char* bytes) {
  T value = 0;
  for (size_t i = sizeof(T); i-- > 0;) {
    value = static_cast<T>(static_cast<uint64_t>(value) << 8 | static_cast<uint8_t>(bytes[i]));
  }
  return value;
}

inline uint64_t LoadBig64(const char* bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < 8; ++i) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}

}  // namespace gesta::format

#endif  // GESTA_ENGINE_BASE_FORMAT_BYTE_ORDER_H_
