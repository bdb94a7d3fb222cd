// The picture of a video aligned with the subactions of an action: similarities as a heat map with
// the path through it, subactions at its rows, time below, frames of the video above.
#ifndef GESTA_QUERY_DRAW_ALIGNMENT_PICTURE_H_
#define GESTA_QUERY_DRAW_ALIGNMENT_PICTURE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "draw/drawing.h"

namespace gesta::draw {

struct AlignmentPicture {
  std::string title;
  std::string subtitle;
  std::vector<std::string> subactions;
  std::vector<float> similarities;                  // frames x subactions
  std::vector<std::pair<uint32_t, uint32_t>> path;  // frames and subactions
  double start = 0;                                 // seconds, of the first frame
  double step = 0;  // seconds between frames; 0: not known, the axis counts frames

  struct Thumbnail {
    double frame = 0;  // which of the frames it shows
    Pixels pixels;
  };
  std::vector<Thumbnail> thumbnails;  // by frame

  size_t frames() const { return subactions.empty() ? 0 : similarities.size() / subactions.size(); }
};

// How many thumbnails there is room for.
inline constexpr size_t kThumbnails = 8;

Drawing DrawAlignment(const AlignmentPicture& picture);

}  // namespace gesta::draw

#endif  // GESTA_QUERY_DRAW_ALIGNMENT_PICTURE_H_
