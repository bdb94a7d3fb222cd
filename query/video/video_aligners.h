// ALIGN video … USING dtw and USING meanpool: candidates by how well they go with a video.
//
//   dtw       {space, question, smooth, published_smoothing, cosine, exact, device}: dtw_score() of
//             the video with each candidate that has a decomposition
//   meanpool  {space, cosine, ef, exact}: the similarity of the mean frame with the candidates'
//             vectors
//
// `space` may be left out where one space alone has sequences. Sources are nodes; one without a
// sequence in the space has no candidates.
#ifndef GESTA_QUERY_VIDEO_VIDEO_ALIGNERS_H_
#define GESTA_QUERY_VIDEO_VIDEO_ALIGNERS_H_

#include <memory>

#include "align/aligner.h"

namespace gesta::video {

std::unique_ptr<Aligner> MakeDtwAligner();
std::unique_ptr<Aligner> MakeMeanPoolAligner();

// The space of that name; where the name is empty, the only one with sequences. kNotFound,
// kInvalidArgument where there are several.
Result<const SpaceInfo*> SequenceSpace(const Transaction& transaction, const std::string& name);

}  // namespace gesta::video

#endif  // GESTA_QUERY_VIDEO_VIDEO_ALIGNERS_H_
