// ALIGN and vector.search in a space with a model, and neighbours that are near in a space.
#include "align_support.h"
#include "gesta/models.h"

namespace gesta {
namespace {

using namespace test;  // NOLINT: helpers

// A text's vector is (how often it says "run", how often "eat", 1 / 8).
class WordCounts : public EmbeddingModel {
 public:
  WordCounts() {
    info_.name = "words";
    info_.version = "1";
    info_.dimension = 3;
    info_.texts = true;
  }
  const ModelInfo& info() const override { return info_; }
  Status EmbedTexts(const std::vector<std::string>& texts, const EncodeOptions&,
                    std::vector<float>* rows) override {
    ++calls;
    rows->clear();
    for (const std::string& text : texts) {
      seen.push_back(text);
      for (const std::string word : {"run", "eat"}) {
        float count = 0;
        for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
          ++count;
        }
        rows->push_back(count);
      }
      rows->push_back(0.125f);
    }
    return {};
  }
  Status EmbedImages(const std::vector<std::string>&, const EncodeOptions&,
                     std::vector<float>*) override {
    return Status(StatusCode::kUnsupported, "no images");
  }

  ModelInfo info_;
  int calls = 0;
  std::vector<std::string> seen;
};

class OneModel : public ModelProvider {
 public:
  Result<std::shared_ptr<EmbeddingModel>> Get(const std::string& name) override {
    if (name == "words") return std::shared_ptr<EmbeddingModel>(model);
    return Status(StatusCode::kNotFound, "there is no model '" + name + "'");
  }
  Result<ModelInfo> Describe(const std::string& name) override {
    GESTA_ASSIGN_OR_RETURN(const auto found, Get(name));
    return found->info();
  }
  Result<std::vector<ModelInfo>> List() override { return std::vector<ModelInfo>{model->info()}; }

