#include "gesta/format/npy.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "format/byte_order.h"
#include "format/dtype.h"
#include "format/pickle_machine.h"

namespace gesta::format {

namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

struct Header {
  std::string_view description;
  bool fortran_order = false;
  std::vector<int64_t> shape;
};

// The header: a Python dict of 'descr' (a string), 'fortran_order' (True or False) and 'shape' (a
// tuple of integers).
class HeaderParser {
 public:
  explicit HeaderParser(std::string_view text) : text_(text) {}

  // What is wrong, or nothing.
  std::optional<std::string> Parse(Header* header) {
    bool has_description = false;
    bool has_order = false;
    bool has_shape = false;
    if (!Accept('{')) return "the header is no dict";
    while (!Accept('}')) {
      std::string_view key;
      if (!ParseString(&key) || !Accept(':')) return "the header is no dict";
      if (key == "descr") {
        Skip();
        if (at_ < text_.size() && text_[at_] == '[') {
          return "the array holds structures, which are not read";
        }
        if (!ParseString(&header->description)) return "the header's 'descr' is no string";
        has_description = true;
      } else if (key == "fortran_order") {
        if (!ParseBool(&header->fortran_order)) return "the header's 'fortran_order' is no boolean";
        has_order = true;
      } else if (key == "shape") {
        if (!ParseShape(&header->shape)) return "the header's 'shape' is no tuple of integers";
        has_shape = true;
      } else {
        return fmt::format("the header has an unknown key '{}'", key.substr(0, 40));
      }
      if (!Accept(',') && !Peek('}')) return "the header is no dict";
    }
    if (!has_description || !has_order || !has_shape) {
      return "the header misses 'descr', 'fortran_order' or 'shape'";
    }
    return std::nullopt;
  }

 private:
  void Skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  bool Peek(char c) {
    Skip();
    return at_ < text_.size() && text_[at_] == c;
  }
  bool Accept(char c) {
    if (!Peek(c)) return false;
    ++at_;
    return true;
  }
  bool ParseString(std::string_view* value) {
    Skip();
    if (at_ >= text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) return false;
    const size_t end = text_.find(text_[at_], at_ + 1);
    if (end == std::string_view::npos) return false;
    *value = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return true;
  }
  bool ParseBool(bool* value) {
    Skip();
    for (const bool candidate : {true, false}) {
      const std::string_view word = candidate ? "True" : "False";
      if (text_.substr(at_, word.size()) == word) {
        *value = candidate;
        at_ += word.size();
        return true;
      }
    }
    return false;
  }
  bool ParseShape(std::vector<int64_t>* shape) {
    if (!Accept('(')) return false;
    while (!Accept(')')) {
      Skip();
      int64_t extent = 0;
      const char* end = text_.data() + text_.size();
      const auto [after, error] = std::from_chars(text_.data() + at_, end, extent);
      if (error != std::errc() || extent < 0) return false;
      at_ = static_cast<size_t>(after - text_.data());
      if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // Python 2's long integers
      shape->push_back(extent);
      if (!Accept(',') && !Peek(')')) return false;
    }
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

Result<Document> ReadNpy(const std::string& path, const Limits& limits) {
  GESTA_ASSIGN_OR_RETURN(FileBuffer bytes, ReadWholeFile(path));
  return ParseNpy(std::move(bytes), path, limits);
}

Result<Document> ParseNpy(FileBuffer buffer, const std::string& name, const Limits& limits) {
  DocumentBuilder builder(buffer.size, limits);
  const Piece piece{builder.Adopt(std::move(buffer)), name};
  const std::string_view bytes = piece.bytes;
  const auto error = [&](StatusCode code, size_t at, std::string_view what) {
    return piece.Error(code, bytes.data() + at, what);
  };
  if (bytes.substr(0, kMagic.size()) != kMagic) {
    return error(StatusCode::kBadData, 0, "this is no .npy file");
  }
  constexpr size_t kVersionAt = 6;
  if (bytes.size() < kVersionAt + 4) {
    return error(StatusCode::kBadData, bytes.size(), "the file is truncated in its header");
  }
  const int version = bytes[kVersionAt];
  if (version < 1 || version > 3) {
    return error(StatusCode::kUnsupported, kVersionAt,
                 fmt::format("format version {} (known are 1 to 3)", version));
  }
  const size_t length_bytes = version == 1 ? 2 : 4;
  const size_t header_at = kVersionAt + 2 + length_bytes;
  if (bytes.size() < header_at) {
    return error(StatusCode::kBadData, bytes.size(), "the file is truncated in its header");
  }
  const char* length_at = bytes.data() + kVersionAt + 2;
  const size_t header_size =
      version == 1 ? LoadLittle<uint16_t>(length_at) : LoadLittle<uint32_t>(length_at);
  if (header_size > bytes.size() - header_at) {
    return error(StatusCode::kBadData, bytes.size(), "the file is truncated in its header");
  }
  Header header;
  const auto problem = HeaderParser(bytes.substr(header_at, header_size)).Parse(&header);
  if (problem) return error(StatusCode::kBadData, header_at, *problem);
  auto type = ParseDType(header.description);
  if (!type.ok()) return error(type.status().code(), header_at, type.status().message());

  const size_t data_at = header_at + header_size;
  Datum* root = nullptr;
  PickleSession session(&builder);
  if (type->type == ElementType::kObject) {
    PickleMachine machine(&session, piece, data_at, nullptr);
    GESTA_ASSIGN_OR_RETURN(root, machine.Run());
    if (!root->is_array() || root->array().shape() != header.shape) {
      return error(StatusCode::kBadData, data_at, "the pickled array has not the header's shape");
    }
  } else {
    ArraySource source;
    source.type = type->type;
    source.item_size = type->item_size;
    source.swap_bytes = type->swap_bytes;
    source.shape = header.shape;
    if (header.fortran_order) source.strides = FortranStrides(header.shape);
    source.bytes = bytes.substr(data_at);
    root = builder.Container(DatumKind::kArray);
    const Status filled = builder.FillArray(root, source);
    if (!filled.ok()) return error(filled.code(), data_at, filled.message());
  }
  auto document = builder.Finish(root, [&](Datum* opaque) { return session.Resolve(opaque); });
  if (!document.ok()) return document.status().WithContext(name);
  return document;
}

}  // namespace gesta::format
