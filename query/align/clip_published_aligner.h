// The aligner `clip-published`: the similarities that a published CLIP run gave its labels, which
// `gesta ingest pangea` keeps (gesta/run_records.h). It knows the labels of that run and no others;
// a candidate is known by its property `index`, the column of the published matrix. Equal
// similarities keep the order of the columns.
#ifndef GESTA_QUERY_ALIGN_CLIP_PUBLISHED_ALIGNER_H_
#define GESTA_QUERY_ALIGN_CLIP_PUBLISHED_ALIGNER_H_

#include <memory>

#include "align/aligner.h"

namespace gesta::align {

std::unique_ptr<Aligner> MakeClipPublishedAligner();

}  // namespace gesta::align

#endif  // GESTA_QUERY_ALIGN_CLIP_PUBLISHED_ALIGNER_H_
