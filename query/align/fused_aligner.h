// The aligner `fused`: evidence of several kinds, added up. It needs no model, and takes one where
// a space is named.
//
//   - what `lexical` makes of the source's words;
//   - what labels with similar texts are mapped to, counted cautiously (`neighbours`);
//   - without a space: what goes together. Candidates that labels have been mapped to along with
//   the
//     best so far are probable too;
//   - with a space: what labels with near vectors are mapped to, and how near a candidate's own
//     vector is, where the space holds candidates.
//
//   space    an embedding space; without it texts alone
//   k        how many labels vote (40)
//   method, exclude, exclude_datasets   as for neighbours
//
// The weights are in fused_aligner.cpp. They were chosen on macro averages over the published
// mappings of 15 data sets, each aligned with the help of other families only; there each may
// change by half without moving recall@10 by more than 0.02.
#ifndef GESTA_QUERY_ALIGN_FUSED_ALIGNER_H_
#define GESTA_QUERY_ALIGN_FUSED_ALIGNER_H_

#include <memory>

#include "align/aligner.h"

namespace gesta::align {

std::unique_ptr<Aligner> MakeFusedAligner();

}  // namespace gesta::align

#endif  // GESTA_QUERY_ALIGN_FUSED_ALIGNER_H_
