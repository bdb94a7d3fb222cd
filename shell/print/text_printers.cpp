// CSV (RFC 4180, with a header), Markdown tables, and one line a value.
#include <algorithm>
#include <string>

#include "print/json_text.h"
#include "print/printers.h"
#include "print/text_width.h"

namespace gesta::shell {
namespace {

// A field is quoted where it must be, and an empty string always, so that it differs from null.
void AppendCsvField(std::string_view text, std::string* out) {
  if (!text.empty() && text.find_first_of(",\"\r\n") == std::string_view::npos) {
    *out += text;
    return;
  }
  out->push_back('"');
  for (const char c : text) {
    if (c == '"') out->push_back('"');
    out->push_back(c);
  }
  out->push_back('"');
}

class CsvPrinter : public Printer {
 public:
  explicit CsvPrinter(Sink& sink) : sink_(sink) {}

  void Begin(const std::vector<std::string>& columns) override {
    if (columns.empty()) return;
    std::string line;
    for (const std::string& column : columns) {
      if (!line.empty()) line += ',';
      AppendCsvField(column, &line);
    }
    sink_.Write(line + "\n");
  }

  void Row(const std::vector<Value>& values) override {
    line_.clear();
    bool first = true;
    for (const Value& value : values) {
      if (!first) line_ += ',';
      first = false;
      AppendValue(value);
    }
    sink_.Write(line_ += '\n');
  }

  void End() override {}

 private:
  void AppendValue(const Value& value) {
    switch (value.type()) {
      case ValueType::kNull:
        return;
      case ValueType::kList:
      case ValueType::kMap:
      case ValueType::kNode:
      case ValueType::kRelationship:
      case ValueType::kPath: {
        std::string json;
        AppendJson(value, &json);
        AppendCsvField(json, &line_);
        return;
      }
      default:
        AppendCsvField(ToText(value, /*quote=*/false), &line_);
    }
  }

  Sink& sink_;
  std::string line_;
};

std::string MarkdownCell(std::string_view text) {
  std::string out;
  for (const char c : OneLine(text)) {
    if (c == '|' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

class MarkdownPrinter : public Printer {
 public:
  explicit MarkdownPrinter(Sink& sink) : sink_(sink) {}

  void Begin(const std::vector<std::string>& columns) override {
    if (columns.empty()) return;
    std::string header = "|";
    std::string rule = "|";
    for (const std::string& column : columns) {
      header += " " + MarkdownCell(column) + " |";
      rule += " --- |";
    }
    sink_.Write(header + "\n" + rule + "\n");
  }

  void Row(const std::vector<Value>& values) override {
    std::string line = "|";
    for (const Value& value : values) {
      line += " " + (value.IsNull() ? std::string() : MarkdownCell(ToText(value, false))) + " |";
    }
    sink_.Write(line + "\n");
  }

  void End() override {}

 private:
  Sink& sink_;
};

class LinePrinter : public Printer {
 public:
  explicit LinePrinter(Sink& sink) : sink_(sink) {}

  void Begin(const std::vector<std::string>& columns) override {
    size_t width = 0;
    for (const std::string& column : columns) width = std::max(width, DisplayWidth(column));
    names_.clear();
    for (const std::string& column : columns) {
      names_.push_back(std::string(width - DisplayWidth(column), ' ') + OneLine(column));
    }
    first_ = true;
  }

  void Row(const std::vector<Value>& values) override {
    std::string text = first_ ? "" : "\n";
    first_ = false;
    for (size_t i = 0; i < values.size(); ++i) {
      text += names_[i] + " = ";
      text += values[i].IsNull() ? "NULL" : OneLine(ToText(values[i], false));
      text += '\n';
    }
    sink_.Write(text);
  }

  void End() override {}

 private:
  Sink& sink_;
  std::vector<std::string> names_;
  bool first_ = true;
};

}  // namespace

std::unique_ptr<Printer> MakeCsvPrinter(Sink& sink) { return std::make_unique<CsvPrinter>(sink); }

std::unique_ptr<Printer> MakeMarkdownPrinter(Sink& sink) {
  return std::make_unique<MarkdownPrinter>(sink);
}

std::unique_ptr<Printer> MakeLinePrinter(Sink& sink) { return std::make_unique<LinePrinter>(sink); }

}  // namespace gesta::shell
