// The output modes, display width and JSON.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "print/json_text.h"
#include "print/printer.h"
#include "print/text_width.h"

namespace gesta::shell {
namespace {

std::string Print(OutputMode mode, const std::vector<std::string>& columns,
                  const std::vector<std::vector<Value>>& rows, size_t width = 0) {
  StringSink sink;
  PrintOptions options;
  options.mode = mode;
  options.width = width;
  const auto printer = MakePrinter(options, sink);
  printer->Begin(columns);
  for (const auto& row : rows) printer->Row(row);
  printer->End();
  return sink.text();
}

std::string Json(const Value& value) {
  std::string text;
  AppendJson(value, &text);
  return text;
}

Value S(std::string_view text) { return Value::String(text); }

TEST_CASE("display width counts columns, not bytes", "[shell]") {
  CHECK(DisplayWidth("abc") == 3);
  CHECK(DisplayWidth("é") == 1);
  CHECK(DisplayWidth("e\xCC\x81") == 1);  // e and a combining accent
  CHECK(DisplayWidth("走る") == 4);
  CHECK(DisplayWidth("\xFF") == 1);
  CHECK(CutToWidth("abcdef", 6) == "abcdef");
  CHECK(CutToWidth("abcdef", 4) == "abc…");
  CHECK(CutToWidth("走る走る", 5) == "走る…");
  CHECK(CutToWidth("走る走る", 4) == "走…");
  CHECK(CutToWidth("abc", 0).empty());
  CHECK(OneLine("a\nb\x1b[31m") == "a b\xEF\xBF\xBD[31m");
}

TEST_CASE("a table aligns numbers right and shows null and the text NULL apart", "[shell]") {
  CHECK(Print(OutputMode::kTable, {"name", "n"},
              {{S("run"), Value::Integer(7)},
               {Value::Null(), Value::Integer(1234)},
               {S("NULL"), Value::Null()}}) ==
        "┌────────┬──────┐\n"
        "│ name   │    n │\n"
        "├────────┼──────┤\n"
        "│ run    │    7 │\n"
        "│ NULL   │ 1234 │\n"
        "│ 'NULL' │ NULL │\n"
        "└────────┴──────┘\n");
  CHECK(Print(OutputMode::kTable, {}, {}).empty());
}

TEST_CASE("a table fits the terminal by cutting its widest columns", "[shell]") {
  const std::string text =
      Print(OutputMode::kTable, {"a", "b"}, {{S("xy"), S(std::string(50, 'z'))}}, 20);
  size_t start = 0;
  while (start < text.size()) {
    const size_t end = text.find('\n', start);
    CHECK(DisplayWidth(text.substr(start, end - start)) == 20);
    start = end + 1;
  }
  CHECK(text.find("│ xy │ zzzzz") != std::string::npos);
  CHECK(text.find("…") != std::string::npos);
}

TEST_CASE("rows after the measured ones keep the widths", "[shell]") {
  std::vector<std::vector<Value>> rows(1500, {S("abcd")});
  rows.push_back({S("abcdefgh")});
  const std::string text = Print(OutputMode::kTable, {"c"}, rows);
  CHECK(text.find("│ abc… │\n└──────┘\n") != std::string::npos);
}

TEST_CASE("csv quotes what must be quoted", "[shell]") {
  CHECK(Print(OutputMode::kCsv, {"a", "b,c"},
              {{S("x"), S("say \"hi\", you")},
               {Value::Null(), S("")},
               {Value::Float(0.5), Value::MakeList({Value::Integer(1), S("q")})}}) ==
        "a,\"b,c\"\n"
        "x,\"say \"\"hi\"\", you\"\n"
        ",\"\"\n"
        "0.5,\"[1, \"\"q\"\"]\"\n");
}

TEST_CASE("json is one array of objects, json lines one object a line", "[shell]") {
  const std::vector<std::vector<Value>> rows = {{Value::Integer(1), Value::Null()},
                                                {Value::Boolean(true), S("a\"b")}};
  CHECK(Print(OutputMode::kJson, {"x", "y z"}, rows) ==
        "[\n{\"x\": 1, \"y z\": null},\n{\"x\": true, \"y z\": \"a\\\"b\"}\n]\n");
  CHECK(Print(OutputMode::kJson, {"x"}, {}) == "[]\n");
  CHECK(Print(OutputMode::kJsonLines, {"x", "y z"}, rows) ==
        "{\"x\": 1, \"y z\": null}\n{\"x\": true, \"y z\": \"a\\\"b\"}\n");
}

TEST_CASE("markdown and line modes", "[shell]") {
  const std::vector<std::vector<Value>> rows = {{S("a|b"), Value::Null()}};
  CHECK(Print(OutputMode::kMarkdown, {"x", "y"}, rows) ==
        "| x | y |\n| --- | --- |\n| a\\|b |  |\n");
  CHECK(Print(OutputMode::kLine, {"x", "long"}, rows) == "   x = a|b\nlong = NULL\n");
}

TEST_CASE("json of values", "[shell]") {
  CHECK(Json(Value::Integer(std::numeric_limits<int64_t>::min())) == "-9223372036854775808");
  CHECK(Json(Value::Float(0.1)) == "0.1");
  CHECK(Json(Value::Float(std::nan(""))) == "\"NaN\"");
  CHECK(Json(Value::Float(-std::numeric_limits<double>::infinity())) == "\"-Infinity\"");
  CHECK(Json(Value::Date(0)) == "\"1970-01-01\"");
  CHECK(Json(S("\x01\n\xFF€")) == "\"\\u0001\\n\xEF\xBF\xBD€\"");
  NodeData node;
  node.id = 3;
  node.labels = {"Verb"};
  node.properties.Set("lemma", S("run"));
  RelationshipData rel;
  rel.id = 8;
  rel.type = "IN";
  rel.start = 3;
  rel.end = 4;
  const std::string node_json =
      "{\"id\": 3, \"labels\": [\"Verb\"], \"properties\": {\"lemma\": \"run\"}}";
  const std::string rel_json =
      "{\"id\": 8, \"type\": \"IN\", \"start\": 3, \"end\": 4, \"properties\": {}}";
  CHECK(Json(Value::Node(node)) == node_json);
  CHECK(Json(Value::Relationship(rel)) == rel_json);
  CHECK(Json(Value::Path({{Value::Node(node), Value::Node(node)}, {Value::Relationship(rel)}})) ==
        "{\"nodes\": [" + node_json + ", " + node_json + "], \"relationships\": [" + rel_json +
            "]}");
}

}  // namespace
}  // namespace gesta::shell
