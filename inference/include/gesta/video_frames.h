// VideoFrames: the frames of a video file or a folder of images, through the module that reads
// them (gesta/video_module.h).
#ifndef GESTA_VIDEO_FRAMES_H_
#define GESTA_VIDEO_FRAMES_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gesta/status.h"
#include "gesta/video_module.h"

namespace gesta {

// As GestaVideoRequest, with values of its own.
struct VideoRequest {
  std::string path;
  double folder_fps = 0;
  double start = 0;
  double end = 0;
  uint64_t every = 0;
  double fps = 0;
  uint64_t count = 0;
  std::vector<GestaVideoRegion> regions;  // ascending by frame
  int32_t blur = 15;
};

// Belongs to one thread at a time.
class VideoFrames {
 public:
  // The module's errors, which name the file; kNotFound where the module is not installed.
  static Result<VideoFrames> Open(const VideoRequest& request);

  const GestaVideoInfo& info() const { return info_; }
  // False after the last frame.
  Result<bool> Next(GestaVideoFrame* frame);

 private:
  struct Close {
    const GestaVideoModule* module;
    void operator()(GestaVideo* video) const { module->close(video); }
  };
  VideoFrames() = default;

  std::unique_ptr<GestaVideo, Close> video_;
  GestaVideoInfo info_{};
};

}  // namespace gesta

#endif  // GESTA_VIDEO_FRAMES_H_
