// WritingProcess: this program, run anew to write, and killed.
#ifndef GESTA_TESTS_CRASH_WRITING_PROCESS_H_
#define GESTA_TESTS_CRASH_WRITING_PROCESS_H_

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "gesta/status.h"

namespace gesta::crash {

class WritingProcess {
 public:
  // Each line of the process's output, "WRITER POSITION", is an acknowledged step.
  using Acknowledge = std::function<void(size_t writer, uint64_t position)>;

  explicit WritingProcess(Acknowledge acknowledge) : acknowledge_(std::move(acknowledge)) {}
  WritingProcess(const WritingProcess&) = delete;
  WritingProcess& operator=(const WritingProcess&) = delete;
  ~WritingProcess();

  // Runs this program anew: a copy made by fork alone would miss the threads of RocksDB.
  Status Start(std::vector<std::string> arguments);
  // Reads the first acknowledgement. False when there is none.
  bool AwaitFirst() { return Read(); }
  // Reads acknowledgements until `until`, kills the process, and reads the rest. An error when the
  // process ended by itself.
  Status KillAt(std::chrono::steady_clock::time_point until);

 private:
  bool Read();  // false at the end of the output

  const Acknowledge acknowledge_;
  pid_t pid_ = -1;
  int output_ = -1;
  std::string text_;
};

}  // namespace gesta::crash

#endif  // GESTA_TESTS_CRASH_WRITING_PROCESS_H_
