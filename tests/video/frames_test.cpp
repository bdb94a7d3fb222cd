// Frames of videos: ranges, sampling, blur, folders of images, and what is refused.
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "gesta/video_frames.h"
#include "ingest_test_support.h"
#include "load/frame_pipeline.h"
#include "make_videos.h"

namespace gesta::test {
namespace {

VideoRequest Request(const std::string& path) {
  VideoRequest request;
  request.path = path;
  return request;
}

// The mean of a region's red, green and blue.
double Mean(const GestaVideoFrame& frame, uint32_t left, uint32_t top, uint32_t right,
            uint32_t bottom) {
  double sum = 0;
  for (uint32_t y = top; y < bottom; ++y) {
    for (uint32_t x = 3 * left; x < 3 * right; ++x) sum += frame.pixels[3 * y * frame.width + x];
  }
  return sum / (3.0 * (right - left) * (bottom - top));
}

// The indices of the frames that are given; each frame's picture must be that of its index.
std::vector<uint64_t> Indices(const VideoRequest& request, double fps = 10) {
  const bool mp4 = request.path.substr(request.path.size() - 4) == ".mp4";
  const double tolerance = mp4 ? 4.5 : 2.5;
  auto video = Must(VideoFrames::Open(request));
  std::vector<uint64_t> indices;
  GestaVideoFrame frame{};
  while (Must(video.Next(&frame))) {
    CHECK(frame.width == kWidth);
    CHECK(frame.height == kHeight);
    CHECK(std::fabs(Mean(frame, 0, 0, kWidth, 32) - Brightness(static_cast<int>(frame.index))) <
          tolerance);
    CHECK(frame.time == Approx(static_cast<double>(frame.index) / fps));
    indices.push_back(frame.index);
  }
  return indices;
}

std::vector<uint64_t> Range(uint64_t from, uint64_t end, uint64_t step = 1) {
  std::vector<uint64_t> indices;
  for (uint64_t i = from; i < end; i += step) indices.push_back(i);
  return indices;
}

std::string Refused(const VideoRequest& request) {
  auto video = VideoFrames::Open(request);
  Status status = video.status();
  GestaVideoFrame frame{};
  while (status.ok()) {
    const Result<bool> more = video->Next(&frame);
    if (more.ok() && !*more) break;
    status = more.status();
  }
  CHECK_FALSE(status.ok());
  return status.ToString();
}

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("all frames, ranges of seconds and samples") {
  TestFolder folder;
  const std::string path = folder / GENERATE(as<std::string>(), "v.avi", "v.mkv", "v.mp4");
  MakeVideo(path, 30);
  VideoRequest request = Request(path);
  CHECK(Indices(request) == Range(0, 30));
  const GestaVideoInfo info = Must(VideoFrames::Open(request)).info();
  CHECK(info.fps == Approx(10));
  CHECK(info.frames == 30);
  CHECK(info.step == Approx(0.1));
  CHECK(info.expected == 30);

  request.start = 0.5;
  request.end = 2;
  CHECK(Indices(request) == Range(5, 20));
  request.every = 4;
  CHECK(Indices(request) == Range(5, 20, 4));
  CHECK(Must(VideoFrames::Open(request)).info().step == Approx(0.4));
  request.every = 0;
  request.fps = 5;
  CHECK(Indices(request) == Range(5, 20, 2));
  request.fps = 4;  // every 2.5 frames
  CHECK(Indices(request) == std::vector<uint64_t>{5, 7, 10, 12, 15, 17});
  request.fps = 100;
  CHECK(Indices(request) == Range(5, 20));
  request.fps = 0;
  request.count = 3;  // the middles of 5 frames each
  CHECK(Indices(request) == std::vector<uint64_t>{7, 12, 17});
  request.count = 100;
  CHECK(Indices(request) == Range(5, 20));

  request = Request(path);
  request.count = 1;
  CHECK(Indices(request) == std::vector<uint64_t>{15});
  request.count = 0;
  request.end = 100;  // further than there is
  CHECK(Indices(request).size() == 30);
}

TEST_CASE("a folder of images is a video") {
  TestFolder folder;
  MakeImages(folder / "images", 12);
  VideoRequest request = Request(folder / "images");
  auto video = Must(VideoFrames::Open(request));
  CHECK(video.info().fps == 0);
  CHECK(video.info().frames == 12);
  CHECK(video.info().step == 0);
  request.folder_fps = 4;
  CHECK(Indices(request, 4) == Range(0, 12));  // frame2 before frame10
  request.start = 1;
  CHECK(Indices(request, 4) == Range(4, 12));
  request.start = 0;
  request.folder_fps = 0;
  request.fps = 1;
  CHECK(Has(Refused(request), "frames per second"));
  std::ofstream(folder / "images/frame5.png") << "no picture";
  request.fps = 0;
  CHECK(Has(Refused(request), "frame5.png"));
  std::filesystem::create_directories(folder / "none");
  CHECK(Has(Refused(Request(folder / "none")), "without images"));
}

TEST_CASE("regions are blurred in their frames and nowhere else") {
  TestFolder folder;
  const std::string path = folder / "v.avi";
  MakeVideo(path, 6);
  VideoRequest request = Request(path);
  // The square of frame 3 stands at (6, 40); a region that reaches out of the picture is cut.
  request.regions = {{3, 0, 34, 60, 64}, {4, -5, 30, 5000, 5000}};
  request.blur = 31;
  auto plain = Must(VideoFrames::Open(Request(path)));
  auto blurred = Must(VideoFrames::Open(request));
  GestaVideoFrame a{};
  GestaVideoFrame b{};
  for (int i = 0; i < 6; ++i) {
    REQUIRE(Must(plain.Next(&a)));
    REQUIRE(Must(blurred.Next(&b)));
    const size_t size = size_t{3} * a.width * a.height;
    const bool same = std::equal(a.pixels, a.pixels + size, b.pixels);
    CHECK(same == (i != 3 && i != 4));
    if (i != 3) continue;
    // Above the region nothing changes; inside, the square's red spreads.
    CHECK(std::equal(a.pixels, a.pixels + size_t{3} * 34 * a.width, b.pixels));
    const auto red = [](const GestaVideoFrame& frame, uint32_t x, uint32_t y) {
      return static_cast<int>(frame.pixels[3 * (y * frame.width + x)]);
    };
    CHECK(red(a, 14, 48) > 200);
    CHECK(red(b, 14, 48) < red(a, 14, 48) - 40);
    CHECK(red(b, 80, 48) == red(a, 80, 48));
  }
  request.blur = 4;
  CHECK(Has(Refused(request), "odd"));
}

TEST_CASE("each kind of bad file has its error") {
  TestFolder folder;
  CHECK(Has(Refused(Request(folder / "gone.mp4")), "there is no such file"));
  std::ofstream(folder / "empty.mp4").flush();
  CHECK(Has(Refused(Request(folder / "empty.mp4")), "empty.mp4: is empty"));
  std::ofstream(folder / "text.mp4") << "this is no video at all, but a text of some length";
  CHECK(Has(Refused(Request(folder / "text.mp4")), "is damaged or cut off, or no video"));
  MakeSound(folder / "sound.wav");
  CHECK(Has(Refused(Request(folder / "sound.wav")), "holds sound only"));
  MakeVideo(folder / "cut.avi", 40);
  CutFile(folder / "cut.avi", 0.5);
  CHECK(Has(Refused(Request(folder / "cut.avi")), "cut off"));
  MakeVideo(folder / "cut.mp4", 40);
  CutFile(folder / "cut.mp4", 0.5);
  CHECK(Has(Refused(Request(folder / "cut.mp4")), "cut off"));
  MakeVideo(folder / "short.avi", 10);
  VideoRequest request = Request(folder / "short.avi");
  request.start = 7;
  CHECK(Has(Refused(request), "has no frames from 7 s on"));
  request.start = 0.5;
  request.end = 0.2;
  CHECK(Has(Refused(request), "no range of seconds"));
  request.end = 0;
  request.fps = 1;
  request.every = 2;
  CHECK(Has(Refused(request), "one of"));
}

TEST_CASE("a pipeline gives batches of each video, and goes on after a bad one") {
  TestFolder folder;
  MakeVideo(folder / "a.avi", 10);
  std::ofstream(folder / "b.avi") << "bad";
  MakeVideo(folder / "c.avi", 4);
  ingest::FramePipeline::Options options;
  options.batch_frames = 4;
  options.bytes_ahead = 1;  // one batch waits
  ingest::FramePipeline pipeline(
      {Request(folder / "a.avi"), Request(folder / "b.avi"), Request(folder / "c.avi")}, options);
  std::vector<std::string> seen;
  ingest::FrameBatch batch;
  while (pipeline.Next(&batch)) {
    seen.push_back(std::to_string(batch.video) + ":" + std::to_string(batch.frames.size()) +
                   (batch.last ? " last" : "") + (batch.status.ok() ? "" : " bad"));
  }
  CHECK(seen == std::vector<std::string>{"0:4", "0:4", "0:2 last", "1:0 last bad", "2:4 last"});
  // One that is left in the middle stops.
  ingest::FramePipeline left({Request(folder / "a.avi"), Request(folder / "c.avi")}, options);
  CHECK(left.Next(&batch));
}

}  // namespace
}  // namespace gesta::test
