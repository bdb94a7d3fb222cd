// The options of everything that asks language models: which model, how, and at what cost.
#ifndef GESTA_QUERY_ALIGN_ASK_OPTIONS_H_
#define GESTA_QUERY_ALIGN_ASK_OPTIONS_H_

#include <string_view>
#include <vector>

#include "align/options.h"
#include "gesta/language_models.h"
#include "gesta/status.h"

namespace gesta::align {

struct Asking {
  LanguageModelQuestion question;  // without a prompt
  AskOptions ask;
};

// model, seed, temperature, answer_tokens, parallel, timeout, retries, max_calls and max_tokens.
// kNotFound without a model; `example` says there how a statement names one. `models` may be null.
Result<Asking> ReadAsking(const AlignerOptions& options, const LanguageModels* models,
                          std::string_view example);

// The names of these options and of `others`, for AlignerOptions::CheckNames.
std::vector<std::string_view> AskOptionNames(std::initializer_list<std::string_view> others);

}  // namespace gesta::align

#endif  // GESTA_QUERY_ALIGN_ASK_OPTIONS_H_
