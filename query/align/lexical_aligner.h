// The aligner `lexical`: texts against the names and descriptions of the candidates, without a
// model.
#ifndef GESTA_QUERY_ALIGN_LEXICAL_ALIGNER_H_
#define GESTA_QUERY_ALIGN_LEXICAL_ALIGNER_H_

#include <memory>

#include "align/aligner.h"

namespace gesta::align {

std::unique_ptr<Aligner> MakeLexicalAligner();

}  // namespace gesta::align

#endif  // GESTA_QUERY_ALIGN_LEXICAL_ALIGNER_H_
