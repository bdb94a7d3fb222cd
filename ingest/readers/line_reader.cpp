#include "readers/line_reader.h"

#include <fmt/format.h>

#include <cstring>

#include "gesta/format/utf8.h"

namespace gesta::readers {

std::string TextProblem(std::string_view text) {
  if (text.empty()) return "";
  if (const void* nul = std::memchr(text.data(), '\0', text.size()); nul != nullptr) {
    return fmt::format("a NUL character at byte {}",
                       static_cast<const char*>(nul) - text.data() + 1);
  }
  const size_t invalid = format::FindInvalidUtf8(text);
  if (invalid == std::string_view::npos) return "";
  return fmt::format("byte {} ({:#04x}) is not valid UTF-8", invalid + 1,
                     static_cast<uint8_t>(text[invalid]));
}

Result<LineReader> LineReader::Open(const std::string& path, size_t max_line_bytes) {
  GESTA_ASSIGN_OR_RETURN(InputBuffer input, InputBuffer::Open(path));
  return LineReader(std::move(input), max_line_bytes);
}

ReadState LineReader::Next() {
  const auto where = [&] { return fmt::format("{}: line {}", source().path(), line_number_); };
  line_ = {};
  if (failed_) return ReadState::kFailed;
  const auto fail = [&](Status status) {
    failed_ = true;
    status_ = std::move(status);
    return ReadState::kFailed;
  };
  ++line_number_;
  size_t searched = 0;
  size_t length;
  size_t consumed;
  while (true) {
    const char* begin = input_.begin();
    const auto* newline = input_.size() == searched
                              ? nullptr
                              : static_cast<const char*>(
                                    std::memchr(begin + searched, '\n', input_.size() - searched));
    if (newline != nullptr) {
      length = static_cast<size_t>(newline - begin);
      consumed = length + 1;
      break;
    }
    searched = input_.size();
    if (searched > max_line_bytes_) {
      return fail(Status(StatusCode::kBadData, fmt::format("{}: the line is longer than {} bytes",
                                                           where(), max_line_bytes_)));
    }
    auto more = input_.Extend();
    if (!more.ok()) return fail(more.status());
    if (!*more) {
      if (input_.size() == 0) {
        --line_number_;
        return ReadState::kEnd;
      }
      length = consumed = input_.size();
      break;
    }
  }
  line_ = std::string_view(input_.begin(), length);
  input_.Consume(consumed);
  if (!line_.empty() && line_.back() == '\r') line_.remove_suffix(1);
  const std::string problem = TextProblem(line_);
  if (problem.empty()) return ReadState::kRecord;
  status_ = Status(StatusCode::kBadData, fmt::format("{}: {}", where(), problem));
  return ReadState::kBadRecord;
}

}  // namespace gesta::readers
