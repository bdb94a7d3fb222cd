// Pickles: every protocol and type that Python, numpy and torch write, against values written by
// hand.
#include <catch2/catch.hpp>
#include <string>

#include "gesta/format/pickle.h"
#include "support/real_data.h"

namespace gesta::format {
namespace {

using namespace std::string_literals;  // literals that hold NUL bytes

std::string Fixture(const std::string& name) {
  return std::string(GESTA_SOURCE_DIR) + "/tests/unit/fixtures/" + name;
}

Document Load(const std::string& name) {
  auto document = ReadPickle(Fixture(name));
  INFO(name << ": " << document.status().ToString());
  REQUIRE(document.ok());
  return std::move(document).value();
}

Result<Document> Parse(std::string_view bytes, const Limits& limits = {}) {
  return ParsePickle(FileBuffer::CopyOf(bytes), "test.pkl", limits);
}

std::string Rendered(std::string_view bytes) {
  auto document = Parse(bytes);
  return document.ok() ? document->root().ToString(4000) : document.status().ToString();
}

void CheckError(std::string_view bytes, StatusCode code, const std::string& message) {
  auto document = Parse(bytes);
  INFO(message);
  REQUIRE_FALSE(document.ok());
  CHECK(document.status().code() == code);
  CHECK(std::string(document.status().message()) == message);
}

TEST_CASE("every protocol gives the same plain values", "[format]") {
  const std::string expected =
      "{'none': None, 'bools': [True, False], 'ints': [0, 1, -1, 255, 256, 65535, 65536, "
      "-2147483648, 2147483648, 9223372036854775807, -9223372036854775808], 'big': "
      "[9223372036854775808, 18446744073709551616, -1267650600228229401496703205376, "
      "1000000000000000000000000000000], 'floats': [0.5, -1.5, 1e+300, inf], 'strings': ['', "
      "'abc', "
      "'Zoë 日本 😀', 'a\\nb\\\\c\\'d'], 'bytes': [b'', b'a\\x00\\xff'], 'bytearray': b'xy\\xfe', "
      "'tuples': [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)], 'sets': [{7}, {8}], 'nested': {'a': "
      "{'b': [{}]}}, 'ordered': {'k': 1, 'j': 2}, 'default': {'x': [1]}, 'shared': [['same'], "
      "['same']], (0, 'label'): 'tuple key', 5: 'integer key', 'type': 'builtins.float'}";
  for (int protocol = 0; protocol <= 5; ++protocol) {
    const Document document = Load("plain_p" + std::to_string(protocol) + ".pkl");
    CHECK(document.root().ToString(4000) == expected);
    // What a pickle shares is one value here.
    const Datum* shared = document.root().Find("shared");
    REQUIRE(shared != nullptr);
    CHECK(&(*shared)[0] == &(*shared)[1]);
  }
}

TEST_CASE("strings of Python 2 are text where they are UTF-8, otherwise bytes", "[format]") {
  for (const char* name : {"python2_p0.pkl", "python2_p2.pkl"}) {
    CHECK(Load(name).root().ToString() == "['abc', 'dé', b'\\xff\\'', 5, 7]");
  }
}

TEST_CASE("numpy arrays and scalars come out the same from every protocol and numpy", "[format]") {
  const std::string expected =
      "{'f4': float32[2,3](1, 2, 3, 4, 5, 6.5), 'f2': float16[3](1.5, -2, 65504), 'big_f8': "
      "float64[2](1.25, -3), 'i8': int64[2](-9223372036854775808, 9223372036854775807), 'u8': "
      "uint64[1](18446744073709551615), 'big_i2': int16[2](1, -2), 'u1': uint8[2](0, 255), 'bool': "
      "bool[2](1, 0), 'text': unicode[2]('é😀', 'abc'), 'big_text': unicode[1]('xy'), 'bytes': "
      "bytes[2]('ab', 'c'), 'fortran': int32[2,3](0, 1, 2, 3, 4, 5), 'object': object[2,2](1, 'a', "
      "None, [2]), 'fortran_object': object[2,2](1, 2, 3, 4), 'empty': float32[0,3](), 'point': "
      "int32[](7), 'scalars': [0.5, 2.5, 1.5, -5, 200, 18446744073709551615, True, 'run-51.3.2', "
      "b'b', '']}";
  for (const char* name :
       {"numpy_p0.pkl", "numpy_p1.pkl", "numpy_p2.pkl", "numpy_p3.pkl", "numpy_p4.pkl",
        "numpy_p5.pkl", "numpy2_p2.pkl", "numpy2_p4.pkl", "numpy2_p5.pkl"}) {
    INFO(name);
    CHECK(Load(name).root().ToString(4000) == expected);
  }
}

TEST_CASE("torch tensors of every type, device and file format", "[format]") {
  const std::string expected =
      "{'float32': float32[2,3](0.5, 1.5, 2.5, 3.5, 4.5, 5.5), 'float64': float64[1](1.25), "
      "'float16': float16[2](1.5, -2), 'bfloat16': bfloat16[2](1.5, -3), 'int64': int64[1](-5), "
      "'int32': int32[1](-4), 'int16': int16[1](-3), 'int8': int8[1](-2), 'uint8': uint8[1](200), "
      "'bool': bool[2](1, 0), 'column': float32[2](1.5, 4.5), 'transposed': float32[3,2](0.5, 3.5, "
      "1.5, 4.5, 2.5, 5.5), 'expanded': float32[2,2](9, 9, 9, 9), 'point': float32[](7), 'empty': "
      "float32[0,2](), 'parameter': float32[1](0.25), 'size': (2, 3), 'dtype': 'torch.float16', "
      "'device': 'cuda:1'}";
  for (const char* name : {"torch_zip.pt", "torch_deflated.pt", "torch_stream.pt",
                           "torch_stream_cuda.pt", "torch_plain_p2.pkl", "torch_plain_p4.pkl"}) {
    INFO(name);
    CHECK(Load(name).root().ToString(4000) == expected);
  }
  CHECK(Load("torch2_uint16_big.pt").root().ToString() == "uint16[3](1, 2, 65535)");
}

TEST_CASE("numbers of arrays convert", "[format]") {
  const Document document = Load("torch_zip.pt");
  const NdArray& half = document.root().Find("float16")->array();
  float values[2];
  half.CopyFloats(0, 2, values);
  CHECK(values[0] == 1.5f);
  CHECK(values[1] == -2.0f);
  CHECK(half.Int(1) == -2);
  CHECK(document.root().Find("int64")->array().Float(0) == -5.0);
  CHECK(document.root().Find("bfloat16")->array().Float(1) == -3.0);
  CHECK(document.root().Find("transposed")->array().shape() == std::vector<int64_t>{3, 2});
}

TEST_CASE("classes outside the table are refused by name and place", "[format]") {
  // os.system('true'), as an attack on pickle.load would write it.
  CheckError("cos\nsystem\n(S'true'\ntR.", StatusCode::kUnsupported,
             "test.pkl: byte 0: the class or function 'os.system' is not known");
  CheckError("\x80\x04\x8c\x05posix\x8c\x06system\x93)R.", StatusCode::kUnsupported,
             "test.pkl: byte 17: the class or function 'posix.system' is not known");
  CheckError("(ipandas.core.frame\nDataFrame\n.", StatusCode::kUnsupported,
             "test.pkl: byte 1: the class or function 'pandas.core.frame.DataFrame' is not known");
}

TEST_CASE("a class may be mentioned but not made when it is only a name", "[format]") {
  CheckError("cbuiltins\nfloat\n(S'1'\ntR.", StatusCode::kUnsupported,
             "test.pkl: byte 23: the pickle makes an object of 'builtins.float'");
}

TEST_CASE("broken pickles are refused with the byte", "[format]") {
  CheckError("", StatusCode::kBadData,
             "test.pkl: byte 0: the pickle is truncated: it ends without its stop mark");
  CheckError("hello", StatusCode::kBadData,
             "test.pkl: byte 0: the pickle recalls entry 101, which it never stored");
  CheckError("N", StatusCode::kBadData,
             "test.pkl: byte 1: the pickle is truncated: it ends without its stop mark");
  CheckError(".", StatusCode::kBadData,
             "test.pkl: byte 0: the pickle takes a value from an empty stack");
  CheckError("]K", StatusCode::kBadData,
             "test.pkl: byte 1: the pickle is truncated: 1 more bytes are announced, 0 are left");
  // Four gigabytes announced in a file of nine bytes.
  CheckError(
      "NB\xff\xff\xff\xff"
      "abc",
      StatusCode::kBadData,
      "test.pkl: byte 1: the pickle is truncated: 4294967295 more bytes are announced, 3 are "
      "left");
  CheckError("NNa.", StatusCode::kBadData, "test.pkl: byte 2: the pickle adds elements to a null");
  CheckError("(NNe.", StatusCode::kBadData,
             "test.pkl: byte 3: the pickle adds to a container that is not there");
  CheckError("t.", StatusCode::kBadData,
             "test.pkl: byte 0: the pickle closes a group that it has not opened");
  CheckError("X\x02\x00\x00\x00"s + "a", StatusCode::kBadData,
             "test.pkl: byte 0: the pickle is truncated: 2 more bytes are announced, 1 are left");
  CheckError("X\x03\x00\x00\x00"s + "a\xff" + "b.", StatusCode::kBadData,
             "test.pkl: byte 6: a string that is not valid UTF-8");
}

TEST_CASE("what a pickle may cost is limited", "[format]") {
  SECTION("a list in itself") {
    CheckError(
        "]q\x01h\x01"
        "a.",
        StatusCode::kBadData, "test.pkl: a list contains itself");
  }
  SECTION("a tree that sharing makes exponential") {
    // l = [x, x] forty times over: 2^40 leaves in 200 bytes.
    std::string bomb = "N";
    for (int i = 0; i < 40; ++i) bomb += "2\x86";
    CheckError(bomb + ".", StatusCode::kBadData,
               "test.pkl: the file's shared values stand for a tree of more than 500000000 values");
  }
  SECTION("depth") {
    std::string deep;
    for (int i = 0; i < 513; ++i) deep += "]";
    for (int i = 0; i < 512; ++i) deep += "a";
    CheckError(deep + ".", StatusCode::kBadData, "test.pkl: values are nested more than 512 deep");
    CHECK(Parse(deep.substr(1, deep.size() - 2) + ".").ok());
  }
  SECTION("values") {
    Limits limits;
    limits.max_values = 10;
    const auto refused = Parse("(K\1K\2K\3K\4K\5K\6K\7K\10K\11K\12l.", limits);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.status().message().find("more than 10 values") != std::string_view::npos);
  }
  SECTION("a view that makes a small storage huge") {
    const auto refused = ReadPickle(Fixture("torch_expanded_huge.pkl"));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.status().message().find("takes more than 268435456 bytes") !=
          std::string_view::npos);
  }
}

