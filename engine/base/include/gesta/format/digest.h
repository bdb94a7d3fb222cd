// SHA-256 (FIPS 180-4), by which files and their contents are known, and SHA-1, by which git knows
// small ones.
#ifndef GESTA_FORMAT_DIGEST_H_
#define GESTA_FORMAT_DIGEST_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "gesta/status.h"

namespace gesta::format {

// A running digest. SHA-1 and SHA-256 pad alike and work on blocks of 64 bytes.
class Digest {
 public:
  enum class Kind { kSha1, kSha256 };
  explicit Digest(Kind kind);

  void Add(std::string_view bytes);
  std::string Hex();                // ends the digest
  std::array<uint32_t, 8> Words();  // ends it, too; the first words are the digest's first bytes

 private:
  void Block(const uint8_t* bytes);
  void Block1(const uint8_t* bytes);
  void Block256(const uint8_t* bytes);

  Kind kind_;
  std::array<uint32_t, 8> state_{};
  std::array<uint8_t, 64> buffer_{};
  size_t buffered_ = 0;
  uint64_t size_ = 0;
};

struct FileDigest {
  uint64_t size = 0;
  std::string hex;
};

// Reads a file from its start; `git_blob`: with the header that git puts before a file's bytes.
// `check` is asked now and then and may end it. kNotFound, kIo.
Result<FileDigest> DigestFile(const std::string& path, Digest::Kind kind, bool git_blob = false,
                              const std::function<Status()>& check = {});

}  // namespace gesta::format

#endif  // GESTA_FORMAT_DIGEST_H_
