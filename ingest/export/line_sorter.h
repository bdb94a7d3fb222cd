// LineSorter: sorts more lines than fit in memory, bytewise. What exceeds the memory lies in sorted
// parts in a temporary file, which has no name and goes with the sorter.
#ifndef GESTA_INGEST_EXPORT_LINE_SORTER_H_
#define GESTA_INGEST_EXPORT_LINE_SORTER_H_

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"

namespace gesta::ingest {

class LineSorter {
 public:
  explicit LineSorter(size_t memory_bytes) : memory_bytes_(memory_bytes) {}

  // A line without its end. kIo.
  Status Add(std::string_view line);
  // Gives every line in order, equal ones as often as they were added; ends the sorter.
  Status Finish(const std::function<Status(std::string_view line)>& take);

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  struct Part {
    uint64_t at = 0;  // what comes next of it in the file
    uint64_t end = 0;
    std::string bytes;  // read ahead
    size_t next = 0;    // in bytes

    std::string_view line;
  };

  void Sort();
  Status Spill();
  // False at the part's end.
  Result<bool> Advance(Part* part, size_t buffer_bytes);
  Status Merge(const std::function<Status(std::string_view)>& take);

  const size_t memory_bytes_;
  std::string text_;                              // lines of the current part, each with its end
  std::vector<std::pair<size_t, size_t>> lines_;  // places and sizes in text_
  std::unique_ptr<std::FILE, CloseFile> file_;
  uint64_t file_bytes_ = 0;
  std::vector<Part> parts_;
};

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_EXPORT_LINE_SORTER_H_