TEST_CASE("of equal keys the last value counts, in the first one's place", "[format]") {
  CHECK(Rendered("(K\1K\2I01\nK\3K\5K\4d.") == "{1: 3, 5: 4}");
  // The same with enough keys for the sorted index.
  std::string many = "(";
  for (char i = 1; i <= 20; ++i) many += std::string("K") + i + "K" + i;
  many += "K\5K\0d."s;
  const auto document = Parse(many);
  REQUIRE(document.ok());
  REQUIRE(document->root().size() == 20);
  CHECK(document->root().ToString(60).substr(0, 42) ==
        "{1: 1, 2: 2, 3: 3, 4: 4, 5: 0, 6: 6, 7: 7,");
  CHECK(Rendered("(]Nd.") == "test.pkl: a dict key that is a list");
}

TEST_CASE("string keys are found in dicts of every size", "[format]") {
  for (int size : {1, 8, 9, 300}) {
    std::string bytes = "(";
    for (int i = 0; i < size; ++i) {
      bytes += "Vkey" + std::to_string(i * 7 % 1000) + "\nI" + std::to_string(i) + "\n";
    }
    const auto document = Parse(bytes + "K\1Nd.");
    REQUIRE(document.ok());
    for (int i = 0; i < size; ++i) {
      const Datum* value = document->root().Find("key" + std::to_string(i * 7 % 1000));
      REQUIRE(value != nullptr);
      CHECK(value->integer() == i);
    }
    CHECK(document->root().Find("key") == nullptr);
    CHECK(document->root().Find("zzz") == nullptr);
  }
}

TEST_CASE("published mappings load whole", "[format][real]") {
  const std::string folder = test::RealData("data/pangea/dataset_labels_align_result/");
  if (folder.empty()) return;
  const auto mapping = ReadPickle(folder + "COIN/map_label2verb_clip+gpt.pkl");
  REQUIRE(mapping.ok());
  const Datum& root = mapping->root();
  REQUIRE(root.Find("Label2Verb") != nullptr);
  CHECK(root.Find("Label2Verb")->size() == 778);
  CHECK(root.Find("node_verb_list")->size() == 2702);
  CHECK((*root.Find("node_verb_list"))[0].ToString() == "('tape-22.4', 'affix')");
  CHECK(root.Find("verb_text_list")->size() == 2702);
  // Similarities saved from a GPU, in half precision.
  const auto similarity = ReadPickle(folder + "Action_Genome/map_label2verb_clip.pkl");
  REQUIRE(similarity.ok());
  const NdArray& matrix = similarity->root().Find("map_label2verb")->array();
  CHECK(matrix.type() == ElementType::kFloat16);
  CHECK(matrix.shape() == std::vector<int64_t>{157, 2702});
  CHECK(matrix.Float(0) == Approx(0.6845703125));
}

}  // namespace
}  // namespace gesta::format
