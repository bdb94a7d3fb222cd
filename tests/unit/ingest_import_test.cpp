// gesta/import.h: what the columns of a header mean, what is refused and how that is said.
#include <fstream>

#include "gesta/import.h"
#include "import/id_map.h"
#include "store_test_support.h"

namespace gesta {
namespace {

using namespace gesta::test;

struct Files {
  TempDirectory directory;
  std::unique_ptr<Store> store = OpenStore(directory / "store");
  ImportOptions options;

  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(directory / name, std::ios::binary) << text;
    return directory / name;
  }
  Files& Nodes(const std::string& labels, const std::string& name, const std::string& text) {
    options.nodes.push_back({labels, Write(name, text)});
    return *this;
  }
  Files& Relationships(const std::string& type, const std::string& name, const std::string& text) {
    options.relationships.push_back({type, Write(name, text)});
    return *this;
  }
  // The error's message, with the hint; the store must be as it was.
  std::string Refused(StatusCode code = StatusCode::kBadData) {
    const uint64_t nodes = Read(*store)->GetStatistics().nodes;
    const auto summary = ImportCsv(*store, options);
    REQUIRE_FALSE(summary.ok());
    INFO(summary.status().ToString());
    REQUIRE(summary.status().code() == code);
    REQUIRE(Read(*store)->GetStatistics().nodes == nodes);
    RequireConsistent(*store);
    return summary.status().ToString();
  }
};

bool Says(const std::string& text, const std::string& part) {
  UNSCOPED_INFO(text);
  return text.find(part) != std::string::npos;
}

TEST_CASE("An import makes nodes and relationships as the headers say") {
  Files files;
  files.Nodes(
      "Person:Author", "person.csv",
      "\xEF\xBB\xBFid:int:ID,name,height:double,born:date,langs:string[],old:bool,:LABEL,x:IGNORE\n"
      "1,Ada,1.7,1815-12-10,en;fr,true,Poet;Noble,zzz\n"
      "2,\"Grace \"\"G\"\", H\",,,,,,\n");
  files.Nodes("", "place.csv", ":ID(Place),:LABEL\nParis,City\nRome,\n");
  files.Relationships("LIVES_IN", "lives.csv",
                      ":START_ID(Person),:END_ID(Place),since:int\n1,Paris,1830\n02,Rome,\n");
  files.Relationships("", "other.csv", ":TYPE,:END_ID(Person),:START_ID(Person)\nKNOWS,2,1\n");
  const ImportSummary summary = Must(ImportCsv(*files.store, files.options));
  CHECK(summary.nodes == 4);
  CHECK(summary.relationships == 3);
  CHECK(summary.properties == 9);
  CHECK(summary.bad_rows == 0);
  RequireConsistent(*files.store);

  auto t = Read(*files.store);
  const auto property = [&](NodeId node, const char* name) {
    return Must(t->GetNodeProperty(node, t->FindName(NameKind::kProperty, name)));
  };
  CHECK(property(0, "id").AsInteger() == 1);
  CHECK(property(0, "height").AsFloat() == 1.7);
  CHECK(ToText(property(0, "born"), false) == "1815-12-10");
  CHECK(property(0, "langs").AsList().size() == 2);
  CHECK(property(0, "old").IsTrue());
  CHECK(property(1, "name").AsString() == "Grace \"G\", H");
  CHECK(property(1, "height").IsNull());
  CHECK(t->FindName(NameKind::kProperty, "x") == kNoName);
  std::vector<std::string> labels;
  for (const NameId label : Must(t->GetLabels(0))) {
    labels.emplace_back(t->Name(NameKind::kLabel, label));
  }
  CHECK(labels == std::vector<std::string>{"Person", "Author", "Poet", "Noble"});
  CHECK(Must(t->GetLabels(3)).empty());  // Rome
  const NameId lives = t->FindName(NameKind::kType, "LIVES_IN");
  std::vector<Edge> edges;
  RequireOk(t->Expand(1, Direction::kOut, {lives}, {}, &edges));  // 02 is 2
  REQUIRE(edges.size() == 1);
  CHECK(edges[0].other == 3);
  CHECK(
      Must(t->GetRelationshipProperty(0, t->FindName(NameKind::kProperty, "since"))).AsInteger() ==
      1830);
  const RelationshipRecord knows = Must(t->GetRelationship(2));
  CHECK(knows.start == 0);
  CHECK(knows.end == 1);
  CHECK(t->Name(NameKind::kType, knows.type) == "KNOWS");
}

TEST_CASE("Ends that no file defines are the store's, by a unique constraint") {
  Files files;
  {
    auto t = Write(*files.store);
    ConstraintInfo unique;
    unique.label = Label(*t, "Person");
    unique.properties = {Key(*t, "id")};
    Must(t->CreateConstraint(unique));
    Must(t->CreateNode({Label(*t, "Person")}, {{Key(*t, "id"), Value::Integer(7)}}));
    RequireOk(t->Commit());
  }
  SECTION("beside new ones") {
    files.Nodes("Person", "person.csv", "id:int:ID\n8\n");
    files.Relationships("KNOWS", "knows.csv", ":START_ID(Person),:END_ID(Person)\n7,8\n8,7\n");
    CHECK(Must(ImportCsv(*files.store, files.options)).relationships == 2);
  }
  SECTION("alone, with their type") {
    files.Relationships("KNOWS", "knows.csv", ":int:START_ID(Person),:int:END_ID(Person)\n7,7\n");
    CHECK(Must(ImportCsv(*files.store, files.options)).relationships == 1);
  }
  SECTION("alone, of either type") {
    files.Relationships("KNOWS", "knows.csv", ":START_ID(Person),:END_ID(Person)\n7,7\n");
    CHECK(Must(ImportCsv(*files.store, files.options)).relationships == 1);
  }
  SECTION("the id of a new node is taken") {
    files.Nodes("Person", "person.csv", "id:int:ID\n8\n7\n");
    const std::string text = files.Refused(StatusCode::kConstraint);
    CHECK(Says(text, "person.csv: line 3"));
    CHECK(Says(text, "have the same id"));
  }
  RequireConsistent(*files.store);
}

TEST_CASE("A bad row refuses the import, with its file and line") {
  Files files;
  files.Nodes("Person", "person.csv", "id:int:ID,age:int\n1,20\n2,30\n");
  SECTION("a value of another type") {
    files.Nodes("Person", "more.csv", "id:int:ID,age:int\n3,40\n4,old\n");
    const std::string text = files.Refused();
    CHECK(Says(text, "more.csv: line 3"));
    CHECK(Says(text, "age:int"));
  }
  SECTION("an id given twice") {
    files.Nodes("Person", "more.csv", "id:int:ID\n3\n2\n");
    const std::string text = files.Refused();
    CHECK(Says(text, "more.csv: line 3"));
    CHECK(Says(text, "person.csv: line 3"));
  }
  SECTION("an id that is empty") {
    files.Nodes("Person", "more.csv", "id:int:ID,age:int\n,5\n");
    CHECK(Says(files.Refused(), "more.csv: line 2: the column 'id:int:ID' is empty"));
  }
  SECTION("an end that does not exist") {
    files.Relationships("KNOWS", "knows.csv", ":START_ID(Person),:END_ID(Person)\n1,2\n1,9\n");
    const std::string text = files.Refused();
    CHECK(Says(text, "knows.csv: line 3"));
    CHECK(Says(text, "there is no Person with the id '9'"));
  }
  SECTION("too few fields") {
    files.Relationships("KNOWS", "knows.csv", ":START_ID(Person),:END_ID(Person)\n1\n");
    CHECK(Says(files.Refused(), "knows.csv: line 2"));
  }
  SECTION("a relationship without a type") {
    files.Relationships("", "knows.csv", ":TYPE,:START_ID(Person),:END_ID(Person)\n,1,2\n");
    CHECK(Says(files.Refused(), "knows.csv: line 2: the relationship has no type"));
  }
  SECTION("unless such rows may be left out") {
    files.Nodes("Person", "more.csv", "id:int:ID\n3\n2\nx\n");
    files.options.bad_rows = "1";
    files.Refused();
    files.options.bad_rows = "2";
    const ImportSummary summary = Must(ImportCsv(*files.store, files.options));
    CHECK(summary.nodes == 3);
    CHECK(summary.bad_rows == 2);
    REQUIRE(summary.bad_row_examples.size() == 2);
    CHECK(Says(summary.bad_row_examples[0], "more.csv: line 3"));
    RequireConsistent(*files.store);
  }
}

TEST_CASE("A header that cannot be right is refused") {
  const auto nodes = [](const std::string& header) {
    return Files().Nodes("Person", "person.csv", header + "\n").Refused();
  };
  CHECK(Says(nodes("id:number"), "person.csv: line 1: the column 'id:number' has a part 'number'"));
  CHECK(Says(nodes("id:int:string"), "a part 'string'"));
  CHECK(Says(nodes("a:ID,b:ID"), "the column 'b:ID' is the second one of its role"));
  CHECK(Says(nodes(":START_ID(Person)"), "does not belong to nodes"));
  CHECK(Says(nodes("a,:string"), "has no name"));
  CHECK(Says(nodes("a:int[]:ID"), "cannot be a list"));
  CHECK(Says(nodes("a:ID(,b"), "a part 'ID('"));
  CHECK(Says(Files().Nodes("", "a.csv", "id:ID\n").Refused(), "does not say which ids"));

  const auto relationships = [](const std::string& type, const std::string& header) {
    return Files().Relationships(type, "knows.csv", header + "\n").Refused();
  };
  CHECK(Says(relationships("KNOWS", ":START_ID(P)"), "no column says where the relationships end"));
  CHECK(Says(relationships("KNOWS", ":START_ID,:END_ID(P)"), "does not say whose ids it holds"));
  CHECK(Says(relationships("", ":START_ID(P),:END_ID(P)"), "nothing says the relationships' type"));
  CHECK(Says(relationships("KNOWS", "a:ID(P),:START_ID(P),:END_ID(P)"),
             "does not belong to relationships"));
}

TEST_CASE("An import with nothing to do, of missing files, or cancelled") {
  Files files;
  CHECK(ImportCsv(*files.store, files.options).status().code() == StatusCode::kInvalidArgument);
  files.options.nodes = {{"Person", files.directory / "none.csv"}};
  CHECK(Says(files.Refused(StatusCode::kNotFound), "none.csv"));
  files.options.nodes.clear();
  files.Nodes("Person", "person.csv", "id:ID\n1\n");
  std::atomic<bool> cancel{true};
  files.options.cancel = &cancel;
  files.Refused(StatusCode::kCancelled);
}

TEST_CASE("Ids of any length are told apart") {
  ingest::IdMap ids;
  CHECK_FALSE(ids.Find("a"));
  // Prefixes of one another, with and without zeros, around the length that is kept in place.
  const std::string zeros("\0\0\0\0\0\0\0\0\0\0", 10);
  std::vector<std::string> all;
  for (size_t length = 1; length <= 10; ++length) {
    all.push_back(zeros.substr(0, length));
    all.push_back(std::string("abcdefghij").substr(0, length));
  }
  for (int i = 0; i < 20'000; ++i) all.push_back("node " + std::to_string(i));
  for (NodeId node = 0; node < all.size(); ++node) REQUIRE_FALSE(ids.Insert(all[node], node));
  for (NodeId node = 0; node < all.size(); ++node) {
    REQUIRE(ids.Find(all[node]) == std::optional<NodeId>(node));
  }
  CHECK(ids.Insert("node 7", 1) == ids.Find("node 7"));
  CHECK(ids.size() == all.size());
  CHECK_FALSE(ids.Find("node"));
}

TEST_CASE("Numbers far and near are told apart, in any order") {
  const auto id = [](uint64_t number) {
    return std::string(reinterpret_cast<const char*>(&number), sizeof number);
  };
  ingest::IdMap ids;
  // 5,000 is too far out to be counted along when it comes, and among the others later.
  std::vector<uint64_t> numbers = {5'000, ~uint64_t{0}, uint64_t{1} << 40, 0};
  for (uint64_t number = 1; number < 4'000; ++number) numbers.push_back(number);
  for (uint64_t number = 10'000; number > 6'000; --number) numbers.push_back(number);
  for (NodeId node = 0; node < numbers.size(); ++node) {
    REQUIRE_FALSE(ids.Find(id(numbers[node])));
    REQUIRE_FALSE(ids.Insert(id(numbers[node]), node));
  }
  for (NodeId node = 0; node < numbers.size(); ++node) {
    REQUIRE(ids.Find(id(numbers[node])) == std::optional<NodeId>(node));
    REQUIRE(ids.Insert(id(numbers[node]), 1) == std::optional<NodeId>(node));
  }
  CHECK(ids.size() == numbers.size());
  CHECK_FALSE(ids.Find(id(4'000)));
}

}  // namespace
}  // namespace gesta
