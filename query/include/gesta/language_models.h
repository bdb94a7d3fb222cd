// Language models: how the query engine asks models that answer text with text.
//
// An interface, so that the engine knows neither HTTP nor JSON. A program may hand its own to
// DatabaseOptions::language_models; without one, an OpenAI-compatible server is asked whose address
// and key come from the environment (inference/README.md).
#ifndef GESTA_LANGUAGE_MODELS_H_
#define GESTA_LANGUAGE_MODELS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gesta/status.h"

namespace gesta {

// What asking has cost a statement.
struct LanguageModelUsage {
  uint64_t calls = 0;          // requests sent, repeated ones included
  uint64_t repeated = 0;       // of those: sent again after an error
  uint64_t cached = 0;         // answers that were in the store
  uint64_t prompt_tokens = 0;  // as the server counts them; estimated where it does not
  uint64_t answer_tokens = 0;
  std::chrono::nanoseconds time{0};  // spent waiting

  uint64_t tokens() const { return prompt_tokens + answer_tokens; }
  // What was added to `before` to make this.
  LanguageModelUsage Since(const LanguageModelUsage& before) const {
    return {calls - before.calls,
            repeated - before.repeated,
            cached - before.cached,
            prompt_tokens - before.prompt_tokens,
            answer_tokens - before.answer_tokens,
            time - before.time};
  }
  void Add(const LanguageModelUsage& other) {
    calls += other.calls;
    repeated += other.repeated;
    cached += other.cached;
    prompt_tokens += other.prompt_tokens;
    answer_tokens += other.answer_tokens;
    time += other.time;
  }
};

// What the answer depends on.
struct LanguageModelQuestion {
  std::string model;
  std::string prompt;  // UTF-8
  std::optional<double> temperature;
  std::optional<int64_t> seed;
  std::optional<int64_t> answer_tokens;  // the longest answer
};

struct LanguageModelAnswer {
  std::string text;
  bool is_cut = false;  // it reached the longest length
};

// How questions are asked; no answer depends on it.
struct AskOptions {
  size_t parallel = 8;                        // requests on the way at once, at least 1
  std::chrono::milliseconds timeout{60'000};  // for one request, waiting for its turn excluded
  int retries = 5;                            // of one question, after errors that may pass
  // The budget: requests sent, repeated ones included, and tokens of prompts and answers together.
  // What `usage` holds when the asking begins is taken off.
  std::optional<uint64_t> max_calls;
  std::optional<uint64_t> max_tokens;
  std::function<Status()> check_interrupt;  // asked about ten times a second; may be empty
};

// Thread-safe.
class LanguageModels {
 public:
  virtual ~LanguageModels() = default;

  // The model that is asked where a statement names none; empty: there is none.
  virtual std::string default_model() const = 0;

  // Asks all questions. `on_answer` is called once for each, on the caller's thread, as the answers
  // arrive and in any order; an error of it ends the asking. After an error that does not pass, or
  // when the budget is used up, no more is sent, what is on the way is waited for (kCancelled and
  // kTimeout of check_interrupt excepted), and the first error is returned. No error holds the key.
  // `usage` is added to, also when it fails.
  virtual Status Ask(
      const std::vector<LanguageModelQuestion>& questions, const AskOptions& options,
      const std::function<Status(size_t question, LanguageModelAnswer answer)>& on_answer,
      LanguageModelUsage* usage) = 0;
};

// An OpenAI-compatible server. What is empty comes from the environment.
struct LanguageModelServer {
  std::string url;           // $GESTA_LLM_URL, $OPENAI_BASE_URL; with a key only: OpenAI's own
  std::string api_key_file;  // $GESTA_LLM_KEY_FILE, $GESTA_LLM_API_KEY, $OPENAI_API_KEY
  std::string model;         // $GESTA_LLM_MODEL
  // The wait before a request is sent again; it doubles from there.
  std::chrono::milliseconds first_wait{500};
};

// Nothing is read, loaded or sent before the first question.
std::shared_ptr<LanguageModels> MakeLanguageModels(LanguageModelServer server = {});

}  // namespace gesta

#endif  // GESTA_LANGUAGE_MODELS_H_
