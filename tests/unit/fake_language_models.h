// Language models that answer with a function and remember what they were asked.
#ifndef GESTA_TESTS_FAKE_LANGUAGE_MODELS_H_
#define GESTA_TESTS_FAKE_LANGUAGE_MODELS_H_

#include <functional>
#include <string>
#include <vector>

#include "gesta/language_models.h"

namespace gesta::test {

class FakeModels : public LanguageModels {
 public:
  std::string default_model() const override { return "fake"; }
  Status Ask(const std::vector<LanguageModelQuestion>& questions, const AskOptions& options,
             const std::function<Status(size_t, LanguageModelAnswer)>& on_answer,
             LanguageModelUsage* usage) override {
    last_options = options;
    if (before_ask) before_ask(questions.size());
    for (size_t i = 0; i < questions.size(); ++i) {
      if (options.max_calls && usage->calls >= *options.max_calls) {
        return Status(StatusCode::kSemantic, "the budget is used up");
      }
      asked.push_back(questions[i]);
      ++usage->calls;
      usage->prompt_tokens += 10;
      usage->answer_tokens += 2;
      if (fail_at != 0 && asked.size() == fail_at)
        return Status(StatusCode::kIo, "the line is cut");
      GESTA_RETURN_IF_ERROR(on_answer(i, {answer(questions[i]), false}));
    }
    return {};
  }

  std::function<std::string(const LanguageModelQuestion&)> answer =
      [](const LanguageModelQuestion& question) { return "re: " + question.prompt; };
  std::function<void(size_t questions)> before_ask;  // may be empty
  std::vector<LanguageModelQuestion> asked;
  AskOptions last_options;
  size_t fail_at = 0;
};

}  // namespace gesta::test

#endif  // GESTA_TESTS_FAKE_LANGUAGE_MODELS_H_
