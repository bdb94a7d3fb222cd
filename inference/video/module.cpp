// The module's C functions (gesta/video_module.h) over VideoReader.
#include <cstdlib>
#include <memory>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/core/version.hpp>

#include "gesta/video_module.h"
#include "module/guarded.h"
#include "video/reader.h"

struct GestaVideo {
  std::unique_ptr<gesta::video::VideoReader> reader;
};

namespace {

using gesta::Status;
using gesta::StatusCode;

constexpr gesta::module::ExceptionTexts kExceptions = {
    "the machine has too little memory for the frame", StatusCode::kBadData,
    "the video module failed"};

template <typename Function>
int32_t Guarded(GestaVideoError* error, Function function) {
  return gesta::module::Guarded(kExceptions, error, function);
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
