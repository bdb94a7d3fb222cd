// InputIdentity: a fingerprint of what a job reads, by which a later run knows its own input. It
// depends on the files' contents and their names inside the input, not on where the input lies.
#ifndef GESTA_INGEST_LOAD_INPUT_IDENTITY_H_
#define GESTA_INGEST_LOAD_INPUT_IDENTITY_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "gesta/status.h"

namespace gesta::ingest {

class InputIdentity {
 public:
  void AddText(std::string_view text);
  // The file's bytes, under a name that does not depend on the input's place. kNotFound,
  // kInvalidArgument (a folder), kIo.
  Status AddFile(const std::string& path, std::string_view name);

  // 16 hexadecimal digits.
  std::string Digest() const;

 private:
  void Mix(uint64_t word);
  void AddBytes(const char* data, size_t size);

  uint64_t state_ = 0x9e3779b97f4a7c15;
};

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_LOAD_INPUT_IDENTITY_H_
