// CALL decompose and decomposition.embed: what is asked, what is written, and taking it back.
#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdio>

#include "connection_support.h"
#include "fake_language_models.h"
#include "gesta/format/json.h"
#include "support/playback_server.h"
#include "watched_models.h"

namespace gesta::test {
namespace {

class DecomposeGraph {
 public:
  DecomposeGraph() {
    models->answer = [](const LanguageModelQuestion& question) {
      return SubactionsAnswer(ActionsOfPrompt(question.prompt), 10);
    };
    DatabaseOptions options;
    options.store.sync = false;
    options.language_models = models;
    options.models = embedders;
    database = Must(Database::Open(directory / "kb", options));
    connection = database->Connect();
    Run("CREATE (q:Question {dataset: 'atlas', index: 7, text: 'Which trick?', domain: 'skating'}) "
        "WITH q UNWIND ['kickflip', 'heelflip', 'shove-it'] AS t "
        "CREATE (q)-[:OPTION]->(:Action {text: t, dataset: 'atlas', level: 'option', "
        "index: size(t)})");
  }
  std::vector<std::string> Run(const std::string& statement) {
    return RowTexts(*connection, statement);
  }
  ErrorInfo Error(const std::string& statement) { return MustFail(*connection, statement); }

  std::shared_ptr<FakeModels> models = std::make_shared<FakeModels>();           // shared with the
  std::shared_ptr<WatchedModels> embedders = std::make_shared<WatchedModels>();  // database
  TempDirectory directory;
  std::unique_ptr<Database> database;
  std::unique_ptr<Connection> connection;
};

const char* const kDecompose =
    "MATCH (q:Question)-[:OPTION]->(a) WITH q, a ORDER BY a.text WITH q, collect(a) AS options "
    "CALL decompose(options, {question: q}) YIELD action, decomposition, steps, run, flag ";

TEST_CASE("all options of a question are decomposed by one prompt", "[decompose]") {
  DecomposeGraph g;
  CHECK(g.Run(std::string(kDecompose) +
              "RETURN action.text, size(steps), steps[0], decomposition.action, flag") ==
        std::vector<std::string>{"heelflip | 10 | heelflip 0 | heelflip | null",
                                 "kickflip | 10 | kickflip 0 | kickflip | null",
                                 "shove-it | 10 | shove-it 0 | shove-it | null"});
  REQUIRE(g.models->asked.size() == 1);
  CHECK(g.models->asked[0].model == "fake");
  CHECK(g.models->asked[0].temperature == 0.2);
  const std::string& prompt = g.models->asked[0].prompt;
  CHECK(prompt.find("Which trick?") != std::string::npos);
  CHECK(prompt.find("skating") != std::string::npos);
  CHECK(prompt.find("at least 10") != std::string::npos);
  CHECK(ActionsOfPrompt(prompt) == std::vector<std::string>{"heelflip", "kickflip", "shove-it"});

  CHECK(
      g.Run("MATCH (a:Action {text: 'kickflip'})-[:HAS_DECOMPOSITION]->(d:Decomposition)-[:FOR]->"
            "(q:Question) RETURN d.action, d.context, d.question, d.model, d.temperature, d.count, "
            "d.domain, q.index") ==
      std::vector<std::string>{"kickflip | Which trick? | 7 | fake | 0.2 | 10 | skating | 7"});
  CHECK(g.Run("MATCH (d:Decomposition {action: 'kickflip'})-[s:STEP]->(x:SubAction) "
              "WITH x, s ORDER BY s.order RETURN s.order, x.text LIMIT 2") ==
        std::vector<std::string>{"0 | kickflip 0", "1 | kickflip 1"});
  CHECK(g.Run("MATCH (r:AlignmentRun) MATCH (d:Decomposition {run: r.id}) "
              "RETURN r.method, r.model, r.state, count(d)") ==
        std::vector<std::string>{"decompose | fake | finished | 3"});
}

TEST_CASE("decomposing again asks nothing and makes nothing", "[decompose]") {
  DecomposeGraph g;
  const std::string statement = std::string(kDecompose) + "RETURN id(decomposition), run";
  const auto first = g.Run(statement);
  CHECK(g.Run(statement) == first);
  CHECK(g.models->asked.size() == 1);
  CHECK(g.Run("MATCH (d:Decomposition) RETURN count(d), count(DISTINCT d.id)") ==
        std::vector<std::string>{"3 | 3"});
  CHECK(g.Run("MATCH (r:AlignmentRun) RETURN count(r)") == std::vector<std::string>{"1"});
  // What the answer depends on makes another one.
  g.Run(
      "MATCH (q:Question)-[:OPTION]->(a) WITH q, a ORDER BY a.text WITH q, collect(a) AS options "
      "CALL decompose(options, {question: q, seed: 2}) YIELD run RETURN run");
  CHECK(g.models->asked.size() == 2);
  CHECK(g.Run("MATCH (d:Decomposition) RETURN count(d)") == std::vector<std::string>{"6"});
  // A deleted one comes back from the kept answer.
  g.Run("MATCH (d:Decomposition {action: 'kickflip'}) DETACH DELETE d");
  g.Run(statement);
  CHECK(g.models->asked.size() == 2);
  CHECK(g.Run("MATCH (d:Decomposition {action: 'kickflip'}) RETURN count(d)") ==
        std::vector<std::string>{"1"});
}

TEST_CASE("actions that are alike have decompositions of their own", "[decompose]") {
  DecomposeGraph g;
  g.Run(
      "MATCH (a:Action {text: 'kickflip'}) CREATE (:Action {text: 'kickflip', dataset: 'atlas', "
      "level: 'option', index: a.index})");
  const std::string statement =
      "MATCH (a:Action {text: 'kickflip'}) CALL decompose([a]) YIELD decomposition AS d "
      "RETURN count(DISTINCT d)";
  CHECK(g.Run(statement) == std::vector<std::string>{"2"});
  CHECK(g.models->asked.size() == 1);
  CHECK(g.Run(statement) == std::vector<std::string>{"2"});
  CHECK(g.Run("MATCH (a:Action {text: 'kickflip'})-[:HAS_DECOMPOSITION]->(d) RETURN count(d), "
              "count(DISTINCT d.id)") == std::vector<std::string>{"2 | 2"});
}

TEST_CASE("texts are decomposed too, and share subactions", "[decompose]") {
  DecomposeGraph g;
  g.models->answer = [](const LanguageModelQuestion&) {
    return R"({"hop": ["crouch", "jump"], "leap": ["run", "jump"]})";
  };
  CHECK(g.Run("CALL decompose(['hop', 'leap', 'hop'], {count: 2, question: 'Which?'}) "
              "YIELD action, decomposition, steps RETURN action, decomposition.context, steps") ==
        std::vector<std::string>{"hop | Which? | ['crouch', 'jump']",
                                 "leap | Which? | ['run', 'jump']"});
  CHECK(g.Run("MATCH (x:SubAction) RETURN count(x)") == std::vector<std::string>{"3"});
  g.Run("CALL decompose(['hop', 'leap'], {count: 2, question: 'Which?'}) YIELD run RETURN run");
  CHECK(g.Run("MATCH (d:Decomposition) RETURN count(d)") == std::vector<std::string>{"2"});
  CHECK(g.Run("CALL decompose(null) YIELD run RETURN run").empty());
  CHECK(g.Run("CALL decompose([]) YIELD run RETURN run").empty());
}

TEST_CASE("the questions of a batch are asked side by side", "[decompose]") {
  DecomposeGraph g;
  size_t at_once = 0;
  g.Run(
      "UNWIND range(1, 20) AS i CREATE (q:Question {text: 'q' + i, index: i, dataset: 'm'}) "
      "CREATE (q)-[:OPTION]->(:Action {text: 'x' + i}) CREATE (q)-[:OPTION]->(:Action {text: "
      "'y'})");
  g.models->before_ask = [&](size_t questions) { at_once = questions; };
  g.Run(
      "MATCH (q:Question {dataset: 'm'})-[:OPTION]->(a) WITH q, collect(a) AS options "
      "CALL decompose(options, {question: q}) YIELD run RETURN count(DISTINCT run)");
  CHECK(at_once == 20);
  CHECK(g.Run("MATCH (q:Question {dataset: 'm'})<-[:FOR]-(d) RETURN count(d)") ==
        std::vector<std::string>{"40"});
  CHECK(g.Run("MATCH (r:AlignmentRun) RETURN count(r)") == std::vector<std::string>{"1"});
}

TEST_CASE("decompose: a budget ends the statement, and the next one goes on", "[decompose]") {
  DecomposeGraph g;
  const std::string statement =
      "UNWIND ['hop', 'leap', 'skip'] AS x CALL decompose([x], {max_calls: 2}) YIELD decomposition "
      "RETURN count(decomposition)";
  CHECK(g.Error(statement).message == "the budget is used up");
  CHECK(g.Run("MATCH (d:Decomposition) RETURN count(d)") == std::vector<std::string>{"0"});
  CHECK(g.Run(statement) == std::vector<std::string>{"3"});
  CHECK(g.models->asked.size() == 3);
}

TEST_CASE("a poor answer is complained about, with what is missing", "[decompose]") {
  DecomposeGraph g;
  g.models->answer = [](const LanguageModelQuestion& question) {
    if (question.prompt.find("You have answered this once") != std::string::npos) {
      return SubactionsAnswer({"heelflip", "kickflip", "shove-it"}, 11);
    }
    return "Here you are: " + SubactionsAnswer({"kickflip"}, 4) +
           SubactionsAnswer({"shove-it"}, 10);
  };
  CHECK(g.Run(std::string(kDecompose) + "RETURN action.text, size(steps)") ==
        std::vector<std::string>{"heelflip | 11", "kickflip | 11", "shove-it | 11"});
  REQUIRE(g.models->asked.size() == 2);
  CHECK(g.models->asked[1].prompt.find("- nothing for 'heelflip'\n") != std::string::npos);
  CHECK(g.models->asked[1].prompt.find("- only 4 of 10 phrases for 'kickflip'\n") !=
        std::string::npos);
}

TEST_CASE("what stays missing is an error that names it, or is left out", "[decompose]") {
  DecomposeGraph g;
  g.models->answer = [](const LanguageModelQuestion&) {
    return SubactionsAnswer({"shove-it"}, 10) + SubactionsAnswer({"kickflip"}, 3);
  };
  const ErrorInfo error = g.Error(std::string(kDecompose) + "RETURN run");
  CHECK(error.message ==
        "the model 'fake' gave no usable decomposition for 'Which trick?' when asked 3 times: "
        "nothing for 'heelflip'; only 3 of 10 phrases for 'kickflip'");
  CHECK(error.hint.find("incomplete") != std::string::npos);
  CHECK(g.models->asked.size() == 3);
  CHECK(g.Run("MATCH (n) WHERE n:Decomposition OR n:SubAction OR n:AlignmentRun RETURN count(n)") ==
        std::vector<std::string>{"0"});
  // Every answer was kept.
  g.Error(std::string(kDecompose) + "RETURN run");
  CHECK(g.models->asked.size() == 3);
  CHECK(g.Run("MATCH (q:Question)-[:OPTION]->(a) WITH q, a ORDER BY a.text WITH q, collect(a) AS o "
              "CALL decompose(o, {question: q, incomplete: 'skip', attempts: 1}) "
              "YIELD action, decomposition, steps, flag RETURN action.text, size(steps), flag") ==
        std::vector<std::string>{"heelflip | null | nothing for 'heelflip'",
                                 "kickflip | null | only 3 of 10 phrases for 'kickflip'",
                                 "shove-it | 10 | null"});
  CHECK(g.Run("MATCH (d:Decomposition) RETURN d.action") == std::vector<std::string>{"shove-it"});
}

TEST_CASE("a run of decompose can be taken back", "[decompose]") {
  DecomposeGraph g;
  g.models->answer = [](const LanguageModelQuestion& question) {
    return question.seed ? R"({"hop": ["crouch", "fly", "land"]})"
                         : R"({"hop": ["crouch", "jump"]})";
  };
  const auto run = [&](const std::string& options) {
    return g.Run("CALL decompose(['hop'], " + options + ") YIELD run RETURN run")[0];
  };
  const std::string first = run("{count: 2}");
  const std::string second = run("{count: 2, seed: 1}");
  CHECK(first != second);
  g.Run("MATCH (x:SubAction {text: 'land'}) CREATE (:Note)-[:ABOUT]->(x)");
  g.Run("CALL run.undo('" + second + "')");
  // Subactions that another run uses, or that something else hangs on, stay.
  CHECK(g.Run("MATCH (x:SubAction) RETURN x.text ORDER BY x.text") ==
        std::vector<std::string>{"crouch", "jump", "land"});
  CHECK(g.Run("MATCH (d:Decomposition) RETURN d.run = '" + first + "'") ==
        std::vector<std::string>{"true"});
  CHECK(g.Run("CALL run.undo('" + first + "') YIELD removed RETURN removed") ==
        std::vector<std::string>{"2"});
  CHECK(g.Run("MATCH (n) WHERE n:Decomposition OR n:AlignmentRun RETURN count(n)") ==
        std::vector<std::string>{"0"});
  CHECK(g.Run("MATCH (x:SubAction) RETURN x.text") == std::vector<std::string>{"land"});
}

TEST_CASE("steps are embedded in their sentences as the decomposition's sequence", "[decompose]") {
  DecomposeGraph g;
  g.models->answer = [](const LanguageModelQuestion&) {
    return R"({"hop": ["crouch", "jump"], "leap": ["run", "jump"]})";
  };
  g.Run("CREATE EMBEDDING SPACE s FOR (:SubAction) USING MODEL watched");
  const std::string statement =
      "CALL decompose(['hop', 'leap'], {count: 2, domain: 'track', space: 's', text: 'published'}) "
      "YIELD decomposition RETURN id(decomposition)";
  const auto ids = g.Run(statement);
  std::vector<std::string>& seen = g.embedders->model->seen;
  CHECK(seen == std::vector<std::string>{
                    "This is a video of doing hop in track with crouch",
                    "This is a video of doing hop in track with jump",
                    "This is a video of doing leap in track with run",
                    "This is a video of doing leap in track with jump",
                });
  CHECK(g.embedders->model->calls == 1);
  const auto rows = [&](const std::string& id) {
    const auto transaction = Must(g.database->store().Begin({}));
    std::vector<float> values;
    CHECK(Must(transaction->GetSequence(transaction->FindSpace("s")->id, std::stoull(id), 0,
                                        UINT64_MAX, &values)));
    return values;
  };
  // The watched model's vectors: the text's length and its first letter.
  CHECK(rows(ids[0]) == std::vector<float>{49, 'T', 47, 'T'});
  // Again: nothing to do. In other sentences: anew.
  g.Run(statement);
  CHECK(g.embedders->model->calls == 1);
  g.Run(
      "MATCH (d:Decomposition) WITH d ORDER BY d.action WITH collect(d) AS all "
      "CALL decomposition.embed(all, 's', {text: '{subaction} in {action}'}) YIELD embedded "
      "RETURN embedded");
  CHECK(g.embedders->model->calls == 2);
  CHECK(rows(ids[0]) == std::vector<float>{13, 'c', 11, 'j'});
  CHECK(g.Run("MATCH (d:Decomposition) WITH collect(d) AS all CALL decomposition.embed(all, 's', "
              "{text: '{subaction} in {action}'}) YIELD embedded RETURN embedded") ==
        std::vector<std::string>{"0"});
}

TEST_CASE("texts padded to the longest are embedded a decomposition at a time", "[decompose]") {
  DecomposeGraph g;
  g.models->answer = [](const LanguageModelQuestion&) {
    return R"({"hop": ["crouch", "jump"], "leap": ["run", "jump"]})";
  };
  g.Run("CREATE EMBEDDING SPACE s FOR (:SubAction) USING MODEL watched WITH {padding: 'longest'}");
  g.Run("CALL decompose(['hop', 'leap'], {count: 2, space: 's'}) YIELD run RETURN run");
  CHECK(g.embedders->model->calls == 2);
  CHECK(g.embedders->model->seen == std::vector<std::string>{"crouch", "jump", "run", "jump"});
}

TEST_CASE("wrong arguments are refused before anything is asked", "[decompose]") {
  DecomposeGraph g;
  const auto error = [&](const std::string& options) {
    return g.Error("CALL decompose(['a'], " + options + ") YIELD run RETURN run");
  };
  CHECK(error("{tempratur: 1}").hint == "did you mean temperature?");
  CHECK(error("{template: 'x'}").message.find("no prompt template") != std::string::npos);
  CHECK(error("{count: 0}").detail == "NumberOutOfRange");
  CHECK(error("{question: 3}").detail == "InvalidArgumentValue");
  CHECK(error("{space: 'nowhere'}").detail == "UnknownSpace");
  CHECK(g.Error("CALL decompose([1]) YIELD run RETURN run").detail == "InvalidArgumentValue");
  g.Run("CREATE EMBEDDING SPACE plain FOR (:SubAction) WITH {dimension: 2}");
  CHECK(error("{space: 'plain'}").message.find("has no model") != std::string::npos);
  g.Run("CREATE EMBEDDING SPACE s FOR (:SubAction) USING MODEL watched");
  CHECK(error("{space: 's', text: 'no place'}").message.find("no sentence") != std::string::npos);
  CHECK(error("{space: 's', text: '{subaction} {domain}'}").message.find("{domain}") !=
        std::string::npos);
  CHECK(g.models->asked.empty());
  CHECK(g.Error("CREATE (a:Action {text: 'a'}) WITH a CALL decomposition.embed([a], 's') "
                "YIELD embedded RETURN embedded")
            .message.find("label Decomposition") != std::string::npos);
}

TEST_CASE("decompose runs in a transaction of several statements", "[decompose]") {
  DecomposeGraph g;
  Must(g.connection->Execute("BEGIN"));
  g.Run("CREATE (:SubAction {text: 'kickflip 0'})");
  CHECK(g.Run(std::string(kDecompose) + "RETURN count(*)") == std::vector<std::string>{"3"});
  Must(g.connection->Execute("COMMIT"));
  CHECK(g.Run("MATCH (x:SubAction) RETURN count(x)") == std::vector<std::string>{"30"});
  RequireConsistent(g.database->store());
}

TEST_CASE("decompositions come from a server", "[decompose]") {
  std::atomic<int> failures{2};
  HttpServer server([&](const HttpRequest& request) {
    HttpReply reply;
    if (failures-- > 0) {
      reply.status = 503;
      return reply;
    }
    reply.body = ChatReplyBody(
        "```json\n" + SubactionsAnswer(ActionsOfPrompt(ReadChatQuestion(request).prompt), 10) +
        "\n```");
    return reply;
  });
  LanguageModelServer config;
  config.url = server.url();
  config.model = "m";
  config.first_wait = std::chrono::milliseconds(1);
  TempDirectory directory;
  DatabaseOptions options;
  options.store.sync = false;
  options.language_models = MakeLanguageModels(config);
  const std::string statement =
      "CALL decompose(['hop', 'leap']) YIELD action, steps RETURN action, size(steps)";
  for (int opened = 0; opened < 2; ++opened) {
    const auto database = Must(Database::Open(directory / "kb", options));
    const auto connection = database->Connect();
    CHECK(MustQuery(*connection, statement).size() == 2);
    CHECK(MustQueryInteger(*connection, "MATCH (d:Decomposition) RETURN count(d)") == 2);
  }
  CHECK(server.requests() == 3);
}

}  // namespace
}  // namespace gesta::test
