// Completion in the shell.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "complete.h"
#include "support/temp_dir.h"

namespace gesta::shell {
namespace {

CompletionNames Names() {
  CompletionNames names;
  names.keywords = {"MATCH", "MERGE", "RETURN", "ORDER"};
  names.labels = {"Action", "Dataset", "Has blank"};
  names.types = {"IN", "IS_A"};
  names.properties = {"name", "text"};
  names.functions = {"date", "date.truncate", "max"};
  names.procedures = {"db.labels", "mapping.prefer"};
  names.aligners = {"lexical", "neighbours"};
  names.dot_commands = {".mode", ".open", ".output", ".read"};
  names.modes = {"csv", "json", "jsonl"};
  return names;
}

std::vector<std::string> Candidates(std::string_view text) {
  return Complete(Names(), text).candidates;
}
using Words = std::vector<std::string>;

TEST_CASE("keywords follow the typed case, functions open a bracket", "[shell]") {
  CHECK(Candidates("M") == Words{"MATCH", "MERGE", "max("});
  CHECK(Candidates("MATCH (n) ret") == Words{"return"});
  CHECK(Complete(Names(), "MATCH (n) ret").start == 10);
}

TEST_CASE("after a colon come labels or types", "[shell]") {
  CHECK(Candidates("MATCH (a:") == Words{"Action", "Dataset", "`Has blank`"});
  CHECK(Candidates("MATCH (a:Act") == Words{"Action"});
  CHECK(Candidates("MATCH ()-[:I") == Words{"IN", "IS_A"});
  CHECK(Candidates("MATCH ()-[:IN|") == Words{"IN", "IS_A"});
  CHECK(Candidates("MATCH (a {text: ':x'})-[:IS") == Words{"IS_A"});
}

TEST_CASE("after a dot come property keys, or the rest of a function or procedure", "[shell]") {
  CHECK(Candidates("RETURN n.na") == Words{"name"});
  CHECK(Candidates("RETURN date.tr") == Words{"truncate("});
  CHECK(Candidates("CALL db.") == Words{"labels("});
  CHECK(Candidates("CALL mapp") == Words{"mapping.prefer("});
}

TEST_CASE("aligners come after USING", "[shell]") {
  CHECK(Candidates("ALIGN 'x' TO (v) USING l") == Words{"lexical"});
}

TEST_CASE("nothing is offered inside a string", "[shell]") {
  CHECK(Candidates("RETURN 'ma").empty());
  CHECK(Candidates("RETURN $n").empty());
}

TEST_CASE("dot commands, modes and paths", "[shell]") {
  CHECK(Candidates(".o") == Words{".open", ".output"});
  CHECK(Candidates(".mode js") == Words{"json", "jsonl"});
  const test::TempDir folder;
  std::ofstream(folder.path() + "/script.cypher") << "x";
  std::filesystem::create_directory(folder.path() + "/scripts");
  CHECK(Candidates(".read " + folder.path() + "/scr") ==
        Words{folder.path() + "/script.cypher", folder.path() + "/scripts/"});
  CHECK(CommonPrefix({"script.cypher", "scripts/"}) == "script");
}

}  // namespace
}  // namespace gesta::shell
