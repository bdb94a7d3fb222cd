#include "gesta/format/digest.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

namespace gesta::format {

namespace {

constexpr std::array<uint32_t, 64> kRound256 = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

uint32_t Left(uint32_t value, int by) { return value << by | value >> (32 - by); }
uint32_t Right(uint32_t value, int by) { return value >> by | value << (32 - by); }

uint32_t LoadBig(const uint8_t* bytes) {
  return uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 | uint32_t{bytes[2]} << 8 | bytes[3];
}

}  // namespace

Digest::Digest(Kind kind) : kind_(kind) {
  if (kind == Kind::kSha1) {
    state_ = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0, 0, 0, 0};
  } else {
    state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
              0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  }
}

void Digest::Add(std::string_view bytes) {
  size_ += bytes.size();
  const auto* at = reinterpret_cast<const uint8_t*>(bytes.data());
  size_t left = bytes.size();
  while (left > 0) {
    if (buffered_ == 0 && left >= buffer_.size()) {
      Block(at);
      at += buffer_.size();
      left -= buffer_.size();
      continue;
    }
    const size_t take = std::min(left, buffer_.size() - buffered_);
    std::memcpy(buffer_.data() + buffered_, at, take);
    buffered_ += take;
    at += take;
    left -= take;
    if (buffered_ == buffer_.size()) {
      Block(buffer_.data());
      buffered_ = 0;
    }
  }
}

std::array<uint32_t, 8> Digest::Words() {
  const uint64_t bits = size_ * 8;
  Add(std::string_view("\x80", 1));
  while (buffered_ != 56) Add(std::string_view("\0", 1));
  char length[8];
  for (int i = 0; i < 8; ++i) length[i] = static_cast<char>(bits >> (56 - 8 * i));
  Add(std::string_view(length, 8));
  return state_;
}

std::string Digest::Hex() {
  const std::array<uint32_t, 8> state = Words();
  std::string hex;
  const size_t words = kind_ == Kind::kSha1 ? 5 : 8;
  for (size_t i = 0; i < words; ++i) hex += fmt::format("{:08x}", state[i]);
  return hex;
}

void Digest::Block(const uint8_t* bytes) {
  if (kind_ == Kind::kSha1) {
    Block1(bytes);
  } else {
    Block256(bytes);
  }
}

void Digest::Block1(const uint8_t* bytes) {
  uint32_t words[80];
  for (size_t i = 0; i < 16; ++i) words[i] = LoadBig(bytes + 4 * i);
  for (size_t i = 16; i < 80; ++i) {
    words[i] = Left(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
  }
  uint32_t a = state_[0], b = state_[1], c = state_[2], d = state_[3], e = state_[4];
  for (size_t i = 0; i < 80; ++i) {
    uint32_t mixed, constant;
    if (i < 20) {
      mixed = (b & c) | (~b & d);
      constant = 0x5a827999;
    } else if (i < 40) {
      mixed = b ^ c ^ d;
      constant = 0x6ed9eba1;
    } else if (i < 60) {
      mixed = (b & c) | (b & d) | (c & d);
      constant = 0x8f1bbcdc;
    } else {
      mixed = b ^ c ^ d;
      constant = 0xca62c1d6;
    }
    const uint32_t next = Left(a, 5) + mixed + e + constant + words[i];
    e = d;
    d = c;
    c = Left(b, 30);
    b = a;
    a = next;
  }
  const uint32_t added[] = {a, b, c, d, e};
  for (size_t i = 0; i < 5; ++i) state_[i] += added[i];
}

void Digest::Block256(const uint8_t* bytes) {
  uint32_t words[64];
  for (size_t i = 0; i < 16; ++i) words[i] = LoadBig(bytes + 4 * i);
  for (size_t i = 16; i < 64; ++i) {
    const uint32_t low = Right(words[i - 15], 7) ^ Right(words[i - 15], 18) ^ (words[i - 15] >> 3);
    const uint32_t high = Right(words[i - 2], 17) ^ Right(words[i - 2], 19) ^ (words[i - 2] >> 10);
    words[i] = words[i - 16] + low + words[i - 7] + high;
  }
  std::array<uint32_t, 8> s = state_;
  for (size_t i = 0; i < 64; ++i) {
    const uint32_t high = Right(s[4], 6) ^ Right(s[4], 11) ^ Right(s[4], 25);
    const uint32_t choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
    const uint32_t first = s[7] + high + choice + kRound256[i] + words[i];
    const uint32_t low = Right(s[0], 2) ^ Right(s[0], 13) ^ Right(s[0], 22);
    const uint32_t majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
    s = {first + low + majority, s[0], s[1], s[2], s[3] + first, s[4], s[5], s[6]};
  }
  for (size_t i = 0; i < 8; ++i) state_[i] += s[i];
}

Result<FileDigest> DigestFile(const std::string& path, Digest::Kind kind, bool git_blob,
                              const std::function<Status()>& check) {
  struct Descriptor {
    int fd;
    ~Descriptor() {
      if (fd >= 0) ::close(fd);
    }
  };
  const auto failed = [&](const char* what) {
    const int error = errno;
    return Status(error == ENOENT ? StatusCode::kNotFound : StatusCode::kIo,
                  fmt::format("{}: {}: {}", path, what, std::strerror(error)));
  };
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) return failed("cannot open");
  struct stat info;
  if (::fstat(file.fd, &info) != 0) return failed("cannot read");
  Digest digest(kind);
  if (git_blob) digest.Add(fmt::format("blob {}", info.st_size) + '\0');
  FileDigest result;
  std::vector<char> buffer(size_t{1} << 20);
  while (true) {
    if (check) GESTA_RETURN_IF_ERROR(check());
    const ssize_t got = ::read(file.fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("cannot read");
    if (got == 0) break;
    digest.Add({buffer.data(), static_cast<size_t>(got)});
    result.size += static_cast<uint64_t>(got);
  }
  result.hex = digest.Hex();
  return result;
}

}  // namespace gesta::format
