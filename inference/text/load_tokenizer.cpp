#include "text/clip_tokenizer.h"
#include "text/gemma_tokenizer.h"
#include "text/sentence_piece.h"
#include "text/tokenizer.h"
#include "text/tokenizer_files.h"
#include "text/word_piece.h"

namespace gesta::text {

Result<std::unique_ptr<Tokenizer>> LoadTokenizer(const std::string& folder, TokenizerKind kind) {
  GESTA_ASSIGN_OR_RETURN(const TokenizerFiles files, TokenizerFiles::Read(folder));
  switch (kind) {
    case TokenizerKind::kWordPiece:
      return WordPieceTokenizer::Load(files);
    case TokenizerKind::kClip:
      return ClipTokenizer::Load(files);
    case TokenizerKind::kSiglip:
      return LoadSiglipTokenizer(files);
    case TokenizerKind::kGemma:
      return files.has_tokenizer() ? GemmaTokenizer::Load(files) : LoadGemmaModelTokenizer(files);
  }
  return Status(StatusCode::kInternal, "no such kind of tokenizer");
}

}  // namespace gesta::text