  std::shared_ptr<WordCounts> model = std::make_shared<WordCounts>();
};

struct Fixture {
  Fixture() : graph(WithModels(models)) {
    graph.Run("CREATE EMBEDDING SPACE words FOR (:Action|:Verb) USING MODEL words");
    graph.Run(
        "MATCH (a:Action) CALL vector.set('words', a, "
        "CASE WHEN a.text CONTAINS 'run' THEN [1, 0, 0.1] WHEN a.text CONTAINS 'eat' "
        "THEN [0, 1, 0.1] ELSE [0.1, 0.1, 1] END)");
    graph.Run(
        "MATCH (v:Verb) WHERE v.lemma <> 'burn' CALL vector.set('words', v, "
        "CASE WHEN v.lemma IN ['run', 'jog'] THEN [1, 0, 0.2] WHEN v.class = 'eat-39.1' "
        "THEN [0, 1, 0.2] ELSE [0.2, 0.2, 1] END)");
  }
  static DatabaseOptions WithModels(std::shared_ptr<ModelProvider> models) {
    DatabaseOptions options;
    options.models = std::move(models);
    return options;
  }
  std::shared_ptr<OneModel> models = std::make_shared<OneModel>();
  WordCounts& model = *models->model;
  AlignGraph graph;
};

TEST_CASE("a space takes dimension and version from its model", "[vector][align]") {
  Fixture f;
  CHECK(f.graph.Run("SHOW EMBEDDING SPACES") ==
        std::vector<std::string>{
            "words ['Action', 'Verb'] words 3 cosine float32 null null 12 0 16 200 "
            "1 null null"});
  CHECK(f.graph.Error("CREATE EMBEDDING SPACE t FOR (:A) USING MODEL words WITH {dimension: 4}")
            .message.find("3 elements") != std::string::npos);
  CHECK(f.graph.Error("CREATE EMBEDDING SPACE t FOR (:A) USING MODEL nobody").code ==
        StatusCode::kNotFound);
  // Who knows the dimension may add the model later.
  f.graph.Run("CREATE EMBEDDING SPACE t FOR (:A) USING MODEL nobody WITH {dimension: 4}");
}

TEST_CASE("texts are embedded by the space's model, a batch at once", "[vector][align]") {
  Fixture f;
  CHECK(f.graph.Run("CALL vector.search('words', 'run run', 1, 'Verb') YIELD node "
                    "RETURN node.lemma") == std::vector<std::string>{"run"});
  CHECK(f.model.calls == 1);
  CHECK(f.graph.Run("UNWIND ['eat', 'run', 'eat', 'runner'] AS text "
                    "ALIGN text TO (c:Verb) USING words TOP 2 YIELD rank "
                    "RETURN text, rank, c.lemma ORDER BY text, rank") ==
        std::vector<std::string>{"eat 1 eat", "eat 1 eat", "eat 2 devour", "eat 2 devour",
                                 "run 1 run", "run 2 jog", "runner 1 run", "runner 2 jog"});
  CHECK(f.model.calls == 2);
  CHECK(f.model.seen == std::vector<std::string>{"run run", "eat", "run", "runner"});
  // Nodes with a vector need no model.
  f.graph.Run("MATCH (a:Action) ALIGN a TO (v:Verb) USING words RETURN v");
  CHECK(f.model.calls == 2);
}

TEST_CASE("a text stands in a template's one place", "[vector][align]") {
  Fixture f;
  f.graph.Run(
      "CREATE EMBEDDING SPACE videos FOR (:Verb) USING MODEL words "
      "WITH {text: 'a video of {lemma}.'}");
  f.graph.Run("ALIGN 'run' TO (v:Verb) USING videos RETURN v");
  CHECK(f.model.seen.back() == "a video of run.");
  f.graph.Run(
      "CREATE EMBEDDING SPACE both FOR (:Verb) USING MODEL words "
      "WITH {text: '{lemma}: {definition}'}");
  f.graph.Run("ALIGN 'run' TO (v:Verb) USING both RETURN v");
  CHECK(f.model.seen.back() == "run");
}

TEST_CASE("another version of the model is refused", "[vector][align]") {
  Fixture f;
  f.model.info_.version = "2";
  CHECK(f.graph.Error("ALIGN 'run' TO (v:Verb) USING words RETURN v").code ==
        StatusCode::kConflict);
  CHECK(f.graph.Error("CALL vector.search('words', 'run')").code == StatusCode::kConflict);
}

TEST_CASE("survivors without a vector come last", "[vector][align]") {
  Fixture f;
  const auto rows = f.graph.Run(
      "ALIGN 'run or burn or eat' TO (v:Verb) USING lexical {top: 10} THEN words YIELD score "
      "RETURN v.lemma, score > 0");
  REQUIRE(rows.size() >= 2);
  CHECK(rows.back() == "burn false");
}

TEST_CASE("a mapping names the space's model", "[vector][align]") {
  Fixture f;
  f.graph.Run(
      "MATCH (a:Action {text: 'run fast'}) ALIGN a TO (v:Verb) USING words TOP 1 "
      "YIELD score MAP (a)-[:MAPS_TO]->(v) SET score = score");
  CHECK(f.graph.Run("MATCH (:Action)-[m:MAPS_TO {method: 'words'}]->(v) RETURN m.model, v.lemma") ==
        std::vector<std::string>{"words run"});
}

TEST_CASE("neighbours may be near in a space", "[vector][align]") {
  Fixture f;
  // Nothing but the vector says that it is a kind of eating.
  f.graph.Run(
      "CREATE (a:Action {text: 'zzz', dataset: 'D'}) WITH a "
      "CALL vector.set('words', a, [0, 1, 0])");
  const std::string query =
      "MATCH (a:Action {text: 'zzz'}) ALIGN a TO (v:Verb) USING neighbours {k: 2, "
      "weights: 'uniform'SPACE} YIELD score RETURN v.lemma, score";
  const auto with = [&](std::string space) {
    std::string text = query;
    return f.graph.Run(text.replace(text.find("SPACE"), 5, space));
  };
  CHECK(with("").empty());
  CHECK(with(", space: 'words'") == std::vector<std::string>{"eat 1.0", "devour 0.5"});
  CHECK(f.graph.Error("ALIGN 'run' TO (v:Verb) USING neighbours {space: 'no'} RETURN v").code ==
        StatusCode::kNotFound);
}

}  // namespace
}  // namespace gesta
