// Tokenizers whose vocabulary is a SentencePiece model: SigLIP's (lower case, punctuation dropped),
// and Gemma's where a checkpoint has only its tokenizer.model.
#ifndef GESTA_INFERENCE_TEXT_SENTENCE_PIECE_H_
#define GESTA_INFERENCE_TEXT_SENTENCE_PIECE_H_

#include <memory>

#include "text/tokenizer.h"
#include "text/tokenizer_files.h"

namespace gesta::text {

Result<std::unique_ptr<Tokenizer>> LoadSiglipTokenizer(const TokenizerFiles& files);
Result<std::unique_ptr<Tokenizer>> LoadGemmaModelTokenizer(const TokenizerFiles& files);

}  // namespace gesta::text

#endif  // GESTA_INFERENCE_TEXT_SENTENCE_PIECE_H_
