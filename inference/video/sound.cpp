#include "video/sound.h"

#include <algorithm>
#include <fstream>
#include <string_view>

namespace gesta::video {
namespace {

// Descriptions of tracks stand near the beginning or the end of a file.
constexpr std::streamoff kLookedAt = 4 << 20;

std::string ReadPart(std::ifstream& file, std::streamoff from, std::streamoff size) {
  std::string bytes(static_cast<size_t>(size), '\0');
  file.clear();
  file.seekg(from);
  file.read(bytes.data(), size);
  bytes.resize(static_cast<size_t>(std::max<std::streamsize>(0, file.gcount())));
  return bytes;
}

bool StartsWith(std::string_view text, std::string_view start, size_t at = 0) {
  return text.size() >= at + start.size() && text.substr(at, start.size()) == start;
}

// MPEG audio and ADTS: eleven or twelve bits that are set, and a layer.
bool IsAudioFrame(std::string_view head) {
  if (head.size() < 2 || static_cast<uint8_t>(head[0]) != 0xff) return false;
  const auto second = static_cast<uint8_t>(head[1]);
  return (second & 0xe0) == 0xe0 && (second & 0x18) != 0x08;
}

// The handlers of an MP4 file's tracks: "hdlr", version, flags, predefined, then the type.
void FindHandlers(std::string_view bytes, bool* sound, bool* pictures) {
  for (size_t at = bytes.find("hdlr"); at != std::string_view::npos;
       at = bytes.find("hdlr", at + 4)) {
    *sound = *sound || StartsWith(bytes, "soun", at + 12);
    *pictures = *pictures || StartsWith(bytes, "vide", at + 12);
  }
}

// The codecs of a Matroska file's tracks: the element 86, its size, a name such as "V_VP9".
void FindCodecs(std::string_view bytes, bool* sound, bool* pictures) {
  for (size_t at = bytes.find('\x86'); at != std::string_view::npos;
       at = bytes.find('\x86', at + 1)) {
    *sound = *sound || StartsWith(bytes, "A_", at + 2);
    *pictures = *pictures || StartsWith(bytes, "V_", at + 2);
  }
}

}  // namespace

bool HoldsSoundOnly(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return false;
  const std::streamoff size = file.tellg();
  const std::string head = ReadPart(file, 0, std::min(size, kLookedAt));
  if (StartsWith(head, "RIFF") && StartsWith(head, "WAVE", 8)) return true;
  for (const std::string_view mark : {"ID3", "fLaC", "#!AMR", "FORM"}) {
    if (StartsWith(head, mark)) return true;
  }
  if (StartsWith(head, "OggS")) return head.find("theora") == std::string::npos;
  if (IsAudioFrame(head)) return true;
  bool sound = false;
  bool pictures = false;
  if (StartsWith(head, "ftyp", 4)) {
    FindHandlers(head, &sound, &pictures);
    if (size > kLookedAt) {
      const std::streamoff from = std::max(kLookedAt, size - kLookedAt);
      FindHandlers(ReadPart(file, from, size - from), &sound, &pictures);
    }
  } else if (StartsWith(head, "\x1a\x45\xdf\xa3")) {
    FindCodecs(head, &sound, &pictures);
  }
  return sound && !pictures;
}

}  // namespace gesta::video
