#include "make_videos.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

namespace gesta::test {
namespace {

cv::Mat Picture(int i) {
  const int ground = Brightness(i);
  cv::Mat picture(kHeight, kWidth, CV_8UC3, cv::Scalar(ground, ground, ground));
  // In the lower half, out of the way of who measures the ground above.
  cv::rectangle(picture, cv::Rect(2 * (i % 40), 40, 16, 16), cv::Scalar(0, 0, 255), cv::FILLED);
  return picture;
}

}  // namespace

void MakeVideo(const std::string& path, int frames, double fps, int offset) {
  const bool mp4 = path.substr(path.size() - 4) == ".mp4";
  const int codec = mp4 ? cv::VideoWriter::fourcc('m', 'p', '4', 'v')
                        : cv::VideoWriter::fourcc('M', 'J', 'P', 'G');
  cv::VideoWriter writer(path, cv::CAP_FFMPEG, codec, fps, cv::Size(kWidth, kHeight));
  REQUIRE(writer.isOpened());
  for (int i = 0; i < frames; ++i) writer.write(Picture(i + offset));
}

void MakeImages(const std::string& folder, int frames) {
  std::filesystem::create_directories(folder);
  for (int i = 0; i < frames; ++i) {
    REQUIRE(cv::imwrite(folder + "/frame" + std::to_string(i) + ".png", Picture(i)));
  }
}

void MakeSound(const std::string& path) {
  const auto number = [](uint32_t n, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += static_cast<char>(n >> (8 * i));
    return text;
  };
  const std::string silence(8000, '\x80');
  std::ofstream(path, std::ios::binary)
      << "RIFF" << number(36 + 8000, 4) << "WAVEfmt " << number(16, 4) << number(1, 2)
      << number(1, 2) << number(8000, 4) << number(8000, 4) << number(1, 2) << number(8, 2)
      << "data" << number(8000, 4) << silence;
}

void CutFile(const std::string& path, double part) {
  const auto size = static_cast<double>(std::filesystem::file_size(path));
  std::filesystem::resize_file(path, static_cast<uintmax_t>(size * part));
}

}  // namespace gesta::test
