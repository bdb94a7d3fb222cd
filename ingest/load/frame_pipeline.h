// FramePipeline: decodes videos on a thread of its own, a bounded number of bytes ahead of whoever
// takes their frames, so that decoding and what is done with the frames overlap.
#ifndef GESTA_INGEST_LOAD_FRAME_PIPELINE_H_
#define GESTA_INGEST_LOAD_FRAME_PIPELINE_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "gesta/status.h"
#include "gesta/video_frames.h"

namespace gesta::ingest {

struct DecodedFrame {
  uint64_t index = 0;  // in the file
  double time = 0;     // seconds
  uint32_t width = 0;
  uint32_t height = 0;
  std::vector<uint8_t> pixels;  // red, green, blue, row after row
};

// Some frames of one video, in order.
struct FrameBatch {
  size_t video = 0;  // its place among the requests
  bool last = false;
  // Of the video, when its last batch says that it could not be read, or not to its end.
  Status status;
  GestaVideoInfo info{};  // where status is ok
  std::vector<DecodedFrame> frames;
};

class FramePipeline {
 public:
  struct Options {
    size_t batch_frames = 32;
    // Decoded and not yet taken; a batch that is larger alone may wait, too.
    size_t bytes_ahead = size_t{128} << 20;
  };

  FramePipeline(std::vector<VideoRequest> requests, const Options& options);
  ~FramePipeline();  // stops decoding
  FramePipeline(const FramePipeline&) = delete;
  FramePipeline& operator=(const FramePipeline&) = delete;

  // The next batch, video after video; false after the last one.
  bool Next(FrameBatch* batch);

 private:
  void Run();
  void Decode(size_t video);
  // Waits for room; false: to stop.
  bool Push(FrameBatch batch);

  const std::vector<VideoRequest> requests_;
  const Options options_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<FrameBatch> ready_;
  size_t bytes_ = 0;  // in ready_
  bool ended_ = false;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_LOAD_FRAME_PIPELINE_H_
