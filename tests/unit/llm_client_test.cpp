// The client of language model servers against a server that misbehaves as it is told.
#include "gesta/llm_client.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <set>

#include "store_test_support.h"
#include "support/playback_server.h"

namespace gesta::test {
namespace {

using std::chrono::milliseconds;

const std::string kKey = "sk-test-0123456789abcdef";

std::unique_ptr<LlmClient> Client(const std::string& url, const std::string& key = kKey) {
  LlmEndpoint endpoint;
  endpoint.url = url;
  endpoint.api_key = key;
  endpoint.first_wait = milliseconds(5);
  endpoint.longest_wait = milliseconds(50);
  return Must(LlmClient::Make(std::move(endpoint)));
}

struct Asked {
  Status status;
  std::map<size_t, std::string> answers;
  CallUsage usage;
};

Asked Ask(LlmClient& client, size_t count, CallOptions options = {}) {
  std::vector<ChatRequest> requests(count);
  for (size_t i = 0; i < count; ++i) {
    requests[i].model = "m";
    requests[i].prompt = "question " + std::to_string(i);
  }
  Asked asked;
  asked.status = client.Chat(
      requests, options,
      [&](size_t request, ChatReply reply) -> Status {
        CHECK(asked.answers.emplace(request, reply.text).second);
        return {};
      },
      &asked.usage);
  return asked;
}

HttpReply Echo(const HttpRequest& request) {
  HttpReply reply;
  reply.body = ChatReplyBody("answer to " + ReadChatQuestion(request).prompt);
  return reply;
}

// Misbehaves for the first `faults` requests.
class FaultyServer {
 public:
  FaultyServer(int faults, HttpReply fault)
      : server_([this, faults, fault](const HttpRequest& request) {
          return ++requests_ <= faults ? fault : Echo(request);
        }) {}
  std::string url() const { return server_.url(); }
  uint64_t requests() const { return server_.requests(); }

