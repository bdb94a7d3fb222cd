// Text lines, JSON documents and JSON Lines.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "readers/json.h"
#include "readers/json_lines_reader.h"
#include "readers/line_reader.h"
#include "readers_test_support.h"

namespace gesta::readers {
namespace {

using namespace std::string_literals;  // literals that hold NUL bytes
using Expected = std::vector<std::string>;

Expected Lines(const std::string& text, size_t max_line_bytes = 1 << 20) {
  const TestFile file("lines.txt", text);
  auto reader = LineReader::Open(file.path(), max_line_bytes);
  if (!reader.ok()) return {WithoutFolder(reader.status())};
  Expected lines;
  while (true) {
    switch (reader->Next()) {
      case ReadState::kEnd:
        return lines;
      case ReadState::kFailed:
        lines.push_back("failed: " + WithoutFolder(reader->status()));
        return lines;
      case ReadState::kBadRecord:
        lines.push_back("bad: " + WithoutFolder(reader->status()));
        break;
      case ReadState::kRecord:
        lines.push_back(std::to_string(reader->line_number()) + ":" + std::string(reader->line()));
    }
  }
}

std::string Json(const std::string& text) {
  auto document = ParseJson(text, "x.json");
  return document.ok() ? document->root().ToString(1000) : std::string(document.status().message());
}

TEST_CASE("lines of a text file", "[readers]") {
  CHECK(Lines("") == Expected{});
  CHECK(Lines("\n") == Expected{"1:"});
  CHECK(Lines("a\r\n\r\nb") == Expected{"1:a", "2:", "3:b"});
  CHECK(Lines("\xef\xbb\xbfZo\xc3\xab\n") == Expected{"1:Zo\xc3\xab"});
  CHECK(Lines("\xef\xbb") == Expected{"bad: lines.txt: line 1: byte 1 (0xef) is not valid UTF-8"});
  CHECK(Lines("ok\nx\0y\nz\n"s) ==
        Expected{"1:ok", "bad: lines.txt: line 2: a NUL character at byte 2", "3:z"});
  CHECK(Lines("a\n" + std::string(300'000, 'x') + "\nb\n", 1 << 17) ==
        Expected{"1:a", "failed: lines.txt: line 2: the line is longer than 131072 bytes"});
  const std::string wide(700'000, 'x');
  CHECK((Lines("a\n" + wide + "\nb\n") == Expected{"1:a", "2:" + wide, "3:b"}));
  CHECK(Lines(Gzipped("a\nb\n")) == Expected{"1:a", "2:b"});
}

TEST_CASE("UTF-8 is checked as RFC 3629 defines it", "[readers]") {
  for (const char* valid :
       {"\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    CHECK(TextProblem("12345678"s + valid + "9").empty());
  }
  // Lone and missing continuations, overlong forms, a surrogate, past U+10FFFF.
  for (const char* invalid :
       {"\x80", "\xc2", "\xc2\x41", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xe1\x80",
        "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    CHECK(TextProblem("12345678"s + invalid).find("byte 9 ") == 0);
  }
}

TEST_CASE("JSON values", "[readers]") {
  CHECK(Json("{\"a\": [1, -2.5, true, null, \"\\u00e9\\n\"], \"b\": {}}") ==
        "{'a': [1, -2.5, True, None, 'é\\n'], 'b': {}}");
  CHECK(Json("[9223372036854775807, 9223372036854775808, -9223372036854775809, "
             "123456789012345678901234567890]") ==
        "[9223372036854775807, 9223372036854775808, -9223372036854775809, "
        "123456789012345678901234567890]");
  CHECK(Json("[1e3, 1.0]") == "[1000, 1]");
  auto number = ParseJson("[1e3, 1]", "x");
  CHECK(number->root()[0].kind() == format::DatumKind::kFloat);
  CHECK(number->root()[1].kind() == format::DatumKind::kInt);
  CHECK(Json("\xef\xbb\xbf[1]") == "[1]");
  CHECK(Json("{\"a\": 1, \"b\": 2, \"a\": 3}") == "{'a': 3, 'b': 2}");
  CHECK(Json("\"x\"") == "'x'");
}

TEST_CASE("malformed JSON is refused with line and column", "[readers]") {
  CHECK(Json("{\"a\": 1,\n \"b\" 2}").find("x.json: line 2, column 6: ") == 0);
  CHECK(Json("").find("x.json: line 1, column 1: ") == 0);
  CHECK(Json("[1, 2").find("x.json: line 1, column 6: ") == 0);
  CHECK(Json("[1] 2").find("x.json: line 1, column 5: ") == 0);
  CHECK(Json("[NaN]").find("x.json: line 1, column 2: ") == 0);
  CHECK(Json("[\"a\xff\"]").find("x.json: line 1, column 4: ") == 0);
  CHECK(Json("[1e999]").find("x.json: line 1, column ") == 0);
  CHECK(Json(std::string(513, '[')) == "x.json: values are nested more than 512 deep");
  CHECK(Json(std::string(512, '[') + std::string(512, ']')).substr(0, 5) == "[[[[[");
}

TEST_CASE("JSON files, gzipped too", "[readers]") {
  const TestFile plain("x.json", "{\"a\": 1}");
  const TestFile zipped("x.json.gz", Gzipped("{\"a\": 1}"));
  for (const TestFile* file : {&plain, &zipped}) {
    const auto document = ReadJson(file->path());
    REQUIRE(document.ok());
    CHECK(document->root().Find("a")->integer() == 1);
  }
  CHECK(ReadJson("/nowhere.json").status().code() == StatusCode::kNotFound);
}

TEST_CASE("JSON Lines go on after a bad line", "[readers]") {
  const TestFile file("x.jsonl", "{\"id\": 1}\n\n{\"id\": }\r\n  \n[2]\nx\xff\n3");
  auto reader = JsonLinesReader::Open(file.path());
  REQUIRE(reader.ok());
  REQUIRE(reader->Next() == ReadState::kRecord);
  CHECK(reader->value().Find("id")->integer() == 1);
  CHECK(reader->line_number() == 1);
  REQUIRE(reader->Next() == ReadState::kBadRecord);
  CHECK(WithoutFolder(reader->status()).find("x.jsonl: line 3, column 8: ") == 0);
  REQUIRE(reader->Next() == ReadState::kRecord);
  CHECK(reader->value().ToString() == "[2]");
  CHECK(reader->line_number() == 5);
  REQUIRE(reader->Next() == ReadState::kBadRecord);
  CHECK(WithoutFolder(reader->status()) == "x.jsonl: line 6: byte 2 (0xff) is not valid UTF-8");
  REQUIRE(reader->Next() == ReadState::kRecord);
  CHECK(reader->value().integer() == 3);
  CHECK(reader->Next() == ReadState::kEnd);
}

}  // namespace
}  // namespace gesta::readers
