// The JSON files beside a tokenizer, read once: tokenizer.json, tokenizer_config.json,
// special_tokens_map.json. Each may be missing.
#ifndef GESTA_INFERENCE_TEXT_TOKENIZER_FILES_H_
#define GESTA_INFERENCE_TEXT_TOKENIZER_FILES_H_

#include <optional>
#include <string>
#include <string_view>

#include "gesta/format/document.h"
#include "gesta/status.h"
#include "text/special_tokens.h"
#include "text/vocabulary.h"

namespace gesta::text {

struct TokenizerFiles {
  std::string folder;
  format::Document tokenizer;  // the null document where there is no file
  format::Document config;
  format::Document special_map;

  static Result<TokenizerFiles> Read(const std::string& folder);

  std::string Path(std::string_view name) const { return folder + "/" + std::string(name); }
  bool has_tokenizer() const { return tokenizer.root().is_dict(); }
  // tokenizer_config.json's value, else the null datum.
  const format::Datum& Config(std::string_view key) const;
  // The token that plays a role ("eos_token", …) as the files name it; nullopt: they do not.
  std::optional<std::string> Role(std::string_view role) const;
  // What tokenizer.json lists as added tokens, else tokenizer_config.json.
  std::vector<SpecialToken> AddedTokens() const;
};

bool FileExists(const std::string& path);

}  // namespace gesta::text

#endif  // GESTA_INFERENCE_TEXT_TOKENIZER_FILES_H_
