// The jobs hake-ava and hake-dio: rows of the published files' form become boxes, instances, states
// and objects; both files join; bad rows are told with file and line.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdio>
#include <filesystem>

#include "ingest_crash.h"
#include "ingest_test_support.h"
#include "readers/label_map.h"

namespace gesta {
namespace {

using namespace gesta::test;
using Catch::Matchers::Contains;

constexpr const char* kStatesHeader =
    "video,frame,x1,y1,x2,y2,action,human_id,foot,leg,hip,hand,arm,head\n";
constexpr const char* kObjectsHeader =
    "video,frame,h_x1,h_y1,h_x2,h_y2,o_x1,o_y1,o_x2,o_y2,action,object_name,human_id,object_id\n";

// The first three rows are those that the data set's description shows.
constexpr const char* kStateRows =
    "-5KQ66BBWC4,902,0.077,0.151,0.283,0.811,80,1,-1,-1,-1,17,-1,1\n"
    "-5KQ66BBWC4,902,0.077,0.151,0.283,0.811,9,1,14,13,-1,32,6,-1\n"
    "-5KQ66BBWC4,902,0.226,0.032,0.366,0.497,12,0,0,-1,-1,17,-1,1\n"
    "-5KQ66BBWC4,903,0.080,0.150,0.290,0.810,80,1,-1,-1,-1,17,-1,1_12\n"
    "-5KQ66BBWC4,905,0.392,0.033,0.556,0.618,6,12,-1,-1,-1,0_23,-1,-1\n"
    "1j20qq1JyX4,0902,0.0,0.1,0.5,1.0,27,0,-1,-1,1,0,-1,9\n";

// Those three too.
constexpr const char* kObjectRows =
    "-5KQ66BBWC4,905,0.392,0.033,0.556,0.618,0.37,0.019,0.432,0.608,6,stick,12,0\n"
    "-5KQ66BBWC4,906,0.408,0.008,0.586,0.639,0.37,0.036,0.457,0.678,6,stick,12,0\n"
    "-5KQ66BBWC4,907,0.42,0.115,0.616,0.883,0.371,0.143,0.466,0.878,6,stick,12,0\n"
    "1j20qq1JyX4,902,0.001,0.1,0.5,0.999,0.2,0.2,0.3,0.3,27,cup,0,7\n"
    "1j20qq1JyX4,902,0.0,0.1,0.5,1.0,0.2005,0.2,0.3,0.3,17,cup,0,7\n";

constexpr const char* kActions =
    "label {\n  name: \"drink\"\n  label_id: 27\n  label_type: OBJECT_MANIPULATION\n}\n"
    "item { name: 'stand' id: 12 }  # the other spelling\n"
    "label { label_id: 80; name: \"watch (a \" \"person)\" }\n";

// Rows of a statement's result would need the query library's set-up: the graph is read as text.
std::vector<std::string> Boxes(Store& store) { return Nodes(store, "PersonBox"); }

// What each instance shows and has, by walking the graph: "video@time/person action: states;
// objects".
std::vector<std::string> Instances(Store& store) {
  auto t = Read(store);
  const auto key = [&](const char* name) { return t->FindName(NameKind::kProperty, name); };
  const auto type = [&](const char* name) { return t->FindName(NameKind::kType, name); };
  const auto others = [&](NodeId node, const char* name, Direction direction) {
    std::vector<Edge> edges;
    if (type(name) != kNoName) RequireOk(t->Expand(node, direction, {type(name)}, {}, &edges));
    std::vector<NodeId> nodes;
    for (const Edge& edge : edges) nodes.push_back(edge.other);
    return nodes;
  };
  const auto text = [&](NodeId node, const char* name) {
    return ToText(Must(t->GetNodeProperty(node, key(name))), /*quote=*/false);
  };
  std::vector<std::string> lines;
  for (const uint64_t instance :
       Drain(t->ScanLabel(t->FindName(NameKind::kLabel, "ActionInstance")), 16)) {
    const auto box = others(instance, "PERFORMS", Direction::kIn);
    const auto action = others(instance, "SHOWS", Direction::kOut);
    REQUIRE(box.size() == 1);
    REQUIRE(action.size() == 1);
    const auto video = others(box[0], "HAS_PERSON", Direction::kIn);
    REQUIRE(video.size() == 1);
    std::vector<std::string> states;
    for (const NodeId state : others(instance, "HAS_STATE", Direction::kOut)) {
      states.push_back(text(state, "name"));
    }
    for (const NodeId object : others(instance, "WITH_OBJECT", Direction::kOut)) {
      const auto classes = others(object, "OF_CLASS", Direction::kOut);
      REQUIRE(classes.size() == 1);
      states.push_back("with " + text(classes[0], "name"));
    }
    std::sort(states.begin(), states.end());
    std::string line = text(video[0], "id") + "@" + text(box[0], "time") + "/" +
                       text(box[0], "person") + " " + text(action[0], "index") + ":";
    for (const std::string& state : states) line += " [" + state + "]";
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

using Lines = std::vector<std::string>;

TEST_CASE("the published rows of HAKE-AVA become boxes, instances and states", "[ingest]") {
  const TestFolder folder;
  const bool header = GENERATE(false, true);
  WriteFile(folder / "hake/annotation/video_pasta_train.csv",
            (header ? kStatesHeader : std::string()) + kStateRows);
  WriteFile(folder / "hake/misc/ava_action_list_v2.2.pbtxt", kActions);
  WriteFile(folder / "hake/misc/ava_val_excluded_timestamps_v2.2.csv",
            "-5KQ66BBWC4,0903\n-5KQ66BBWC4,0904\nnobody,1000\n");
  const auto store = OpenStore(folder / "store");
  const IngestSummary summary = Ingest(*store, "hake-ava", folder / "hake");
  CHECK(summary.rows == 6);
  CHECK(Instances(*store) ==
        Lines{"-5KQ66BBWC4@902/0 12: [foot: stand on] [hand: gesture to] [head: inspect]",
              "-5KQ66BBWC4@902/1 80: [hand: gesture to] [head: inspect]",
              "-5KQ66BBWC4@902/1 9: [arm: martial art] [foot: martial art] [hand: martial art] "
              "[leg: martial art]",
              "-5KQ66BBWC4@903/1 80: [hand: gesture to] [head: inspect] [head: listen]",
              "-5KQ66BBWC4@905/12 6: [hand: hold] [hand: hold in both hands]",
              "1j20qq1JyX4@902/0 27: [hand: hold] [head: drink with] [hip: sit in]"});
  // The two rows of one box made one node.
  CHECK(Boxes(*store).size() == 5);
  CHECK(Boxes(*store).front() == "{person: 0, time: 902, x1: 0.0, x2: 0.5, y1: 0.1, y2: 1.0}");
  CHECK(CountNodes(*store, "PartState") == 87);
  CHECK(CountNodes(*store, "BodyPart") == 6);
  CHECK(CountRelationships(*store, "OF") == 87);
  CHECK(Nodes(*store, "Action") ==
        Lines{"{dataset: 'AVA', index: 12, level: 'label', text: 'stand'}",
              "{dataset: 'AVA', index: 27, level: 'label', text: 'drink'}",
              "{dataset: 'AVA', index: 6, level: 'label'}",
              "{dataset: 'AVA', index: 80, level: 'label', text: 'watch (a person)'}",
              "{dataset: 'AVA', index: 9, level: 'label'}"});
  CHECK(OddityCount(summary, "actions without a text: no label map names them") == 2);
  CHECK(Nodes(*store, "Video") == Lines{"{dataset: 'AVA', excluded: [903, 904], id: '-5KQ66BBWC4'}",
                                        "{dataset: 'AVA', id: '1j20qq1JyX4'}"});
  CHECK(OddityCount(summary, "videos with excluded times that have no rows") == 1);
  CHECK(Nodes(*store, "Split") == Lines{"{dataset: 'AVA', name: 'train', role: 'train'}"});
  CHECK(CountRelationships(*store, "IN_SPLIT") == 2);
  RequireConsistent(*store);

  // Running it again changes nothing, neither as a job that is done nor when forced.
  const auto before = Dump(*store);
  CHECK(Ingest(*store, "hake-ava", folder / "hake").already_done);
  CHECK(Ingest(*store, "hake-ava", folder / "hake", {{"force", "true"}}).nodes_created == 0);
  CHECK(Dump(*store) == before);
}

TEST_CASE("HAKE-DIO joins HAKE-AVA on video, time, person and box", "[ingest]") {
  const TestFolder folder;
  WriteFile(folder / "video_pasta_train.csv", kStateRows);
  WriteFile(folder / "DIO_train.csv", std::string(kObjectsHeader) + kObjectRows);
  const Lines joined = {
      "-5KQ66BBWC4@902/0 12: [foot: stand on] [hand: gesture to] [head: inspect]",
      "-5KQ66BBWC4@902/1 80: [hand: gesture to] [head: inspect]",
      "-5KQ66BBWC4@902/1 9: [arm: martial art] [foot: martial art] [hand: martial art] [leg: "
      "martial art]",
      "-5KQ66BBWC4@903/1 80: [hand: gesture to] [head: inspect] [head: listen]",
      "-5KQ66BBWC4@905/12 6: [hand: hold] [hand: hold in both hands] [with stick]",
      "-5KQ66BBWC4@906/12 6: [with stick]",
      "-5KQ66BBWC4@907/12 6: [with stick]",
      "1j20qq1JyX4@902/0 17: [with cup]",
      "1j20qq1JyX4@902/0 27: [hand: hold] [head: drink with] [hip: sit in] [with cup]"};
  const bool objects_first = GENERATE(false, true);
  const auto store = OpenStore(folder / "store");
  IngestSummary second;
  for (const bool objects : {objects_first, !objects_first}) {
    second = objects ? Ingest(*store, "hake-dio", folder / "DIO_train.csv")
                     : Ingest(*store, "hake-ava", folder / "video_pasta_train.csv");
  }
  CHECK(Instances(*store) == joined);
  CHECK(Boxes(*store).size() == 7);
  CHECK(OddityCount(second, "person boxes that the store had (rows are joined with them)") == 2);
  // The cup's two boxes are less than 0.001 apart.
  CHECK(Nodes(*store, "ObjectBox").size() == 4);
  CHECK(Nodes(*store, "ObjectClass") ==
        Lines{"{index: 0, name: 'stick'}", "{index: 7, name: 'cup'}"});
  RequireConsistent(*store);
}

TEST_CASE("boxes join up to 0.001 and not beyond", "[ingest]") {
  const TestFolder folder;
  const auto row = [](const char* x1, int person, const char* frame) {
    return std::string("v,") + frame + "," + x1 + ",0.2,0.5,0.6,1," + std::to_string(person) +
           ",-1,-1,-1,-1,-1,-1\n";
  };
  WriteFile(folder / "a.csv", row("0.392", 1, "902"));
  WriteFile(folder / "b.csv", row("0.393", 1, "902") + row("0.3909", 1, "902") +
                                  row("0.392", 2, "902") + row("0.392", 1, "903"));
  const auto store = OpenStore(folder / "store");
  Ingest(*store, "hake-ava", folder / "a.csv");
  Ingest(*store, "hake-ava", folder / "b.csv");
  // Joined with the first: 0.393. Not: 0.3909 (0.0011 away), another person, another second.
  CHECK(Boxes(*store).size() == 4);
}

TEST_CASE("the joint files of HAKE-AVA have states and objects, by header", "[ingest]") {
  const TestFolder folder;
  WriteFile(folder / "hake_ava_test.csv",
            "object_name,object_id,human_id,action,o_x1,o_y1,o_x2,o_y2,h_x1,h_y1,h_x2,h_y2,frame,"
            "video,hand,head,extra\n"
            "\"cup, of tea\",3,1,27,0.1,0.1,0.2,0.2,0,0,1,1,902,v1,0,9,x\n"
            ",,1,12,-1,-1,-1,-1,0,0,1,1,902,v1,-1,,y\n");
  const auto store = OpenStore(folder / "store");
  Ingest(*store, "hake-dio", folder.path(), {{"dataset", "HAKE-AVA"}});
  CHECK(Instances(*store) ==
        Lines{"v1@902/1 12:", "v1@902/1 27: [hand: hold] [head: drink with] [with cup, of tea]"});
  CHECK(Nodes(*store, "Split") == Lines{"{dataset: 'HAKE-AVA', name: 'test', role: 'test'}"});
}

TEST_CASE("action numbers of another kind are mapped", "[ingest]") {
  const TestFolder folder;
  WriteFile(folder / "DIO_train.csv",
            std::string(kObjectsHeader) + "v,905,0,0,1,1,0,0,1,1,6,stick,12,0\n");
  const bool json = GENERATE(false, true);
  const std::string map = folder / (json ? "map.json" : "map.csv");
  const auto store = OpenStore(folder / "store");
  WriteFile(map, json ? "{\"5\": 17}" : "dio,ava\n5,17\n");
  CHECK_THAT(IngestError(*store, "hake-dio", folder / "DIO_train.csv",
                         {{"action-map", map}, {"bad-rows", "0"}}),
             Contains("DIO_train.csv: line 2: action: 6 is not in the action map"));
  WriteFile(map, json ? "{\"6\": 47, \"5\": 17}" : "dio,ava\n6,47\n5,17\n");
  Ingest(*store, "hake-dio", folder / "DIO_train.csv", {{"action-map", map}});
  CHECK(Instances(*store) == Lines{"v@905/12 47: [with stick]"});
}

TEST_CASE("bad rows of HAKE files are refused with file and line, and nothing is written",
          "[ingest]") {
  const TestFolder folder;
  const auto store = OpenStore(folder / "store");
  const auto untouched = Dump(*store);
  const std::string good = "v,902,0.1,0.1,0.5,0.5,80,1,-1,-1,-1,17,-1,1\n";
  const auto refused = [&](const std::string& row, const std::string& what) {
    INFO(row);
    WriteFile(folder / "rows.csv", good + row + "\n" + good);
    CHECK_THAT(IngestError(*store, "hake-ava", folder / "rows.csv", {{"bad-rows", "0"}}),
               Contains("rows.csv: line 2: ") && Contains(what));
  };
  refused("v,902,0.1,0.1,0.5,0.5,80,1,-1,-1,-1,17,-1", "13");
  refused("v,902,nan,0.1,0.5,0.5,80,1,-1,-1,-1,17,-1,1", "x1: 'nan' is no number");
  refused("v,902,0.1,0.1,inf,0.5,80,1,-1,-1,-1,17,-1,1", "x2: 'inf' is no number");
  refused("v,902,0.1,0.1,1.5,0.5,80,1,-1,-1,-1,17,-1,1", "x2: 1.5 is outside of the picture");
  refused("v,902,0.1,-0.1,0.5,0.5,80,1,-1,-1,-1,17,-1,1", "y1: -0.1 is outside of the picture");
  refused("v,902,0.6,0.1,0.5,0.5,80,1,-1,-1,-1,17,-1,1", "ends before it begins");
  refused("v,902,0.1,0.1,0.5,0.5,81,1,-1,-1,-1,17,-1,1", "there is no action 81");
  refused("v,902,0.1,0.1,0.5,0.5,0,1,-1,-1,-1,17,-1,1", "there is no action 0");
  refused("v,902,0.1,0.1,0.5,0.5,run,1,-1,-1,-1,17,-1,1", "action: 'run' is no number");
  refused("v,902,0.1,0.1,0.5,0.5,,1,-1,-1,-1,17,-1,1", "the row has states");
  refused("v,902,0.1,0.1,0.5,0.5,80,x,-1,-1,-1,17,-1,1", "human_id: 'x' is no whole number");
  refused("v,soon,0.1,0.1,0.5,0.5,80,1,-1,-1,-1,17,-1,1", "frame: 'soon' is no time");
  refused(",902,0.1,0.1,0.5,0.5,80,1,-1,-1,-1,17,-1,1", "video: the field is empty");
  refused("v,902,0.1,0.1,0.5,0.5,80,1,15,-1,-1,17,-1,1",
          "foot: the state 15 is out of range (0 to 14, -1 for none)");
  refused("v,902,0.1,0.1,0.5,0.5,80,1,-1,-1,-1,17_33,-1,1", "hand: the state 33 is out of range");
  refused("v,902,0.1,0.1,0.5,0.5,80,1,-1,-1,-1,1;2,-1,1", "hand: '1;2' is no list of states");
  refused("v,902,0.1,0.1,0.5,0.5,80,1,-1,-1,-1,17,-1,-2", "head: the state -2 is out of range");
  CHECK(Dump(*store) == untouched);
  // Some may be left out.
  const IngestSummary summary = Ingest(*store, "hake-ava", folder / "rows.csv");
  CHECK(summary.bad_rows == 1);
  CHECK(summary.rows == 2);
  CHECK(OddityCount(summary, "rows that repeat a box and its action (their states are added)") ==
        1);

  const auto wrong = [&](const std::string& name, const std::string& text,
                         const std::string& what) {
    WriteFile(folder / name, text);
    INFO(text);
    CHECK_THAT(IngestError(*store, name[0] == 'D' ? "hake-dio" : "hake-ava", folder / name),
               Contains(name + ": line 1: ") && Contains(what));
  };
  wrong("few.csv", "v,902,0.1,0.1,0.5,0.5,80,1\n", "has 8 columns instead of 14");
  wrong("named.csv", "video,frame,x1,y1,x2,action,human_id,foot,leg,hip,hand,arm,head\n",
        "there is no column 'h_y2'");
  wrong("DIO_a.csv", "v,905,0,0,1,1,0,0,1,1,6,stick,12,0\n", "a header");
  wrong("DIO_b.csv", "video,frame,h_x1,h_y1,h_x2,h_y2,action,human_id\n",
        "there is no column 'o_x1'");
  WriteFile(folder / "empty.csv", "");
  CHECK_THAT(IngestError(*store, "hake-ava", folder / "empty.csv"), Contains("the file is empty"));
  std::filesystem::create_directories(folder / "nothing");
  CHECK_THAT(IngestError(*store, "hake-ava", folder / "nothing"), Contains("video_pasta"));
  CHECK_THAT(IngestError(*store, "hake-ava", folder / "absent.csv"), Contains("absent.csv"));
}

TEST_CASE("HAKE files may have CRLF, a byte order mark, quotes, blanks and be gzipped",
          "[ingest]") {
  const TestFolder folder;
  std::string text = "\xEF\xBB\xBF" + std::string(kStatesHeader) + kStateRows;
  for (size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) {
    text.replace(at, 1, "\r\n");
  }
  for (size_t at = 0; (at = text.find("-5KQ66BBWC4", at)) != std::string::npos; at += 13) {
    text.replace(at, 11, "\"-5KQ66BBWC4\"");
  }
  for (size_t at = 0; (at = text.find(",902,", at)) != std::string::npos; at += 6) {
    text.replace(at, 5, ", 902,");
  }
  WriteFile(folder / "plain/video_pasta_train.csv", kStateRows);
  WriteFile(folder / "odd/video_pasta_train.csv", text);
  REQUIRE(std::system(("gzip '" + (folder / "odd/video_pasta_train.csv") + "'").c_str()) == 0);
  const auto plain = OpenStore(folder / "store-plain");
  const auto odd = OpenStore(folder / "store-odd");
  Ingest(*plain, "hake-ava", folder / "plain");
  Ingest(*odd, "hake-ava", folder / "odd");
  CHECK(Instances(*odd) == Instances(*plain));
  CHECK(Boxes(*odd) == Boxes(*plain));
}

TEST_CASE("states are numbered as their label map says", "[ingest]") {
  const TestFolder folder;
  WriteFile(folder / "video_pasta_val.csv", "v,902,0,0,1,1,80,1,-1,-1,-1,1_0,-1,0\n");
  WriteFile(folder / "part_state.pbtxt",
            "item { name: \"hand: wave\" id: 2 }\nitem { name: \"hand: hold\" id: 1 }\n"
            "item { name: \"head: eat\" id: 3 }\n");
  const auto store = OpenStore(folder / "store");
  Ingest(*store, "hake-ava", folder / "video_pasta_val.csv");
  CHECK(Instances(*store) == Lines{"v@902/1 80: [hand: hold] [hand: wave] [head: eat]"});
  CHECK(Nodes(*store, "PartState") == Lines{"{index: 37, name: 'hand: hold'}",
                                            "{index: 79, name: 'head: eat'}",
                                            "{index: 93, name: 'hand: wave'}"});
  WriteFile(folder / "part_state.pbtxt", "item { name: \"tail: wag\" id: 1 }\n");
  CHECK_THAT(IngestError(*store, "hake-ava", folder / "video_pasta_val.csv"),
             Contains("part_state.pbtxt: line 1: 'tail: wag' is no state of a body part"));
}

TEST_CASE("loads of a few rows, in any order of videos, give what one load gives", "[ingest]") {
  const TestFolder folder;
  std::string grouped;
  std::string mixed[3];
  for (int video = 0; video < 6; ++video) {
    for (int second = 902; second < 922; ++second) {
      for (int action : {11, 12, 80}) {
        char row[128];
        std::snprintf(row, sizeof row, "video-%d,%d,0.1,0.%d,0.9,0.95,%d,%d,%d,-1,-1,%d_3,-1,1\n",
                      video, second, 10 + second % 40, action, second % 2, action % 15, second % 3);
        grouped += row;
        mixed[action % 3] += row;
      }
    }
  }
  WriteFile(folder / "grouped.csv", grouped);
  WriteFile(folder / "mixed.csv", mixed[0] + mixed[1] + mixed[2]);
  const auto expected = OpenStore(folder / "expected");
  Ingest(*expected, "hake-ava", folder / "grouped.csv");
  const auto store = OpenStore(folder / "store");
  Ingest(*store, "hake-ava", folder / "mixed.csv", {}, /*batch_changes=*/1);
  CHECK(Instances(*store) == Instances(*expected));
  CHECK(Boxes(*store) == Boxes(*expected));
  CHECK(CountNodes(*store, "PersonBox") == 120);
  RequireConsistent(*store);
}

TEST_CASE("a hake-ava job that is killed goes on where it stopped", "[ingest]") {
  const TestFolder folder;
  std::string rows;
  for (int i = 0; i < 3000; ++i) {
    char row[128];
    std::snprintf(row, sizeof row, "video-%03d,%d,0.1,0.%d,0.9,0.95,%d,%d,%d,-1,-1,%d,-1,1\n",
                  i / 300, 902 + i / 3 % 100, 10 + i / 3 % 80, 1 + i % 3, i % 2, i % 15, i % 33);
    rows += row;
  }
  WriteFile(folder / "video_pasta_train.csv", rows);
  constexpr size_t kBatch = 20;  // nine loads
  CrashAndCompare({"hake-ava", folder / "video_pasta_train.csv", {}, kBatch}, CrashRounds(2));
}

TEST_CASE("label maps in protobuf's text form", "[ingest]") {
  const TestFolder folder;
  const auto read = [&](const std::string& text) {
    WriteFile(folder / "map.pbtxt", text);
    return readers::ReadLabelMap(folder / "map.pbtxt");
  };
  const auto entries =
      Must(read("\xEF\xBB\xBF# a list\r\nitem: <\r\n id: 7, name: \"a \\\"b\\\" \\303\\251\" inner "
                "{ x: 1 y { } }\r\n>\n"
                "label{label_id:1 name:'c' label_type:PERSON_MOVEMENT};"));
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].id == 7);
  CHECK(entries[0].name == "a \"b\" é");
  CHECK(entries[0].line == 2);
  CHECK(entries[1].type == "PERSON_MOVEMENT");
  CHECK(Must(read("")).empty());
  const auto fails = [&](const std::string& text, const std::string& what) {
    INFO(text);
    CHECK_THAT(std::string(read(text).status().message()),
               Contains("map.pbtxt: line") && Contains(what));
  };
  fails("item { name: \"a\" }", "has no id");
  fails("item { id: 1 }", "has no name");
  fails("item { name: \"a\" id: x }", "'x' is no id");
  fails("item { name: \"a\" id: 1", "the file ends");
  fails("item { name: \"a id: 1 }", "does not end on its line");
  fails("item { name \"a\" id: 1 }", "a ':' is expected");
  fails("item", "a '{' is expected");
  fails("{}", "is expected");
  fails("item { name: \"a\" id: 1 }\nitem { name: \"b\" id: 1 }", "line 2: the id 1 stands here");
  fails("item { name: \"\\q\" id: 1 }", "unknown escape");
  fails("item { name: \"\\377\" id: 1 }", "UTF-8");
  fails("item " + std::string(1000, '{'), "is expected");
}

}  // namespace
}  // namespace gesta
