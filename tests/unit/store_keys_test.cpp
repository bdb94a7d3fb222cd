// Golden bytes of keys and rows: a change here is a change of the format on disk.
#include <catch2/catch.hpp>

#include "store/keys.h"
#include "store/row.h"
#include "store/sequence_record.h"
#include "store/value_encoding.h"

namespace gesta::store {
namespace {

std::string Hex(std::string_view bytes) {
  static const char* kDigits = "0123456789abcdef";
  std::string hex;
  for (const unsigned char c : bytes) {
    hex += kDigits[c >> 4];
    hex += kDigits[c & 15];
  }
  return hex;
}

std::string Ordered(const Value& value) {
  std::string bytes;
  AppendOrdered(value, &bytes);
  return Hex(bytes);
}

std::string Stored(const Value& value) {
  std::string bytes;
  AppendValue(value, &bytes);
  return Hex(bytes);
}

TEST_CASE("keys have the documented bytes", "[store]") {
  CHECK(Hex(NodeKey(0x0102030405060708)) == "0102030405060708");
  CHECK(Hex(RelKey(1)) == "0000000000000001");
  CHECK(Hex(AdjacencyKey(1, 2, 3, 4)) ==
        "0000000000000001"
        "00000002"
        "0000000000000003"
        "0000000000000004");
  CHECK(Hex(MemberKey(5, 6)) == "000000050000000000000006");
  CHECK(Hex(IndexPrefix(7)) == "00000007");
  CHECK(Hex(CountersKey()) == "63");
  CHECK(Hex(NameKey(NameKind::kProperty, 3)) == "6e0200000003");
  CHECK(Hex(IndexDefinitionKey(1)) == "6900000001");
  CHECK(Hex(ConstraintKey("c")) == "6b63");
  CHECK(Hex(LabelCountKey(1)) == "736c00000001");
  CHECK(Hex(TypeCountKey(1)) == "737400000001");
  CHECK(Hex(IndexCountKey(1)) == "736900000001");
  CHECK(Hex(DroppedIndexKey(1)) == "6700000001");
  CHECK(Hex(VectorKey(1, 2)) == "000000010000000000000002");
  CHECK(Hex(PendingKey(1, 2)) == "000000010000000000000002");
  CHECK(Hex(SequenceKey(1, 2, 3)) == "00000001000000000000000200000003");
  CHECK(Hex(SpaceCountKey(1)) == "737600000001");
  CHECK(Hex(SequenceCountKey(1)) == "737100000001");
}

TEST_CASE("heads and chunks of sequences have the documented bytes", "[store]") {
  SequenceInfo info;
  info.frames = 3;
  info.start = -0.5;
  info.step = 1;
  info.source = 0xabc;
  const std::string head = EncodeSequenceHead(info);
  CHECK(Hex(head) ==
        "0000000000000003"
        "bfe0000000000000"
        "3ff0000000000000"
        "0000000000000abc");
  SequenceInfo decoded;
  REQUIRE(DecodeSequenceHead(head, &decoded));
  CHECK(decoded.frames == 3);
  CHECK(decoded.start == -0.5);
  CHECK(decoded.step == 1);
  CHECK(decoded.source == 0xabc);
  for (size_t size = 0; size < head.size(); ++size) {
    CHECK_FALSE(DecodeSequenceHead(head.substr(0, size), &decoded));
  }
  CHECK_FALSE(DecodeSequenceHead(head + "x", &decoded));
  CHECK_FALSE(DecodeSequenceHead(std::string(32, '\0'), &decoded));  // no frames

  // 256 KiB are 64 frames of 1024 float32, or one that is larger.
  CHECK(FramesPerChunk(4096) == 64);
  CHECK(FramesPerChunk(262145) == 1);
  CHECK(ChunkOf(0, 4096) == 1);
  CHECK(ChunkOf(63, 4096) == 1);
  CHECK(ChunkOf(64, 4096) == 2);
}

TEST_CASE("the end of a prefix is above all its keys and below the next prefix", "[store]") {
  CHECK(Hex(Key().U32(0x000000ff).PrefixEnd()) == "000001");
  CHECK(Hex(Key().U32(1).PrefixEnd()) == "00000002");
  CHECK(Key().U32(0xffffffff).PrefixEnd().size() == 0);
  CHECK(Hex(PrefixEnd(std::string_view("a\xff\xff", 3))) == "62");
  CHECK(PrefixEnd("\xff").empty());
}

TEST_CASE("encoded values have the documented bytes", "[store]") {
  CHECK(Ordered(Value::Null()) == "10");
  CHECK(Ordered(Value::Float(0.0 / 0.0)) == "0f");
  CHECK(Ordered(Value::Boolean(false)) == "0d00");
  CHECK(Ordered(Value::Boolean(true)) == "0d01");
  CHECK(Ordered(Value::Integer(1)) == "0ebff00000000000000000");
  CHECK(Ordered(Value::Float(1)) == "0ebff00000000000000000");
  CHECK(Ordered(Value::Float(-0.0)) == Ordered(Value::Integer(0)));
  CHECK(Ordered(Value::Integer(0)) == "0e80000000000000000000");
  CHECK(Ordered(Value::Integer(-1)) == "0e400fffffffffffff0000");
  // 2^53 + 1 is not a float: the float below it, and one more.
  CHECK(Ordered(Value::Integer((1ll << 53) + 1)) == "0ec3400000000000000001");
  CHECK(Ordered(Value::String("a")) == "0c610001");
  CHECK(Ordered(Value::String(std::string_view("\0", 1))) == "0c00ff0001");
  CHECK(Ordered(Value::MakeList({})) == "0400");
  CHECK(Ordered(Value::MakeList({Value::Boolean(true)})) == "040d0100");
  CHECK(Ordered(Value::Date(0)) == "088000000000000000");
  CHECK(Ordered(Value::LocalTime(1)) == "0a8000000000000001");
  CHECK(Ordered(Value::Time(3'600'000'000'000, 3600)) ==
        "0980000000000000008000"
        "0e10");
  CHECK(Ordered(Value::LocalDateTime(0, 1)) == "07800000000000000000000001");
  CHECK(Ordered(Value::DateTime({0, 1, 0, "Z"})) == "06800000000000000000000001800000005a0001");
  CHECK(Ordered(Value::Duration({0, 0, 1, 2})) ==
        "0b8000000000000000"
        "0000000000000001"
        "00000002"
        "8000000000000000"
        "8000000000000000");
}

TEST_CASE("stored values have the documented bytes", "[store]") {
  CHECK(Stored(Value::Boolean(false)) == "00");
  CHECK(Stored(Value::Boolean(true)) == "01");
  CHECK(Stored(Value::Integer(-1)) == "0201");
  CHECK(Stored(Value::Integer(64)) == "028001");
  CHECK(Stored(Value::Float(1)) == "03000000000000f03f");
  CHECK(Stored(Value::String("ab")) == "046162");
  CHECK(Stored(Value::Date(1)) == "0502");
  CHECK(Stored(Value::LocalTime(1)) == "0602");
  CHECK(Stored(Value::Time(1, -1)) == "070201");
  CHECK(Stored(Value::LocalDateTime(1, 2)) == "080202");
  CHECK(Stored(Value::DateTime({1, 2, 3, "Z"})) == "090202065a");
  CHECK(Stored(Value::Duration({1, 2, 3, 4})) == "0a02040604");
  CHECK(Stored(Value::MakeList({Value::Integer(1), Value::Integer(2)})) ==
        "0b02"
        "020202"
        "020204");
  CHECK(Stored(Value::MakeList({Value::Float(1)})) == "0c000000000000f03f");
}

TEST_CASE("rows have the documented bytes, and one property is found in them", "[store]") {
  const std::string one = "\x02\x02";
  const std::string two = "\x04xyz";
  std::string row;
  AppendNodeHeader({1, 300}, &row);
  AppendProperties({{2, one}, {200, two}}, &row);
  CHECK(Hex(row) ==
        "0201ac02"
        "02"
        "0202"
        "c80104"
        "0202"
        "0478797a");
  CHECK(NodeHasLabel(row, 300));
  CHECK_FALSE(NodeHasLabel(row, 2));
  CHECK(NodeProperties(row).Find(2) == one);
  CHECK(NodeProperties(row).Find(200) == two);
  CHECK_FALSE(NodeProperties(row).Find(3));
  CHECK_FALSE(NodeProperties(row).Find(201));
  NodeRow parsed;
  REQUIRE(NodeRow::Parse(row, &parsed));
  CHECK(parsed.labels == std::vector<NameId>{1, 300});

  std::string rel;
  AppendRelHeader({1, 2, 3}, &rel);
  AppendProperties({}, &rel);
  CHECK(Hex(rel) ==
        "0000000000000001"
        "00000003"
        "0000000000000002"
        "00");
}

TEST_CASE("damaged rows are refused, never read past their end", "[store]") {
  std::string row;
  AppendNodeHeader({1, 2}, &row);
  AppendProperties({{1,
                     "\x04"
                     "abc"},
                    {7, "\x02\x02"}},
                   &row);
  for (size_t size = 0; size < row.size(); ++size) {
    const std::string cut = row.substr(0, size);
    NodeRow parsed;
    std::vector<RawProperty> properties;
    CHECK_FALSE((NodeRow::Parse(cut, &parsed) && parsed.properties.All(&properties)));
    (void)NodeProperties(cut).Find(7);
  }
  Value value;
  CHECK_FALSE(DecodeValue("", &value));
  CHECK_FALSE(DecodeValue("\x7f", &value));
  CHECK_FALSE(DecodeValue("\x03zzz", &value));
  CHECK_FALSE(DecodeValue("\x02\xff\xff", &value));
  CHECK_FALSE(DecodeValue("\x0b\x05\x01\x01", &value));
  CHECK_FALSE(DecodeValue(std::string("\x0b\xff\xff\xff\xff\x0f\x01\x01", 8), &value));
}

}  // namespace
}  // namespace gesta::store
