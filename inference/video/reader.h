// VideoReader: the frames that a request asks for, with its regions blurred.
#ifndef GESTA_INFERENCE_VIDEO_READER_H_
#define GESTA_INFERENCE_VIDEO_READER_H_

#include <cstdint>
#include <memory>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "gesta/status.h"
#include "gesta/video_module.h"
#include "video/frames.h"

namespace gesta::video {

// Belongs to one thread at a time. Throws what OpenCV throws.
class VideoReader {
 public:
  // What the request borrows is copied.
  static Result<std::unique_ptr<VideoReader>> Open(const GestaVideoRequest& request);

  const GestaVideoInfo& info() const { return info_; }
  // False after the last frame. The frame's pixels are valid until the next call.
  Result<bool> Next(GestaVideoFrame* frame);

 private:
  VideoReader() = default;

  Status ChooseRange(const GestaVideoRequest& request);
  Status ChooseSampling(const GestaVideoRequest& request);
  Result<uint64_t> CountFrames() const;
  // The index of the k-th frame that is given.
  uint64_t Sample(uint64_t k) const;
  void Blur(uint64_t index);
  Status CheckComplete() const;

  std::string path_;
  double folder_fps_ = 0;
  std::unique_ptr<FrameSource> source_;
  GestaVideoInfo info_{};
  uint64_t first_ = 0;  // frames of the file: [first_, end_)
  uint64_t end_ = 0;    // the largest number: to the end
  uint64_t every_ = 1;  // as in the request
  double sampled_fps_ = 0;
  uint64_t count_ = 0;
  std::vector<GestaVideoRegion> regions_;
  size_t next_region_ = 0;
  int blur_ = 0;
  uint64_t given_ = 0;   // frames
  uint64_t passed_ = 0;  // frames of the file that the source has moved to
  cv::Mat frame_;        // blue, green, red
  cv::Mat rgb_;
};

}  // namespace gesta::video

#endif  // GESTA_INFERENCE_VIDEO_READER_H_
