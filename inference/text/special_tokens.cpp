#include "text/special_tokens.h"

#include <algorithm>
#include <charconv>

namespace gesta::text {

namespace {

bool IsWordCharacter(uint32_t point) {
  return IsLetter(point) || IsNumber(point) || point == '_' || IsNonspacingMark(point);
}

uint32_t CharacterBefore(std::string_view text, size_t at) {
  size_t begin = at;
  do {
    --begin;
  } while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0u) == 0x80u);
  return Decode(text.substr(begin, at - begin)).front();
}

uint32_t CharacterAt(std::string_view text, size_t at) {
  return Decode(text.substr(at, CharacterSize(text[at]))).front();
}

bool StandsAlone(std::string_view text, size_t begin, size_t end) {
  return (begin == 0 || !IsWordCharacter(CharacterBefore(text, begin))) &&
         (end == text.size() || !IsWordCharacter(CharacterAt(text, end)));
}

bool Flag(const format::Datum& token, std::string_view name) {
  const format::Datum* flag = token.Find(name);
  return flag && flag->boolean();
}

SpecialToken ReadToken(const format::Datum& entry, TokenId id) {
  SpecialToken token;
  if (const format::Datum* content = entry.Find("content")) token.content = content->text();
  token.id = id;
  token.strip_left = Flag(entry, "lstrip");
  token.strip_right = Flag(entry, "rstrip");
  token.single_word = Flag(entry, "single_word");
  token.normalized = Flag(entry, "normalized");
  return token;
}

}  // namespace

SpecialTokens::SpecialTokens(std::vector<SpecialToken> tokens) : tokens_(std::move(tokens)) {
  tokens_.erase(std::remove_if(tokens_.begin(), tokens_.end(),
                               [](const SpecialToken& token) { return token.content.empty(); }),
                tokens_.end());
  std::stable_sort(tokens_.begin(), tokens_.end(), [](const auto& a, const auto& b) {
    return a.content.size() > b.content.size();
  });
}

const SpecialToken* SpecialTokens::Find(std::string_view content) const {
  for (const SpecialToken& token : tokens_) {
    if (token.content == content) return &token;
  }
  return nullptr;
}

std::vector<SpecialTokens::Piece> SpecialTokens::Split(std::string_view text,
                                                       bool normalized) const {
  std::vector<Piece> pieces;
  bool first_bytes[256] = {};
  for (const SpecialToken& token : tokens_) {
    if (token.normalized == normalized) {
      first_bytes[static_cast<unsigned char>(token.content[0])] = true;
    }
  }
  size_t start = 0;
  for (size_t at = 0; at < text.size();) {
    const SpecialToken* found = nullptr;
    if (first_bytes[static_cast<unsigned char>(text[at])]) {
      for (const SpecialToken& token : tokens_) {
        if (token.normalized != normalized ||
            text.compare(at, token.content.size(), token.content) != 0) {
          continue;
        }
        if (token.single_word && !StandsAlone(text, at, at + token.content.size())) continue;
        found = &token;
        break;
      }
    }
    if (!found) {
      ++at;
      continue;
    }
    size_t begin = at;
    size_t end = at + found->content.size();
    if (found->strip_left) {
      while (begin > start && IsSpace(CharacterBefore(text, begin))) {
        do {
          --begin;
        } while (begin > start && (static_cast<unsigned char>(text[begin]) & 0xC0u) == 0x80u);
      }
    }
    if (found->strip_right) {
      while (end < text.size() && IsSpace(CharacterAt(text, end))) end += CharacterSize(text[end]);
    }
    if (begin > start) pieces.push_back({std::string(text.substr(start, begin - start)), -1});
    pieces.push_back({found->content, found->id});
    start = at = end;
  }
  if (start < text.size()) pieces.push_back({std::string(text.substr(start)), -1});
  return pieces;
}

std::vector<TokenId> SpecialTokens::Encode(std::string_view text, size_t max_tokens, TokenId begin,
                                           TokenId end, const TextRules& rules) const {
  const size_t room = max_tokens > 2 ? max_tokens - 2 : 0;
  std::vector<TokenId> ids{begin};
  for (const Piece& piece : Split(text, false)) {
    if (piece.id >= 0) {
      ids.push_back(piece.id);
      continue;
    }
    for (const Piece& part : Split(text::Encode(rules.normalize(piece.text)), true)) {
      if (part.id >= 0) {
        ids.push_back(part.id);
      } else {
        rules.encode(Decode(part.text), room + 1, &ids);
      }
    }
    if (ids.size() > room) break;
  }
  ids.resize(std::min(ids.size(), room + 1));
  ids.push_back(end);
  return ids;
}

std::vector<SpecialToken> ReadAddedTokens(const format::Datum& document) {
  std::vector<SpecialToken> tokens;
  if (const format::Datum* list = document.Find("added_tokens")) {
    for (const format::Datum& entry : list->items()) {
      const format::Datum* id = entry.Find("id");
      if (id) tokens.push_back(ReadToken(entry, static_cast<TokenId>(id->integer())));
    }
  }
  if (const format::Datum* dict = document.Find("added_tokens_decoder")) {
    for (const auto& entry : dict->entries()) {
      const std::string_view key = entry.key->text();
      TokenId id = -1;
      std::from_chars(key.data(), key.data() + key.size(), id);
      if (id >= 0) tokens.push_back(ReadToken(*entry.value, id));
    }
  }
  return tokens;
}

}  // namespace gesta::text
