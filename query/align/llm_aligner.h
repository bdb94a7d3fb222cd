// The aligner `llm`: a language model picks among what the aligner before has found. One prompt a
// source; the sources of a batch are asked side by side.
//
//   model         what to ask; else the server's default (--llm-model, $GESTA_LLM_MODEL)
//   top           how many it shall pick (10)
//   template      'neutral' (default), 'pangea', or a text with {candidates} in it
//                 (gesta/choice_prompt.h)
//   parse         'robust' (default) or 'pangea', the published reading, which looks numbers and
//                 names up among all nodes with the target's labels by their `index` and so may
//                 pick what was not offered (never what the pattern's own conditions refuse)
//   seed          of the order that candidates are offered in; when given it is sent along too
//   temperature, answer_tokens   sent along when given
//   parallel 8, timeout 60 (seconds), retries 5   of the requests (gesta/language_models.h)
//   max_calls, max_tokens        the statement's budget for this aligner
//
// An answer with less than half of the picks asked for is complained about once, and the better of
// the two counts. A source without any usable pick keeps the order of the aligner before, with
// score 0 and the flag 'no usable answer'. Otherwise a pick's score is 1 / rank.
#ifndef GESTA_QUERY_ALIGN_LLM_ALIGNER_H_
#define GESTA_QUERY_ALIGN_LLM_ALIGNER_H_

#include <memory>

#include "align/aligner.h"

namespace gesta::align {

std::unique_ptr<Aligner> MakeLlmAligner();

}  // namespace gesta::align

#endif  // GESTA_QUERY_ALIGN_LLM_ALIGNER_H_
