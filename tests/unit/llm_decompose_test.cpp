// Prompts that ask for subactions, and the reading of answers of all kinds.
#include <catch2/catch.hpp>

#include "gesta/decompose_answer.h"
#include "gesta/decompose_prompt.h"
#include "store_test_support.h"

namespace gesta::test {
namespace {

using llm::DecomposeTask;
using llm::FindDecomposeTemplate;
using llm::ParseSubactions;
using llm::RenderDecompose;
using llm::SubactionProblems;
using llm::Subactions;
using llm::SubactionText;

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

const std::vector<std::string> kTricks = {"kickflip", "50-50 grind"};
const Subactions kBoth = {{"crouch", "flick the board"}, {"ride up", "slide on both trucks"}};

TEST_CASE("a prompt names all actions, the question, the domain and the count", "[llm]") {
  DecomposeTask task;
  task.actions = kTricks;
  task.question = "Which trick\nis it?";
  task.domain = "skateboarding";
  task.count = 12;
  for (const char* const name : {"contrast", "published"}) {
    const std::string prompt = RenderDecompose(Must(FindDecomposeTemplate(name)), task);
    INFO(prompt);
    CHECK(Has(prompt, "\n- kickflip"));
    CHECK(Has(prompt, "\n- 50-50 grind"));
    CHECK(Has(prompt, "skateboarding"));
    CHECK(Has(prompt, "12"));
    CHECK(Has(prompt, "JSON"));
    CHECK_FALSE(Has(prompt, "{action"));
    CHECK_FALSE(Has(prompt, "{domain}"));
  }
  CHECK(Has(RenderDecompose(Must(FindDecomposeTemplate("contrast")), task), "Which trick is it?"));
  // The published prompt names actions with their domain.
  CHECK(Has(RenderDecompose(Must(FindDecomposeTemplate("published")), task),
            "- kickflip in skateboarding\n- 50-50 grind in skateboarding\n"));
}

TEST_CASE("a prompt without domain or question says nothing of them", "[llm]") {
  DecomposeTask task;
  task.actions = {"run {domain}"};
  CHECK(RenderDecompose(Must(FindDecomposeTemplate(
                            "Say {count}:\n{actions}\nabout {domain}\n{question}? {x}\nend {y")),
                        task) == "Say 10:\n- run {domain}\n\nend {y");
  const std::string published = RenderDecompose(Must(FindDecomposeTemplate("published")), task);
  CHECK(Has(published, "\n- run {domain}\n"));
  CHECK_FALSE(Has(published, " in \n"));
}

TEST_CASE("templates that are none", "[llm]") {
  const auto wrong = FindDecomposeTemplate("publishd");
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.status().info().hint ==
        "it is 'contrast', 'published', or a text that says where "
        "the {actions} go");
  CHECK_FALSE(FindDecomposeTemplate("").ok());
}

TEST_CASE("sentences for subactions", "[llm]") {
  const auto sentence = [](const char* form, const char* domain) {
    return Must(SubactionText(form, "a {action} spin", "kickflip", domain));
  };
  CHECK(sentence("plain", "") == "a {action} spin");
  CHECK(sentence("action", "") == "kickflip: a {action} spin");
  CHECK(sentence("published", "skateboarding") ==
        "This is a video of doing kickflip in skateboarding with a {action} spin");
  CHECK(sentence("published", "") == "This is a video of doing kickflip with a {action} spin");
  CHECK(sentence("{subaction} in {action}", "") == "a {action} spin in kickflip");
  CHECK_FALSE(SubactionText("{action}", "a", "b", "").ok());
  CHECK_FALSE(SubactionText("{subaction} of {domain}", "a", "b", "").ok());
}

TEST_CASE("answers are read in whatever form they come", "[llm]") {
  const std::string domain = "skateboarding";
  const std::vector<std::string> answers = {
      R"({"kickflip": ["crouch", "flick the board"], "50-50 grind": ["ride up", "slide on both trucks"]})",
      // Fences, prose with braces, other keys.
      "Sure! {as asked}\n```json\n{\"kickflip\": [\"crouch\", \"flick the board\"],\n"
      "\"50-50 Grind\": [\"ride up\", \"slide on both trucks\"], \"note\": \"none\"}\n```\nDone.",
      // The domain in the key, and commas behind the last ones.
      R"({"Kickflip in skateboarding": ["crouch", "flick the board",], "50-50 grind in Skateboarding": ["ride up", "slide on both trucks"],})",
      // Numbers in the keys and before the phrases.
      R"({"1. kickflip": ["1. crouch", "2. flick the board"], "2": ["Step 1: ride up", "Step 2: slide on both trucks"]})",
      R"({"subactions": {"Option 1": ["- crouch", "• flick the board"], "action 2": ["ride up", "slide on both trucks"]}})",
      // Objects.
      R"([{"action": "kickflip", "subactions": ["crouch", "flick the board"]},
          {"name": "50-50 grind", "steps": [{"order": 1, "text": "ride up"}, {"order": 2, "text": "slide on both trucks"}]}])",
      R"({"actions": [{"kickflip": {"steps": ["crouch", "flick the board"]}},
                      {"50-50 grind": {"1": "ride up", "2": "slide on both trucks"}}]})",
      // An object for each.
      "{\"kickflip\": [\"crouch\", \"flick the board\"]}\n\n{\"50-50 grind\": "
      "[\"ride up\", \"slide on both trucks\"]}",
      R"([["crouch", "flick the board"], ["ride up", "slide on both trucks"]])",
      R"({"kickflip": "1. crouch\n2. flick the board", "50-50 grind": "ride up\nslide on both trucks"})",
      // No JSON.
      "### Kickflip\n1. crouch\n2. flick the board\n\n**50-50 grind:**\n- ride up\n* slide on both "
      "trucks\n",
  };
  for (const std::string& answer : answers) {
    INFO(answer);
    CHECK(ParseSubactions(answer, kTricks, domain) == kBoth);
  }
}

