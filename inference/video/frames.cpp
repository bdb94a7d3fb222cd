#include "video/frames.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/videoio.hpp>
#include <vector>

#include "video/sound.h"

namespace gesta::video {
namespace {

namespace fs = std::filesystem;

Status Bad(const std::string& path, const std::string& why, const std::string& hint = "") {
  return Status(StatusCode::kBadData, fmt::format("{}: {}", path, why), hint);
}

class VideoFile final : public FrameSource {
 public:
  VideoFile(std::string path, cv::VideoCapture capture)
      : path_(std::move(path)), capture_(std::move(capture)) {
    // What no camera does is a guess of the reader.
    constexpr double kFastest = 10000;
    const double fps = capture_.get(cv::CAP_PROP_FPS);
    if (std::isfinite(fps) && fps > 0 && fps <= kFastest) fps_ = fps;
    const double frames = capture_.get(cv::CAP_PROP_FRAME_COUNT);
    if (std::isfinite(frames) && frames >= 1 && frames < 1e12) {
      frames_ = static_cast<uint64_t>(frames);
    }
  }

  double fps() const override { return fps_; }
  uint64_t frames() const override { return frames_; }
  bool Advance() override { return capture_.grab(); }
  Status Decode(cv::Mat* frame) override {
    if (capture_.retrieve(*frame) && frame->type() == CV_8UC3) return Status::Ok();
    return Bad(path_, "has a frame that cannot be decoded");
  }

 private:
  const std::string path_;
  cv::VideoCapture capture_;
  double fps_ = 0;
  uint64_t frames_ = 0;
};

class ImageFolder final : public FrameSource {
 public:
  ImageFolder(std::vector<std::string> files, double fps) : files_(std::move(files)), fps_(fps) {}

  double fps() const override { return fps_; }
  uint64_t frames() const override { return files_.size(); }
  bool Advance() override { return next_ < files_.size() && (++next_, true); }
  Status Decode(cv::Mat* frame) override {
    const std::string& file = files_[next_ - 1];
    *frame = cv::imread(file, cv::IMREAD_COLOR);
    if (!frame->empty() && frame->type() == CV_8UC3) return Status::Ok();
    return Bad(file, "is damaged, or no image of a known format");
  }

 private:
  const std::vector<std::string> files_;
  const double fps_;
  size_t next_ = 0;
};

bool IsImageName(const fs::path& path) {
  std::string ending = path.extension().string();
  for (char& c : ending) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const char* known : {".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".ppm"}) {
    if (ending == known) return true;
  }
  return false;
}

// Numbers by their value: frame2 before frame10.
bool NameBefore(const std::string& a, const std::string& b) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  size_t i = 0;
  size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (!digit(a[i]) || !digit(b[j])) {
      if (a[i] != b[j]) return a[i] < b[j];
      ++i;
      ++j;
      continue;
    }
    while (i < a.size() && a[i] == '0') ++i;
    while (j < b.size() && b[j] == '0') ++j;
    size_t end_a = i;
    size_t end_b = j;
    while (end_a < a.size() && digit(a[end_a])) ++end_a;
    while (end_b < b.size() && digit(b[end_b])) ++end_b;
    if (end_a - i != end_b - j) return end_a - i < end_b - j;
    const int order = a.compare(i, end_a - i, b, j, end_b - j);
    if (order != 0) return order < 0;
    i = end_a;
    j = end_b;
  }
  if (a.size() - i != b.size() - j) return a.size() - i < b.size() - j;
  return a < b;
}

Result<std::unique_ptr<FrameSource>> OpenFolder(const std::string& path, double fps) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
    if (at->is_regular_file() && IsImageName(at->path())) files.push_back(at->path().string());
  }
  if (error) {
    return Status(StatusCode::kIo, fmt::format("{}: {}", path, error.message()));
  }
  if (files.empty()) return Bad(path, "is a folder without images");
  std::sort(files.begin(), files.end(), NameBefore);
  return std::unique_ptr<FrameSource>(std::make_unique<ImageFolder>(std::move(files), fps));
}

}  // namespace

Result<std::unique_ptr<FrameSource>> OpenFrames(const std::string& path, double folder_fps) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) {
    return Status(StatusCode::kNotFound, fmt::format("{}: there is no such file", path));
  }
  if (error) return Status(StatusCode::kIo, fmt::format("{}: {}", path, error.message()));
  if (fs::is_directory(status)) return OpenFolder(path, folder_fps);
  if (!fs::is_regular_file(status)) return Bad(path, "is no file");
  if (fs::file_size(path, error) == 0 || error) return Bad(path, "is empty");
  // A name with a % would be taken for the pattern of a series of images by another reader.
  cv::VideoCapture capture(path, cv::CAP_FFMPEG);
  if (!capture.isOpened()) {
    if (HoldsSoundOnly(path)) return Bad(path, "holds sound only, no pictures");
    return Bad(path, "is damaged or cut off, or no video of a known format");
  }
  return std::unique_ptr<FrameSource>(std::make_unique<VideoFile>(path, std::move(capture)));
}

}  // namespace gesta::video
