// LOAD CSV: the records of a local file, one row each (RFC 4180, UTF-8).
//
// An unquoted empty field is null. A record is a list of strings, or with headers a map.
#include <cerrno>
#include <cstring>
#include <fstream>

#include "execute/multiply.h"
#include "gesta/format/utf8.h"

namespace gesta::execute {
namespace {

// Reads one record after the other; never holds more than one.
class CsvFile {
 public:
  static Result<CsvFile> Open(const std::string& path, char delimiter) {
    CsvFile file(path, delimiter);
    errno = 0;
    file.input_.open(path, std::ios::binary);
    if (!file.input_) {
      return Status(errno == ENOENT ? StatusCode::kNotFound : StatusCode::kIo,
                    "cannot open " + path + " for LOAD CSV: " + std::strerror(errno));
    }
    // A byte order mark is no text.
    if (file.Peek() == 0xEF) {
      for (const int byte : {0xEF, 0xBB, 0xBF}) {
        if (file.Take() != byte) return file.Bad("is not UTF-8 text");
      }
    }
    return file;
  }

  // The next record; false at the end of the file.
  Result<bool> Next(List* fields) {
    fields->clear();
    while (Peek() == '\n' || Peek() == '\r') TakeLineEnd();  // blank lines
    if (Peek() == kEnd) return input_.bad() ? Result<bool>(Bad("cannot be read")) : false;
    while (true) {
      GESTA_ASSIGN_OR_RETURN(Value field, Field());
      fields->push_back(std::move(field));
      const int next = Peek();
      if (next == delimiter_) {
        Take();
      } else if (next == kEnd) {
        return true;
      } else {
        TakeLineEnd();
        return true;
      }
    }
  }

  Status Bad(const std::string& what) const {
    return Status(StatusCode::kBadData, path_ + ", line " + std::to_string(line_) + ": " + what);
  }

 private:
  static constexpr int kEnd = -1;

  CsvFile(std::string path, char delimiter)
      : path_(std::move(path)), delimiter_(static_cast<unsigned char>(delimiter)) {}

  int Peek() {
    if (position_ == buffer_.size()) {
      buffer_.resize(1 << 16);
      input_.read(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
      buffer_.resize(static_cast<size_t>(input_.gcount()));
      position_ = 0;
      if (buffer_.empty()) return kEnd;
    }
    return static_cast<unsigned char>(buffer_[position_]);
  }
  int Take() {
    const int byte = Peek();
    if (byte != kEnd) ++position_;
    if (byte == '\n') ++line_;
    return byte;
  }
  // LF, CRLF or CR.
  void TakeLineEnd() {
    if (Take() == '\r') {
      if (Peek() == '\n') {
        Take();
      } else {
        ++line_;
      }
    }
  }

  Result<Value> Field() {
    text_.clear();
    if (Peek() != '"') {
      for (int next = Peek(); next != kEnd && next != delimiter_ && next != '\n' && next != '\r';
           next = Peek()) {
        text_ += static_cast<char>(Take());
      }
      if (text_.empty()) return Value();
      return Text();
    }
    const size_t opened = line_;
    Take();
    while (true) {
      const int byte = Take();
      if (byte == kEnd) {
        line_ = opened;
        return Bad("the quoted field that begins here never ends");
      }
      if (byte != '"') {
        text_ += static_cast<char>(byte);
      } else if (Peek() == '"') {
        text_ += static_cast<char>(Take());
      } else {
        break;
      }
    }
    const int next = Peek();
    if (next != kEnd && next != delimiter_ && next != '\n' && next != '\r') {
      return Bad("text follows a quoted field; a quote inside quotes is written twice");
    }
    return Text();
  }

  Result<Value> Text() const {
    if (!format::IsValidUtf8(text_)) return Bad("the text is not UTF-8");
    return Value::String(text_);
  }

  std::string path_;
  int delimiter_;
  std::ifstream input_;
  std::string buffer_;
  size_t position_ = 0;
  size_t line_ = 1;
  std::string text_;
};

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The path that a URL or path names.
Result<std::string> LocalPath(std::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::string(url);
  if (url.substr(0, scheme) != "file") {
    return Status(
        StatusCode::kUnsupported,
        "LOAD CSV reads local files only, not " + std::string(url.substr(0, scheme + 3)) + " URLs",
        "download the file first");
  }
  const std::string_view encoded = url.substr(scheme + 3);
  std::string path;
  for (size_t i = 0; i < encoded.size(); ++i) {
    if (encoded[i] == '%' && i + 2 < encoded.size() && HexDigit(encoded[i + 1]) >= 0 &&
        HexDigit(encoded[i + 2]) >= 0) {
      path += static_cast<char>(HexDigit(encoded[i + 1]) * 16 + HexDigit(encoded[i + 2]));
      i += 2;
    } else {
      path += encoded[i];
    }
  }
  return path;
}

class LoadCsvOperator : public MultiplyOperator {
 public:
  LoadCsvOperator(const LogicalOp& op, OperatorPtr child, const OpLoadCsv& node, ExpressionPtr url,
                  BuildEnv& env)
      : MultiplyOperator(op, std::move(child), {node.slot}, env),
        node_(node),
        live_here_(IsLive(node.slot)),
        url_(std::move(url)) {}

