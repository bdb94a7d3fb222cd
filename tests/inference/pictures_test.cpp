// Pictures in memory give the vectors that their files give.
#include "expected.h"
#include "module_client.h"
#include "vision/prepare.h"

namespace gesta::test {
namespace {

TEST_CASE("pictures in memory are embedded as their files are") {
  OpenedModel model(ModelFolder(GENERATE(as<std::string>(), "siglip", "clip")));
  REQUIRE(model.ok());
  std::vector<std::string> paths;
  for (const char* name : {"clear", "grey", "small", "square", "tall", "wide"}) {
    paths.push_back(ModelFolder("images") + "/" + name + ".png");
  }
  const std::vector<float> expected = model.Embed(paths, /*images=*/true);
  REQUIRE(model.ok());
  std::vector<vision::Image> images;
  std::vector<GestaPicture> pictures;
  for (const std::string& path : paths) {
    const auto image = vision::ReadImage(path);
    REQUIRE(image.ok());
    images.push_back(*image);
  }
  for (const vision::Image& image : images) {
    pictures.push_back({static_cast<uint32_t>(image.width), static_cast<uint32_t>(image.height),
                        image.pixels.data()});
  }
  std::vector<float> rows(expected.size());
  GestaError error{};
  REQUIRE(Module().embed_pictures(model.model(), pictures.data(), pictures.size(), &model.options,
                                  rows.data(), &error) == 0);
  CHECK((rows == expected));

  pictures[2].height = 0;
  CHECK(Module().embed_pictures(model.model(), pictures.data(), pictures.size(), &model.options,
                                rows.data(), &error) != 0);
  CHECK(std::string(error.message).find("no pixels") != std::string::npos);
}

}  // namespace
}  // namespace gesta::test
