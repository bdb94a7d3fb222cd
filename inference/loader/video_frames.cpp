#include "gesta/video_frames.h"

#include "gesta/module_loader.h"

namespace gesta {
namespace {

Result<const GestaVideoModule*> LoadModule() {
  GESTA_ASSIGN_OR_RETURN(
      void* const symbol,
      LoadModuleSymbol("libgesta_video.so", "gesta_video_module", "reading a video"));
  const auto get = reinterpret_cast<decltype(&gesta_video_module)>(symbol);
  const GestaVideoModule* module = get(GESTA_VIDEO_VERSION);
  if (module != nullptr) return module;
  return Status(StatusCode::kUnsupported,
                "the module libgesta_video.so is of another version than this program",
                "install the module that came with this program");
}

Status FromModule(const GestaVideoError& error) {
  return Status(static_cast<StatusCode>(error.code), error.message, error.hint);
}

}  // namespace

Result<VideoFrames> VideoFrames::Open(const VideoRequest& request) {
  GESTA_ASSIGN_OR_RETURN(const GestaVideoModule* const module, LoadModule());
  GestaVideoRequest given{};
  given.path = request.path.c_str();
  given.folder_fps = request.folder_fps;
  given.start = request.start;
  given.end = request.end;
  given.every = request.every;
  given.fps = request.fps;
  given.count = request.count;
  given.regions = request.regions.data();
  given.region_count = request.regions.size();
  given.blur = request.blur;
  VideoFrames frames;
  GestaVideo* video = nullptr;
  GestaVideoError error{};
  if (module->open(&given, &video, &frames.info_, &error) != 0) return FromModule(error);
  frames.video_ = std::unique_ptr<GestaVideo, Close>(video, Close{module});
  return frames;
}

Result<bool> VideoFrames::Next(GestaVideoFrame* frame) {
  GestaVideoError error{};
  if (video_.get_deleter().module->next(video_.get(), frame, &error) != 0) {
    return FromModule(error);
  }
  return frame->pixels != nullptr;
}

}  // namespace gesta
