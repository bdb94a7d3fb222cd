// The reader of safetensors files, on files that are right and on files that are not.
#include "gesta/format/safetensors.h"

#include <cstring>
#include <fstream>

#include "expected.h"
#include "support/temp_dir.h"

namespace gesta::test {
namespace {

using format::SafetensorsFile;

struct TestFile {
  TempDir dir;
  std::string path = dir.path() + "/x.safetensors";

  void Write(const std::string& header, const std::string& data, uint64_t claimed = UINT64_MAX) {
    const uint64_t size = claimed == UINT64_MAX ? header.size() : claimed;
    std::string bytes;
    for (int i = 0; i < 8; ++i) bytes += static_cast<char>(size >> (8 * i));
    std::ofstream(path, std::ios::binary) << bytes << header << data;
  }
  Status Error() const { return SafetensorsFile::Open(path).status(); }
};

TEST_CASE("tensors are found by name and read") {
  TestFile file;
  const std::string data("\x00\x00\x80\x3f\x00\x00\x00\x40\x07\x00", 10);
  file.Write(R"({"__metadata__": {"format": "pt"},
                 "b": {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]},
                 "a": {"dtype": "I16", "shape": [], "data_offsets": [8, 10]},
                 "c": {"dtype": "F32", "shape": [0, 3], "data_offsets": [10, 10]}})",
             data);
  const auto opened = SafetensorsFile::Open(file.path);
  INFO(opened.status().ToString());
  REQUIRE(opened.ok());
  REQUIRE(opened->tensors().size() == 3);
  CHECK(opened->tensors()[0].name == "a");
  CHECK(opened->Find("__metadata__") == nullptr);
  const auto* tensor = opened->Find("b");
  REQUIRE(tensor != nullptr);
  CHECK(tensor->shape == std::vector<int64_t>{1, 2});
  float values[2] = {};
  REQUIRE(opened->Read(*tensor, values).ok());
  CHECK(values[0] == 1);
  CHECK(values[1] == 2);
  int16_t number = 0;
  REQUIRE(opened->Read(*opened->Find("a"), &number).ok());
  CHECK(number == 7);
}

TEST_CASE("damaged and hostile files are refused with a reason") {
  TestFile file;
  CHECK(file.Error().code() == StatusCode::kNotFound);
  std::ofstream(file.path) << "short";
  CHECK(file.Error().code() == StatusCode::kBadData);
  const std::string one = R"({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}})";
  file.Write(one, "1234", 1 << 20);  // a header longer than the file
  CHECK(file.Error().code() == StatusCode::kBadData);
  file.Write(one, "1234", uint64_t{1} << 63);
  CHECK(file.Error().code() == StatusCode::kBadData);
  file.Write(one, "123");
  CHECK(file.Error().code() == StatusCode::kBadData);
  file.Write(one, "12345");  // bytes that belong to no tensor
  CHECK(file.Error().code() == StatusCode::kBadData);
  for (const char* header :
       {"", "[]", "{", R"({"a": 1})", R"({"a": {"dtype": "F32", "shape": [1]}})",
        R"({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}})",
        R"({"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}})",
        R"({"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 0]}})",
        R"({"a": {"dtype": "F32", "shape": [4611686018427387904, 4], "data_offsets": [0, 4]}})",
        // Overlapping, and with a hole.
        R"({"a": {"dtype": "I8", "shape": [3], "data_offsets": [0, 3]},
            "b": {"dtype": "I8", "shape": [2], "data_offsets": [2, 4]}})",
        R"({"a": {"dtype": "I8", "shape": [1], "data_offsets": [0, 1]},
            "b": {"dtype": "I8", "shape": [2], "data_offsets": [2, 4]}})"}) {
    INFO(header);
    file.Write(header, "1234");
    CHECK(file.Error().code() == StatusCode::kBadData);
  }
  file.Write(R"({"a": {"dtype": "F8_E4M3", "shape": [4], "data_offsets": [0, 4]}})", "1234");
  CHECK(file.Error().code() == StatusCode::kUnsupported);
  CHECK(std::string(file.Error().message()).find("F8_E4M3") != std::string::npos);
}

}  // namespace
}  // namespace gesta::test
