#include "text/tokenizer_files.h"

#include <sys/stat.h>

#include "gesta/format/json.h"

namespace gesta::text {

using format::Datum;

bool FileExists(const std::string& path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

Result<TokenizerFiles> TokenizerFiles::Read(const std::string& folder) {
  TokenizerFiles files;
  files.folder = folder;
  const auto read = [&](std::string_view name, format::Document* out) -> Status {
    const std::string path = files.Path(name);
    if (!FileExists(path)) return Status::Ok();
    GESTA_ASSIGN_OR_RETURN(*out, format::ReadJsonFile(path));
    if (out->root().is_dict()) return Status::Ok();
    return Status(StatusCode::kBadData, path + ": is no JSON object");
  };
  GESTA_RETURN_IF_ERROR(read("tokenizer.json", &files.tokenizer));
  GESTA_RETURN_IF_ERROR(read("tokenizer_config.json", &files.config));
  GESTA_RETURN_IF_ERROR(read("special_tokens_map.json", &files.special_map));
  return files;
}

const Datum& TokenizerFiles::Config(std::string_view key) const {
  const Datum* value = config.root().Find(key);
  return value ? *value : Datum::Null();
}

std::optional<std::string> TokenizerFiles::Role(std::string_view role) const {
  for (const Datum* root : {&config.root(), &special_map.root()}) {
    const Datum* value = root->Find(role);
    if (value && value->is_dict()) value = value->Find("content");
    if (value && value->is_string()) return std::string(value->text());
  }
  return std::nullopt;
}

std::vector<SpecialToken> TokenizerFiles::AddedTokens() const {
  return ReadAddedTokens(has_tokenizer() ? tokenizer.root() : config.root());
}

}  // namespace gesta::text
