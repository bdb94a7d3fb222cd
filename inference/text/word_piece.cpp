#include "text/word_piece.h"

#include <fmt/format.h>

#include <algorithm>

namespace gesta::text {

using format::Datum;

namespace {

bool IsBertPunctuation(uint32_t point) {
  return IsAsciiPunctuation(point) || (point >= 0x80 && IsPunctuation(point));
}

void SetFlag(const Datum* value, bool* flag) {
  if (value && value->kind() == format::DatumKind::kBool) *flag = value->boolean();
}

}  // namespace

Result<std::unique_ptr<Tokenizer>> WordPieceTokenizer::Load(const TokenizerFiles& files) {
  auto tokenizer = std::make_unique<WordPieceTokenizer>();
  const std::string lines = files.Path("vocab.txt");
  const Datum* model = files.tokenizer.root().Find("model");
  const Datum* pieces = model ? model->Find("vocab") : nullptr;
  std::string source;
  if (pieces && pieces->is_dict()) {
    source = files.Path("tokenizer.json");
    GESTA_ASSIGN_OR_RETURN(tokenizer->vocabulary_, Vocabulary::FromDict(*pieces, source));
  } else {
    source = lines;
    GESTA_ASSIGN_OR_RETURN(tokenizer->vocabulary_, Vocabulary::ReadLines(lines));
  }
  tokenizer->ReadRules(files);

  // BERT's names of the marks; MPNet's where the vocabulary has only those.
  const bool bert = tokenizer->vocabulary_.Find("[CLS]") >= 0;
  const auto find = [&](std::string_view role, const char* usual, TokenId* id) -> Status {
    const std::string piece = files.Role(role).value_or(usual);
    *id = tokenizer->vocabulary_.Find(piece);
    if (*id >= 0) return Status::Ok();
    return Status(StatusCode::kBadData,
                  fmt::format("{}: has no token '{}', the {}", source, piece, role));
  };
  GESTA_RETURN_IF_ERROR(find("cls_token", bert ? "[CLS]" : "<s>", &tokenizer->begin_));
  GESTA_RETURN_IF_ERROR(find("sep_token", bert ? "[SEP]" : "</s>", &tokenizer->end_));
  GESTA_RETURN_IF_ERROR(find("pad_token", bert ? "[PAD]" : "<pad>", &tokenizer->pad_));
  GESTA_RETURN_IF_ERROR(find("unk_token", "[UNK]", &tokenizer->unknown_));

  std::vector<SpecialToken> added = files.AddedTokens();
  if (added.empty()) {
    for (const char* role : {"cls_token", "sep_token", "pad_token", "unk_token", "mask_token"}) {
      const auto piece = files.Role(role);
      const TokenId id = piece ? tokenizer->vocabulary_.Find(*piece) : -1;
      if (id >= 0) added.push_back({*piece, id, false, false, false, false});
    }
  }
  // What is looked for after normalisation is normalised itself.
  for (SpecialToken& token : added) {
    if (token.normalized) token.content = text::Encode(tokenizer->Normalize(token.content));
  }
  tokenizer->special_ = SpecialTokens(std::move(added));
  return std::unique_ptr<Tokenizer>(std::move(tokenizer));
}

void WordPieceTokenizer::ReadRules(const TokenizerFiles& files) {
  const Datum* normalizer = files.tokenizer.root().Find("normalizer");
  const Datum* accents = nullptr;
  if (normalizer && normalizer->is_dict()) {
    SetFlag(normalizer->Find("clean_text"), &rules_.clean);
    SetFlag(normalizer->Find("handle_chinese_chars"), &rules_.split_ideographs);
    SetFlag(normalizer->Find("lowercase"), &rules_.lower_case);
    accents = normalizer->Find("strip_accents");
  } else {
    SetFlag(files.config.root().Find("do_lower_case"), &rules_.lower_case);
    SetFlag(files.config.root().Find("tokenize_chinese_chars"), &rules_.split_ideographs);
    accents = files.config.root().Find("strip_accents");
  }
  rules_.strip_accents = rules_.lower_case;
  SetFlag(accents, &rules_.strip_accents);
  if (const Datum* model = files.tokenizer.root().Find("model")) {
    const Datum* longest = model->Find("max_input_chars_per_word");
    if (longest && longest->integer() > 0) {
      rules_.longest_word = static_cast<size_t>(longest->integer());
    }
    const Datum* prefix = model->Find("continuing_subword_prefix");
    if (prefix && prefix->is_string()) rules_.continuation = prefix->text();
  }
}

size_t WordPieceTokenizer::vocabulary_size() const {
  TokenId largest = vocabulary_.max_id();
  for (const SpecialToken& token : special_.tokens()) largest = std::max(largest, token.id);
  return static_cast<size_t>(largest + 1);
}

CodePoints WordPieceTokenizer::Normalize(std::string_view text) const {
  CodePoints points;
  points.reserve(text.size());
  for (const uint32_t point : Decode(text)) {
    const bool line_space = point == '\t' || point == '\n' || point == '\r';
    if (rules_.clean) {
      if (point == 0 || point == 0xFFFD || (IsControl(point) && !line_space)) continue;
      if (IsSpace(point)) {
        points.push_back(' ');
        continue;
      }
    }
    if (rules_.split_ideographs && IsIdeograph(point)) {
      points.insert(points.end(), {' ', point, ' '});
    } else {
      points.push_back(point);
    }
  }
  if (rules_.strip_accents) {
    points = Decompose(points);
    points.erase(std::remove_if(points.begin(), points.end(), IsNonspacingMark), points.end());
  }
  return rules_.lower_case ? ToLower(points) : points;
}

Result<std::vector<TokenId>> WordPieceTokenizer::Encode(std::string_view text,
                                                        size_t max_tokens) const {
  return special_.Encode(text, max_tokens, begin_, end_,
                         {[this](std::string_view part) { return Normalize(part); },
                          [this](const CodePoints& points, size_t enough,
                                 std::vector<TokenId>* ids) { EncodeWords(points, enough, ids); }});
}

void WordPieceTokenizer::EncodeWords(const CodePoints& points, size_t max_tokens,
                                     std::vector<TokenId>* ids) const {
  const uint32_t* const end = points.data() + points.size();
  const uint32_t* at = points.data();
  while (at != end && ids->size() < max_tokens) {
    if (IsSpace(*at)) {
      ++at;
      continue;
    }
    const uint32_t* word = at++;
    if (!IsBertPunctuation(*word)) {
      while (at != end && !IsSpace(*at) && !IsBertPunctuation(*at)) ++at;
    }
    EncodeWord(word, at, ids);
  }
}

void WordPieceTokenizer::EncodeWord(const uint32_t* begin, const uint32_t* end,
                                    std::vector<TokenId>* ids) const {
  if (static_cast<size_t>(end - begin) > rules_.longest_word) {
    ids->push_back(unknown_);
    return;
  }
  const size_t before = ids->size();
  const std::string word = text::Encode(begin, end);
  std::string piece;
  for (size_t at = 0; at < word.size();) {
    piece = at == 0 ? "" : rules_.continuation;
    const size_t prefix = piece.size();
    piece.append(word, at);
    TokenId id = vocabulary_.Find(piece);
    while (id < 0 && piece.size() > prefix) {
      do {
        piece.pop_back();
      } while (piece.size() > prefix &&
               (static_cast<unsigned char>(word[at + piece.size() - prefix]) & 0xC0u) == 0x80u);
      if (piece.size() > prefix) id = vocabulary_.Find(piece);
    }
    if (id < 0) {
      ids->resize(before);
      ids->push_back(unknown_);
      return;
    }
    ids->push_back(id);
    at += piece.size() - prefix;
  }
}

}  // namespace gesta::text
