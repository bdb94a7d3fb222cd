#include "text/sentence_piece.h"

#include <fmt/format.h>

#include <algorithm>

#include "gesta/module_loader.h"
#include "text/sentencepiece_module.h"
#include "text/special_tokens.h"
#include "text/unicode.h"

namespace gesta::text {

namespace {

constexpr std::string_view kSpace = "\xE2\x96\x81";  // U+2581

// A SentencePiece model, through the module that holds the library.
class PieceModel {
 public:
  static Result<PieceModel> Load(const std::string& path) {
    if (!FileExists(path)) return Status(StatusCode::kNotFound, path + ": there is no such file");
    GESTA_ASSIGN_OR_RETURN(void* const symbol, LoadModuleSymbol("libgesta_sentencepiece.so",
                                                                "gesta_sentencepiece_module",
                                                                "the tokenizer of SigLIP"));
    const auto get = reinterpret_cast<decltype(&gesta_sentencepiece_module)>(symbol);
    PieceModel model;
    model.module_ = get(GESTA_SENTENCEPIECE_VERSION);
    if (!model.module_) {
      return Status(StatusCode::kUnsupported,
                    "the module libgesta_sentencepiece.so is of another version");
    }
    char error[1024] = "";
    model.model_ = {model.module_->open(path.c_str(), error, sizeof(error)), model.module_->close};
    if (!model.model_) return Status(StatusCode::kBadData, fmt::format("{}: {}", path, error));
    return model;
  }

  size_t size() const { return static_cast<size_t>(module_->size(model_.get())); }
  TokenId Find(const std::string& piece) const {
    return module_->find(model_.get(), piece.c_str());
  }
  Result<std::vector<TokenId>> Encode(const std::string& text) const {
    std::vector<TokenId> ids;
    const auto take = [](void* state, const int* found, size_t count) {
      static_cast<std::vector<TokenId>*>(state)->assign(found, found + count);
    };
    if (module_->encode(model_.get(), text.data(), text.size(), take, &ids) != 0) {
      return Status(StatusCode::kInternal, "the sentencepiece library refuses a text");
    }
    return ids;
  }
  // The id of the token that plays a role; kBadData where the model lacks it.
  Result<TokenId> Role(const TokenizerFiles& files, std::string_view role,
                       const char* usual) const {
    const std::string piece = files.Role(role).value_or(usual);
    const TokenId id = Find(piece);
    if (id >= 0) return id;
    return Status(StatusCode::kBadData, fmt::format("{}: the tokenizer has no token '{}', the {}",
                                                    files.folder, piece, role));
  }

 private:
  const GestaSentencepieceModule* module_ = nullptr;
  std::unique_ptr<GestaPieceModel, void (*)(GestaPieceModel*)> model_{nullptr, nullptr};
};

class SiglipTokenizer : public Tokenizer {
 public:
  static Result<std::unique_ptr<Tokenizer>> Load(const TokenizerFiles& files) {
    auto tokenizer = std::make_unique<SiglipTokenizer>();
    GESTA_ASSIGN_OR_RETURN(tokenizer->model_, PieceModel::Load(files.Path("spiece.model")));
    const PieceModel& model = tokenizer->model_;
    GESTA_ASSIGN_OR_RETURN(tokenizer->end_, model.Role(files, "eos_token", "</s>"));
    GESTA_ASSIGN_OR_RETURN(tokenizer->pad_, model.Role(files, "pad_token", "</s>"));
    tokenizer->unknown_ = files.Role("unk_token").value_or("<unk>");
    GESTA_ASSIGN_OR_RETURN(const TokenId unknown, model.Role(files, "unk_token", "<unk>"));
    GESTA_ASSIGN_OR_RETURN(const auto prefix, model.Encode(tokenizer->unknown_));
    tokenizer->prefix_ = prefix.size();
    if (const auto& lower = files.Config("do_lower_case");
        lower.kind() == format::DatumKind::kBool) {
      tokenizer->lower_case_ = lower.boolean();
    }
    std::vector<SpecialToken> special;
    const std::pair<std::string, TokenId> marks[] = {
        {files.Role("eos_token").value_or("</s>"), tokenizer->end_},
        {files.Role("pad_token").value_or("</s>"), tokenizer->pad_},
        {tokenizer->unknown_, unknown}};
    for (const auto& [content, id] : marks)
      special.push_back({content, id, true, true, false, false});
    tokenizer->special_ = SpecialTokens(std::move(special));
    return std::unique_ptr<Tokenizer>(std::move(tokenizer));
  }

