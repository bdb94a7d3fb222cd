// Frames: where pictures come from, one after the other. A video file or a folder of images.
#ifndef GESTA_INFERENCE_VIDEO_FRAMES_H_
#define GESTA_INFERENCE_VIDEO_FRAMES_H_

#include <cstdint>
#include <memory>
#include <opencv2/core.hpp>
#include <string>

#include "gesta/status.h"

namespace gesta::video {

// Belongs to one thread at a time. Throws what OpenCV throws.
class FrameSource {
 public:
  virtual ~FrameSource() = default;
  virtual double fps() const = 0;       // 0: not known
  virtual uint64_t frames() const = 0;  // as the file says; 0: not known
  // Moves to the next frame without decoding it further than needed; false: there is none.
  virtual bool Advance() = 0;
  // The frame moved to: blue, green, red.
  virtual Status Decode(cv::Mat* frame) = 0;
};

// kNotFound; kBadData with what is wrong: empty, sound only, damaged or of an unknown format, no
// images in the folder.
Result<std::unique_ptr<FrameSource>> OpenFrames(const std::string& path, double folder_fps);

}  // namespace gesta::video

#endif  // GESTA_INFERENCE_VIDEO_FRAMES_H_
