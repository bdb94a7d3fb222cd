// Tables for people. The first thousand rows are held back to find the width of the columns; later
// rows are written into those widths.
#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "print/printers.h"
#include "print/text_width.h"

namespace gesta::shell {
namespace {

constexpr size_t kMeasuredRows = 1000;
constexpr size_t kSmallestColumn = 4;
constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kPlain = "\x1b[0m";

struct Cell {
  std::string text;
  bool null = false;
  bool number = false;
};

Cell MakeCell(const Value& value) {
  if (value.IsNull()) return {"NULL", true, false};
  // A string that reads NULL keeps its quotes, so that it is not taken for the value.
  const bool quote = value.type() == ValueType::kString && value.AsString() == "NULL";
  return {OneLine(ToText(value, quote)), false, value.IsNumber()};
}

// Takes width from the widest columns until the sum fits; narrow columns stay whole.
void FitWidths(size_t available, std::vector<size_t>* widths) {
  const size_t sum = std::accumulate(widths->begin(), widths->end(), size_t{0});
  if (sum <= available) return;
  std::vector<size_t> sorted = *widths;
  std::sort(sorted.begin(), sorted.end());
  size_t left = available;
  size_t limit = kSmallestColumn;
  for (size_t i = 0; i < sorted.size(); ++i) {
    limit = std::max(kSmallestColumn, left / (sorted.size() - i));
    if (sorted[i] > limit) break;
    left -= sorted[i];
  }
  for (size_t& width : *widths) width = std::min(width, limit);
}

class TablePrinter : public Printer {
 public:
  TablePrinter(const PrintOptions& options, Sink& sink) : options_(options), sink_(sink) {}

  void Begin(const std::vector<std::string>& columns) override {
    header_.clear();
    for (const std::string& column : columns) header_.push_back(OneLine(column));
    rows_.clear();
    laid_out_ = false;
  }

  void Row(const std::vector<Value>& values) override {
    std::vector<Cell> cells;
    cells.reserve(values.size());
    for (const Value& value : values) cells.push_back(MakeCell(value));
    if (laid_out_) {
      WriteRow(cells);
      return;
    }
    rows_.push_back(std::move(cells));
    if (rows_.size() == kMeasuredRows) LayOut();
  }

  void End() override {
    if (header_.empty()) return;
    if (!laid_out_) LayOut();
    WriteRule("└", "┴", "┘");
  }

 private:
  void LayOut() {
    laid_out_ = true;
    widths_.assign(header_.size(), 0);
    right_.assign(header_.size(), false);
    for (size_t i = 0; i < header_.size(); ++i) {
      widths_[i] = DisplayWidth(header_[i]);
      bool numbers = true;
      bool any = false;
      for (const auto& row : rows_) {
        widths_[i] = std::max(widths_[i], DisplayWidth(row[i].text));
        numbers &= row[i].number || row[i].null;
        any |= row[i].number;
      }
      right_[i] = numbers && any;
    }
    if (options_.width > 0) {
      const size_t frame = 3 * header_.size() + 1;
      FitWidths(options_.width > frame ? options_.width - frame : 0, &widths_);
    }
    WriteRule("┌", "┬", "┐");
    std::string line;
    for (size_t i = 0; i < header_.size(); ++i) {
      line += i == 0 ? "│ " : " │ ";
      AppendPadded(header_[i], i, right_[i], kBold, &line);
    }
    sink_.Write(line + " │\n");
    WriteRule("├", "┼", "┤");
    for (const auto& row : rows_) WriteRow(row);
    rows_.clear();
    rows_.shrink_to_fit();
  }

  void AppendPadded(const std::string& text, size_t column, bool right, std::string_view style,
                    std::string* out) const {
    const std::string cut = CutToWidth(text, widths_[column]);
    const size_t width = DisplayWidth(cut);
    const size_t pad = widths_[column] > width ? widths_[column] - width : 0;
    if (right) out->append(pad, ' ');
    const bool styled = options_.colour && !style.empty();
    if (styled) *out += style;
    *out += cut;
    if (styled) *out += kPlain;
    if (!right) out->append(pad, ' ');
  }

  void WriteRow(const std::vector<Cell>& cells) {
    line_.clear();
    for (size_t i = 0; i < cells.size(); ++i) {
      line_ += i == 0 ? "│ " : " │ ";
      AppendPadded(cells[i].text, i, right_[i], cells[i].null ? kDim : "", &line_);
    }
    line_ += " │\n";
    sink_.Write(line_);
  }

  void WriteRule(std::string_view left, std::string_view middle, std::string_view right) {
    std::string line(left);
    for (size_t i = 0; i < widths_.size(); ++i) {
      if (i > 0) line += middle;
      for (size_t j = 0; j < widths_[i] + 2; ++j) line += "─";
    }
    line += right;
    sink_.Write(line + "\n");
  }

  const PrintOptions options_;
  Sink& sink_;
  std::vector<std::string> header_;
  std::vector<std::vector<Cell>> rows_;  // until LayOut
  bool laid_out_ = false;
  std::vector<size_t> widths_;
  std::vector<bool> right_;
  std::string line_;
};

}  // namespace

std::unique_ptr<Printer> MakeTablePrinter(const PrintOptions& options, Sink& sink) {
  return std::make_unique<TablePrinter>(options, sink);
}

}  // namespace gesta::shell
