#include <fmt/format.h>

#include <cmath>

#include "draw/characters.h"
#include "draw/drawing.h"
#include "gesta/format/base64.h"
#include "gesta/format/png.h"
#include "gesta/format/utf8.h"

namespace gesta::draw {
namespace {

// Two decimals at most, and none that say nothing.
std::string Number(double number) { return fmt::format("{:g}", std::round(number * 100) / 100); }

std::string Hex(Colour colour) {
  return fmt::format("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue);
}

class SvgWriter {
 public:
  explicit SvgWriter(std::string* out) : out_(*out) {}

  void operator()(const Rectangle& rectangle) {
    out_ += fmt::format("<rect {} fill=\"{}\"/>\n", Place(rectangle), Hex(rectangle.colour));
  }

  void operator()(const Line& line) {
    out_ += "<polyline points=\"";
    for (size_t i = 0; i < line.points.size(); ++i) {
      out_ += (i > 0 ? " " : "") + Number(line.points[i].x) + "," + Number(line.points[i].y);
    }
    out_ += fmt::format(
        "\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" stroke-linejoin=\"round\" "
        "stroke-linecap=\"round\"/>\n",
        Hex(line.colour), Number(line.width));
  }

  void operator()(const Text& text) {
    constexpr const char* kAnchors[] = {"start", "middle", "end"};
    out_ += fmt::format("<text x=\"{}\" y=\"{}\" font-size=\"{}\" text-anchor=\"{}\" fill=\"{}\">",
                        Number(text.x), Number(text.y), Number(text.size),
                        kAnchors[static_cast<int>(text.anchor)], Hex(text.colour));
    AppendEscaped(text.text);
    out_ += "</text>\n";
  }

  void operator()(const Image& image) {
    if (image.pixels.width == 0 || image.pixels.height == 0) return;
    out_ +=
        fmt::format("<image {} preserveAspectRatio=\"none\"{} href=\"data:image/png;base64,",
                    Place(image), image.is_smooth ? "" : " style=\"image-rendering:pixelated\"");
    format::AppendBase64(
        format::EncodePng(image.pixels.width, image.pixels.height, image.pixels.bytes.data()),
        &out_);
    out_ += "\"/>\n";
  }

 private:
  template <typename Part>
  static std::string Place(const Part& part) {
    return fmt::format("x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"", Number(part.x),
                       Number(part.y), Number(part.width), Number(part.height));
  }

  void AppendEscaped(const std::string& text) {
    for (const uint32_t code : Characters(text)) {
      switch (code) {
        case '&':
          out_ += "&amp;";
          break;
        case '<':
          out_ += "&lt;";
          break;
        case '>':
          out_ += "&gt;";
          break;
        default:
          format::AppendUtf8(code, &out_);
      }
    }
  }

  std::string& out_;
};

}  // namespace

std::string ToSvg(const Drawing& drawing) {
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" "
      "viewBox=\"0 0 {0} {1}\" font-family=\"DejaVu Sans, Verdana, Arial, sans-serif\">\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
      Number(drawing.width), Number(drawing.height));
  SvgWriter writer(&svg);
  for (const auto& part : drawing.parts) std::visit(writer, part);
  return svg + "</svg>\n";
}

}  // namespace gesta::draw
