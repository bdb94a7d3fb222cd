#include "video/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <opencv2/imgproc.hpp>

namespace gesta::video {
namespace {

constexpr uint64_t kNoEnd = std::numeric_limits<uint64_t>::max();
// Largest number of frames that sums over seconds are trusted with.
constexpr double kMostFrames = 1e15;

Status Invalid(const std::string& what) { return Status(StatusCode::kInvalidArgument, what); }

// Frames before a moment, as the published scripts count them.
uint64_t FramesBefore(double seconds, double fps) {
  const double frames = seconds * fps;
  return frames >= kMostFrames ? kNoEnd : static_cast<uint64_t>(frames);
}

}  // namespace

Result<std::unique_ptr<VideoReader>> VideoReader::Open(const GestaVideoRequest& request) {
  std::unique_ptr<VideoReader> reader(new VideoReader());
  reader->path_ = request.path;
  reader->folder_fps_ = request.folder_fps;
  reader->regions_.assign(request.regions, request.regions + request.region_count);
  reader->blur_ = request.blur;
  if (request.region_count > 0 && (request.blur < 1 || request.blur % 2 == 0)) {
    return Invalid(fmt::format("the side of a blur is an odd number, not {}", request.blur));
  }
  GESTA_ASSIGN_OR_RETURN(reader->source_, OpenFrames(reader->path_, request.folder_fps));
  reader->info_.fps = reader->source_->fps();
  reader->info_.frames = reader->source_->frames();
  GESTA_RETURN_IF_ERROR(reader->ChooseRange(request));
  GESTA_RETURN_IF_ERROR(reader->ChooseSampling(request));
  return reader;
}

Status VideoReader::ChooseRange(const GestaVideoRequest& request) {
  const double fps = info_.fps;
  end_ = kNoEnd;
  const bool whole = request.start == 0 && request.end == 0;
  if (!(request.start >= 0) || !(request.end >= 0) ||
      (request.end > 0 && request.end <= request.start)) {
    return Invalid(
        fmt::format("{}: {} to {} is no range of seconds", path_, request.start, request.end));
  }
  if (!whole) {
    if (fps == 0) {
      return Status(StatusCode::kBadData,
                    fmt::format("{}: has no frames per second, so no range of seconds", path_));
    }
    first_ = FramesBefore(request.start, fps);
    if (request.end > 0) end_ = FramesBefore(request.end, fps);
  }
  if (info_.frames > 0 && first_ >= info_.frames) {
    return Status(StatusCode::kBadData,
                  fmt::format("{}: is {:.2f} s long and has no frames from {} s on", path_,
                              static_cast<double>(info_.frames) / fps, request.start));
  }
  return Status::Ok();
}

Status VideoReader::ChooseSampling(const GestaVideoRequest& request) {
  const int kinds = (request.every > 0) + (request.fps > 0) + (request.count > 0);
  if (kinds > 1) return Invalid("frames are sampled by one of every, fps and count");
  const double fps = info_.fps;
  const auto in_range = [&](uint64_t frames) {
    return std::min(end_, frames) - std::min({first_, end_, frames});
  };
  const uint64_t expected = in_range(info_.frames);  // 0: not known
  double frames_between = 1;
  every_ = std::max<uint64_t>(1, request.every);
  if (request.every > 0) frames_between = static_cast<double>(request.every);
  if (request.fps > 0) {
    if (fps == 0) {
      return Status(StatusCode::kBadData,
                    fmt::format("{}: has no frames per second to sample by", path_),
                    "sample every n-th frame or a count of them");
    }
    // More than there are would be the same ones again.
    if (request.fps < fps) {
      sampled_fps_ = request.fps;
      frames_between = fps / request.fps;
    }
  }
  info_.expected = static_cast<uint64_t>(std::ceil(static_cast<double>(expected) / frames_between));
  if (request.count > 0) {
    uint64_t range = expected;
    if (range == 0) {
      GESTA_ASSIGN_OR_RETURN(const uint64_t frames, CountFrames());
      range = in_range(frames);
    }
    if (range > request.count) {
      // The end of the range is where its parts end.
      count_ = request.count;
      end_ = first_ + range;
      frames_between = static_cast<double>(range) / static_cast<double>(count_);
    }
    info_.expected = std::min(range, request.count);
  }
  if (fps > 0) info_.step = frames_between / fps;
  return Status::Ok();
}

Result<uint64_t> VideoReader::CountFrames() const {
  GESTA_ASSIGN_OR_RETURN(const auto source, OpenFrames(path_, folder_fps_));
  uint64_t frames = 0;
  while (frames < end_ && source->Advance()) ++frames;
  return frames;
}

uint64_t VideoReader::Sample(uint64_t k) const {
  if (count_ > 0) {
    // The middle of part k: (2 k + 1) * range / (2 count), cut.
    const uint64_t range = end_ - first_;
    return k < count_ ? first_ + (2 * k + 1) * range / (2 * count_) : kNoEnd;
  }
  if (sampled_fps_ > 0) {
    constexpr double kRounding = 1e-6;  // of a frame: 0.2 s at 25/s is frame 5, not 4.999…
    const double frames = static_cast<double>(k) * info_.fps / sampled_fps_ + kRounding;
    return first_ + static_cast<uint64_t>(std::min(frames, kMostFrames));
  }
  return first_ + k * every_;
}

void VideoReader::Blur(uint64_t index) {
  while (next_region_ < regions_.size() && regions_[next_region_].frame < index) ++next_region_;
  for (size_t i = next_region_; i < regions_.size() && regions_[i].frame == index; ++i) {
    const GestaVideoRegion& region = regions_[i];
    const int left = std::max(0, region.left);
    const int top = std::max(0, region.top);
    const int right = std::min(frame_.cols, region.right);
    const int bottom = std::min(frame_.rows, region.bottom);
    if (left >= right || top >= bottom) continue;
    cv::Mat part = frame_(cv::Rect(left, top, right - left, bottom - top));
    // Alone: what is around the region must not shine in, nor be needed to undo it.
    cv::GaussianBlur(part.clone(), part, cv::Size(blur_, blur_), 0);
  }
}

// A file that is cut off ends long before it says. Counts of frames are often estimates.
Status VideoReader::CheckComplete() const {
  if (info_.frames == 0) return Status::Ok();
  const uint64_t last = std::min(end_, info_.frames);
  const uint64_t missing = last - std::min(last, passed_);
  if (missing <= std::max<uint64_t>(2, info_.frames / 50)) return Status::Ok();
  return Status(StatusCode::kBadData,
                fmt::format("{}: ends after {} of {} frames: it is cut off or damaged", path_,
                            passed_, info_.frames));
}

Result<bool> VideoReader::Next(GestaVideoFrame* frame) {
  const uint64_t index = Sample(given_);
  if (index >= end_) return false;
  while (passed_ <= index) {
    if (!source_->Advance()) {
      GESTA_RETURN_IF_ERROR(CheckComplete());
      if (given_ > 0) return false;
      return Status(StatusCode::kBadData,
                    passed_ == 0 ? fmt::format("{}: has no frame that can be decoded", path_)
                                 : fmt::format("{}: has no frames in the range", path_));
    }
    ++passed_;
  }
  GESTA_RETURN_IF_ERROR(source_->Decode(&frame_));
  if (frame_.empty()) {
    return Status(StatusCode::kBadData, fmt::format("{}: frame {} is empty", path_, index));
  }
  Blur(index);
  cv::cvtColor(frame_, rgb_, cv::COLOR_BGR2RGB);
  ++given_;
  frame->index = index;
  frame->time = info_.fps > 0 ? static_cast<double>(index) / info_.fps : 0;
  frame->width = static_cast<uint32_t>(rgb_.cols);
  frame->height = static_cast<uint32_t>(rgb_.rows);
  frame->pixels = rgb_.ptr<uint8_t>();
  return true;
}

}  // namespace gesta::video
