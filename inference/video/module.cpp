// The module's C functions (gesta/video_module.h) over VideoReader.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/core/version.hpp>
#include <string_view>

#include "gesta/video_module.h"
#include "video/reader.h"

struct GestaVideo {
  std::unique_ptr<gesta::video::VideoReader> reader;
};

namespace {

using gesta::Status;
using gesta::StatusCode;

template <size_t kSize>
void CopyText(std::string_view text, char (&out)[kSize]) {
  const size_t size = std::min(text.size(), kSize - 1);
  std::memcpy(out, text.data(), size);
  out[size] = '\0';
}

// Runs a function that gives a Status; whatever it throws becomes one.
template <typename Function>
int32_t Guarded(GestaVideoError* error, Function function) {
  Status status;
  try {
    status = function();
  } catch (const std::bad_alloc&) {
    status = Status(StatusCode::kMemoryBudget, "the machine has too little memory for the frame");
  } catch (const std::exception& exception) {
    const std::string text = exception.what();
    status = Status(StatusCode::kBadData, text.substr(0, text.find('\n')));
  } catch (...) {
    status = Status(StatusCode::kInternal, "the video module failed");
  }
  if (status.ok()) return 0;
  error->code = static_cast<int32_t>(status.code());
  CopyText(status.message(), error->message);
  CopyText(status.info().hint, error->hint);
  return 1;
}

int32_t Open(const GestaVideoRequest* request, GestaVideo** video, GestaVideoInfo* info,
             GestaVideoError* error) {
  return Guarded(error, [&]() -> Status {
    GESTA_ASSIGN_OR_RETURN(auto reader, gesta::video::VideoReader::Open(*request));
    *info = reader->info();
    *video = new GestaVideo{std::move(reader)};
    return Status::Ok();
  });
}

int32_t Next(GestaVideo* video, GestaVideoFrame* frame, GestaVideoError* error) {
  return Guarded(error, [&]() -> Status {
    GESTA_ASSIGN_OR_RETURN(const bool given, video->reader->Next(frame));
    if (!given) frame->pixels = nullptr;
    return Status::Ok();
  });
}

void Close(GestaVideo* video) { delete video; }

constexpr GestaVideoModule kModule = {GESTA_VIDEO_VERSION, "OpenCV " CV_VERSION, Open, Next, Close};

}  // namespace

extern "C" __attribute__((visibility("default"))) const GestaVideoModule* gesta_video_module(
    uint32_t version) {
  if (version != GESTA_VIDEO_VERSION) return nullptr;
  // Its errors are told once, by us; the readers write theirs to standard error.
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", /*overwrite=*/0);
  return &kModule;
}
