// Language models in statements: llm(), the aligner llm, kept answers, budgets, the key.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "align_support.h"
#include "fake_language_models.h"
#include "support/playback_server.h"

namespace gesta::test {
namespace {

struct LlmGraph {
  LlmGraph() : models(std::make_shared<FakeModels>()), graph(Options(models)) {}
  static DatabaseOptions Options(std::shared_ptr<FakeModels> models) {
    DatabaseOptions options;
    options.store.sync = false;
    options.language_models = std::move(models);
    return options;
  }
  Summary Summarise(const std::string& statement) {
    auto result = Must(graph.connection().Execute(statement));
    Must(result->FetchAll());
    return result->summary();
  }

  std::shared_ptr<FakeModels> models;  // shared with the database
  AlignGraph graph;
};

TEST_CASE("llm() asks each question once in a store's life", "[llm]") {
  LlmGraph f;
  CHECK(f.graph.Run("UNWIND ['a', 'b', 'a', null] AS x RETURN llm(x)") ==
        std::vector<std::string>{"re: a", "re: b", "re: a", "null"});
  CHECK(f.models->asked.size() == 2);
  CHECK(f.models->asked[0].model == "fake");
  const Summary summary = f.Summarise("UNWIND ['b', 'c'] AS x RETURN llm(x)");
  CHECK(f.models->asked.size() == 3);
  CHECK(summary.language_models.calls == 1);
  CHECK(summary.language_models.cached == 1);
  CHECK(summary.language_models.tokens() == 12);
  // What the answer depends on makes another question; how it is asked does not.
  f.graph.Run("RETURN llm('a', {model: 'other'})");
  f.graph.Run("RETURN llm('a', {temperature: 0.5})");
  f.graph.Run("RETURN llm('a', {seed: 1, answer_tokens: 20})");
  CHECK(f.models->asked.size() == 6);
  f.graph.Run("RETURN llm('a', {parallel: 2, timeout: 1.5, retries: 0})");
  CHECK(f.models->asked.size() == 6);
}

TEST_CASE("llm() says what is wrong with its arguments", "[llm]") {
  LlmGraph f;
  CHECK(f.graph.Error("RETURN llm('a', {modle: 'x'})").detail == "UnknownOption");
  CHECK(f.graph.Error("RETURN llm('a', {temperature: 'x'})").detail == "InvalidArgumentType");
  CHECK(f.graph.Error("RETURN llm('a', {timeout: -1})").detail == "InvalidArgumentType");
  CHECK(f.graph.Error("UNWIND [1] AS x RETURN llm(x)").detail == "InvalidArgumentType");
  CHECK(f.models->asked.empty());
}

TEST_CASE("what was answered before a failure is kept, also in a writing statement", "[llm]") {
  LlmGraph f;
  f.models->fail_at = 3;
  const std::string statement = "MATCH (v:Verb) SET v.said = llm(v.lemma)";
  CHECK(f.graph.Error(statement).message == "the line is cut");
  CHECK(f.graph.Run("MATCH (v:Verb) RETURN count(v.said)") == std::vector<std::string>{"0"});
  f.models->fail_at = 0;
  f.graph.Run(statement);
  CHECK(f.graph.Run("MATCH (v:Verb) RETURN count(v.said)") == std::vector<std::string>{"7"});
  CHECK(f.models->asked.size() == 3 + 5);
}

const char* const kAlign =
    "MATCH (a:Action {dataset: 'A'}) ALIGN a TO (v:Verb) USING lexical {top: 4} "
    "THEN llm {top: 2} YIELD score, rank, method, flag "
    "RETURN a.text, v.lemma, score, rank, method, flag ORDER BY a.text, rank";

// The numbers of the candidates with these names, as JSON.
std::string Choose(const std::string& prompt, const std::vector<std::string>& names) {
  std::string numbers;
  for (const std::string& name : names) {
    size_t at = prompt.find(". " + name + ":");
    REQUIRE(at != std::string::npos);
    const size_t begin = prompt.rfind('\n', at) + 1;
    numbers += (numbers.empty() ? "" : ", ") + prompt.substr(begin, at - begin);
  }
  return "{\"choices\": [" + numbers + "]}";
}

TEST_CASE("the aligner llm picks among the survivors", "[llm]") {
  LlmGraph f;
  f.models->answer = [](const LanguageModelQuestion& question) {
    const bool eats = question.prompt.find("\"eat an apple\"") != std::string::npos;
    return Choose(question.prompt, eats ? std::vector<std::string>{"devour", "eat"}
                                        : std::vector<std::string>{"jog", "run"});
  };
  CHECK(f.graph.Run(kAlign) == std::vector<std::string>{
                                   "eat an apple devour 1.0 1 lexical+llm null",
                                   "eat an apple eat 0.5 2 lexical+llm null",
                                   "run fast jog 1.0 1 lexical+llm null",
                                   "run fast run 0.5 2 lexical+llm null",
                               });
  CHECK(f.models->asked.size() == 2);
  // The same prompts again, as long as the seed is the same.
  f.graph.Run(kAlign);
  CHECK(f.models->asked.size() == 2);
}

TEST_CASE("a poor answer is complained about once, then the former order stands, with a flag",
          "[llm]") {
  LlmGraph f;
  f.models->answer = [](const LanguageModelQuestion& question) -> std::string {
    if (question.prompt.find("\"eat an apple\"") == std::string::npos) return "I would rather not";
    return question.prompt.find("You answered this before:\nhm") == std::string::npos
               ? "hm"
               : Choose(question.prompt, {"eat"});
  };
  const auto rows = f.graph.Run(kAlign);
  CHECK(rows == std::vector<std::string>{
                    "eat an apple eat 1.0 1 lexical+llm null",
                    "run fast run 0.0 1 lexical+llm no usable answer",
                    "run fast jog 0.0 2 lexical+llm no usable answer",
                });
  CHECK(f.models->asked.size() == 4);
  // An answer can do no more than pick.
  f.models->answer = [](const LanguageModelQuestion&) {
    return "1. burn\n2. take_off'}) DETACH DELETE (n) //";
  };
  f.graph.Run("ALIGN 'run' TO (v:Verb) USING lexical {top: 2} THEN llm {seed: 7} RETURN v.lemma");
  CHECK(f.graph.Run("MATCH (v:Verb) RETURN count(v)") == std::vector<std::string>{"7"});
}

TEST_CASE("options of the aligner llm", "[llm]") {
  LlmGraph f;
  const auto error = [&](const std::string& options) {
    return f.graph.Error("ALIGN 'run' TO (v:Verb) USING lexical THEN llm " + options + " RETURN v");
  };
  CHECK(error("{template: 'pangaea'}").message.find("no prompt template") != std::string::npos);
  CHECK(error("{parse: 'x'}").detail == "UnknownOption");
  CHECK(error("{temprature: 1}").hint == "did you mean temperature?");
  CHECK(error("{template: 'pangea'}").message.find("has none") != std::string::npos);
  CHECK(f.graph.Error("ALIGN 'run' TO (v:Verb) USING llm RETURN v")
            .message.find("another aligner has found") != std::string::npos);
  CHECK(f.models->asked.empty());
  f.graph.Run(
      "ALIGN 'run' TO (v:Verb) USING lexical THEN llm {model: 'x', temperature: 0, seed: 3, "
      "answer_tokens: 9, parallel: 2, timeout: 0.5, retries: 1, max_calls: 4, max_tokens: 500} "
      "RETURN v");
  REQUIRE_FALSE(f.models->asked.empty());
  CHECK(f.models->asked[0].model == "x");
  CHECK(f.models->asked[0].temperature == 0.0);
  CHECK(f.models->asked[0].seed == 3);
  CHECK(f.models->asked[0].answer_tokens == 9);
  CHECK(f.models->last_options.parallel == 2);
  CHECK(f.models->last_options.timeout == std::chrono::milliseconds(500));
  CHECK(f.models->last_options.retries == 1);
  CHECK(f.models->last_options.max_calls == 4u);
  CHECK(f.models->last_options.max_tokens == 500u);
}

TEST_CASE("a budget ends the statement, and the next one goes on", "[llm]") {
  LlmGraph f;
  f.models->answer = [](const LanguageModelQuestion&) { return "[1, 2]"; };
  const std::string statement =
      "MATCH (a:Action) ALIGN a TO (v:Verb) USING lexical {top: 4} THEN llm {top: 2, max_calls: 2} "
      "YIELD score MAP (a)-[:MAPS_TO]->(v) SET score = score";
  CHECK(f.graph.Error(statement).message == "the budget is used up");
  CHECK(f.graph.Error(statement).message == "the budget is used up");
  CHECK(f.graph.Run("MATCH ()-[m:MAPS_TO {method: 'lexical+llm'}]->() RETURN count(m)") ==
        std::vector<std::string>{"0"});
  f.graph.Run(statement);
  CHECK(f.models->asked.size() == 6);
  CHECK(f.graph.Run("MATCH ()-[m:MAPS_TO {method: 'lexical+llm', model: 'fake'}]->() "
                    "RETURN count(m) > 6") == std::vector<std::string>{"true"});
}

// Everything that lies in the store's folder.
std::string AllBytes(const std::string& folder) {
  std::stringstream bytes;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) {
      bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      bytes.clear();
    }
  }
  return bytes.str();
}

