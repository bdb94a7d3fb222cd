#include "print/printer.h"

#include <array>
#include <utility>

#include "print/printers.h"

namespace gesta::shell {
namespace {

constexpr std::array<std::pair<OutputMode, std::string_view>, 6> kModes = {{
    {OutputMode::kTable, "table"},
    {OutputMode::kCsv, "csv"},
    {OutputMode::kJson, "json"},
    {OutputMode::kJsonLines, "jsonl"},
    {OutputMode::kMarkdown, "markdown"},
    {OutputMode::kLine, "line"},
}};

}  // namespace

std::vector<std::string> OutputModeNames() {
  std::vector<std::string> names;
  for (const auto& [mode, name] : kModes) names.emplace_back(name);
  return names;
}

std::optional<OutputMode> FindOutputMode(std::string_view name) {
  for (const auto& [mode, mode_name] : kModes) {
    if (mode_name == name) return mode;
  }
  return std::nullopt;
}

std::string_view OutputModeName(OutputMode wanted) {
  for (const auto& [mode, name] : kModes) {
    if (mode == wanted) return name;
  }
  return {};
}

std::unique_ptr<Printer> MakePrinter(const PrintOptions& options, Sink& sink) {
  switch (options.mode) {
    case OutputMode::kTable:
      return MakeTablePrinter(options, sink);
    case OutputMode::kCsv:
      return MakeCsvPrinter(sink);
    case OutputMode::kJson:
      return MakeJsonPrinter(sink, /*lines=*/false);
    case OutputMode::kJsonLines:
      return MakeJsonPrinter(sink, /*lines=*/true);
    case OutputMode::kMarkdown:
      return MakeMarkdownPrinter(sink);
    case OutputMode::kLine:
      return MakeLinePrinter(sink);
  }
  return nullptr;
}

}  // namespace gesta::shell
