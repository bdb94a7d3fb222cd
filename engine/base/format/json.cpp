#include "gesta/format/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "gesta/format/document_builder.h"

namespace gesta::format {

namespace {

// Builds the document from nlohmann's events; false stops the parser.
class Handler {
 public:
  explicit Handler(DocumentBuilder* builder) : builder_(*builder) {}

  Datum* root() const { return root_; }
  // Why the parser stopped, and at which byte (from 1; 0: where it was).
  const std::string& problem() const { return problem_; }
  size_t problem_at() const { return problem_at_; }

  bool null() { return Add(builder_.Null()); }
  bool boolean(bool value) { return Add(builder_.Bool(value)); }
  bool number_integer(int64_t value) { return Add(builder_.Int(value)); }
  bool number_unsigned(uint64_t value) {
    if (value <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
      return Add(builder_.Int(static_cast<int64_t>(value)));
    }
    return AddText(DatumKind::kBigInt, fmt::format("{}", value));
  }
  bool number_float(double value, const std::string& text) {
    // Integers that fit in no machine integer arrive here too.
    if (text.find_first_of(".eE") == std::string::npos) return AddText(DatumKind::kBigInt, text);
    return Add(builder_.Float(value));
  }
  bool string(std::string& text) { return AddText(DatumKind::kString, text); }
  bool binary(std::vector<uint8_t>&) { return false; }
  bool start_object(size_t) { return Open(DatumKind::kDict); }
  bool start_array(size_t) { return Open(DatumKind::kList); }
  bool key(std::string& text) {
    open_.back().key = builder_.Text(DatumKind::kString, builder_.CopyText(text));
    return Check();
  }
  bool end_object() { return Close(); }
  bool end_array() { return Close(); }
  bool parse_error(size_t position, const std::string&, const nlohmann::json::exception& error) {
    // "[json.exception.parse_error.101] parse error at line 1, column 2: what"
    const std::string_view message = error.what();
    size_t from = message.find(": ");
    if (from == std::string_view::npos) from = message.find("] ");
    problem_ = message.substr(from == std::string_view::npos ? 0 : from + 2);
    problem_at_ = position;
    return false;
  }

 private:
  struct Frame {
    Datum* container;
    const Datum* key;
  };

  bool Check() {
    if (!builder_.exhausted()) return true;
    problem_ = builder_.ExhaustedError().message();
    return false;
  }
  bool Add(Datum* value) {
    if (open_.empty()) {
      root_ = value;
    } else if (Frame& parent = open_.back(); parent.container->is_dict()) {
      builder_.Put(parent.container, parent.key, value);
    } else {
      builder_.Append(parent.container, value);
    }
    return Check();
  }
  bool AddText(DatumKind kind, std::string_view text) {
    return Add(builder_.Text(kind, builder_.CopyText(text)));
  }
  bool Open(DatumKind kind) {
    if (open_.size() >= builder_.limits().max_depth) {
      problem_ = fmt::format("values are nested more than {} deep", builder_.limits().max_depth);
      return false;
    }
    Datum* container = builder_.Container(kind);
    if (!Add(container)) return false;
    open_.push_back({container, nullptr});
    return true;
  }
  bool Close() {
    open_.pop_back();
    return true;
  }

  DocumentBuilder& builder_;
  std::vector<Frame> open_;
  Datum* root_ = nullptr;
  std::string problem_;
  size_t problem_at_ = 0;
};

}  // namespace

Result<Document> ParseJson(std::string_view text, const std::string& name, uint64_t first_line,
                           const Limits& limits) {
  DocumentBuilder builder(text.size(), limits);
  Handler handler(&builder);
  bool complete = false;
  try {
    complete = nlohmann::json::sax_parse(text.begin(), text.end(), &handler);
  } catch (const std::exception& error) {
    return Status(StatusCode::kBadData, fmt::format("{}: {}", name, error.what()));
  }
  if (!complete) {
    if (handler.problem_at() == 0) {
      return Status(StatusCode::kBadData, fmt::format("{}: {}", name, handler.problem()));
    }
    const std::string_view before = text.substr(0, handler.problem_at() - 1);
    const uint64_t line =
        first_line + static_cast<uint64_t>(std::count(before.begin(), before.end(), '\n'));
    const size_t newline = before.rfind('\n');
    const size_t column = before.size() - (newline == std::string_view::npos ? 0 : newline + 1) + 1;
    return Status(StatusCode::kBadData,
                  fmt::format("{}: line {}, column {}: {}", name, line, column, handler.problem()));
  }
  auto document = builder.Finish(handler.root());
  if (!document.ok()) return document.status().WithContext(name);
  return document;
}

Result<Document> ReadJsonFile(const std::string& path, const Limits& limits) {
  GESTA_ASSIGN_OR_RETURN(const FileBuffer bytes, ReadWholeFile(path));
  return ParseJson(bytes.view(), path, 1, limits);
}

}  // namespace gesta::format
