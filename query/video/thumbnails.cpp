#include "video/thumbnails.h"

#include <algorithm>
#include <filesystem>

#include "gesta/video_frames.h"

namespace gesta::video {
namespace {

constexpr uint32_t kLongestSide = 320;  // pixels; pictures are never larger

// Every n-th pixel, so that a large frame does not make a large file.
draw::Pixels Shrunk(const GestaVideoFrame& frame) {
  const uint32_t step = std::max<uint32_t>(1, std::max(frame.width, frame.height) / kLongestSide);
  draw::Pixels pixels;
  pixels.width = frame.width / step;
  pixels.height = frame.height / step;
  pixels.bytes.reserve(size_t{3} * pixels.width * pixels.height);
  for (uint32_t y = 0; y < pixels.height; ++y) {
    for (uint32_t x = 0; x < pixels.width; ++x) {
      // The mean of the pixels that fall together.
      for (uint32_t channel = 0; channel < 3; ++channel) {
        uint32_t sum = 0;
        for (uint32_t dy = 0; dy < step; ++dy) {
          for (uint32_t dx = 0; dx < step; ++dx) {
            sum +=
                frame.pixels[3 * (size_t{y * step + dy} * frame.width + x * step + dx) + channel];
          }
        }
        pixels.bytes.push_back(static_cast<uint8_t>(sum / (step * step)));
      }
    }
  }
  return pixels;
}

}  // namespace

std::vector<draw::AlignmentPicture::Thumbnail> ReadThumbnails(const std::string& uri, double fps,
                                                              const SequenceInfo& sequence,
                                                              size_t count) {
  std::vector<draw::AlignmentPicture::Thumbnail> thumbnails;
  if (uri.empty() || sequence.frames == 0) return thumbnails;
  VideoRequest request;
  request.path = uri;
  request.count = count;
  request.folder_fps = fps;
  const auto frames = static_cast<double>(sequence.frames);
  std::error_code error;
  const bool has_times =
      sequence.step > 0 && (fps > 0 || !std::filesystem::is_directory(uri, error));
  if (has_times) {
    request.start = sequence.start;
    request.end = sequence.start + frames * sequence.step;
  }
  Result<VideoFrames> video = VideoFrames::Open(request);
  GestaVideoFrame frame{};
  while (video.ok() && thumbnails.size() < count) {
    const Result<bool> next = video->Next(&frame);
    if (!next.ok() || !*next) break;
    if (frame.width == 0 || frame.height == 0) continue;
    const double place = has_times ? (frame.time - sequence.start) / sequence.step : 0;
    thumbnails.push_back({std::clamp(place, 0.0, frames - 1), Shrunk(frame)});
  }
  if (has_times) return thumbnails;
  for (size_t i = 0; i < thumbnails.size(); ++i) {
    // Without times they are taken for evenly spread.
    const double share = (static_cast<double>(i) + 0.5) / static_cast<double>(thumbnails.size());
    thumbnails[i].frame = share * frames - 0.5;
  }
  return thumbnails;
}

}  // namespace gesta::video
