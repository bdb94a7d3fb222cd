// Origins: the file and line of every entity of an import, for messages. Rows that follow one
// another need no memory.
#ifndef GESTA_INGEST_IMPORT_ORIGINS_H_
#define GESTA_INGEST_IMPORT_ORIGINS_H_

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace gesta::ingest {

class Origins {
 public:
  // Precondition: ids ascend. `path` is borrowed.
  void Add(uint64_t id, const std::string* path, uint64_t line) {
    if (!runs_.empty()) {
      const Run& last = runs_.back();
      if (last.path == path && id - last.id == line - last.line) return;
    }
    runs_.push_back({id, line, path});
  }

  // "people.csv: line 7"; empty for an id from elsewhere.
  std::string Of(uint64_t id) const {
    const auto after =
        std::upper_bound(runs_.begin(), runs_.end(), id,
                         [](uint64_t wanted, const Run& run) { return wanted < run.id; });
    if (after == runs_.begin()) return {};
    const Run& run = after[-1];
    return fmt::format("{}: line {}", *run.path, run.line + (id - run.id));
  }

 private:
  struct Run {
    uint64_t id;
    uint64_t line;
    const std::string* path;
  };
  std::vector<Run> runs_;
};

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_IMPORT_ORIGINS_H_
