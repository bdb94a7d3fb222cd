// CSV: RFC 4180 and what files in the wild do, with the line of every complaint.
#include <zlib.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "readers/csv_reader.h"
#include "readers_test_support.h"

namespace gesta::readers {
namespace {

using namespace std::string_literals;  // literals that hold NUL bytes

// All records, "|" between fields; for a bad record its message, for a failure the message and an
// end.
std::vector<std::string> ReadAllRecords(const std::string& path, const CsvOptions& options = {}) {
  auto reader = CsvReader::Open(path, options);
  if (!reader.ok()) return {"open: " + WithoutFolder(reader.status())};
  std::vector<std::string> records;
  while (true) {
    switch (reader->Next()) {
      case ReadState::kEnd:
        return records;
      case ReadState::kFailed:
        records.push_back("failed: " + WithoutFolder(reader->status()));
        return records;
      case ReadState::kBadRecord:
        records.push_back("bad: " + WithoutFolder(reader->status()));
        break;
      case ReadState::kRecord: {
        std::string line = std::to_string(reader->line_number()) + ":";
        for (size_t i = 0; i < reader->fields().size(); ++i) {
          if (i > 0) line += '|';
          line += reader->fields()[i];
        }
        records.push_back(line);
      }
    }
  }
}

std::vector<std::string> Records(const std::string& text, const CsvOptions& options = {}) {
  const TestFile file("test.csv", text);
  return ReadAllRecords(file.path(), options);
}

using Expected = std::vector<std::string>;

TEST_CASE("plain and quoted fields", "[readers]") {
  CHECK(Records("a,b\n1,2\n,\n\"x\",\"y, z\"\n") == Expected{"2:1|2", "3:|", "4:x|y, z"});
  CHECK(Records("a,b\n\"say \"\"hi\"\"\",\"\"\"\"\n") == Expected{"2:say \"hi\"|\""});
  CHECK(Records("a\n\"two\nlines\"\nnext\n") == Expected{"2:two\nlines", "4:next"});
  CHECK(Records("a,b\n1,2") == Expected{"2:1|2"});
  CHECK(Records("a,b\n1,\"2\"") == Expected{"2:1|2"});
  CHECK(Records("a,b\n1,") == Expected{"2:1|"});
  CHECK(Records("a,b\nx\"y,6\"\n") == Expected{"2:x\"y|6\""});
}

TEST_CASE("line endings, marks and blank lines", "[readers]") {
  CHECK(Records("a,b\r\n1,2\r\n\"3\",\"4\"\r\n") == Expected{"2:1|2", "3:3|4"});
  CHECK(Records("\xef\xbb\xbf"
                "a,b\n1,2\n") == Expected{"2:1|2"});
  CHECK(Records("a,b\n\n1,2\n\r\n3,4\n\n") == Expected{"3:1|2", "5:3|4"});
  CHECK(Records("a\n\"\"\n") == Expected{"2:"});
  CHECK(Records("a,b\nx\ry,2\n") == Expected{"2:x\ry|2"});
  CHECK(Records("\xff\xfe"
                "a\0"s) == Expected{"open: test.csv: the text is in UTF-16"});
}

TEST_CASE("other delimiters and no header", "[readers]") {
  CsvOptions options;
  options.delimiter = '\t';
  options.header = false;
  CHECK(Records("a,b\tc\n1\t2\n", options) == Expected{"1:a,b|c", "2:1|2"});
  options.delimiter = '"';
  CHECK(Records("a", options) == Expected{"open: the CSV delimiter and quote must differ"});
}

TEST_CASE("columns by name, and empty text apart from no value", "[readers]") {
  const TestFile file("test.csv", "id,name\n1,\"\"\n2,\n");
  auto reader = CsvReader::Open(file.path());
  REQUIRE(reader.ok());
  CHECK(reader->header() == Expected{"id", "name"});
  CHECK(reader->Column("name") == 1u);
  CHECK_FALSE(reader->Column("Name").has_value());
  REQUIRE(reader->Next() == ReadState::kRecord);
  CHECK(reader->Quoted(1));
  REQUIRE(reader->Next() == ReadState::kRecord);
  CHECK_FALSE(reader->Quoted(1));
  CHECK(reader->Next() == ReadState::kEnd);
  CHECK(reader->Next() == ReadState::kEnd);
}

TEST_CASE("bad records are named by file and line, and reading goes on", "[readers]") {
  CHECK(Records("a,b\n1\n2,3\n4,5,6\n7,8\n") ==
        Expected{"bad: test.csv: line 2: 1 fields where the header has 2", "3:2|3",
                 "bad: test.csv: line 4: 3 fields where the header has 2", "5:7|8"});
  CHECK(
      Records("a,b\n\"x\"y,2\n3,4\n") ==
      Expected{"bad: test.csv: line 2: text follows the closing quote of a field; a quote inside a "
               "quoted field is written twice",
               "3:3|4"});
  CHECK(Records("a,b\n1,x\0y\n3,4\n"s) ==
        Expected{"bad: test.csv: line 2: a NUL character at byte 4", "3:3|4"});
  CHECK(Records("a,b\n1,\xe9t\xe9\n3,4\n") ==
        Expected{"bad: test.csv: line 2: byte 3 (0xe9) is not valid UTF-8", "3:3|4"});
}

TEST_CASE("files that cannot be read", "[readers]") {
  CHECK(Records("a,b\n1,2\n3,\"four\n5,6\n") ==
        Expected{"2:1|2", "failed: test.csv: line 3: a quote is opened here and never closed"});
  CHECK(Records("") == Expected{"open: test.csv: the file has no header line"});
  CHECK(Records("a,b,a\n") == Expected{"open: test.csv: line 1: two columns are named 'a'"});
  CHECK(CsvReader::Open("/nowhere/x.csv").status().code() == StatusCode::kNotFound);
  CHECK(CsvReader::Open("/tmp").status().code() == StatusCode::kInvalidArgument);
}

TEST_CASE("records across the reader's window", "[readers]") {
  // Fields of many lengths, so that every part of a record meets the window's end; one is larger
  // than the window.
  std::string text = "id,text\r\n";
  Expected expected;
  size_t line = 2;
  for (size_t i = 0; i < 3000; ++i) {
    const size_t length = i == 1500 ? 700'000 : i % 601;
    std::string field;
    for (size_t k = 0; k < length; ++k) field += "ab\"c\n,é"[k % 8];
    while (!field.empty() && static_cast<uint8_t>(field.back()) >= 0x80) field.pop_back();
    std::string quoted = "\"";
    for (const char c : field) quoted += c == '"' ? "\"\"" : std::string(1, c);
    text += std::to_string(i) + "," + quoted + "\"\r\n";
    expected.push_back(std::to_string(line) + ":" + std::to_string(i) + "|" + field);
    line += 1 + static_cast<size_t>(std::count(field.begin(), field.end(), '\n'));
  }
  CHECK((Records(text) == expected));

  const TestFile zipped("test.csv.gz", Gzipped(text));
  CHECK((ReadAllRecords(zipped.path()) == expected));
  CsvOptions small;
  small.max_record_bytes = 300'000;
  CHECK(Records(text, small).back() ==
        "failed: test.csv: line " + expected[1500].substr(0, expected[1500].find(':')) +
            ": the record is longer than 300000 bytes; is a quote never closed?");
}

TEST_CASE("damaged gzip files", "[readers]") {
  std::string text = "a,b\n";
  for (int i = 0; i < 100'000; ++i)
    text += std::to_string(i * 7919) + "," + std::to_string(i) + "\n";
  const std::string whole = Gzipped(text);
  const TestFile cut("cut.csv.gz", whole.substr(0, whole.size() / 2));
  CHECK(ReadAllRecords(cut.path()).back() == "failed: cut.csv.gz: the gzip file is truncated");
  std::string changed = whole;
  changed[changed.size() / 2] ^= 0x55;
  const TestFile damaged("damaged.csv.gz", changed);
  CHECK(ReadAllRecords(damaged.path())
            .back()
            .find("failed: damaged.csv.gz: the gzip file is damaged") == 0);
}

}  // namespace
}  // namespace gesta::readers
