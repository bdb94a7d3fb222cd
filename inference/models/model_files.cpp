#include "models/model_files.h"

#include <algorithm>

#include "models/checkpoint.h"
#include "text/tokenizer_files.h"

namespace gesta::models {

namespace {

constexpr const char* kSmallFiles[] = {"config.json",
                                       "config_sentence_transformers.json",
                                       "gesta_model.json",
                                       "merges.txt",
                                       "model.safetensors.index.json",
                                       "modules.json",
                                       "preprocessor_config.json",
                                       "pytorch_model.bin.index.json",
                                       "sentence_bert_config.json",
                                       "sentence_roberta_config.json",
                                       "special_tokens_map.json",
                                       "spiece.model",
                                       "tokenizer.json",
                                       "tokenizer.model",
                                       "tokenizer_config.json",
                                       "vocab.json",
                                       "vocab.txt"};

}  // namespace

bool IsModelFile(std::string_view name) {
  return std::find(std::begin(kSmallFiles), std::end(kSmallFiles), name) != std::end(kSmallFiles);
}

Result<std::vector<std::string>> ModelFiles(const std::string& folder, const ModelConfig& config) {
  std::vector<std::string> files;
  const auto add = [&](const std::string& path) {
    if (text::FileExists(path)) files.push_back(path.substr(folder.size() + 1));
  };
  const auto add_weights = [&](const std::string& part) -> Status {
    GESTA_ASSIGN_OR_RETURN(const Checkpoint checkpoint, Checkpoint::Open(part));
    for (const std::string& file : checkpoint.files()) add(part + "/" + file);
    return Status::Ok();
  };
  std::vector<std::string> parts{folder, config.folder};
  for (const std::string& module : config.module_folders) parts.push_back(module);
  for (const std::string& part : parts) {
    for (const char* name : kSmallFiles) add(part + "/" + name);
  }
  if (config.family == Family::kTorchScript) {
    add(config.script.file);
  } else {
    GESTA_RETURN_IF_ERROR(add_weights(config.folder));
  }
  for (const DenseConfig& dense : config.dense) GESTA_RETURN_IF_ERROR(add_weights(dense.folder));
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return files;
}

}  // namespace gesta::models
