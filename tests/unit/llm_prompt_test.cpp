// Prompts that ask for a choice, and answers in the many forms that models give them.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "gesta/choice_prompt.h"
#include "store_test_support.h"
#include "support/playback_server.h"
#include "support/real_data.h"

namespace gesta::llm {
namespace {

using test::Must;
using Numbers = std::vector<uint32_t>;

const std::vector<Candidate> kVerbs = {{1, "run", "move fast", "motion"},
                                       {2, "sit down", "take a seat", "contact"},
                                       {3, "stand", "be upright", "stative"},
                                       {4, "stand", "put upright", "contact"},
                                       {5, "eat", "", ""}};

TEST_CASE("the template pangea is the published text", "[llm]") {
  const PromptTemplate pangea = Must(FindPromptTemplate("pangea"));
  CHECK(RenderPrompt(pangea, "StandUp", 2, {kVerbs[2], kVerbs[3], kVerbs[0]}) ==
        "Select 2 verbs related to the activity classes \"StandUp\".\n"
        "There are 3 candidate verbs: \n"
        "3. stand. The definition is: be upright. The lexname is: stative. \n"
        "4. stand. The definition is: put upright. The lexname is: contact. \n"
        "1. run. The definition is: move fast. The lexname is: motion. \n"
        "\n"
        "Output Format Example:\n"
        "3. stand.\n"
        "4. stand.\n"
        "Strictly follow the output format above. Do not output analysis. \n");
}

TEST_CASE("every published prompt is rendered byte for byte", "[real]") {
  const std::string data = test::RealData();
  if (data.empty()) return;
  const PromptTemplate pangea = Must(FindPromptTemplate("pangea"));
  size_t prompts = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(
           data + "/data/pangea/dataset_labels_align_result")) {
    if (entry.path().filename().string().rfind("prompt_", 0) != 0) continue;
    std::stringstream text;
    text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    const std::string label = test::LabelOfPrompt(text.str());
    const std::vector<Candidate> candidates = ParseCandidates(text.str());
    if (RenderPrompt(pangea, label, 10, candidates) != text.str()) {
      FAIL(entry.path().string() << " is rendered differently");
    }
    ++prompts;
  }
  CHECK(prompts == 3856);
}

TEST_CASE("the template neutral shuffles by its seed and shows no candidate as an example",
          "[llm]") {
  const PromptTemplate neutral = Must(FindPromptTemplate("neutral"));
  const auto arranged = [&](uint64_t seed, const std::string& label) {
    std::vector<Candidate> candidates = kVerbs;
    ArrangeCandidates(neutral, seed, label, &candidates);
    std::string names;
    for (size_t i = 0; i < candidates.size(); ++i) {
      CHECK(candidates[i].number == i + 1);
      names += candidates[i].definition + ";";
    }
    return names;
  };
  CHECK(arranged(1, "run") == arranged(1, "run"));
  std::set<std::string> orders;
  for (uint64_t seed = 0; seed < 20; ++seed) orders.insert(arranged(seed, "run"));
  CHECK(orders.size() > 10);
  CHECK(arranged(1, "run") != arranged(1, "rub"));

  const std::string prompt = RenderPrompt(neutral, "a \"b\"\n{candidates}", 3, kVerbs);
  CHECK(prompt.find("the label \"a \"b\" {candidates}\"") != std::string::npos);
  CHECK(prompt.find("Which 3 of these 5 candidates") != std::string::npos);
  CHECK(prompt.find("2. sit down: take a seat\n") != std::string::npos);
  CHECK(prompt.find("5. eat\n") != std::string::npos);
  const std::string after = prompt.substr(prompt.find("Answer with"));
  for (const Candidate& verb : kVerbs) CHECK(after.find(verb.name) == std::string::npos);
  for (const char c : after) CHECK_FALSE((c >= '0' && c <= '9'));
}

TEST_CASE("own templates say where the candidates go", "[llm]") {
  const PromptTemplate own = Must(FindPromptTemplate("{label}? {count}: {candidates}!{other}"));
  CHECK(RenderPrompt(own, "x", 1, {kVerbs[0], kVerbs[4]}) ==
        "x? 2: 1. run: move fast\n5. eat\n!{other}");
  CHECK(FindPromptTemplate("neutrall").status().code() == StatusCode::kInvalidArgument);
}

TEST_CASE("answers are understood in any form", "[llm]") {
  const auto picks = [](const std::string& answer) { return ParseAnswer(answer, kVerbs).picks; };
  CHECK(picks(R"({"choices": [3, 1, 5]})") == Numbers{3, 1, 5});
  CHECK(picks("```json\n{\"choices\": [3, \"1\", \"5. eat\"]}\n```") == Numbers{3, 1, 5});
  CHECK(picks("Sure! Here they are:\n[3, 1]\nHope this helps.") == Numbers{3, 1});
  CHECK(picks(R"({"choices": ["Stand", "stand", "sit_down"]})") == Numbers{3, 4, 2});
  CHECK(picks(R"([{"number": 4, "name": "stand", "reason": "1"}, {"name": "eat"}])") ==
        Numbers{4, 5});
  CHECK(picks(R"({"1": "eat", "2": "run"})") == Numbers{5, 1});
  CHECK(picks("3. stand.\n1. run.") == Numbers{3, 1});
  CHECK(picks("1. eat\n2. stand\n3. run") == Numbers{5, 3, 1});  // renumbered
  CHECK(picks("- **sit down**\n- eat: because") == Numbers{2});
  CHECK(picks("3\n1\n") == Numbers{3, 1});
  CHECK(picks("stand, eat, run") == Numbers{3, 5, 1});
  CHECK(picks("4, 2") == Numbers{4, 2});
  CHECK(picks("3. stand\n3. stand\n99. fly") == Numbers{3});
  CHECK(picks("I cannot help with that.").empty());
  CHECK(picks("").empty());
  CHECK(picks("{\"choices\": [99, -1, 1e99, null, {}]}").empty());
  CHECK(picks(std::string(100'000, '[')).empty());
  const AnswerPicks never = ParseAnswer(R"({"choices": [3, "fly", 77]})", kVerbs);
  CHECK(never.picks == Numbers{3});
  CHECK(never.never_offered == std::vector<std::string>{"fly", "77"});
}

TEST_CASE("the published reading takes numbers first and names else", "[llm]") {
  const auto picks = ParsePublishedAnswer(" 12. run.\nsit down.\n\n7 eat\n3.\n");
  REQUIRE(picks.size() == 4);
  CHECK(picks[0].number == 12u);
  CHECK(picks[1].name == "sit down");
  CHECK_FALSE(picks[2].number);
  CHECK(picks[2].name == "7 eat");
  CHECK(picks[3].number == 3u);
}

}  // namespace
}  // namespace gesta::llm
