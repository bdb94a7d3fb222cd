#include "text/vocabulary.h"

#include <fmt/format.h>

#include <algorithm>

#include "gesta/format/file.h"

namespace gesta::text {

Result<Vocabulary> Vocabulary::ReadLines(const std::string& path) {
  GESTA_ASSIGN_OR_RETURN(const format::FileBuffer file, format::ReadWholeFile(path));
  Vocabulary vocabulary;
  std::string_view rest = file.view();
  TokenId id = 0;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    vocabulary.Add(line, id++);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (id == 0) return Status(StatusCode::kBadData, path + ": has no tokens");
  return vocabulary;
}

Result<Vocabulary> Vocabulary::FromDict(const format::Datum& dict, const std::string& name) {
  Vocabulary vocabulary;
  vocabulary.ids_.reserve(dict.size());
  for (const auto& entry : dict.entries()) {
    const int64_t id = entry.value->integer();
    if (!entry.value->is_int() || id < 0 || id > 100'000'000) {
      return Status(StatusCode::kBadData,
                    fmt::format("{}: token '{}' has no id", name, entry.key->text()));
    }
    vocabulary.Add(entry.key->text(), static_cast<TokenId>(id));
  }
  if (vocabulary.size() == 0) return Status(StatusCode::kBadData, name + ": has no tokens");
  return vocabulary;
}

void Vocabulary::Add(std::string_view piece, TokenId id) {
  const auto at = ids_.find(piece);
  if (at != ids_.end()) {
    at->second = id;
  } else {
    pieces_.emplace_back(piece);
    ids_.emplace(pieces_.back(), id);
  }
  max_id_ = std::max(max_id_, id);
}

}  // namespace gesta::text