TEST_CASE("numbers that belong to a phrase stay", "[llm]") {
  CHECK(
      ParseSubactions(R"(["1.5 turns in the air", "2nd turn", "step back", "4 feet up", "9. hop"])",
                      {"spin"}, "") ==
      Subactions{{"1.5 turns in the air", "2nd turn", "step back", "4 feet up", "9. hop"}});
}

TEST_CASE("one action needs no name", "[llm]") {
  CHECK(ParseSubactions(R"(["crouch", "jump"])", {"hop"}, "") == Subactions{{"crouch", "jump"}});
  CHECK(ParseSubactions(R"({"steps": ["crouch", "jump"]})", {"hop"}, "") ==
        Subactions{{"crouch", "jump"}});
}

TEST_CASE("what is missing in an answer is named", "[llm]") {
  const std::vector<std::string> actions = {"a", "b", "c"};
  const Subactions found =
      ParseSubactions(R"({"a": ["1", "2", "3"], "c": ["x"], "d": ["y", "z"]})", actions, "");
  CHECK(found == Subactions{{"1", "2", "3"}, {}, {"x"}});
  CHECK(SubactionProblems(found, actions, 2) ==
        std::vector<std::string>{"nothing for 'b'", "only 1 of 2 phrases for 'c'"});
  CHECK(SubactionProblems(found, {"a", "b", "c"}, 4).front() == "only 3 of 4 phrases for 'a'");
  // Cut off, empty, of another kind.
  for (const char* const answer :
       {"", "{", R"({"a": ["1", "2)", "I cannot help with that.", "[1, 2, {}]", "{\"a\": []}",
        "{\"a\": null, \"b\": 3, \"c\": [[[]]]}"}) {
    INFO(answer);
    CHECK(ParseSubactions(answer, actions, "").size() == 3);
    CHECK(SubactionProblems(ParseSubactions(answer, actions, ""), actions, 1).size() == 3);
  }
  // Nothing takes long.
  CHECK(ParseSubactions(std::string(200'000, '{'), actions, "").size() == 3);
}

TEST_CASE("a complaint holds the prompt, the answer's beginning and the problems", "[llm]") {
  const std::string complaint = llm::RenderDecomposeComplaint(
      "prompt\n", 2, std::string(1999, 'x') + "äöü", {"nothing for 'b'"});
  CHECK(complaint.rfind("prompt\n", 0) == 0);
  CHECK(Has(complaint, "xxx…\n"));  // cut between letters
  CHECK(Has(complaint, "2 times"));
  CHECK(Has(complaint, "- nothing for 'b'\n"));
}

}  // namespace
}  // namespace gesta::test