 private:
  std::atomic<int> requests_{0};
  HttpServer server_;
};

HttpReply Fault(int status, std::vector<std::string> headers = {}, std::string body = "") {
  HttpReply reply;
  reply.status = status;
  reply.headers = std::move(headers);
  reply.body = std::move(body);
  return reply;
}

TEST_CASE("all questions are answered, some at once and never more than the limit", "[llm]") {
  HttpServer server([](const HttpRequest& request) {
    CHECK(request.method == "POST");
    CHECK(request.path == "/v1/chat/completions");
    CHECK(request.headers.at("authorization") == "Bearer " + kKey);
    HttpReply reply = Echo(request);
    reply.delay = milliseconds(20);
    return reply;
  });
  const auto client = Client(server.url() + "/v1/");
  CallOptions options;
  options.parallel = 4;
  const Asked asked = Ask(*client, 40, options);
  RequireOk(asked.status);
  REQUIRE(asked.answers.size() == 40);
  CHECK(asked.answers.at(7) == "answer to question 7");
  CHECK(asked.usage.calls == 40);
  CHECK(asked.usage.repeated == 0);
  CHECK(asked.usage.prompt_tokens == 4000);
  CHECK(asked.usage.answer_tokens == 800);
  CHECK(server.most_at_once() == 4);
}

TEST_CASE("what passes is tried again", "[llm]") {
  HttpReply cut = Fault(200, {}, ChatReplyBody("lost"));
  cut.cut_after = 20;
  HttpReply hang_up;
  hang_up.hang_up = true;
  HttpReply slow = Fault(200, {}, ChatReplyBody("late"));
  slow.delay = milliseconds(3000);
  HttpReply drip = Fault(200, {}, ChatReplyBody("drops"));
  drip.drip = milliseconds(40);
  const HttpReply faults[] = {
      Fault(429),
      Fault(429, {"Retry-After: 0"}),
      Fault(500),
      Fault(503, {}, "no JSON at all"),
      Fault(529),
      Fault(408),
      cut,
      hang_up,
      slow,
      drip,
      Fault(200, {}, "{\"choices\": [{\"mess"),
      Fault(200, {}, "<html>busy</html>"),
      Fault(200, {}, "{\"choices\": []}"),
      Fault(200, {}, ""),
  };
  for (const HttpReply& fault : faults) {
    INFO(fault.status << " " << fault.body << " " << fault.delay.count());
    FaultyServer server(3, fault);
    const auto client = Client(server.url());
    CallOptions options;
    options.timeout = milliseconds(300);
    options.parallel = 2;
    const Asked asked = Ask(*client, 4, options);
    RequireOk(asked.status);
    CHECK(asked.answers.size() == 4);
    CHECK(asked.answers.at(3) == "answer to question 3");
    CHECK(asked.usage.calls == 7);
    CHECK(asked.usage.repeated == 3);
  }
}

TEST_CASE("a server says how long all requests shall wait", "[llm]") {
  FaultyServer server(1, Fault(429, {"Retry-After: 1"}));
  const auto client = Client(server.url());
  const auto start = std::chrono::steady_clock::now();
  CallOptions options;
  options.parallel = 1;
  const Asked asked = Ask(*client, 3, options);
  RequireOk(asked.status);
  CHECK(asked.answers.size() == 3);
  CHECK(std::chrono::steady_clock::now() - start >= milliseconds(1000));

  FaultyServer patient(1, Fault(429, {"Retry-After: 86400"}));
  const Asked refused = Ask(*Client(patient.url()), 1);
  CHECK(refused.status.code() == StatusCode::kTimeout);
  CHECK(refused.status.message().find("asks to wait 86400 s") != std::string::npos);
}

TEST_CASE("what does not pass ends the asking with one error and keeps what there is", "[llm]") {
  struct Case {
    HttpReply fault;
    StatusCode code;
    std::string says;
  };
  HttpReply slow;
  slow.delay = milliseconds(60'000);
  const Case cases[] = {
      {Fault(500, {}, R"({"error": {"message": "out of cheese"}})"), StatusCode::kIo,
       "was asked 3 times without success: status 500: out of cheese"},
      {Fault(400, {}, R"({"error": {"message": "too long\nby far"}})"),
       StatusCode::kInvalidArgument, "refuses the request with status 400: too long by far"},
      {Fault(401, {}, R"({"error": {"message": "bad key )" + kKey + R"("}})"),
       StatusCode::kInvalidArgument, "refuses the key: bad key [key]"},
      {Fault(404), StatusCode::kNotFound, "knows no /chat/completions for the model 'm'"},
      {Fault(429, {}, R"({"error": {"message": "pay", "code": "insufficient_quota"}})"),
       StatusCode::kInvalidArgument, "status 429: pay"},
      {Fault(302, {"Location: http://127.0.0.1:1/"}), StatusCode::kInvalidArgument,
       "has another address now"},
      {Fault(200, {}, "no JSON"), StatusCode::kIo, "was asked 3 times without success"},
      {slow, StatusCode::kTimeout, "no answer within 200 ms"},
  };
  for (const Case& c : cases) {
    INFO(c.says);
    // Every second question is answered.
    HttpServer server([&](const HttpRequest& request) {
      const std::string prompt = ReadChatQuestion(request).prompt;
      return prompt == "question 0" || prompt == "question 1" ? Echo(request) : c.fault;
    });
    CallOptions options;
    options.retries = 2;
    options.parallel = 2;
    options.timeout = milliseconds(200);
    const Asked asked = Ask(*Client(server.url()), 50, options);
    CHECK(asked.status.code() == c.code);
    CHECK(asked.status.ToString().find(c.says) != std::string::npos);
    CHECK(asked.status.ToString().find(kKey) == std::string::npos);
    CHECK(asked.answers.size() == 2);
    CHECK(server.requests() < 20);
  }
}

TEST_CASE("nobody listens", "[llm]") {
  uint16_t port;
  {
    HttpServer server(Echo);
    port = server.port();
  }
  CallOptions options;
  options.retries = 1;
  const Asked asked = Ask(*Client("http://127.0.0.1:" + std::to_string(port)), 3, options);
  CHECK(asked.status.code() == StatusCode::kNotFound);
  CHECK(asked.status.message().find("it cannot be reached") != std::string::npos);
  CHECK(asked.status.info().hint.find("GESTA_LLM_URL") != std::string::npos);
  CHECK(asked.usage.calls <= 6);
}

TEST_CASE("budgets are kept", "[llm]") {
  HttpServer server(Echo);
  const auto client = Client(server.url());
  CallOptions options;
  options.parallel = 3;
  options.max_calls = 5;
  const Asked calls = Ask(*client, 20, options);
  CHECK(calls.status.code() == StatusCode::kSemantic);
  CHECK(calls.status.message() == "the budget of 5 calls is used up, and 15 questions are open");
  CHECK(calls.answers.size() == 5);
  CHECK(server.requests() == 5);
  options.max_calls.reset();
  options.max_tokens = 1000;  // an answer costs 120, and is taken for some 260 before it is there
  const Asked tokens = Ask(*client, 20, options);
  CHECK(tokens.status.code() == StatusCode::kSemantic);
  CHECK(tokens.usage.prompt_tokens + tokens.usage.answer_tokens <= 1000);
  CHECK(tokens.answers.size() >= 5);
}

TEST_CASE("an interrupt ends the asking at once", "[llm]") {
  HttpServer server([](const HttpRequest&) {
    HttpReply reply;
    reply.delay = std::chrono::minutes(5);
    return reply;
  });
  CallOptions options;
  int looks = 0;
  options.check_interrupt = [&]() -> Status {
    return ++looks < 5 ? Status() : Status(StatusCode::kCancelled, "enough");
  };
  const auto start = std::chrono::steady_clock::now();
  CHECK(Ask(*Client(server.url()), 3, options).status.code() == StatusCode::kCancelled);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::minutes(1));
}

TEST_CASE("a key that comes back in an answer is taken out", "[llm]") {
  HttpServer server([](const HttpRequest& request) {
    HttpReply reply;
    reply.body = ChatReplyBody("your header was " + request.headers.at("authorization"));
    return reply;
  });
  CHECK(Ask(*Client(server.url()), 1).answers.at(0) == "your header was Bearer [key]");
}

TEST_CASE("addresses and keys that cannot be are refused without being shown", "[llm]") {
  const auto error = [](const std::string& url, const std::string& key) {
    LlmEndpoint endpoint;
    endpoint.url = url;
    endpoint.api_key = key;
    const auto made = LlmClient::Make(std::move(endpoint));
    REQUIRE_FALSE(made.ok());
    CHECK(made.status().code() == StatusCode::kInvalidArgument);
    return made.status().ToString();
  };
  for (const char* url :
       {"", "ftp://x", "file:///etc/passwd", "http://", "http:// x", "localhost"}) {
    INFO(url);
    error(url, "");
  }
  CHECK(error("http://user:secret@host/v1", "").find("secret") == std::string::npos);
  CHECK(error("http://host", "two\r\nX-Evil: lines").find("Evil") == std::string::npos);

  TempDirectory directory;
  const std::string path = directory / "key";
  std::ofstream(path) << "  " << kKey << " \nsecond line\n";
  CHECK(Must(ReadApiKey(path)) == kKey);
  std::ofstream(path) << "\n";
  CHECK(ReadApiKey(path).status().code() == StatusCode::kInvalidArgument);
  CHECK(ReadApiKey(directory / "none").status().code() == StatusCode::kNotFound);
}

TEST_CASE("embeddings come in the order of the texts", "[llm]") {
  std::atomic<int> requests{0};
  HttpServer server([&](const HttpRequest& request) {
    HttpReply reply;
    CHECK(request.path == "/embeddings");
    // Two texts a request; the second vector first. The first request fails.
    if (++requests == 1) return Fault(500);
    const bool last = request.body.find("t4") != std::string::npos;
    const char digit = request.body[request.body.find("\"t") + 2];
    const std::string a = R"({"index": 0, "embedding": [)" + std::string(1, digit) + ", 0.5]}";
    const std::string b =
        R"({"index": 1, "embedding": [)" + std::string(1, static_cast<char>(digit + 1)) + ", 1]}";
    reply.body = "{\"data\": [" + (last ? a : b + ", " + a) + "]}";
    return reply;
  });
  const auto client = Client(server.url());
  std::vector<float> rows;
  size_t dimension = 0;
  CallUsage usage;
  RequireOk(client->Embed("e", {"t0", "t1", "t2", "t3", "t4"}, 2, {}, &rows, &dimension, &usage));
  CHECK(dimension == 2);
  CHECK(rows == std::vector<float>{0, 0.5f, 1, 1, 2, 0.5f, 3, 1, 4, 0.5f});
  CHECK(usage.calls == 4);

  HttpServer short_server([](const HttpRequest&) {
    HttpReply reply;
    reply.body = R"({"data": [{"index": 0, "embedding": [1, 2]}]})";
    return reply;
  });
  CallOptions once;
  once.retries = 0;
  const Status status =
      Client(short_server.url())->Embed("e", {"a", "b"}, 8, once, &rows, &dimension, &usage);
  CHECK(status.message().find("does not hold 2 embeddings") != std::string::npos);
}

}  // namespace
}  // namespace gesta::test
