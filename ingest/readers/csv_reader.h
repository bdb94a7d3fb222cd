// CsvReader: records of a delimited text file, which may be gzipped (RFC 4180).
//
// Fields may be quoted; a quoted field may hold delimiters, line breaks and doubled quotes. Records
// end in LF or CRLF; the last may lack its ending. Blank lines are skipped, as is a byte order
// mark. A quote inside an unquoted field is an ordinary character. Text must be UTF-8 without NUL.
#ifndef GESTA_INGEST_READERS_CSV_READER_H_
#define GESTA_INGEST_READERS_CSV_READER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"
#include "readers/input_buffer.h"

namespace gesta::readers {

struct CsvOptions {
  char delimiter = ',';
  char quote = '"';
  bool header = true;  // the first record names the columns
  // Refuse records with another number of fields than the header, or than the first record.
  bool same_width = true;
  // A quote that is never closed would otherwise swallow the rest of the file.
  size_t max_record_bytes = 64 << 20;
};

class CsvReader {
 public:
  // Opens the file and reads its header. kBadData if it has none or a column's name repeats,
  // kInvalidArgument for an impossible delimiter, beside the errors of ByteSource.
  static Result<CsvReader> Open(const std::string& path, const CsvOptions& options = {});

  ReadState Next();

  // Empty without a header.
  const std::vector<std::string>& header() const { return header_; }
  std::optional<size_t> Column(std::string_view name) const;

  // The current record, valid until Next(). After kBadRecord there are none.
  const std::vector<std::string_view>& fields() const { return fields_; }
  // Whether a field stood in quotes: tells an empty text from no value.
  bool Quoted(size_t field) const { return raw_[field].quoted; }
  // The line where the current record begins, from 1.
  uint64_t line_number() const { return record_line_; }
  // After kBadRecord and kFailed: what is wrong, with file and line.
  const Status& status() const { return status_; }
  const ByteSource& source() const { return input_.source(); }

 private:
  struct RawField {
    size_t begin;  // offsets into the window, without the quotes
    size_t end;
    bool quoted;
    bool doubled_quotes;
  };
  enum class Scan { kComplete, kMore, kUnclosed, kTextAfterQuote };

  CsvReader(InputBuffer input, const CsvOptions& options);

  // Finds the fields of the record at the window's start. `ended`: the window reaches to the end of
  // the file. `next`: where the following record begins, or the place of what is wrong.
  Scan ScanRecord(bool ended, size_t* next);
  ReadState ReadRecord();
  ReadState Bad(std::string what);
  ReadState Fail(Status status);
  void Decode();

  InputBuffer input_;
  CsvOptions options_;
  bool ends_field_[256] = {};  // delimiter and line feed
  std::vector<std::string> header_;
  size_t width_ = 0;  // 0: not known yet
  std::vector<RawField> raw_;
  std::vector<std::string_view> fields_;
  uint64_t line_ = 1;  // where the window starts
  uint64_t record_line_ = 0;
  Status status_;
  bool failed_ = false;
};

}  // namespace gesta::readers

#endif  // GESTA_INGEST_READERS_CSV_READER_H_