TEST_CASE("the key goes to the server and nowhere else", "[llm]") {
  const std::string key = "sk-very-secret-0123456789";
  TempDirectory directory;
  std::ofstream(directory / "key") << key << "\n";
  std::string seen;
  HttpServer server([&](const HttpRequest& request) {
    seen = request.headers.at("authorization");
    HttpReply reply;
    const std::string prompt = ReadChatQuestion(request).prompt;
    if (prompt == "fail") {
      reply.status = 401;
      reply.body = "{\"error\": {\"message\": \"wrong: " + key + "\"}}";
    } else {
      reply.body = ChatReplyBody("you said " + seen);
    }
    return reply;
  });
  LanguageModelServer config;
  config.url = server.url();
  config.api_key_file = directory / "key";
  config.model = "m";
  DatabaseOptions options;
  options.language_models = MakeLanguageModels(config);
  {
    const auto database = Must(Database::Open(directory / "kb", options));
    const auto connection = database->Connect();
    auto result = Must(connection->Execute("PROFILE RETURN llm('hello') AS x"));
    const auto rows = Must(result->FetchAll());
    CHECK(seen == "Bearer " + key);
    CHECK(ToText(rows[0][0], false) == "you said Bearer [key]");
    CHECK(result->summary().plan.find(key) == std::string::npos);
    auto failed = connection->Execute("RETURN llm('fail') AS x");
    const Status status = failed.ok() ? (*failed)->FetchAll().status() : failed.status();
    CHECK(status.code() == StatusCode::kInvalidArgument);
    CHECK(status.ToString().find("wrong: [key]") != std::string::npos);
    CHECK(status.ToString().find(key) == std::string::npos);
    RequireOk(database->store().Flush());
  }
  const std::string bytes = AllBytes(directory / "kb");
  CHECK(bytes.find("you said") != std::string::npos);  // the answer is kept
  CHECK(bytes.find(key) == std::string::npos);
}

TEST_CASE("without a server the error says how to name one", "[llm]") {
  TempDirectory directory;
  const auto database = Must(Database::Open(directory / "kb", {}));
  const auto connection = database->Connect();
  const auto error = [&](const std::string& statement) {
    auto result = connection->Execute(statement);
    return result.ok() ? (*result)->FetchAll().status() : result.status();
  };
  CHECK(error("RETURN llm('x')").info().hint.find("--llm-model") != std::string::npos);
  CHECK(error("RETURN llm('x', {model: 'm'})").info().hint.find("--llm-url") != std::string::npos);
}

}  // namespace
}  // namespace gesta::test