 protected:
  Status BeginBatch(const Batch& input) override {
    return url_->Eval(input, Rows::All(input.rows), &view_);
  }

  Status BeginRow(const Batch&, size_t row) override {
    file_.reset();
    if (!context_->allow_load_csv) {
      return Status(StatusCode::kUnsupported, "LOAD CSV is switched off for this database",
                    "allow it in the database's options if you trust the statements");
    }
    const Value& url = view_[row];
    if (url.IsNull()) return {};
    if (url.type() != ValueType::kString) {
      return TypeError("InvalidArgumentType",
                       "LOAD CSV needs a path or file URL, not " + TypeInWords(url));
    }
    GESTA_ASSIGN_OR_RETURN(const std::string path, LocalPath(url.AsString()));
    const char delimiter = node_.field_terminator.empty() ? ',' : node_.field_terminator[0];
    GESTA_ASSIGN_OR_RETURN(CsvFile file, CsvFile::Open(path, delimiter));
    file_.emplace(std::move(file));
    return node_.with_headers ? ReadHeader() : Status();
  }

  Result<size_t> Fill(const Batch&, size_t, size_t n, Batch* out) override {
    size_t filled = 0;
    while (filled < n && file_) {
      GESTA_ASSIGN_OR_RETURN(const bool more, file_->Next(&fields_));
      if (!more) {
        file_.reset();
        break;
      }
      if (live_here_) {
        GESTA_ASSIGN_OR_RETURN(Value value, Record());
        out->columns[node_.slot].push_back(std::move(value));
      }
      ++filled;
    }
    return filled;
  }

 private:
  Status ReadHeader() {
    names_.clear();
    GESTA_ASSIGN_OR_RETURN(const bool more, file_->Next(&fields_));
    if (!more) return file_->Bad("there is no header record");
    for (const Value& field : fields_) {
      names_.emplace_back(field.IsNull() ? std::string_view() : field.AsString());
    }
    return {};
  }

  Result<Value> Record() {
    if (!node_.with_headers) return Value::MakeList(std::move(fields_));
    if (fields_.size() > names_.size()) {
      return file_->Bad("the record has " + std::to_string(fields_.size()) +
                        " fields, the header " + std::to_string(names_.size()));
    }
    fields_.resize(names_.size());
    std::vector<MapEntry> entries;
    entries.reserve(names_.size());
    for (size_t i = 0; i < names_.size(); ++i) {
      entries.emplace_back(names_[i], std::move(fields_[i]));
    }
    return Value::MakeMap(Map(std::move(entries)));
  }

  const OpLoadCsv& node_;
  const bool live_here_;
  ExpressionPtr url_;
  View view_;
  std::optional<CsvFile> file_;
  std::vector<std::string> names_;
  List fields_;
};

}  // namespace

Result<OperatorPtr> Build(const OpLoadCsv& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr url, MakeExpression(*node.url, env.context));
  return OperatorPtr(
      std::make_unique<LoadCsvOperator>(op, std::move(child), node, std::move(url), env));
}

}  // namespace gesta::execute
