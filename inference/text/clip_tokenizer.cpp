#include "text/clip_tokenizer.h"

#include <fmt/format.h>

#include <algorithm>

#include "gesta/format/utf8.h"

namespace gesta::text {

namespace {

constexpr std::string_view kWordEnd = "</w>";

// Byte-level vocabularies write each byte as a printable character: those that are printable in
// Latin-1 as themselves, the others in order from U+0100 on.
std::array<std::string, 256> ByteCharacters() {
  std::array<std::string, 256> characters;
  uint32_t next = 0x100;
  for (uint32_t byte = 0; byte < 256; ++byte) {
    const bool printable =
        (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
    format::AppendUtf8(printable ? byte : next++, &characters[byte]);
  }
  return characters;
}

// Whether the code points before `end` are `text`.
bool EndsWith(const CodePoints& points, size_t end, std::string_view text) {
  return std::equal(text.begin(), text.end(),
                    points.begin() + static_cast<ptrdiff_t>(end - text.size()),
                    [](char a, uint32_t b) { return static_cast<unsigned char>(a) == b; });
}

// How many code points one match of CLIP's pattern takes at `at`; 0: none, the character separates.
size_t MatchWord(const CodePoints& points, size_t at) {
  const auto starts_with = [&](std::string_view text) {
    if (points.size() - at < text.size()) return false;
    for (size_t i = 0; i < text.size(); ++i) {
      if (points[at + i] != static_cast<unsigned char>(text[i])) return false;
    }
    return true;
  };
  if (points[at] == '\'') {
    for (const std::string_view contraction : {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"}) {
      if (starts_with(contraction)) return contraction.size();
    }
  }
  // The marks' own names, once their case is lowered, are matched as one and cut again: the runs of
  // punctuation around the letters do not join what stands before and behind.
  if (starts_with("<|startoftext|>") || starts_with("<|endoftext|>")) return 2;
  if (starts_with("|>") && at > 0 && IsLetter(points[at - 1])) {
    for (const std::string_view mark : {"<|startoftext", "<|endoftext"}) {
      if (at >= mark.size() && EndsWith(points, at, mark)) return 2;
    }
  }
  if (IsNumber(points[at])) return 1;
  size_t end = at;
  if (IsLetter(points[at])) {
    while (end < points.size() && IsLetter(points[end])) ++end;
  } else {
    while (end < points.size() && !IsSpace(points[end]) && !IsLetter(points[end]) &&
           !IsNumber(points[end])) {
      ++end;
    }
  }
  return end - at;
}

}  // namespace

Result<std::unique_ptr<Tokenizer>> ClipTokenizer::Load(const TokenizerFiles& files) {
  auto tokenizer = std::make_unique<ClipTokenizer>();
  GESTA_ASSIGN_OR_RETURN(tokenizer->model_, BytePairModel::Load(files));
  const Vocabulary& vocabulary = tokenizer->model_.vocabulary();
  std::vector<SpecialToken> added = files.AddedTokens();
  const auto find = [&](std::string_view role, const char* usual, TokenId* id) -> Status {
    const std::string piece = files.Role(role).value_or(usual);
    *id = vocabulary.Find(piece);
    for (const SpecialToken& token : added) {
      if (token.content == piece) *id = token.id;
    }
    if (*id >= 0) return Status::Ok();
    return Status(StatusCode::kBadData, fmt::format("{}: the tokenizer has no token '{}', the {}",
                                                    files.folder, piece, role));
  };
  TokenId unknown = -1;
  GESTA_RETURN_IF_ERROR(find("bos_token", "<|startoftext|>", &tokenizer->begin_));
  GESTA_RETURN_IF_ERROR(find("eos_token", "<|endoftext|>", &tokenizer->end_));
  GESTA_RETURN_IF_ERROR(find("pad_token", "<|endoftext|>", &tokenizer->pad_));
  GESTA_RETURN_IF_ERROR(find("unk_token", "<|endoftext|>", &unknown));
  const auto characters = ByteCharacters();
  for (size_t byte = 0; byte < 256; ++byte) {
    const TokenId inner = vocabulary.Find(characters[byte]);
    const TokenId last = vocabulary.Find(characters[byte] + std::string(kWordEnd));
    tokenizer->inner_[byte] = inner < 0 ? unknown : inner;
    tokenizer->last_[byte] = last < 0 ? unknown : last;
  }
  if (added.empty()) {
    added.push_back({"<|startoftext|>", tokenizer->begin_, false, false, false, false});
    added.push_back({"<|endoftext|>", tokenizer->end_, false, false, false, false});
  }
  for (SpecialToken& token : added) {
    if (token.normalized) token.content = text::Encode(tokenizer->Normalize(token.content));
  }
  tokenizer->special_ = SpecialTokens(std::move(added));
  return std::unique_ptr<Tokenizer>(std::move(tokenizer));
}

size_t ClipTokenizer::vocabulary_size() const {
  TokenId largest = model_.vocabulary().max_id();
  for (const SpecialToken& token : special_.tokens()) largest = std::max(largest, token.id);
  return static_cast<size_t>(largest + 1);
}

CodePoints ClipTokenizer::Normalize(std::string_view text) const {
  CodePoints points = Compose(Decode(text));
  CodePoints spaced;
  spaced.reserve(points.size());
  for (const uint32_t point : points) {
    if (!IsSpace(point)) {
      spaced.push_back(point);
    } else if (spaced.empty() || spaced.back() != ' ') {
      spaced.push_back(' ');
    }
  }
  return ToLower(spaced);
}

Result<std::vector<TokenId>> ClipTokenizer::Encode(std::string_view text, size_t max_tokens) const {
  return special_.Encode(text, max_tokens, begin_, end_,
                         {[this](std::string_view part) { return Normalize(part); },
                          [this](const CodePoints& points, size_t enough,
                                 std::vector<TokenId>* ids) { EncodeWords(points, enough, ids); }});
}

void ClipTokenizer::EncodeWords(const CodePoints& points, size_t max_tokens,
                                std::vector<TokenId>* ids) const {
  std::vector<TokenId> symbols;
  for (size_t at = 0; at < points.size() && ids->size() < max_tokens;) {
    const size_t size = MatchWord(points, at);
    if (size == 0) {
      ++at;
      continue;
    }
    const std::string word = text::Encode(points.data() + at, points.data() + at + size);
    symbols.clear();
    for (const char byte : word) symbols.push_back(inner_[static_cast<unsigned char>(byte)]);
    symbols.back() = last_[static_cast<unsigned char>(word.back())];
    model_.Merge(&symbols);
    ids->insert(ids->end(), symbols.begin(), symbols.end());
    at += size;
  }
}

}  // namespace gesta::text
