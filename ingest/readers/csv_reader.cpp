#include "readers/csv_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "readers/line_reader.h"

namespace gesta::readers {

CsvReader::CsvReader(InputBuffer input, const CsvOptions& options)
    : input_(std::move(input)), options_(options) {
  ends_field_[static_cast<uint8_t>(options.delimiter)] = true;
  ends_field_[static_cast<uint8_t>('\n')] = true;
}

Result<CsvReader> CsvReader::Open(const std::string& path, const CsvOptions& options) {
  for (const char c : {options.delimiter, options.quote}) {
    if (c == '\n' || c == '\r' || c == '\0' || static_cast<uint8_t>(c) >= 0x80) {
      return Status(StatusCode::kInvalidArgument,
                    "the CSV delimiter and quote must be ASCII characters and no line breaks");
    }
  }
  if (options.delimiter == options.quote) {
    return Status(StatusCode::kInvalidArgument, "the CSV delimiter and quote must differ");
  }
  GESTA_ASSIGN_OR_RETURN(InputBuffer input, InputBuffer::Open(path));
  CsvReader reader(std::move(input), options);
  if (!options.header) return reader;
  switch (reader.ReadRecord()) {
    case ReadState::kRecord:
      break;
    case ReadState::kEnd:
      return Status(StatusCode::kBadData, fmt::format("{}: the file has no header line", path));
    case ReadState::kBadRecord:
    case ReadState::kFailed:
      return reader.status();
  }
  for (const std::string_view name : reader.fields_) {
    if (reader.Column(name)) {
      return Status(StatusCode::kBadData, fmt::format("{}: line {}: two columns are named '{}'",
                                                      path, reader.record_line_, name));
    }
    reader.header_.emplace_back(name);
  }
  return reader;
}

std::optional<size_t> CsvReader::Column(std::string_view name) const {
  const auto found = std::find(header_.begin(), header_.end(), name);
  if (found == header_.end()) return std::nullopt;
  return static_cast<size_t>(found - header_.begin());
}

ReadState CsvReader::Bad(std::string what) {
  raw_.clear();
  fields_.clear();
  status_ = Status(StatusCode::kBadData,
                   fmt::format("{}: line {}: {}", source().path(), record_line_, what));
  return ReadState::kBadRecord;
}

ReadState CsvReader::Fail(Status status) {
  raw_.clear();
  fields_.clear();
  failed_ = true;
  status_ = std::move(status);
  return ReadState::kFailed;
}

CsvReader::Scan CsvReader::ScanRecord(bool ended, size_t* next) {
  const char* const begin = input_.begin();
  const char* const end = input_.end();
  const char* p = begin;
  raw_.clear();
  while (true) {
    RawField field{static_cast<size_t>(p - begin), 0, false, false};
    if (p < end && *p == options_.quote) {
      field.quoted = true;
      const char* text = p + 1;
      field.begin = static_cast<size_t>(text - begin);
      while (true) {
        const auto* quote = text == end
                                ? nullptr
                                : static_cast<const char*>(std::memchr(
                                      text, options_.quote, static_cast<size_t>(end - text)));
        if (quote == nullptr || (quote + 1 == end && !ended)) {
          *next = field.begin;
          return ended ? Scan::kUnclosed : Scan::kMore;
        }
        if (quote + 1 < end && quote[1] == options_.quote) {
          field.doubled_quotes = true;
          text = quote + 2;
          continue;
        }
        field.end = static_cast<size_t>(quote - begin);
        p = quote + 1;
        break;
      }
      raw_.push_back(field);
      if (p < end && *p == '\r') {
        if (p + 1 == end && !ended) return Scan::kMore;
        if (p + 1 == end || p[1] == '\n') ++p;
      }
      if (p < end && !ends_field_[static_cast<uint8_t>(*p)]) {
        *next = static_cast<size_t>(p - begin);
        return Scan::kTextAfterQuote;
      }
    } else {
      while (p < end && !ends_field_[static_cast<uint8_t>(*p)]) ++p;
      const bool line_ends = p == end || *p == '\n';
      const char* text_end = p;
      if (line_ends && text_end > begin + field.begin && text_end[-1] == '\r') --text_end;
      field.end = static_cast<size_t>(text_end - begin);
      raw_.push_back(field);
    }
    if (p == end) {
      if (!ended) return Scan::kMore;
      *next = static_cast<size_t>(p - begin);
      return Scan::kComplete;
    }
    if (*p++ == '\n') {
      *next = static_cast<size_t>(p - begin);
      return Scan::kComplete;
    }
  }
}

// Points fields_ at the window, with doubled quotes made single in place.
void CsvReader::Decode() {
  char* const begin = input_.begin();
  fields_.clear();
  for (const RawField& field : raw_) {
    char* text = begin + field.begin;
    size_t size = field.end - field.begin;
    if (field.doubled_quotes) {
      size_t out = 0;
      for (size_t in = 0; in < size; ++in) {
        text[out++] = text[in];
        if (text[in] == options_.quote) ++in;
      }
      size = out;
    }
    fields_.emplace_back(text, size);
  }
}

ReadState CsvReader::ReadRecord() {
  if (failed_) return ReadState::kFailed;
  bool ended = false;
  while (true) {
    size_t next = 0;
    record_line_ = line_;
    const Scan scan = input_.size() == 0 ? Scan::kMore : ScanRecord(ended, &next);
    switch (scan) {
      case Scan::kMore: {
        if (input_.size() > options_.max_record_bytes) {
          return Fail(
              Status(StatusCode::kBadData,
                     fmt::format("{}: line {}: the record is longer than {} bytes; is a "
                                 "quote never closed?",
                                 source().path(), record_line_, options_.max_record_bytes)));
        }
        if (ended) return ReadState::kEnd;  // only with an empty window
        auto more = input_.Extend();
        if (!more.ok()) return Fail(more.status());
        ended = !*more;
        continue;
      }
      case Scan::kUnclosed: {
        // `next` is where the open field begins.
        const char* begin = input_.begin();
        record_line_ = line_ + static_cast<uint64_t>(std::count(begin, begin + next, '\n'));
        return Fail(Status(StatusCode::kBadData,
                           fmt::format("{}: line {}: a quote is opened here and never closed",
                                       source().path(), record_line_)));
      }
      case Scan::kTextAfterQuote: {
        // The record is given up to the end of the line where the quote was closed.
        const char* begin = input_.begin();
        const auto* newline =
            static_cast<const char*>(std::memchr(begin + next, '\n', input_.size() - next));
        if (newline == nullptr && !ended) {
          auto more = input_.Extend();
          if (!more.ok()) return Fail(more.status());
          ended = !*more;
          continue;
        }
        const size_t skip =
            newline == nullptr ? input_.size() : static_cast<size_t>(newline - begin) + 1;
        line_ += static_cast<uint64_t>(std::count(begin, begin + skip, '\n'));
        input_.Consume(skip);
        return Bad(
            "text follows the closing quote of a field; a quote inside a quoted field is "
            "written twice");
      }
      case Scan::kComplete:
        break;
    }
    char* const begin = input_.begin();
    const bool blank = raw_.size() == 1 && !raw_[0].quoted && raw_[0].begin == raw_[0].end;
    if (blank) {
      line_ += begin[next - 1] == '\n';
      input_.Consume(next);
      continue;
    }
    const bool quoted =
        std::any_of(raw_.begin(), raw_.end(), [](const RawField& field) { return field.quoted; });
    line_ += quoted ? static_cast<uint64_t>(std::count(begin, begin + next, '\n'))
                    : static_cast<uint64_t>(begin[next - 1] == '\n');
    const std::string problem = TextProblem(std::string_view(begin, next));
    Decode();
    input_.Consume(next);
    return problem.empty() ? ReadState::kRecord : Bad(problem);
  }
}

ReadState CsvReader::Next() {
  const ReadState state = ReadRecord();
  if (state != ReadState::kRecord) {
    fields_.clear();
    return state;
  }
  if (!options_.same_width) return state;
  if (width_ == 0) width_ = header_.empty() ? fields_.size() : header_.size();
  if (fields_.size() == width_) return state;
  return Bad(fmt::format("{} fields where {} {}", fields_.size(),
                         header_.empty() ? "the first record has" : "the header has", width_));
}

}  // namespace gesta::readers
