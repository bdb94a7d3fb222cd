// What a folder's tokenizer files say, without loading the tokenizer.
#include "text/tokenizer.h"
#include "text/tokenizer_files.h"

namespace gesta::text {

Result<TokenizerKind> FindTokenizerKind(const std::string& folder) {
  GESTA_ASSIGN_OR_RETURN(const TokenizerFiles files, TokenizerFiles::Read(folder));
  const std::string_view name = files.Config("tokenizer_class").text();
  const auto is = [&](std::string_view family) { return name.substr(0, family.size()) == family; };
  if (is("Bert") || is("MPNet")) return TokenizerKind::kWordPiece;
  if (is("CLIP")) return TokenizerKind::kClip;
  if (is("Gemma") || is("Siglip2")) return TokenizerKind::kGemma;
  if (is("Siglip")) return TokenizerKind::kSiglip;
  if (FileExists(files.Path("spiece.model"))) return TokenizerKind::kSiglip;
  if (FileExists(files.Path("vocab.txt"))) return TokenizerKind::kWordPiece;
  if (FileExists(files.Path("merges.txt"))) return TokenizerKind::kClip;
  if (FileExists(files.Path("tokenizer.model"))) return TokenizerKind::kGemma;
  if (const format::Datum* model = files.tokenizer.root().Find("model")) {
    const format::Datum* type = model->Find("type");
    const format::Datum* suffix = model->Find("end_of_word_suffix");
    const format::Datum* bytes = model->Find("byte_fallback");
    if (type && type->text() == "WordPiece") return TokenizerKind::kWordPiece;
    if (suffix && suffix->text() == "</w>") return TokenizerKind::kClip;
    if (bytes && bytes->boolean()) return TokenizerKind::kGemma;
  }
  return Status(StatusCode::kUnsupported,
                folder + ": has no tokenizer that is known (WordPiece, CLIP, SigLIP or Gemma)");
}

Result<size_t> ReadTokenizerMaxLength(const std::string& folder) {
  GESTA_ASSIGN_OR_RETURN(const TokenizerFiles files, TokenizerFiles::Read(folder));
  const format::Datum& length = files.Config("model_max_length");
  // "No limit" is written as 1e30.
  if (!length.is_int() || length.integer() <= 0 || length.integer() > 1'000'000) return size_t{0};
  return static_cast<size_t>(length.integer());
}

}  // namespace gesta::text
