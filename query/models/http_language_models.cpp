// LanguageModels over inference's HTTP client.
#include <cstdlib>
#include <mutex>

#include "gesta/language_models.h"
#include "gesta/llm_client.h"

namespace gesta {
namespace {

class HttpLanguageModels : public LanguageModels {
 public:
  explicit HttpLanguageModels(LanguageModelServer server) : server_(std::move(server)) {}

  std::string default_model() const override {
    if (!server_.model.empty()) return server_.model;
    const char* model = std::getenv("GESTA_LLM_MODEL");
    return model ? model : "";
  }

  Status Ask(const std::vector<LanguageModelQuestion>& questions, const AskOptions& options,
             const std::function<Status(size_t, LanguageModelAnswer)>& on_answer,
             LanguageModelUsage* usage) override {
    GESTA_ASSIGN_OR_RETURN(LlmClient* const client, Client());
    std::vector<ChatRequest> requests;
    requests.reserve(questions.size());
    for (const LanguageModelQuestion& question : questions) {
      requests.push_back({question.model, question.prompt, question.temperature, question.seed,
                          question.answer_tokens});
    }
    CallOptions call;
    call.parallel = options.parallel;
    call.timeout = options.timeout;
    call.retries = options.retries;
    call.max_calls = options.max_calls;
    call.max_tokens = options.max_tokens;
    call.check_interrupt = options.check_interrupt;
    CallUsage used{usage->calls, usage->repeated, usage->prompt_tokens, usage->answer_tokens};
    const auto start = std::chrono::steady_clock::now();
    const Status status = client->Chat(
        requests, call,
        [&](size_t request, ChatReply reply) {
          return on_answer(request, {std::move(reply.text), reply.is_cut});
        },
        &used);
    usage->calls = used.calls;
    usage->repeated = used.repeated;
    usage->prompt_tokens = used.prompt_tokens;
    usage->answer_tokens = used.answer_tokens;
    usage->time += std::chrono::steady_clock::now() - start;
    return status;
  }

 private:
  Result<LlmClient*> Client() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (client_) return client_.get();
    GESTA_ASSIGN_OR_RETURN(LlmEndpoint endpoint, LlmEndpoint::FromEnvironment());
    if (!server_.url.empty()) endpoint.url = server_.url;
    if (!server_.api_key_file.empty()) {
      GESTA_ASSIGN_OR_RETURN(endpoint.api_key, ReadApiKey(server_.api_key_file));
    }
    if (endpoint.url.empty() && endpoint.api_key.empty()) {
      return Status(StatusCode::kNotFound, "no language model server is set up",
                    "give its address with --llm-url or in GESTA_LLM_URL, and a key, where it "
                    "wants one, with --api-key-file or in GESTA_LLM_API_KEY");
    }
    if (endpoint.url.empty()) endpoint.url = "https://api.openai.com/v1";
    endpoint.first_wait = server_.first_wait;
    GESTA_ASSIGN_OR_RETURN(client_, LlmClient::Make(std::move(endpoint)));
    return client_.get();
  }

  const LanguageModelServer server_;
  std::mutex mutex_;  // guards client_ while it is made
  std::unique_ptr<LlmClient> client_;
};

}  // namespace

std::shared_ptr<LanguageModels> MakeLanguageModels(LanguageModelServer server) {
  return std::make_shared<HttpLanguageModels>(std::move(server));
}

}  // namespace gesta
