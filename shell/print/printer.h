// Printers: how the rows of a result are written, one class a mode.
#ifndef GESTA_SHELL_PRINT_PRINTER_H_
#define GESTA_SHELL_PRINT_PRINTER_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/value.h"
#include "sink.h"

namespace gesta::shell {

enum class OutputMode { kTable, kCsv, kJson, kJsonLines, kMarkdown, kLine };

// Modes that people read; the others are for programs.
inline bool ForPeople(OutputMode mode) {
  return mode == OutputMode::kTable || mode == OutputMode::kLine;
}

// "table", "csv", "json", "jsonl", "markdown", "line".
std::vector<std::string> OutputModeNames();
std::optional<OutputMode> FindOutputMode(std::string_view name);
std::string_view OutputModeName(OutputMode mode);

struct PrintOptions {
  OutputMode mode = OutputMode::kTable;
  size_t width = 0;     // columns of the terminal, for tables; 0: as wide as the values are
  bool colour = false;  // escape sequences may be used
};

// Writes one result: Begin, Row for every row, End. Tables hold rows back to measure them; the
// others write each row at once.
class Printer {
 public:
  virtual ~Printer() = default;
  virtual void Begin(const std::vector<std::string>& columns) = 0;
  virtual void Row(const std::vector<Value>& values) = 0;
  virtual void End() = 0;
};

// Borrows `sink`.
std::unique_ptr<Printer> MakePrinter(const PrintOptions& options, Sink& sink);

}  // namespace gesta::shell

#endif  // GESTA_SHELL_PRINT_PRINTER_H_
