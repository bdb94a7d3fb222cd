// Frames of a video's file, small, to be shown beside its alignment.
#ifndef GESTA_QUERY_VIDEO_THUMBNAILS_H_
#define GESTA_QUERY_VIDEO_THUMBNAILS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "draw/alignment_picture.h"
#include "gesta/vector.h"

namespace gesta::video {

// At most `count` frames from all over the part of the file that the sequence was made from; none
// where there is no such file, or it cannot be read. `fps`: of a folder with images, frames per
// second; 0: not known, and then they are from all over the folder.
std::vector<draw::AlignmentPicture::Thumbnail> ReadThumbnails(const std::string& uri, double fps,
                                                              const SequenceInfo& sequence,
                                                              size_t count);

}  // namespace gesta::video

#endif  // GESTA_QUERY_VIDEO_THUMBNAILS_H_
