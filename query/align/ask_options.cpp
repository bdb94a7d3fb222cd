#include "align/ask_options.h"

#include <algorithm>

namespace gesta::align {

std::vector<std::string_view> AskOptionNames(std::initializer_list<std::string_view> others) {
  std::vector<std::string_view> names = {"model",         "seed",      "temperature",
                                         "answer_tokens", "parallel",  "timeout",
                                         "retries",       "max_calls", "max_tokens"};
  names.insert(names.end(), others.begin(), others.end());
  return names;
}

Result<Asking> ReadAsking(const AlignerOptions& options, const LanguageModels* models,
                          std::string_view example) {
  Asking asking;
  GESTA_ASSIGN_OR_RETURN(asking.question.model, options.String("model", ""));
  if (asking.question.model.empty() && models) asking.question.model = models->default_model();
  if (asking.question.model.empty()) {
    return Status(
        StatusCode::kNotFound, options.aligner() + " does not know which model to ask",
        "name it, as in " + std::string(example) + ", with --llm-model, or in GESTA_LLM_MODEL");
  }
  if (options.Has("seed")) {
    GESTA_ASSIGN_OR_RETURN(asking.question.seed, options.Integer("seed", 0, INT64_MIN));
  }
  if (options.Has("temperature")) {
    GESTA_ASSIGN_OR_RETURN(asking.question.temperature, options.Number("temperature", 0, 0));
  }
  if (options.Has("answer_tokens")) {
    GESTA_ASSIGN_OR_RETURN(asking.question.answer_tokens, options.Integer("answer_tokens", 0, 1));
  }
  GESTA_ASSIGN_OR_RETURN(const int64_t parallel, options.Integer("parallel", 8, 1));
  asking.ask.parallel = static_cast<size_t>(std::min<int64_t>(parallel, 1024));
  GESTA_ASSIGN_OR_RETURN(const double timeout, options.Number("timeout", 60, 0.001));
  asking.ask.timeout =
      std::chrono::milliseconds(static_cast<int64_t>(std::min(timeout, 1e6) * 1e3));
  GESTA_ASSIGN_OR_RETURN(const int64_t retries, options.Integer("retries", 5, 0));
  asking.ask.retries = static_cast<int>(std::min<int64_t>(retries, 1000));
  if (options.Has("max_calls")) {
    GESTA_ASSIGN_OR_RETURN(asking.ask.max_calls, options.Integer("max_calls", 0, 0));
  }
  if (options.Has("max_tokens")) {
    GESTA_ASSIGN_OR_RETURN(asking.ask.max_tokens, options.Integer("max_tokens", 0, 0));
  }
  return asking;
}

}  // namespace gesta::align
