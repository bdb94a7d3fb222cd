// Reading zip archives (stored and deflated entries, zip64), as torch.save and numpy.savez write
// them. Format: PKWARE APPNOTE 6.3.
#ifndef GESTA_FORMAT_ZIP_H_
#define GESTA_FORMAT_ZIP_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"

namespace gesta::format {

class ZipArchive {
 public:
  struct Entry {
    std::string name;
    uint16_t method = 0;  // 0 stored, 8 deflated
    uint16_t flags = 0;
    uint32_t crc32 = 0;
    uint64_t compressed_size = 0;
    uint64_t size = 0;
    uint64_t header_offset = 0;
  };

  // Whether the bytes start as a zip archive does.
  static bool LooksLikeZip(std::string_view bytes);

  // Reads the directory. `bytes` must outlive the archive; `name` is for messages.
  static Result<ZipArchive> Open(std::string_view bytes, std::string name);

  const std::vector<Entry>& entries() const { return entries_; }
  // Null if there is none. Of equal names the last counts.
  const Entry* Find(std::string_view name) const;

  // The entry's bytes as they lie in the archive.
  Result<std::string_view> RawBytes(const Entry& entry) const;
  // Whether RawBytes() are the contents.
  static bool IsStored(const Entry& entry) { return entry.method == 0; }
  // Checks the stored entry's checksum.
  Status Verify(const Entry& entry) const;
  // Inflates (or copies) into `out`, which has room for entry.size bytes, and checks the checksum.
  // entry.size is known to be possible for the compressed size.
  Status Extract(const Entry& entry, char* out) const;

 private:
  Status ReadDirectory();

  std::string_view bytes_;
  std::string name_;
  std::vector<Entry> entries_;
};

}  // namespace gesta::format

#endif  // GESTA_FORMAT_ZIP_H_
