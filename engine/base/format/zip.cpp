#include "gesta/format/zip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "format/byte_order.h"

namespace gesta::format {

namespace {

constexpr uint32_t kLocalMagic = 0x04034b50;
constexpr uint32_t kDirectoryMagic = 0x02014b50;
constexpr uint32_t kEndMagic = 0x06054b50;
constexpr uint32_t kZip64EndMagic = 0x06064b50;
constexpr uint32_t kZip64LocatorMagic = 0x07064b50;
constexpr size_t kLocalHeaderSize = 30;
constexpr size_t kDirectoryHeaderSize = 46;
constexpr size_t kEndSize = 22;
constexpr size_t kZip64EndSize = 56;
constexpr size_t kZip64LocatorSize = 20;
constexpr uint16_t kStored = 0;
constexpr uint16_t kDeflated = 8;
constexpr uint16_t kEncryptedFlag = 1;
constexpr uint64_t kMaxDeflateRatio = 1032;  // what deflate can reach at most

uint16_t U16(std::string_view bytes, size_t at) { return LoadLittle<uint16_t>(bytes.data() + at); }
uint32_t U32(std::string_view bytes, size_t at) { return LoadLittle<uint32_t>(bytes.data() + at); }
uint64_t U64(std::string_view bytes, size_t at) { return LoadLittle<uint64_t>(bytes.data() + at); }

bool Fits(std::string_view bytes, uint64_t at, uint64_t size) {
  return at <= bytes.size() && size <= bytes.size() - at;
}

uint32_t Crc(const char* data, uint64_t size) {
  return static_cast<uint32_t>(::crc32_z(0, reinterpret_cast<const Bytef*>(data), size));
}

// Takes the 64-bit sizes that stand in the zip64 extra field for those that do not fit in 32 bits,
// in their fixed order.
bool ReadZip64Extra(std::string_view extra, ZipArchive::Entry* entry) {
  constexpr uint32_t kElsewhere = std::numeric_limits<uint32_t>::max();
  while (extra.size() >= 4) {
    const uint16_t id = U16(extra, 0);
    const uint16_t size = U16(extra, 2);
    extra.remove_prefix(4);
    if (size > extra.size()) return false;
    if (id == 1) {
      std::string_view field = extra.substr(0, size);
      for (uint64_t* value : {&entry->size, &entry->compressed_size, &entry->header_offset}) {
        if (*value != kElsewhere) continue;
        if (field.size() < 8) return false;
        *value = U64(field, 0);
        field.remove_prefix(8);
      }
      return true;
    }
    extra.remove_prefix(size);
  }
  return true;
}

}  // namespace

bool ZipArchive::LooksLikeZip(std::string_view bytes) {
  return bytes.size() >= 4 && (U32(bytes, 0) == kLocalMagic || U32(bytes, 0) == kEndMagic);
}

Result<ZipArchive> ZipArchive::Open(std::string_view bytes, std::string name) {
  ZipArchive archive;
  archive.bytes_ = bytes;
  archive.name_ = std::move(name);
  GESTA_RETURN_IF_ERROR(archive.ReadDirectory());
  return archive;
}

Status ZipArchive::ReadDirectory() {
  const auto bad = [&](uint64_t at, std::string_view what) {
    return Status(StatusCode::kBadData, fmt::format("{}: byte {}: {}", name_, at, what));
  };
  // The end record is last, before a comment of at most 65,535 bytes.
  if (bytes_.size() < kEndSize) return bad(bytes_.size(), "the zip archive is truncated");
  size_t end = bytes_.size() - kEndSize;
  const size_t lowest = end > 65535 ? end - 65535 : 0;
  while (U32(bytes_, end) != kEndMagic) {
    if (end == lowest) {
      return bad(bytes_.size(), "the zip archive has no directory at its end; it is truncated");
    }
    --end;
  }
  uint64_t count = U16(bytes_, end + 10);
  uint64_t directory_size = U32(bytes_, end + 12);
  uint64_t at = U32(bytes_, end + 16);
  if (end >= kZip64LocatorSize && U32(bytes_, end - kZip64LocatorSize) == kZip64LocatorMagic) {
    const uint64_t end64 = U64(bytes_, end - kZip64LocatorSize + 8);
    if (!Fits(bytes_, end64, kZip64EndSize) || U32(bytes_, end64) != kZip64EndMagic) {
      return bad(end - kZip64LocatorSize, "the zip64 directory is not where it should be");
    }
    count = U64(bytes_, end64 + 32);
    directory_size = U64(bytes_, end64 + 40);
    at = U64(bytes_, end64 + 48);
  }
  if (!Fits(bytes_, at, directory_size) || count > directory_size / kDirectoryHeaderSize) {
    return bad(end, "the zip archive's directory lies outside the file");
  }
  const uint64_t directory_end = at + directory_size;
  entries_.reserve(count);
  for (uint64_t i = 0; i < count; ++i) {
    if (directory_end - at < kDirectoryHeaderSize || U32(bytes_, at) != kDirectoryMagic) {
      return bad(at, "a damaged entry in the zip archive's directory");
    }
    Entry entry;
    entry.flags = U16(bytes_, at + 8);
    entry.method = U16(bytes_, at + 10);
    entry.crc32 = U32(bytes_, at + 16);
    entry.compressed_size = U32(bytes_, at + 20);
    entry.size = U32(bytes_, at + 24);
    entry.header_offset = U32(bytes_, at + 42);
    const size_t name_size = U16(bytes_, at + 28);
    const size_t extra_size = U16(bytes_, at + 30);
    const size_t comment_size = U16(bytes_, at + 32);
    const uint64_t rest = at + kDirectoryHeaderSize;
    if (directory_end - rest < name_size + extra_size + comment_size) {
      return bad(at, "a damaged entry in the zip archive's directory");
    }
    entry.name = bytes_.substr(rest, name_size);
    if (!ReadZip64Extra(bytes_.substr(rest + name_size, extra_size), &entry)) {
      return bad(at, "a damaged zip64 field in the zip archive's directory");
    }
    at = rest + name_size + extra_size + comment_size;
    entries_.push_back(std::move(entry));
  }
  std::stable_sort(entries_.begin(), entries_.end(),
                   [](const Entry& a, const Entry& b) { return a.name < b.name; });
  return Status::Ok();
}

const ZipArchive::Entry* ZipArchive::Find(std::string_view name) const {
  auto after = std::upper_bound(
      entries_.begin(), entries_.end(), name,
      [](std::string_view wanted, const Entry& entry) { return wanted < entry.name; });
  if (after == entries_.begin()) return nullptr;
  const Entry& entry = *(after - 1);
  return entry.name == name ? &entry : nullptr;
}

Result<std::string_view> ZipArchive::RawBytes(const Entry& entry) const {
  const uint64_t at = entry.header_offset;
  const auto bad = [&](std::string_view what) {
    return Status(StatusCode::kBadData,
                  fmt::format("{}: byte {}: zip entry '{}': {}", name_, at, entry.name, what));
  };
  if (entry.flags & kEncryptedFlag) return bad("is encrypted");
  if (entry.method != kStored && entry.method != kDeflated) {
    return bad(fmt::format("uses compression method {}; only stored and deflated entries are read",
                           entry.method));
  }
  if (!Fits(bytes_, at, kLocalHeaderSize) || U32(bytes_, at) != kLocalMagic) {
    return bad("its header is damaged");
  }
  const uint64_t data = at + kLocalHeaderSize + U16(bytes_, at + 26) + U16(bytes_, at + 28);
  if (!Fits(bytes_, data, entry.compressed_size)) return bad("is truncated");
  const bool possible = entry.method == kStored
                            ? entry.size == entry.compressed_size
                            : entry.size / kMaxDeflateRatio <= entry.compressed_size;
  if (!possible) return bad("its sizes contradict each other");
  return bytes_.substr(data, entry.compressed_size);
}

Status ZipArchive::Verify(const Entry& entry) const {
  GESTA_ASSIGN_OR_RETURN(const std::string_view raw, RawBytes(entry));
  if (Crc(raw.data(), raw.size()) == entry.crc32) return Status::Ok();
  return Status(StatusCode::kBadData,
                fmt::format("{}: byte {}: zip entry '{}': its checksum does not match", name_,
                            entry.header_offset, entry.name));
}

Status ZipArchive::Extract(const Entry& entry, char* out) const {
  GESTA_ASSIGN_OR_RETURN(const std::string_view raw, RawBytes(entry));
  const auto bad = [&](std::string_view what) {
    return Status(StatusCode::kBadData, fmt::format("{}: byte {}: zip entry '{}': {}", name_,
                                                    entry.header_offset, entry.name, what));
  };
  if (entry.method == kStored) {
    if (!raw.empty()) std::memcpy(out, raw.data(), raw.size());
  } else {
    z_stream stream{};
    if (::inflateInit2(&stream, -MAX_WBITS) != Z_OK) return bad("inflating cannot start");
    // zlib counts input and output in 32 bits, so both go in pieces.
    constexpr uint64_t kPiece = uint64_t{1} << 30;
    uint64_t read = 0;
    uint64_t written = 0;
    int state = Z_OK;
    while (state == Z_OK) {
      const auto in = static_cast<uInt>(std::min<uint64_t>(kPiece, raw.size() - read));
      const auto room = static_cast<uInt>(std::min<uint64_t>(kPiece, entry.size - written));
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(raw.data() + read));
      stream.avail_in = in;
      stream.next_out = reinterpret_cast<Bytef*>(out + written);
      stream.avail_out = room;
      state = ::inflate(&stream, Z_NO_FLUSH);
      const uint64_t used = in - stream.avail_in;
      const uint64_t made = room - stream.avail_out;
      read += used;
      written += made;
      if (state == Z_OK && used == 0 && made == 0) state = Z_BUF_ERROR;
    }
    ::inflateEnd(&stream);
    if (state != Z_STREAM_END || written != entry.size) return bad("its data is damaged");
  }
  if (Crc(out, entry.size) != entry.crc32) return bad("its checksum does not match");
  return Status::Ok();
}

}  // namespace gesta::format
