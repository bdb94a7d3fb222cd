#include "text/gemma_tokenizer.h"

#include <fmt/format.h>

#include <algorithm>

#include "text/unicode.h"

namespace gesta::text {

using format::Datum;

namespace {

constexpr std::string_view kSpace = "\xE2\x96\x81";  // U+2581

std::string LowerWithMarks(std::string_view text) {
  std::string result;
  for (const char byte : text::Encode(ToLower(Decode(text)))) {
    if (byte == ' ') {
      result += kSpace;
    } else {
      result += byte;
    }
  }
  return result;
}

}  // namespace

Result<std::unique_ptr<Tokenizer>> GemmaTokenizer::Load(const TokenizerFiles& files) {
  auto tokenizer = std::make_unique<GemmaTokenizer>();
  GESTA_ASSIGN_OR_RETURN(tokenizer->model_, BytePairModel::Load(files));
  const Vocabulary& vocabulary = tokenizer->model_.vocabulary();
  const auto find = [&](std::string_view role, const char* usual, TokenId* id) -> Status {
    const std::string piece = files.Role(role).value_or(usual);
    *id = vocabulary.Find(piece);
    if (*id >= 0) return Status::Ok();
    return Status(StatusCode::kBadData, fmt::format("{}: the tokenizer has no token '{}', the {}",
                                                    files.folder, piece, role));
  };
  GESTA_RETURN_IF_ERROR(find("eos_token", "<eos>", &tokenizer->end_));
  GESTA_RETURN_IF_ERROR(find("pad_token", "<pad>", &tokenizer->pad_));
  GESTA_RETURN_IF_ERROR(find("unk_token", "<unk>", &tokenizer->unknown_));
  if (files.Config("add_bos_token").boolean()) {
    GESTA_RETURN_IF_ERROR(find("bos_token", "<bos>", &tokenizer->begin_));
  }
  tokenizer->pads_left_ = files.Config("padding_side").text() == "left";
  for (size_t byte = 0; byte < 256; ++byte) {
    tokenizer->bytes_[byte] = vocabulary.Find(fmt::format("<0x{:02X}>", byte));
    tokenizer->has_bytes_ = tokenizer->has_bytes_ && tokenizer->bytes_[byte] >= 0;
  }
  std::vector<SpecialToken> added = files.AddedTokens();
  for (SpecialToken& token : added) {
    if (token.normalized) token.content = LowerWithMarks(token.content);
  }
  tokenizer->special_ = SpecialTokens(std::move(added));
  return std::unique_ptr<Tokenizer>(std::move(tokenizer));
}

size_t GemmaTokenizer::vocabulary_size() const {
  TokenId largest = model_.vocabulary().max_id();
  for (const SpecialToken& token : special_.tokens()) largest = std::max(largest, token.id);
  return static_cast<size_t>(largest + 1);
}

Result<std::vector<TokenId>> GemmaTokenizer::Encode(std::string_view text,
                                                    size_t max_tokens) const {
  std::vector<TokenId> ids;
  if (begin_ >= 0) ids.push_back(begin_);
  for (const auto& piece : special_.Split(text, false)) {
    if (piece.id >= 0) {
      ids.push_back(piece.id);
      continue;
    }
    for (const auto& part : special_.Split(LowerWithMarks(piece.text), true)) {
      if (part.id >= 0) {
        ids.push_back(part.id);
      } else {
        EncodeText(part.text, &ids);
      }
    }
  }
  if (max_tokens > 0) ids.resize(std::min(ids.size(), max_tokens - 1));
  ids.push_back(end_);
  return ids;
}

void GemmaTokenizer::EncodeText(const std::string& text, std::vector<TokenId>* ids) const {
  std::vector<TokenId> symbols;
  for (size_t at = 0; at < text.size();) {
    const size_t size = std::min(CharacterSize(text[at]), text.size() - at);
    const TokenId id = model_.vocabulary().Find(std::string_view(text).substr(at, size));
    if (id >= 0) {
      symbols.push_back(id);
    } else if (has_bytes_) {
      for (size_t i = 0; i < size; ++i) {
        symbols.push_back(bytes_[static_cast<unsigned char>(text[at + i])]);
      }
    } else if (symbols.empty() || symbols.back() != unknown_) {
      symbols.push_back(unknown_);
    }
    at += size;
  }
  model_.Merge(&symbols);
  ids->insert(ids->end(), symbols.begin(), symbols.end());
}

}  // namespace gesta::text
