// .npy files of every element type, order and version that numpy writes.
#include <catch2/catch.hpp>
#include <string>

#include "gesta/format/half.h"
#include "gesta/format/npy.h"
#include "support/real_data.h"

namespace gesta::format {
namespace {

std::string Fixture(const std::string& name) {
  return std::string(GESTA_SOURCE_DIR) + "/tests/unit/fixtures/" + name;
}

std::string Rendered(const std::string& name) {
  auto document = ReadNpy(Fixture(name));
  return document.ok() ? document->root().ToString(1000) : document.status().ToString();
}

std::string Npy(const std::string& header, const std::string& data) {
  std::string bytes = std::string("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size() & 0xff);
  bytes += static_cast<char>(header.size() >> 8);
  return bytes + header + data;
}

std::string Parse(const std::string& bytes) {
  auto document = ParseNpy(FileBuffer::CopyOf(bytes), "x.npy");
  return document.ok() ? document->root().ToString() : std::string(document.status().message());
}

TEST_CASE("npy files of every element type", "[format]") {
  CHECK(Rendered("f4.npy") == "float32[2,3](1, 2, 3, 4, 5, 6.5)");
  CHECK(Rendered("f2.npy") == "float16[3](1.5, -2, 65504)");
  CHECK(Rendered("big_f8.npy") == "float64[2](1.25, -3)");
  CHECK(Rendered("i8.npy") == "int64[2](-9223372036854775808, 9223372036854775807)");
  CHECK(Rendered("big_i2.npy") == "int16[2](1, -2)");
  CHECK(Rendered("u1.npy") == "uint8[2](0, 255)");
  CHECK(Rendered("bool.npy") == "bool[2](1, 0)");
  CHECK(Rendered("text.npy") == "unicode[2]('é😀', 'abc')");
  CHECK(Rendered("big_text.npy") == "unicode[1]('xy')");
  CHECK(Rendered("bytes.npy") == "bytes[2]('ab', 'c')");
  CHECK(Rendered("fortran.npy") == "int32[2,3](0, 1, 2, 3, 4, 5)");
  CHECK(Rendered("object.npy") == "object[2,2](1, 'a', None, [2])");
  CHECK(Rendered("numpy2_object.npy") == "object[2,2](1, 'a', None, [2])");
  CHECK(Rendered("fortran_object.npy") == "object[2,2](1, 2, 3, 4)");
  CHECK(Rendered("empty.npy") == "float32[0,3]()");
  CHECK(Rendered("point.npy") == "int32[](7)");
  CHECK(Rendered("version2.npy") == "float32[2,3](1, 2, 3, 4, 5, 6.5)");
  CHECK(Rendered("version3.npy") == "float32[2,3](1, 2, 3, 4, 5, 6.5)");
}

TEST_CASE("what is no readable npy file is refused with the byte", "[format]") {
  CHECK(Rendered("structure.npy").find("the array holds structures") != std::string::npos);
  CHECK(Parse("hello") == "x.npy: byte 0: this is no .npy file");
  CHECK(Parse(std::string("\x93NUMPY\x09\x00\x00\x00", 10)) ==
        "x.npy: byte 6: format version 9 (known are 1 to 3)");
  CHECK(Parse(Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "1234567")) ==
        "x.npy: byte 65: the array has 2 elements of 4 bytes, but only 7 bytes follow");
  CHECK(Parse(Npy("{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}", "12345678"))
            .find("elements of type '<c8'") != std::string::npos);
  CHECK(Parse(Npy("{'descr': '<f4', 'shape': (2,)}", "")) ==
        "x.npy: byte 10: the header misses 'descr', 'fortran_order' or 'shape'");
  // 2^62 elements: no memory is asked for.
  CHECK(Parse(Npy("{'descr': '<f8', 'fortran_order': True, 'shape': (2147483648, 2147483648)}",
                  "")) ==
        "x.npy: byte 84: the array needs element 4611686018427387903 of a storage of 0 elements");
  CHECK(Parse(Npy("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
                  "")) ==
        "x.npy: byte 85: the array's shape has more elements than memory can address");
  CHECK(Parse(Npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}", "")) ==
        "x.npy: byte 10: the header's 'shape' is no tuple of integers");
  CHECK(Parse(Npy("{'descr': '<U1', 'fortran_order': False, 'shape': (1,)}",
                  std::string("\x00\xd8\x00\x00", 4))) ==
        "x.npy: byte 65: the text array holds 0xd800, which is no character");
  CHECK(Parse(Npy("{'descr': '|O', 'fortran_order': False, 'shape': (2,)}", "]."))
            .find("has not the header's shape") != std::string::npos);
}

TEST_CASE("missing files and folders are told apart", "[format]") {
  CHECK(ReadNpy(Fixture("none.npy")).status().code() == StatusCode::kNotFound);
  CHECK(ReadNpy(Fixture("")).status().code() == StatusCode::kInvalidArgument);
}

TEST_CASE("half floats follow IEEE 754", "[format]") {
  CHECK(HalfToFloat(0x0001) == 0x1p-24f);
  CHECK(HalfToFloat(0x03ff) == 1023 * 0x1p-24f);
  CHECK(HalfToFloat(0x0400) == 0x1p-14f);
  CHECK(HalfToFloat(0x7bff) == 65504.0f);
  CHECK(HalfToFloat(0xc000) == -2.0f);
  CHECK(std::isinf(HalfToFloat(0x7c00)));
  CHECK(std::isnan(HalfToFloat(0x7e01)));
  CHECK(std::signbit(HalfToFloat(0x8000)));
  CHECK(FloatToHalf(1.0f + 0x1p-11f) == 0x3c00);      // a tie goes to the even one below
  CHECK(FloatToHalf(1.0f + 3 * 0x1p-11f) == 0x3c02);  // and above
  CHECK(FloatToHalf(65519.0f) == 0x7bff);
  CHECK(FloatToHalf(65520.0f) == 0x7c00);
  CHECK(FloatToHalf(0x1p-25f) == 0x0000);
  CHECK(FloatToHalf(0x1.8p-25f) == 0x0001);
  int wrong = 0;
  for (uint32_t bits = 0; bits <= 0xffff; ++bits) {
    const auto half = static_cast<uint16_t>(bits);
    const float value = HalfToFloat(half);
    if (std::isnan(value) ? !std::isnan(HalfToFloat(FloatToHalf(value)))
                          : FloatToHalf(value) != half) {
      ++wrong;
    }
  }
  CHECK(wrong == 0);
  CHECK(BFloat16ToFloat(0x3fc0) == 1.5f);
  CHECK(FloatToBFloat16(1.5f) == 0x3fc0);
  CHECK(FloatToBFloat16(1.0f + 0x1p-8f) == 0x3f80);
  CHECK(FloatToBFloat16(1.0f + 3 * 0x1p-8f) == 0x3f82);
  CHECK(std::isnan(BFloat16ToFloat(FloatToBFloat16(std::nanf("")))));
}

TEST_CASE("published annotations load", "[format][real]") {
  const std::string folder = test::RealData("data/haan/FineAction/");
  if (folder.empty()) return;
  const auto segments = ReadNpy(folder + "segments.npy");
  const auto names = ReadNpy(folder + "video_names.npy");
  REQUIRE(segments.ok());
  REQUIRE(names.ok());
  const NdArray& array = segments->root().array();
  size_t total = 0;
  for (size_t i = 0; i < array.size(); ++i) total += array.Object(i).size();
  CHECK(total == 81988);  // as the data's own description says
  CHECK(names->root().array().size() == array.size());
  CHECK(names->root().array().Text(0) == "v_00000000");
}

}  // namespace
}  // namespace gesta::format
