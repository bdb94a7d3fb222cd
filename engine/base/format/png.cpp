#include "gesta/format/png.h"

#include <zlib.h>

#include <cstdlib>
#include <string_view>
#include <vector>

namespace gesta::format {
namespace {

constexpr size_t kChannels = 3;

void PutNumber(uint32_t number, std::string* out) {
  for (int shift = 24; shift >= 0; shift -= 8) out->push_back(static_cast<char>(number >> shift));
}

// Length, name, data, and the checksum of name and data.
void PutChunk(std::string_view name, std::string_view data, std::string* out) {
  PutNumber(static_cast<uint32_t>(data.size()), out);
  const size_t begin = out->size();
  *out += name;
  *out += data;
  const auto* bytes = reinterpret_cast<const Bytef*>(out->data() + begin);
  const auto size = static_cast<uInt>(out->size() - begin);
  PutNumber(static_cast<uint32_t>(crc32(crc32(0, nullptr, 0), bytes, size)), out);
}

// The neighbour that the three known ones predict best: filter 4.
uint8_t Paeth(int left, int above, int corner) {
  const int guess = left + above - corner;
  const int to_left = std::abs(guess - left);
  const int to_above = std::abs(guess - above);
  const int to_corner = std::abs(guess - corner);
  if (to_left <= to_above && to_left <= to_corner) return static_cast<uint8_t>(left);
  return static_cast<uint8_t>(to_above <= to_corner ? above : corner);
}

// The compressed rows. `predicts`: as differences from what is predicted, which suits photographs;
// otherwise as they are, which suits areas of one colour.
std::string Compress(uint32_t width, uint32_t height, const uint8_t* pixels, bool predicts) {
  const size_t stride = width * kChannels;
  std::vector<uint8_t> rows;
  rows.reserve((stride + 1) * height);
  for (uint32_t y = 0; y < height; ++y) {
    const uint8_t* const row = pixels + y * stride;
    const uint8_t* const above = y > 0 ? row - stride : nullptr;
    rows.push_back(predicts ? 4 : 0);
    for (size_t i = 0; i < stride; ++i) {
      const uint8_t left = i >= kChannels ? row[i - kChannels] : 0;
      const uint8_t up = above ? above[i] : 0;
      const uint8_t corner = above && i >= kChannels ? above[i - kChannels] : 0;
      rows.push_back(predicts ? static_cast<uint8_t>(row[i] - Paeth(left, up, corner)) : row[i]);
    }
  }
  uLongf size = compressBound(static_cast<uLong>(rows.size()));
  std::string data(size, '\0');
  // Cannot fail: the output has room for the worst case.
  compress2(reinterpret_cast<Bytef*>(data.data()), &size, rows.data(),
            static_cast<uLong>(rows.size()), Z_DEFAULT_COMPRESSION);
  data.resize(size);
  return data;
}

}  // namespace

std::string EncodePng(uint32_t width, uint32_t height, const uint8_t* pixels) {
  const std::string plain = Compress(width, height, pixels, /*predicts=*/false);
  const std::string predicted = Compress(width, height, pixels, /*predicts=*/true);
  std::string header;
  PutNumber(width, &header);
  PutNumber(height, &header);
  header += std::string("\x08\x02\x00\x00\x00", 5);  // 8 bits, colours, nothing special
  std::string png = "\x89PNG\r\n\x1a\n";
  PutChunk("IHDR", header, &png);
  PutChunk("IDAT", plain.size() < predicted.size() ? plain : predicted, &png);
  PutChunk("IEND", "", &png);
  return png;
}

}  // namespace gesta::format
