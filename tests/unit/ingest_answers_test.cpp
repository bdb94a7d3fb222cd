// Reading language models' answers, and the names of classes and families.
#include <catch2/catch.hpp>

#include "gesta/choice_prompt.h"
#include "jobs/knowledge_graph.h"

namespace gesta::ingest {
namespace {

using llm::AnswerPicks;
using llm::Candidate;
using llm::ParseCandidates;

using Numbers = std::vector<uint32_t>;

const std::vector<Candidate> kCandidates = {
    {80, "run"},      {2189, "race"},  {1839, "jump"}, {2198, "jump"},
    {2258, "exrete"}, {1, "stir_fry"}, {7, "put_out"}, {3, "fire"},
};

TEST_CASE("candidates of a prompt", "[ingest]") {
  const auto candidates = ParseCandidates(
      "Select 10 verbs related to the activity classes \"Abuse\".\n"
      "There are 50 candidate verbs: \n"
      "468. disabuse. The definition is: free somebody (from an erroneous belief). The lexname is: "
      "communication. \n"
      "52. put. The definition is: A. The definition is: B. The lexname is: contact. \r\n"
      "\n"
      "Output Format Example:\n468. disabuse.\nStrictly follow the output format above. \n");
  REQUIRE(candidates.size() == 2);
  CHECK(candidates[0].number == 468);
  CHECK(candidates[0].name == "disabuse");
  CHECK(candidates[1].number == 52);
  CHECK(candidates[1].name == "put");
}

TEST_CASE("answers in the asked form", "[ingest]") {
  const AnswerPicks picks =
      llm::ParseAnswerLines("2189. race.\n80. run.\n2198. jump.", kCandidates);
  CHECK(picks.picks == Numbers{2189, 80, 2198});
  CHECK(!picks.renumbered);
  CHECK(!picks.unnumbered);
  CHECK(picks.never_offered.empty());
  CHECK(llm::ParseAnswerLines("80.run.\r\n\n  2189) race ", kCandidates).picks ==
        Numbers{80, 2189});
  CHECK(llm::ParseAnswerLines("", kCandidates).picks.empty());
}

TEST_CASE("answers numbered from 1 are read by their verbs", "[ingest]") {
  // Number 1 is a candidate too, and must not be taken for one; nor is 3 the fire.
  const AnswerPicks picks = llm::ParseAnswerLines("1. race\n2. run\n3. jump\n4. jump", kCandidates);
  CHECK(picks.renumbered);
  CHECK(picks.picks == Numbers{2189, 80, 1839, 2198});
  const AnswerPicks unknown = llm::ParseAnswerLines("1. race\n2. fasten\n3. sew", kCandidates);
  CHECK(unknown.picks == Numbers{2189});
  CHECK(unknown.never_offered == std::vector<std::string>{"fasten", "sew"});
  // A single pick of number 1 is no renumbering.
  CHECK(llm::ParseAnswerLines("1. stir_fry", kCandidates).picks == Numbers{1});
}

TEST_CASE("answers without numbers are read by their verbs", "[ingest]") {
  const AnswerPicks picks =
      llm::ParseAnswerLines("run.\n- race\nStir fry\nput out,\nrun", kCandidates);
  CHECK(picks.unnumbered);
  CHECK(picks.picks == Numbers{80, 2189, 1, 7});
  CHECK(picks.repeats == 1);
}

TEST_CASE("a verb counts more than a number, and a number more than nothing", "[ingest]") {
  const AnswerPicks contradiction = llm::ParseAnswerLines("80. race.\n1839. jump.", kCandidates);
  CHECK(contradiction.picks == Numbers{2189, 1839});
  CHECK(contradiction.contradictions == 1);
  CHECK(llm::ParseAnswerLines("80. Run.\n2258. excrete.", kCandidates).picks == Numbers{80, 2258});
  CHECK(llm::ParseAnswerLines("99. run.\n98. walk.", kCandidates).picks == Numbers{80});
  CHECK(llm::ParseAnswerLines("1839. jump.\n1839. jump.", kCandidates).picks == Numbers{1839});
}

TEST_CASE("parents of verb classes follow from their names", "[ingest]") {
  CHECK(ParentClassName("run-51.3.2-2-1") == "run-51.3.2-2");
  CHECK(ParentClassName("run-51.3.2-2") == "run-51.3.2");
  CHECK(ParentClassName("run-51.3.2").empty());
  CHECK(ParentClassName("act-114-1-1") == "act-114-1");
  CHECK(ParentClassName("act-114-1") == "act-114");
  CHECK(ParentClassName("act-114").empty());
  CHECK(ParentClassName("other_cos-45.4").empty());
  CHECK(ParentClassName("push-up-12-3") == "push-up-12");
  CHECK(ParentClassName("x-1..2-3").empty());
  CHECK(ParentClassName("-1-2").empty());
  CHECK(ParentClassName("verb").empty());
  CHECK(ParentClassName("").empty());
}

TEST_CASE("families of datasets follow from their names", "[ingest]") {
  CHECK(FamilyOfName("FineGym(288)") == "FineGym");
  CHECK(FamilyOfName("FineGym (99)") == "FineGym");
  CHECK(FamilyOfName("XD-Violence") == "XD-Violence");
  CHECK(FamilyOfName("Kinetics(train)") == "Kinetics(train)");
  CHECK(FamilyOfName("A()") == "A()");
  CHECK(FamilyOfName("(12)") == "(12)");
}

}  // namespace
}  // namespace gesta::ingest
