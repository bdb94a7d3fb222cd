// Pictures: PNG files, the strokes of texts, SVG documents, and the picture of an alignment.
#include <zlib.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <random>

#include "draw/alignment_picture.h"
#include "draw/characters.h"
#include "draw/stroke_font.h"
#include "gesta/format/png.h"

namespace gesta::test {
namespace {

using namespace draw;

uint32_t Number(const std::string& bytes, size_t at) {
  uint32_t number = 0;
  for (size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<uint8_t>(bytes[at + i]);
  return number;
}

// Reads what EncodePng writes, by the book: chunks with their checksums, filters 0 and 4.
Pixels DecodePng(const std::string& png) {
  REQUIRE(png.substr(0, 8) == "\x89PNG\r\n\x1a\n");
  std::string header;
  std::string data;
  size_t at = 8;
  for (std::string name; name != "IEND"; at += 12 + Number(png, at)) {
    const uint32_t size = Number(png, at);
    name = png.substr(at + 4, 4);
    const std::string checked = png.substr(at + 4, 4 + size);
    CHECK(crc32(0, reinterpret_cast<const Bytef*>(checked.data()),
                static_cast<uInt>(checked.size())) == Number(png, at + 8 + size));
    if (name == "IHDR") header = checked.substr(4);
    if (name == "IDAT") data += checked.substr(4);
  }
  CHECK(at == png.size());
  CHECK(header.substr(8) == std::string("\x08\x02\x00\x00\x00", 5));
  Pixels pixels{Number(header, 0), Number(header, 4), {}};
  const size_t stride = size_t{3} * pixels.width;
  std::vector<uint8_t> rows((stride + 1) * pixels.height);
  uLongf size = rows.size();
  REQUIRE(uncompress(rows.data(), &size, reinterpret_cast<const Bytef*>(data.data()),
                     data.size()) == Z_OK);
  REQUIRE(size == rows.size());
  pixels.bytes.resize(stride * pixels.height);
  const auto before = [&](size_t y, size_t i, size_t left, size_t up) -> int {
    return y < up || i < left ? 0 : pixels.bytes[(y - up) * stride + i - left];
  };
  for (size_t y = 0; y < pixels.height; ++y) {
    const uint8_t filter = rows[y * (stride + 1)];
    REQUIRE((filter == 0 || filter == 4));
    for (size_t i = 0; i < stride; ++i) {
      int predicted = 0;
      if (filter == 4) {
        const int a = before(y, i, 3, 0);
        const int b = before(y, i, 0, 1);
        const int c = before(y, i, 3, 1);
        const int p = a + b - c;
        predicted = std::abs(p - a) <= std::abs(p - b) && std::abs(p - a) <= std::abs(p - c) ? a
                    : std::abs(p - b) <= std::abs(p - c)                                     ? b
                                                                                             : c;
      }
      pixels.bytes[y * stride + i] =
          static_cast<uint8_t>(rows[y * (stride + 1) + 1 + i] + predicted);
    }
  }
  return pixels;
}

std::vector<int> At(const Pixels& pixels, uint32_t x, uint32_t y) {
  const uint8_t* const pixel = pixels.bytes.data() + 3 * (size_t{y} * pixels.width + x);
  return {pixel[0], pixel[1], pixel[2]};
}

TEST_CASE("a PNG file gives back its pixels", "[draw]") {
  std::mt19937 random(1);
  for (const bool is_noise : {true, false}) {
    Pixels pixels{37, 21, {}};
    for (size_t i = 0; i < size_t{3} * 37 * 21; ++i) {
      pixels.bytes.push_back(static_cast<uint8_t>(is_noise ? random() : i / 300));
    }
    const Pixels read =
        DecodePng(format::EncodePng(pixels.width, pixels.height, pixels.bytes.data()));
    CHECK(read.width == 37);
    CHECK(read.height == 21);
    CHECK(read.bytes == pixels.bytes);
  }
}

TEST_CASE("every character has strokes that stay in its place", "[draw]") {
  std::vector<uint32_t> codes = {0xE4, 0xC9, 0xF1, 0x161, 0x2026, 0x2192, 0x4E2D, 0xFFFD};
  for (uint32_t code = 0x21; code < 0x7F; ++code) codes.push_back(code);
  for (const uint32_t code : codes) {
    INFO(code);
    const double advance = CharacterAdvance(code);
    const auto strokes = CharacterStrokes(code);
    CHECK(advance > 0.1);
    REQUIRE_FALSE(strokes.empty());
    for (const auto& stroke : strokes) {
      REQUIRE(stroke.size() >= 2);
      for (const Point& point : stroke) {
        CHECK(point.x >= 0);
        CHECK(point.x <= advance);
        CHECK(point.y >= -1.05);
        CHECK(point.y <= 0.3);
      }
    }
  }
  CHECK(CharacterStrokes(' ').empty());
  // A letter with an accent is the letter with something above it.
  CHECK(CharacterStrokes(0xE9).size() == CharacterStrokes('e').size() + 1);
  CHECK(CharacterAdvance(0xE9) == CharacterAdvance('e'));
}

TEST_CASE("text is wrapped to a width", "[draw]") {
  const std::string text = "the quick brown fox jumps over the lazy dog";
  for (const double width : {30.0, 80.0, 150.0, 1000.0}) {
    const auto lines = WrapText(text, 12, width, 20);
    std::string joined;
    for (const std::string& line : lines) {
      if (width > 30) CHECK(TextWidth(line, 12) <= width);
      joined += (joined.empty() ? "" : " ") + line;
    }
    if (width > 30) CHECK(joined == text);
  }
  const auto two = WrapText(text, 12, 80, 2);
  REQUIRE(two.size() == 2);
  CHECK(two[1].substr(two[1].size() - 3) == "…");
  CHECK(TextWidth(two[1], 12) <= 80);
  CHECK(WrapText("", 12, 80, 2).empty());
  CHECK(WrapText("Donaudampfschiff", 12, 40, 9).size() > 1);
  CHECK(Characters("a\tb\x01\xFFz") == std::vector<uint32_t>{'a', ' ', 'b', 0xFFFD, 0xFFFD, 'z'});
}

TEST_CASE("parts become pixels", "[draw]") {
  Drawing drawing{10, 8, {}};
  drawing.parts.emplace_back(Rectangle{1, 2, 3, 2, {10, 20, 30}});
  drawing.parts.emplace_back(
      Image{6, 0, 4, 4, /*is_smooth=*/false, {2, 1, {200, 0, 0, 0, 100, 0}}});
  drawing.parts.emplace_back(Line{{{0, 7}, {10, 7}}, 2, {0, 0, 0}});
  const Pixels once = ToPixels(drawing, 1);
  CHECK(once.width == 10);
  CHECK(once.height == 8);
  CHECK(At(once, 0, 0) == std::vector<int>{255, 255, 255});
  CHECK(At(once, 1, 2) == std::vector<int>{10, 20, 30});
  CHECK(At(once, 3, 3) == std::vector<int>{10, 20, 30});
  CHECK(At(once, 4, 3) == std::vector<int>{255, 255, 255});
  CHECK(At(once, 7, 3) == std::vector<int>{200, 0, 0});
  CHECK(At(once, 8, 0) == std::vector<int>{0, 100, 0});
  CHECK(At(once, 5, 6) == std::vector<int>{0, 0, 0});
  const Pixels twice = ToPixels(drawing, 2);
  CHECK(twice.width == 20);
  CHECK(At(twice, 7, 7) == std::vector<int>{10, 20, 30});
  CHECK(At(twice, 8, 8) == std::vector<int>{255, 255, 255});
  // What lies outside is cut off.
  drawing.parts.emplace_back(Text{-50, 200, 40, Anchor::kEnd, {}, "outside"});
  drawing.parts.emplace_back(Line{{{-100, -100}, {500, 300}}, 3, {}});
  drawing.parts.emplace_back(Rectangle{-5, -5, 100, 100, {1, 2, 3}});
  CHECK(At(ToPixels(drawing, 1), 9, 7) == std::vector<int>{1, 2, 3});
}

AlignmentPicture Example() {
  AlignmentPicture picture;
  picture.title = "v1 · jump & <shoot>";
  picture.subtitle = "score 0.5";
  picture.subactions = {"bend \x01the knees", "jump up", "throw"};
  for (size_t frame = 0; frame < 6; ++frame) {
    for (size_t step = 0; step < 3; ++step) {
      picture.similarities.push_back(frame / 2 == step ? 1.0f : 0.0f);
    }
    picture.path.emplace_back(frame, frame / 2);
  }
  return picture;
}

size_t Count(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST_CASE("the picture of an alignment says all as SVG", "[draw]") {
  AlignmentPicture picture = Example();
  picture.start = 3;
  picture.step = 0.5;
  picture.thumbnails.push_back({2.5, {2, 2, std::vector<uint8_t>(12, 9)}});
  const std::string svg = ToSvg(DrawAlignment(picture));
  CHECK(svg.rfind("<svg xmlns=\"http://www.w3.org/2000/svg\"", 0) == 0);
  CHECK(svg.find(">v1 · jump &amp; &lt;shoot&gt;</text>") != std::string::npos);
  CHECK(svg.find(">1  bend \xEF\xBF\xBDthe knees</text>") != std::string::npos);
  CHECK(svg.find(">3  throw</text>") != std::string::npos);
  CHECK(svg.find(">seconds</text>") != std::string::npos);
  CHECK(svg.find(">4.5</text>") != std::string::npos);
  CHECK(Count(svg, "<image ") == 3);  // map, legend, thumbnail
  CHECK(Count(svg, "<svg") == Count(svg, "</svg>"));
  CHECK(Count(svg, "<text") == Count(svg, "</text>"));
  // The path over the map, with white around it: corners only.
  const size_t path = svg.rfind("stroke=\"#e6321e\"");
  REQUIRE(path != std::string::npos);
  const size_t points = svg.rfind("points=\"", path);
  CHECK(Count(svg.substr(points, path - points), ",") == 6);
  picture.step = 0;
  CHECK(ToSvg(DrawAlignment(picture)).find(">frame</text>") != std::string::npos);
}

TEST_CASE("the picture of an alignment shows the similarities", "[draw]") {
  const AlignmentPicture picture = Example();
  const Drawing drawing = DrawAlignment(picture);
  const auto map = std::find_if(drawing.parts.begin(), drawing.parts.end(), [](const auto& part) {
    return std::holds_alternative<Image>(part);
  });
  REQUIRE(map != drawing.parts.end());
  const Image& image = std::get<Image>(*map);
  CHECK(image.pixels.width == 6);
  CHECK(image.pixels.height == 3);
  const Pixels pixels = ToPixels(drawing, 1);
  // Away from the path, which runs through the middle of the rows.
  const auto brightness = [&](size_t frame, size_t step) {
    const auto x = static_cast<uint32_t>(image.x + (frame + 0.5) * image.width / 6);
    const auto y = static_cast<uint32_t>(image.y + (step + 0.2) * image.height / 3);
    const std::vector<int> pixel = At(pixels, x, y);
    return pixel[0] + pixel[1] + pixel[2];
  };
  CHECK(brightness(0, 0) > 500);
  CHECK(brightness(3, 1) > 500);
  CHECK(brightness(5, 2) > 500);
  CHECK(brightness(0, 2) < 150);
  CHECK(brightness(5, 0) < 150);
}

TEST_CASE("a long video's picture has no more columns than can be seen", "[draw]") {
  AlignmentPicture picture;
  picture.subactions = {"a", "b"};
  for (size_t frame = 0; frame < 30'000; ++frame) {
    picture.similarities.push_back(frame < 15'000 ? 1.0f : 0.0f);
    picture.similarities.push_back(frame % 2 == 0 ? 1.0f : 0.0f);
  }
  const Drawing drawing = DrawAlignment(picture);
  size_t images = 0;
  for (const auto& part : drawing.parts) {
    if (const auto* image = std::get_if<Image>(&part)) {
      ++images;
      CHECK(image->pixels.width < 4000);
    }
  }
  CHECK(images == 2);
  CHECK(ToSvg(drawing).size() < 200'000);
}

TEST_CASE("pictures of one frame, one subaction, equal similarities", "[draw]") {
  AlignmentPicture picture;
  picture.subactions = {"stand"};
  picture.similarities = {0.5f};
  picture.path = {{0, 0}};
  CHECK(ToPixels(DrawAlignment(picture), 1).width > 100);
  CHECK(ToSvg(DrawAlignment(picture)).find("stand") != std::string::npos);
}

}  // namespace
}  // namespace gesta::test
