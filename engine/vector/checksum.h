// A checksum of long byte sequences, at memory speed: it finds damage, not intent.
#ifndef GESTA_VECTOR_CHECKSUM_H_
#define GESTA_VECTOR_CHECKSUM_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace gesta::vector {

// Four sums side by side, each over every fourth word of eight bytes.
class Checksum {
 public:
  void Add(const char* bytes, size_t n) {
    length_ += n;
    while (buffered_ > 0 && n > 0) AddByte(*bytes++, &n);
    for (; n >= kBlock; n -= kBlock, bytes += kBlock) AddBlock(bytes);
    while (n > 0) AddByte(*bytes++, &n);
  }
  uint64_t value() const {
    uint64_t sum = length_ * kFactor;
    for (const uint64_t lane : lanes_) sum = Mix(sum, lane);
    for (size_t i = 0; i < buffered_; ++i) sum = Mix(sum, static_cast<uint8_t>(buffer_[i]));
    return sum;
  }

 private:
  static constexpr size_t kBlock = 32;
  static constexpr uint64_t kFactor = 0x9E3779B97F4A7C15ull;

  static uint64_t Mix(uint64_t sum, uint64_t word) {
    sum = (sum ^ word) * kFactor;
    return sum ^ (sum >> 29);
  }
  void AddByte(char byte, size_t* n) {
    buffer_[buffered_++] = byte;
    --*n;
    if (buffered_ < kBlock) return;
    AddBlock(buffer_.data());
    buffered_ = 0;
  }
  void AddBlock(const char* bytes) {
    for (size_t i = 0; i < lanes_.size(); ++i) {
      uint64_t word;
      std::memcpy(&word, bytes + 8 * i, sizeof word);
      lanes_[i] = Mix(lanes_[i], word);
    }
  }

  std::array<uint64_t, 4> lanes_{1, 2, 3, 4};
  std::array<char, kBlock> buffer_{};
  size_t buffered_ = 0;
  uint64_t length_ = 0;
};

}  // namespace gesta::vector

#endif  // GESTA_VECTOR_CHECKSUM_H_
