// The module list of sentence-transformers' folders: modules.json and what it points to.
#ifndef GESTA_INFERENCE_MODELS_SENTENCE_MODULES_H_
#define GESTA_INFERENCE_MODELS_SENTENCE_MODULES_H_

#include <string>
#include <vector>

#include "gesta/status.h"
#include "models/model_config.h"

namespace gesta::models {

struct SentenceModules {
  std::string transformer;  // the folder of the encoder itself
  size_t max_tokens = 0;    // 0: not given
  bool lower_case = false;
  std::string prompt;
  std::vector<Pooling> pooling;
  std::vector<DenseConfig> dense;
  bool normalize = false;
  std::vector<std::string> folders;  // of all modules but the encoder
};

// A folder without modules.json is an encoder whose token vectors are averaged, as
// sentence-transformers takes it. kUnsupported names a module that is not known.
Result<SentenceModules> ReadSentenceModules(const std::string& folder);

// Puts them into the config of the encoder, checking that sizes fit.
Status ApplySentenceModules(const SentenceModules& modules, ModelConfig* config);

}  // namespace gesta::models

#endif  // GESTA_INFERENCE_MODELS_SENTENCE_MODULES_H_