  Result<std::vector<TokenId>> Encode(std::string_view text, size_t max_tokens) const override {
    // Spaces as written by a person, and one mark in front, as the reference tokenizer has them.
    std::string marked(kSpace);
    for (size_t at = 0; at < text.size();) {
      if (text.compare(at, kSpace.size(), kSpace) == 0) {
        marked += ' ';
        at += kSpace.size();
      } else {
        marked += text[at++];
      }
    }
    std::vector<TokenId> ids;
    bool only_mark = true;  // so far there is nothing but the mark itself
    for (const auto& piece : special_.Split(marked, false)) {
      if (piece.id >= 0) {
        if (only_mark && ids.size() == 1 && ids[0] == model_.Find(std::string(kSpace))) {
          ids.clear();
        }
        only_mark = false;
        ids.push_back(piece.id);
        continue;
      }
      GESTA_ASSIGN_OR_RETURN(std::vector<TokenId> part,
                             model_.Encode(unknown_ + Canonical(piece.text)));
      // What the unknown token's text itself became goes.
      const size_t skip = part.size() >= prefix_ ? prefix_ : 0;
      only_mark = only_mark && part.size() - skip == 1;
      ids.insert(ids.end(), part.begin() + static_cast<ptrdiff_t>(skip), part.end());
    }
    if (max_tokens > 0) ids.resize(std::min(ids.size(), max_tokens));
    if (ids.empty() || ids.back() != end_) {
      if (max_tokens > 0) ids.resize(std::min(ids.size(), max_tokens - 1));
      ids.push_back(end_);
    }
    return ids;
  }

  TokenId pad_id() const override { return pad_; }
  TokenId end_id() const override { return end_; }
  size_t vocabulary_size() const override { return model_.size(); }

 private:
  // Lower case, no ASCII punctuation, single spaces, none at the ends.
  std::string Canonical(const std::string& text) const {
    CodePoints points = Decode(text);
    if (lower_case_) points = ToLowerInContext(points);
    CodePoints kept;
    for (const uint32_t point : points) {
      if (IsAsciiPunctuation(point)) continue;
      // Python's white space has four control characters more.
      const bool space = IsSpace(point) || (point >= 0x1C && point <= 0x1F);
      if (!space) {
        kept.push_back(point);
      } else if (!kept.empty() && kept.back() != ' ') {
        kept.push_back(' ');
      }
    }
    while (!kept.empty() && kept.back() == ' ') kept.pop_back();
    return text::Encode(kept);
  }

  PieceModel model_;
  SpecialTokens special_;
  std::string unknown_;
  size_t prefix_ = 0;
  bool lower_case_ = true;
  TokenId end_ = -1;
  TokenId pad_ = -1;
};

class GemmaModelTokenizer : public Tokenizer {
 public:
  static Result<std::unique_ptr<Tokenizer>> Load(const TokenizerFiles& files) {
    auto tokenizer = std::make_unique<GemmaModelTokenizer>();
    GESTA_ASSIGN_OR_RETURN(tokenizer->model_, PieceModel::Load(files.Path("tokenizer.model")));
    const PieceModel& model = tokenizer->model_;
    GESTA_ASSIGN_OR_RETURN(tokenizer->end_, model.Role(files, "eos_token", "<eos>"));
    GESTA_ASSIGN_OR_RETURN(tokenizer->pad_, model.Role(files, "pad_token", "<pad>"));
    if (files.Config("add_bos_token").boolean()) {
      GESTA_ASSIGN_OR_RETURN(tokenizer->begin_, model.Role(files, "bos_token", "<bos>"));
    }
    tokenizer->pads_left_ = files.Config("padding_side").text() == "left";
    std::vector<SpecialToken> special;
    for (const SpecialToken& token : files.AddedTokens()) {
      if (!token.normalized) special.push_back(token);
    }
    tokenizer->special_ = SpecialTokens(std::move(special));
    return std::unique_ptr<Tokenizer>(std::move(tokenizer));
  }

  Result<std::vector<TokenId>> Encode(std::string_view text, size_t max_tokens) const override {
    std::vector<TokenId> ids;
    if (begin_ >= 0) ids.push_back(begin_);
    for (const auto& piece : special_.Split(text, false)) {
      if (piece.id >= 0) {
        ids.push_back(piece.id);
        continue;
      }
      GESTA_ASSIGN_OR_RETURN(const auto part,
                             model_.Encode(text::Encode(ToLower(Decode(piece.text)))));
      ids.insert(ids.end(), part.begin(), part.end());
    }
    if (max_tokens > 0) ids.resize(std::min(ids.size(), max_tokens - 1));
    ids.push_back(end_);
    return ids;
  }

  TokenId pad_id() const override { return pad_; }
  TokenId end_id() const override { return end_; }
  bool pads_left() const override { return pads_left_; }
  size_t vocabulary_size() const override { return model_.size(); }

 private:
  PieceModel model_;
  SpecialTokens special_;
  bool pads_left_ = false;
  TokenId begin_ = -1;
  TokenId end_ = -1;
  TokenId pad_ = 0;
};

}  // namespace

Result<std::unique_ptr<Tokenizer>> LoadSiglipTokenizer(const TokenizerFiles& files) {
  return SiglipTokenizer::Load(files);
}

Result<std::unique_ptr<Tokenizer>> LoadGemmaModelTokenizer(const TokenizerFiles& files) {
  return GemmaModelTokenizer::Load(files);
}

}  // namespace gesta::text
