// LlmClient: OpenAI-compatible servers, asked for answers to prompts and for embeddings.
//
//   auto endpoint = gesta::LlmEndpoint::FromEnvironment();
//   auto client = gesta::LlmClient::Make(std::move(*endpoint));
//   (*client)->Chat(requests, {}, [&](size_t i, gesta::ChatReply reply) { … }, &usage);
//
// Requests of one call run side by side, up to a limit. What may pass (429, 5xx, time-outs, refused
// and broken connections, answers that are no JSON) is tried again, after a wait that doubles and
// is spread at random, and at least as long as the server asks for (Retry-After; all requests then
// wait). The key is sent in a header and shown nowhere: not in an error, and not in what a server
// says, from which it is taken out.
#ifndef GESTA_LLM_CLIENT_H_
#define GESTA_LLM_CLIENT_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gesta/status.h"

namespace gesta {

struct LlmEndpoint {
  std::string url;      // requests go to URL/chat/completions; OpenAI: https://api.openai.com/v1
  std::string api_key;  // empty: none is sent
  // Before the first repetition; it doubles from there.
  std::chrono::milliseconds first_wait{500};
  std::chrono::milliseconds longest_wait{30'000};
  // A server that asks for a longer wait than this is an error.
  std::chrono::milliseconds longest_retry_after{300'000};

  // $GESTA_LLM_URL or $OPENAI_BASE_URL; the key from the file $GESTA_LLM_KEY_FILE, or from
  // $GESTA_LLM_API_KEY or $OPENAI_API_KEY. kNotFound, kIo, kInvalidArgument: the key's file.
  static Result<LlmEndpoint> FromEnvironment();
};

// The first line of a file, without blanks around it. The error names the file, never its content.
Result<std::string> ReadApiKey(const std::string& path);

struct CallOptions {
  size_t parallel = 8;
  std::chrono::milliseconds timeout{60'000};  // of one request
  int retries = 5;                            // of one request
  // The budget: requests sent, repeated ones included, and tokens of prompts and answers together.
  // What `usage` holds when the asking begins is taken off.
  std::optional<uint64_t> max_calls;
  std::optional<uint64_t> max_tokens;
  std::function<Status()> check_interrupt;  // asked about ten times a second; may be empty
};

struct CallUsage {
  uint64_t calls = 0;
  uint64_t repeated = 0;
  uint64_t prompt_tokens = 0;  // estimated (a token for four bytes) where the server does not say
  uint64_t answer_tokens = 0;
};

struct ChatRequest {
  std::string model;
  std::string prompt;
  std::optional<double> temperature;
  std::optional<int64_t> seed;
  std::optional<int64_t> answer_tokens;  // the longest answer
};

struct ChatReply {
  std::string text;
  bool is_cut = false;
  uint64_t prompt_tokens = 0;
  uint64_t answer_tokens = 0;
};

// Thread-safe.
class LlmClient {
 public:
  // kInvalidArgument: an URL that is not http or https or that holds a password, or a key that no
  // header can hold.
  static Result<std::unique_ptr<LlmClient>> Make(LlmEndpoint endpoint);
  ~LlmClient();

  // Calls `on_reply` once a request, as replies arrive, on the caller's thread; an error of it ends
  // the call. After an error that does not pass nothing more is sent, what is on its way is waited
  // for and given to `on_reply`, and the first error is returned: kNotFound (no server, or no such
  // model), kTimeout, kIo (broken or useless answers, 5xx), kInvalidArgument (the server refuses
  // the request or the key), kSemantic (a budget is used up), or check_interrupt's own, which ends
  // everything at once.
  Status Chat(const std::vector<ChatRequest>& requests, const CallOptions& options,
              const std::function<Status(size_t request, ChatReply reply)>& on_reply,
              CallUsage* usage);

  // One vector for each text into `rows`, row after row, `batch` texts a request. All vectors of a
  // call have one length, *dimension.
  Status Embed(const std::string& model, const std::vector<std::string>& texts, size_t batch,
               const CallOptions& options, std::vector<float>* rows, size_t* dimension,
               CallUsage* usage);

 private:
  class Call;
  class SessionPool;

  explicit LlmClient(LlmEndpoint endpoint);

  LlmEndpoint endpoint_;
  std::unique_ptr<SessionPool> sessions_;
};

}  // namespace gesta

#endif  // GESTA_LLM_CLIENT_H_
