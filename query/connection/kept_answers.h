// KeptAnswers: language models as one statement sees them, through the answers that the store
// keeps.
//
// An answer is kept when it arrives, in no transaction, so that a statement that fails or is killed
// and is run again asks only what it had not asked. A record is known by model, prompt and the
// options that answers depend on:
//
//   answer/HASH   u8 1, then as length u32 and bytes: model, options, prompt, answer; u8 is_cut
//
// HASH is that of the first three, which are compared: no two questions share an answer.
#ifndef GESTA_QUERY_CONNECTION_KEPT_ANSWERS_H_
#define GESTA_QUERY_CONNECTION_KEPT_ANSWERS_H_

#include <chrono>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "gesta/language_models.h"
#include "gesta/store.h"

namespace gesta {

// Thread-safe, as far as the models are.
class KeptAnswers : public LanguageModels {
 public:
  // Borrowed. `models` may be null: then what is not kept cannot be asked.
  KeptAnswers(LanguageModels* models, Store* store) : models_(models), store_(store) {}

  std::string default_model() const override;

  // Equal questions are asked once. Answers that are kept are given first.
  Status Ask(const std::vector<LanguageModelQuestion>& questions, const AskOptions& options,
             const std::function<Status(size_t question, LanguageModelAnswer answer)>& on_answer,
             LanguageModelUsage* usage) override;

  // Of all that the statement has asked.
  LanguageModelUsage usage() const;

 private:
  LanguageModels* const models_;
  Store* const store_;
  mutable std::mutex mutex_;
  LanguageModelUsage usage_;
};

}  // namespace gesta

#endif  // GESTA_QUERY_CONNECTION_KEPT_ANSWERS_H_
