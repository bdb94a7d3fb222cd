// libFuzzer target: no bytes may crash or hang the CSV and line readers. The first byte chooses the
// options; the rest is the file (in memory, by memfd).
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "readers/csv_reader.h"
#include "readers/line_reader.h"

namespace {

using gesta::readers::ReadState;

template <typename Reader>
void Drain(Reader* reader, size_t size) {
  // Every record takes at least a byte of the file (or of what it inflates to).
  for (size_t records = 0; records <= 2000 * size + 2; ++records) {
    const ReadState state = reader->Next();
    if (state == ReadState::kEnd || state == ReadState::kFailed) return;
  }
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const int fd = ::memfd_create("fuzz", 0);
  if (fd < 0) return 0;
  const bool written = ::write(fd, data + 1, size - 1) == static_cast<ssize_t>(size - 1);
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  if (written) {
    gesta::readers::CsvOptions options;
    options.header = data[0] & 1;
    options.same_width = data[0] & 2;
    options.delimiter = data[0] & 4 ? '\t' : ',';
    if (auto reader = gesta::readers::CsvReader::Open(path, options); reader.ok()) {
      Drain(&*reader, size);
    }
    if (auto reader = gesta::readers::LineReader::Open(path); reader.ok()) Drain(&*reader, size);
  }
  ::close(fd);
  return 0;
}
