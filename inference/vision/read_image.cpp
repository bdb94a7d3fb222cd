#include <fmt/format.h>

#include <exception>
#include <opencv2/imgcodecs.hpp>

#include "gesta/format/file.h"
#include "vision/prepare.h"

namespace gesta::vision {

Result<Image> ReadImage(const std::string& path) {
  GESTA_ASSIGN_OR_RETURN(const format::FileBuffer file, format::ReadWholeFile(path));
  const auto bad = [&](const std::string& why) {
    return Status(StatusCode::kBadData, fmt::format("{}: {}", path, why));
  };
  if (file.size == 0 || file.size > size_t{1} << 30) return bad("is no image that can be read");
  try {
    const cv::Mat bytes(1, static_cast<int>(file.size), CV_8UC1, file.data.get());
    const cv::Mat decoded = cv::imdecode(bytes, cv::IMREAD_COLOR);
    if (decoded.empty() || decoded.type() != CV_8UC3) {
      return bad("is damaged, or no image of a known format");
    }
    Image image{static_cast<size_t>(decoded.cols), static_cast<size_t>(decoded.rows), {}};
    image.pixels.resize(3 * image.width * image.height);
    uint8_t* out = image.pixels.data();
    for (int y = 0; y < decoded.rows; ++y) {
      const uint8_t* row = decoded.ptr<uint8_t>(y);
      for (int x = 0; x < decoded.cols; ++x, row += 3, out += 3) {
        out[0] = row[2];
        out[1] = row[1];
        out[2] = row[0];
      }
    }
    return image;
  } catch (const std::exception& error) {
    return bad(error.what());
  }
}

}  // namespace gesta::vision
