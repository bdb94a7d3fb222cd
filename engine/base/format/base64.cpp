#include "gesta/format/base64.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace gesta::format {
namespace {

constexpr char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr uint8_t kNone = 0xFF;

constexpr std::array<uint8_t, 256> MakeValues() {
  std::array<uint8_t, 256> values{};
  for (size_t i = 0; i < values.size(); ++i) values[i] = kNone;
  for (uint8_t i = 0; i < 64; ++i) values[static_cast<uint8_t>(kLetters[i])] = i;
  return values;
}
constexpr std::array<uint8_t, 256> kValues = MakeValues();

}  // namespace

void AppendBase64(std::string_view bytes, std::string* out) {
  const auto at = [&](size_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(bytes[i])); };
  size_t to = out->size();
  out->resize(to + (bytes.size() + 2) / 3 * 4);
  const auto put = [&](uint32_t group, size_t letters) {
    for (size_t i = 0; i < 4; ++i) {
      (*out)[to++] = i < letters ? kLetters[group >> (18 - 6 * i) & 63] : '=';
    }
  };
  size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) put(at(i) << 16 | at(i + 1) << 8 | at(i + 2), 4);
  if (bytes.size() - i == 1) put(at(i) << 16, 2);
  if (bytes.size() - i == 2) put(at(i) << 16 | at(i + 1) << 8, 3);
}

bool DecodeBase64(std::string_view text, std::string* bytes) {
  if (text.size() % 4 != 0) return false;
  const size_t before = bytes->size();
  size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  bytes->reserve(before + text.size() / 4 * 3);
  uint32_t group = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool padded = i >= text.size() - padding;
    const uint8_t value = padded ? 0 : kValues[static_cast<uint8_t>(text[i])];
    if (value == kNone) {
      bytes->resize(before);
      return false;
    }
    group = group << 6 | value;
    if (i % 4 != 3) continue;
    bytes->push_back(static_cast<char>(group >> 16));
    bytes->push_back(static_cast<char>(group >> 8));
    bytes->push_back(static_cast<char>(group));
    group = 0;
  }
  bytes->resize(bytes->size() - padding);
  return true;
}

}  // namespace gesta::format
