// ALIGN … USING a space: the candidates whose vectors are nearest.
//
//   ef     how many candidates the search keeps; more is slower and finds more
//   exact  true: compares with every candidate
//
// A source that is a node with a vector in the space is compared by it; other nodes and texts are
// embedded by the space's model, all of a batch at once. Where the space embeds a text with one
// place ("a video of {text}"), so are they. Scores are the metric's (gesta/vector.h) and may be
// negative.
#ifndef GESTA_QUERY_ALIGN_VECTOR_ALIGNER_H_
#define GESTA_QUERY_ALIGN_VECTOR_ALIGNER_H_

#include <memory>
#include <vector>

#include "align/aligner.h"

namespace gesta::align {

// The space's aligner with its options.
Result<std::unique_ptr<AlignerRun>> PrepareVectorAligner(const SpaceInfo& space,
                                                         const AlignerOptions& options,
                                                         const AlignContext& context);

// The vectors of sources in the space, each of its dimension.
Status SourceVectors(const SpaceInfo& space, const AlignContext& context,
                     const std::vector<AlignSource>& sources,
                     std::vector<std::vector<float>>* vectors);

}  // namespace gesta::align

#endif  // GESTA_QUERY_ALIGN_VECTOR_ALIGNER_H_
