// Base64, JSON strings, .npy files that we write, digests, and temporal values read from text.
#include <catch2/catch.hpp>
#include <cstring>

#include "gesta/format/base64.h"
#include "gesta/format/digest.h"
#include "gesta/format/json.h"
#include "gesta/format/json_text.h"
#include "gesta/format/npy.h"
#include "gesta/format/npy_writer.h"
#include "gesta/temporal_text.h"
#include "store_test_support.h"

namespace gesta::test {
namespace {

TEST_CASE("base64 as RFC 4648 has it", "[format]") {
  const std::pair<std::string, std::string> examples[] = {{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"},
                                                          {"\xFF\xFE\xFD", "//79"}};
  for (const auto& [bytes, text] : examples) {
    std::string encoded = "before ";
    format::AppendBase64(bytes, &encoded);
    CHECK(encoded == "before " + text);
    std::string decoded = "x";
    CHECK(format::DecodeBase64(text, &decoded));
    CHECK(decoded == "x" + bytes);
  }
  for (const char* bad : {"Z", "Zg", "Zg=", "Z===", "====", "Zg==Zg==", "Zm 9", "Zm9\n", "Zm9_"}) {
    std::string decoded = "x";
    INFO(bad);
    CHECK_FALSE(format::DecodeBase64(bad, &decoded));
    CHECK(decoded == "x");
  }
}

TEST_CASE("JSON strings read back", "[format]") {
  std::string text = "plain \"quoted\" \\ / \n\r\t\b\f \x7F ü 漢 🙂";
  for (char c = 0; c < 0x20; ++c) text.push_back(c);
  std::string json;
  format::AppendJsonString(text, &json);
  CHECK(Must(format::ParseJson(json, "test")).root().text() == text);
  json.clear();
  format::AppendJsonString("a\xFFz", &json);
  CHECK(json == "\"a\xEF\xBF\xBDz\"");
}

TEST_CASE("a digest is what FIPS 180-4 says", "[format]") {
  format::Digest digest(format::Digest::Kind::kSha256);
  digest.Add("a");
  digest.Add("bc");
  CHECK(digest.Hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  format::Digest words(format::Digest::Kind::kSha256);
  words.Add("abc");
  CHECK(words.Words()[0] == 0xba7816bf);
}

TEST_CASE(".npy files that are written are read", "[format]") {
  const TempDirectory directory;
  const std::string path = directory / "m.npy";
  auto writer = Must(format::NpyWriter::Open(path, "<f4", 4, 3));
  const float rows[] = {1, 2, 3, -4, 5.5, 6};
  std::string bytes(sizeof rows, '\0');
  std::memcpy(bytes.data(), rows, sizeof rows);
  RequireOk(writer.Write(bytes));
  CHECK(writer.rows() == 2);
  RequireOk(writer.Close());
  const auto document = Must(format::ReadNpy(path));
  const format::NdArray& array = document.root().array();
  REQUIRE(array.shape() == std::vector<int64_t>{2, 3});
  CHECK(std::filesystem::file_size(path) == 192 + sizeof rows);
}

TEST_CASE("temporal values read from their texts", "[temporal]") {
  const auto same = [](const Value& value) {
    const std::string text = TemporalToText(value);
    INFO(text);
    const Value read = Must(TemporalFromText(value.type(), text));
    CHECK(TemporalToText(read) == text);
    CHECK(Order(read, value) == 0);
  };
  for (const int64_t days : {0, 1, -1, 59, 60, 19'782, -719'528, -719'529, 2'932'896, 2'932'897,
                             -365'000'000, 365'000'000}) {
    same(Value::Date(days));
    for (const int64_t second : {0, 1, 59, 60, 86'399}) {
      for (const int32_t nanos : {0, 1, 1'000, 5'000'000, 999'999'999}) {
        same(Value::LocalDateTime(days * 86'400 + second, nanos));
        same(Value::LocalTime(second * 1'000'000'000 + nanos));
        for (const int32_t offset : {0, 3'600, -18'030, 64'800, -1}) {
          same(Value::Time(second * 1'000'000'000 + nanos, offset));
          DateTimeData d;
          d.epoch_seconds = days * 86'400 + second;
          d.nanos = nanos;
          d.offset_seconds = offset;
          same(Value::DateTime(d));
          d.zone = "Europe/Stockholm";
          same(Value::DateTime(d));
        }
      }
    }
  }
  for (const int64_t months : {0, 1, 12, -13, 25}) {
    for (const int64_t seconds : {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{3'661},
                                  int64_t{-86'400}, int64_t{1} << 40}) {
      for (const int32_t nanos : {0, 1, 250'000'000, 999'999'999}) {
        same(Value::Duration({months, -months, seconds, nanos}));
      }
    }
  }
}

TEST_CASE("texts that are no temporal values are refused", "[temporal]") {
  const std::pair<ValueType, const char*> bad[] = {
      {ValueType::kDate, ""},
      {ValueType::kDate, "2023-02-29"},
      {ValueType::kDate, "2023-13-01"},
      {ValueType::kDate, "2023-00-01"},
      {ValueType::kDate, "2023-1-01"},
      {ValueType::kDate, "2023-01-01T"},
      {ValueType::kDate, "12345-01-01"},
      {ValueType::kDate, "+9999999999-01-01"},
      {ValueType::kLocalTime, "24:00"},
      {ValueType::kLocalTime, "12"},
      {ValueType::kLocalTime, "12:60"},
      {ValueType::kLocalTime, "12:00:00."},
      {ValueType::kLocalTime, "12:00:00.1234567890"},
      {ValueType::kTime, "12:00"},
      {ValueType::kTime, "12:00+1"},
      {ValueType::kTime, "12:00+19:00"},
      {ValueType::kDateTime, "2024-01-01T12:00"},
      {ValueType::kDateTime, "2024-01-01T12:00Z[]"},
      {ValueType::kDateTime, "2024-01-01T12:00Z[Europe/Berlin"},
      {ValueType::kLocalDateTime, "2024-01-01 12:00"},
      {ValueType::kDuration, "P"},
      {ValueType::kDuration, "PT"},
      {ValueType::kDuration, "P1DT"},
      {ValueType::kDuration, "1D"},
      {ValueType::kDuration, "P1D2Y"},
      {ValueType::kDuration, "P1.5D"},
      {ValueType::kDuration, "PT1"},
      {ValueType::kInteger, "1"},
  };
  for (const auto& [type, text] : bad) {
    INFO(text);
    CHECK(TemporalFromText(type, text).status().code() == StatusCode::kBadData);
  }
}

}  // namespace
}  // namespace gesta::test
