// Resizing as Pillow does it, and the preparation of images.
#include <zlib.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "expected.h"
#include "support/temp_dir.h"
#include "vision/prepare.h"
#include "vision/resize.h"

namespace gesta::test {
namespace {

using models::Resampling;
using vision::Image;

std::string PicturePath(std::string_view name) {
  return ModelFolder("images") + "/" + std::string(name);
}

Resampling ByName(std::string_view name) {
  static const std::pair<std::string_view, Resampling> kNames[] = {
      {"nearest", Resampling::kNearest}, {"bilinear", Resampling::kBilinear},
      {"bicubic", Resampling::kBicubic}, {"lanczos", Resampling::kLanczos},
      {"box", Resampling::kBox},         {"hamming", Resampling::kHamming}};
  for (const auto& [known, value] : kNames) {
    if (known == name) return value;
  }
  FAIL("no such filter: " << name);
  return Resampling::kNearest;
}

TEST_CASE("resizing gives Pillow's pixels, byte for byte") {
  const format::Document expected = ReadExpected(ModelFolder("resized.json"));
  REQUIRE(expected.root().size() == 180);
  for (const format::Datum& entry : expected.root().items()) {
    const std::string name(Member(entry, "image").text());
    const std::string filter(Member(entry, "filter").text());
    const auto width = static_cast<size_t>(Member(entry, "width").integer());
    const auto height = static_cast<size_t>(Member(entry, "height").integer());
    CAPTURE(name, filter, width, height);
    const auto image = vision::ReadImage(PicturePath(name));
    REQUIRE(image.ok());
    const Image resized = vision::Resize(*image, width, height, ByName(filter));
    CHECK(resized.width == width);
    CHECK(resized.height == height);
    CHECK(crc32(0, resized.pixels.data(), static_cast<uInt>(resized.pixels.size())) ==
          static_cast<uLong>(Member(entry, "crc32").integer()));
  }
}

TEST_CASE("an image smaller than the crop is surrounded by black") {
  models::ImageConfig config;
  config.resize = false;
  config.crop = true;
  config.crop_height = 4;
  config.crop_width = 1;
  config.normalize = false;
  const Image image{1, 1, {255, 51, 0}};
  std::vector<float> out(12);
  REQUIRE(vision::Prepare(image, config, out.data()).ok());
  // The reference puts the larger part of the border above.
  CHECK(out == std::vector<float>{0, 0, 1, 0, 0, 0, 0.2f, 0, 0, 0, 0, 0});
}

TEST_CASE("files that are no images are refused with their name") {
  const TempDir dir;
  const std::string path = dir.path() + "/broken.png";
  CHECK(vision::ReadImage(path).status().code() == StatusCode::kNotFound);
  std::ofstream(path) << "no image";
  const auto broken = vision::ReadImage(path);
  CHECK(broken.status().code() == StatusCode::kBadData);
  CHECK(std::string(broken.status().message()).find("broken.png") != std::string::npos);
  std::ifstream whole(PicturePath("wide.png"), std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(whole)), std::istreambuf_iterator<char>());
  std::ofstream(path, std::ios::binary) << bytes.substr(0, 40);
  CHECK(vision::ReadImage(path).status().code() == StatusCode::kBadData);
}

}  // namespace
}  // namespace gesta::test
