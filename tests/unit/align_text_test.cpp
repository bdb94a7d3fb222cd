// Words of labels, and the lexical and text indexes.
#include <algorithm>
#include <catch2/catch.hpp>

#include "align/english.h"
#include "align/lexical_index.h"
#include "align/text_index.h"

namespace gesta::align {
namespace {

using Words = std::vector<std::string>;

bool Has(const Words& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

TEST_CASE("labels are split into words", "[align]") {
  CHECK(SplitWords("GetOutCar") == Words{"get", "out", "car"});
  CHECK(SplitWords("person_takes_off_gloves,") == Words{"person", "takes", "off", "gloves"});
  CHECK(SplitWords("Make Jello Shots//pour water") ==
        Words{"make", "jello", "shots", "pour", "water"});
  CHECK(SplitWords("Holding a phone/camera") == Words{"holding", "a", "phone", "camera"});
  CHECK(SplitWords("Road Accident") == Words{"road", "accident"});
  CHECK(SplitWords("XD-Violence") == Words{"xd", "violence"});
  CHECK(SplitWords("HTMLParser") == Words{"html", "parser"});
  CHECK(SplitWords("flic-flac with 0.5 turn on") == Words{"flic", "flac", "with", "turn", "on"});
  CHECK(SplitWords("the dog's tail") == Words{"the", "dog", "tail"});
  CHECK(SplitWords("caf\xC3\xA9 cr\xC3\xA8me") == Words{"caf\xC3\xA9", "cr\xC3\xA8me"});
  CHECK(SplitWords("").empty());
  CHECK(SplitWords(" ,//_ 12 ").empty());
  CHECK(SplitWords("'s") == Words{"s"});
}

TEST_CASE("inflected words give their base forms", "[align]") {
  const std::pair<const char*, const char*> forms[] = {
      {"running", "run"},  {"carries", "carry"}, {"slicing", "slice"}, {"stirred", "stir"},
      {"washes", "wash"},  {"threw", "throw"},   {"taken", "take"},    {"lying", "lie"},
      {"cries", "cry"},    {"puts", "put"},      {"kicked", "kick"},   {"begun", "begin"},
      {"dancing", "dance"}};
  for (const auto& [word, base] : forms) {
    INFO(word);
    CHECK(Has(InflectionBases(word), base));
    CHECK(InflectionBases(word).front() == word);
  }
  CHECK(InflectionBases("kiss") == Words{"kiss"});
  CHECK(InflectionBases("sing") == Words{"sing"});
}

TEST_CASE("nouns give the verbs they come from", "[align]") {
  const std::pair<const char*, const char*> forms[] = {
      {"climber", "climb"},         {"explosion", "explode"}, {"robbery", "rob"},
      {"celebration", "celebrate"}, {"drummer", "drum"},      {"arrangement", "arrange"},
      {"collision", "collide"},     {"injection", "inject"},  {"performance", "perform"},
      {"analysis", "analyze"},      {"shavers", "shave"}};
  for (const auto& [word, base] : forms) {
    INFO(word);
    CHECK(Has(DerivationBases(word), base));
  }
  CHECK(NounVerbs("arson") == std::vector<std::string_view>{"burn", "ignite"});
  CHECK(NounVerbs("accidents") == NounVerbs("accident"));
  CHECK(NounVerbs("sandwich").empty());
}

TEST_CASE("stems of inflections agree", "[align]") {
  for (const Words& family :
       {Words{"stir", "stirs", "stirred", "stirring"}, Words{"slice", "slices", "slicing"},
        Words{"carry", "carries", "carried"}, Words{"throw", "threw", "thrown", "throwing"},
        Words{"roll", "rolling", "rolled"}}) {
    for (const std::string& word : family) {
      INFO(word);
      CHECK(Stem(word) == Stem(family.front()));
    }
  }
  CHECK(StripInflection("slice") == "slice");
  CHECK(StripInflection("fighting") == "fight");
}

TEST_CASE("a score board gives the best documents", "[align]") {
  ScoreBoard board(5);
  board.Add(3, 0.5f);
  board.Add(1, 0.25f);
  board.Add(1, 0.25f);
  board.Add(0, 0.75f);
  board.Add(4, 0.1f);
  board.Drop(0);
  std::vector<uint32_t> best;
  board.Best(2, &best);
  CHECK(best == std::vector<uint32_t>{1, 3});  // equal scores by number
  board.Best(10, &best);
  CHECK(best == std::vector<uint32_t>{1, 3, 4});  // dropped and untouched ones are not given
  board.Clear();
  board.Best(10, &best);
  CHECK(best.empty());
  CHECK(board[3] == 0);
}

class Verbs {
 public:
  explicit Verbs(std::vector<LexicalDocument> documents)
      : documents_(std::move(documents)), index_(documents_), scratch_(index_) {}

  // The names of the documents found, best first.
  Words Find(const std::string& text) {
    const ScoreBoard& board = index_.Search(text, &scratch_);
    std::vector<uint32_t> best;
    board.Best(documents_.size(), &best);
    Words names;
    for (const uint32_t document : best) {
      CHECK(board[document] > 0);
      CHECK(board[document] <= 1.0001f);
      names.push_back(documents_[document].name);
    }
    return names;
  }
  std::string First(const std::string& text) {
    const Words names = Find(text);
    return names.empty() ? "" : names.front();
  }

 private:
  std::vector<LexicalDocument> documents_;
  LexicalIndex index_;
  LexicalIndex::Scratch scratch_;
};

Verbs SomeVerbs() {
  return Verbs({{"take_off", {}, "take away or remove", "remove"},
                {"take", {}, "get into one's hands", "get"},
                {"carry", {}, "move while supporting", "send"},
                {"stand", {}, "be upright", "pose"},
                {"burn", {}, "destroy by fire", "destroy"},
                {"ignite", {}, "cause to start burning", "destroy"},
                {"singe", {}, "burn superficially or lightly", "destroy"},
                {"explode", {}, "burst outward with a loud noise", "break"},
                {"bunt", {}, "hit a ball in a baseball game so that it goes a short way", "hit"},
                {"purr", {}, "make a soft sound, as a cat does", "sound"},
                {"film", {}, "record with a camera", "record"},
                {"dub", {}, "give a name to", "name"}});
}

TEST_CASE("the lexical index finds verbs by names and definitions", "[align]") {
  Verbs verbs = SomeVerbs();
  CHECK(verbs.First("person_takes_off_gloves,") == "take_off");
  CHECK(verbs.First("take the wet shoes off") == "take_off");
  CHECK(verbs.First("taking a bag") == "take");
  CHECK(verbs.First("CarryingBoxes") == "carry");
  CHECK(verbs.First("carried") == "carry");
  CHECK(verbs.First("Explosion") == "explode");
  CHECK(verbs.First("handstand") == "stand");    // a compound
  CHECK(verbs.First("BaseballGame") == "bunt");  // by its definition
  CHECK(verbs.First("a cat") == "purr");
  // Arson has no verb of its own; what is like burning follows.
  const Words arson = verbs.Find("Arson");
  REQUIRE(arson.size() >= 3);
  CHECK(Words{std::min(arson[0], arson[1]), std::max(arson[0], arson[1])} ==
        Words{"burn", "ignite"});
  CHECK(arson[2] == "singe");
  // A misspelt word is found by its letters.
  CHECK(verbs.First("explodde") == "explode");
}

TEST_CASE("the lexical index gives nothing without evidence", "[align]") {
  Verbs verbs = SomeVerbs();
  CHECK(verbs.Find("").empty());
  CHECK(verbs.Find("the of and 123 //").empty());
  CHECK(verbs.Find("qqq").empty());
  Verbs none({});
  CHECK(none.Find("run").empty());
  Verbs nameless({{"", {}, "", ""}});
  CHECK(nameless.Find("run").empty());
}

TEST_CASE("the step counts for more than its task", "[align]") {
  Verbs verbs({{"bake", {}, "cook in an oven", ""}, {"pour", {}, "cause to run", ""}});
  CHECK(verbs.Find("Bake a Cake//pour water") == Words{"pour", "bake"});
  CHECK(verbs.Find("Pour Coffee//bake") == Words{"bake", "pour"});
}

TEST_CASE("classes are found by their members", "[align]") {
  Verbs classes({{"run-51.3.2", {"jog", "sprint"}, " run slowly  run fast", ""},
                 {"eat-39.1", {"devour"}, " eat greedily", ""}});
  CHECK(classes.First("jogging") == "run-51.3.2");
  CHECK(classes.First("running") == "run-51.3.2");
  CHECK(classes.First("devours an apple") == "eat-39.1");
}

TEST_CASE("similar texts are found by words and letters", "[align]") {
  const std::vector<std::string> texts = {
      "type the laptop", "Typing on a laptop", "wash the dishes", "dish washing", "laptop", ""};
  const TextIndex index(texts);
  ScoreBoard board(index.size());
  std::vector<uint32_t> best;
  index.Search("type the laptop", &board);
  board.Best(10, &best);
  REQUIRE(best.size() >= 3);
  CHECK(best[0] == 0);
  CHECK(board[0] == Approx(1));
  CHECK(best[1] == 1);
  CHECK(best[2] == 4);
  index.Search("washes a dish", &board);
  board.Best(2, &best);
  std::sort(best.begin(), best.end());
  CHECK(best == std::vector<uint32_t>{2, 3});
  index.Search("xyzzy", &board);
  board.Best(10, &best);
  CHECK(best.empty());
}

}  // namespace
}  // namespace gesta::align
