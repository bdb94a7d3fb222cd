// JSON: one array of row objects a result; JSON Lines: one object a line.
#include <string>

#include "print/json_text.h"
#include "print/printers.h"

namespace gesta::shell {
namespace {

class JsonPrinter : public Printer {
 public:
  JsonPrinter(Sink& sink, bool lines) : sink_(sink), lines_(lines) {}

  void Begin(const std::vector<std::string>& columns) override {
    keys_.clear();
    for (const std::string& column : columns) {
      std::string key;
      AppendJsonString(column, &key);
      keys_.push_back(std::move(key));
    }
    first_ = true;
    if (!lines_) sink_.Write("[");
  }

  void Row(const std::vector<Value>& values) override {
    text_.clear();
    if (!lines_) text_ += first_ ? "\n" : ",\n";
    first_ = false;
    text_ += '{';
    for (size_t i = 0; i < values.size(); ++i) {
      if (i > 0) text_ += ", ";
      text_ += keys_[i];
      text_ += ": ";
      AppendJson(values[i], &text_);
    }
    text_ += lines_ ? "}\n" : "}";
    sink_.Write(text_);
  }

  void End() override {
    if (!lines_) sink_.Write(first_ ? "]\n" : "\n]\n");
  }

 private:
  Sink& sink_;
  const bool lines_;
  std::vector<std::string> keys_;
  std::string text_;
  bool first_ = true;
};

}  // namespace

std::unique_ptr<Printer> MakeJsonPrinter(Sink& sink, bool lines) {
  return std::make_unique<JsonPrinter>(sink, lines);
}

}  // namespace gesta::shell
