// A line on standard error that shows how far something long has come.
#ifndef GESTA_SHELL_PROGRESS_H_
#define GESTA_SHELL_PROGRESS_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace gesta::shell {

// Shows nothing where standard error is no terminal, and nothing in the first second. The line is
// redrawn in place; Clear() removes it before other output is written.
class ProgressLine {
 public:
  explicit ProgressLine(bool enabled);
  ~ProgressLine() { Clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // Work without a known end.
  void Show(std::string_view what, uint64_t done);
  // Work with a known end: a bar. `total` 0: unknown.
  void Show(std::string_view what, uint64_t done, uint64_t total);
  void Clear();

 private:
  void Draw(const std::string& text);

  using Clock = std::chrono::steady_clock;
  const bool enabled_;
  const Clock::time_point started_;
  Clock::time_point drawn_;
  bool visible_ = false;
};

// The bar of a fraction (0 to 1) in `width` columns, in eighths of a column.
std::string BarText(double fraction, size_t width);

}  // namespace gesta::shell

#endif  // GESTA_SHELL_PROGRESS_H_
