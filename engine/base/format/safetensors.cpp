#include "gesta/format/safetensors.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "format/byte_order.h"
#include "gesta/format/json.h"

namespace gesta::format {

namespace {

constexpr uint64_t kMaxHeader = 100'000'000;  // the reference reader's limit too

Status SystemError(const std::string& path, const char* what) {
  const int error = errno;
  const auto code = error == ENOENT || error == ENOTDIR ? StatusCode::kNotFound : StatusCode::kIo;
  return Status(code, fmt::format("{}: {}: {}", path, what, std::strerror(error)));
}

Status ReadAt(const std::string& path, int fd, uint64_t offset, uint64_t size, void* out) {
  char* at = static_cast<char*>(out);
  while (size > 0) {
    const size_t want = static_cast<size_t>(std::min<uint64_t>(size, uint64_t{1} << 30));
    const ssize_t got = ::pread(fd, at, want, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError(path, "cannot read");
    if (got == 0) {
      return Status(StatusCode::kBadData, fmt::format("{}: ends at byte {}", path, offset));
    }
    at += got;
    offset += static_cast<uint64_t>(got);
    size -= static_cast<uint64_t>(got);
  }
  return Status::Ok();
}

std::optional<ElementType> TypeByName(std::string_view name) {
  static constexpr std::pair<std::string_view, ElementType> kTypes[] = {
      {"BOOL", ElementType::kBool},     {"U8", ElementType::kUInt8},
      {"I8", ElementType::kInt8},       {"U16", ElementType::kUInt16},
      {"I16", ElementType::kInt16},     {"U32", ElementType::kUInt32},
      {"I32", ElementType::kInt32},     {"U64", ElementType::kUInt64},
      {"I64", ElementType::kInt64},     {"F16", ElementType::kFloat16},
      {"BF16", ElementType::kBFloat16}, {"F32", ElementType::kFloat32},
      {"F64", ElementType::kFloat64}};
  for (const auto& [known, type] : kTypes) {
    if (known == name) return type;
  }
  return std::nullopt;
}

// One entry of the header; errors without a place.
Result<SafetensorsFile::Tensor> ReadEntry(std::string_view name, const Datum& entry,
                                          uint64_t data_start, uint64_t data_size) {
  const auto bad = [](std::string why) { return Status(StatusCode::kBadData, std::move(why)); };
  const Datum* type = entry.Find("dtype");
  const Datum* shape = entry.Find("shape");
  const Datum* offsets = entry.Find("data_offsets");
  if (!type || !type->is_string() || !shape || !shape->is_sequence() || !offsets ||
      offsets->size() != 2 || !(*offsets)[0].is_int() || !(*offsets)[1].is_int()) {
    return bad("is not described by dtype, shape and data_offsets");
  }
  SafetensorsFile::Tensor tensor;
  tensor.name = name;
  const auto element = TypeByName(type->text());
  if (!element) {
    return Status(StatusCode::kUnsupported,
                  fmt::format("has elements of type '{}', which is not supported", type->text()));
  }
  tensor.type = *element;
  uint64_t size = ElementTypeSize(*element);
  for (const Datum& extent : shape->items()) {
    if (!extent.is_int() || extent.integer() < 0) return bad("has an extent that is no number");
    tensor.shape.push_back(extent.integer());
    if (__builtin_mul_overflow(size, static_cast<uint64_t>(extent.integer()), &size)) {
      return bad("is larger than any file");
    }
  }
  const int64_t begin = (*offsets)[0].integer();
  const int64_t end = (*offsets)[1].integer();
  if (begin < 0 || end < begin || static_cast<uint64_t>(end) > data_size) {
    return bad(fmt::format("lies at bytes {} to {} of {}", begin, end, data_size));
  }
  if (static_cast<uint64_t>(end - begin) != size) {
    return bad(fmt::format("has {} bytes where its shape needs {}", end - begin, size));
  }
  tensor.offset = data_start + static_cast<uint64_t>(begin);
  tensor.size = size;
  return tensor;
}

}  // namespace

SafetensorsFile::SafetensorsFile(SafetensorsFile&& other) noexcept { *this = std::move(other); }

SafetensorsFile& SafetensorsFile::operator=(SafetensorsFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(fd_, other.fd_);
  std::swap(tensors_, other.tensors_);
  return *this;
}

SafetensorsFile::~SafetensorsFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<SafetensorsFile> SafetensorsFile::Open(const std::string& path) {
  SafetensorsFile file;
  file.path_ = path;
  file.fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file.fd_ < 0) return SystemError(path, "cannot open");
  struct stat info;
  if (::fstat(file.fd_, &info) != 0) return SystemError(path, "cannot read");
  if (!S_ISREG(info.st_mode)) {
    return Status(StatusCode::kInvalidArgument, fmt::format("{}: is not a regular file", path));
  }
  const auto size = static_cast<uint64_t>(info.st_size);
  const auto bad = [&](const std::string& why) {
    return Status(StatusCode::kBadData, fmt::format("{}: {}", path, why));
  };
  if (size < 8) return bad("is too short for a safetensors file");
  char prefix[8];
  GESTA_RETURN_IF_ERROR(ReadAt(path, file.fd_, 0, 8, prefix));
  const uint64_t header_size = LoadLittle<uint64_t>(prefix);
  if (header_size > kMaxHeader || header_size > size - 8) {
    return bad(fmt::format("claims a header of {} bytes in a file of {}", header_size, size));
  }
  std::string header(header_size, '\0');
  GESTA_RETURN_IF_ERROR(ReadAt(path, file.fd_, 8, header_size, header.data()));
  GESTA_ASSIGN_OR_RETURN(const Document document, ParseJson(header, path + " (header)"));
  if (!document.root().is_dict()) return bad("its header is no JSON object");

  const uint64_t data_start = 8 + header_size;
  for (const Datum::Entry& entry : document.root().entries()) {
    const std::string_view name = entry.key->text();
    if (name == "__metadata__") continue;
    auto tensor = ReadEntry(name, *entry.value, data_start, size - data_start);
    if (!tensor.ok()) {
      return Status(tensor.status().code(),
                    fmt::format("{}: tensor '{}' {}", path, name, tensor.status().message()));
    }
    file.tensors_.push_back(std::move(*tensor));
  }

  std::sort(file.tensors_.begin(), file.tensors_.end(), [](const Tensor& a, const Tensor& b) {
    return std::pair(a.offset, a.size) < std::pair(b.offset, b.size);
  });
  uint64_t end = data_start;
  for (const Tensor& tensor : file.tensors_) {
    if (tensor.offset != end) {
      return bad(fmt::format("tensor '{}' begins at byte {}, not at {} where the one before ends",
                             tensor.name, tensor.offset, end));
    }
    end += tensor.size;
  }
  if (end != size) return bad(fmt::format("has {} bytes after its last tensor", size - end));
  std::sort(file.tensors_.begin(), file.tensors_.end(),
            [](const Tensor& a, const Tensor& b) { return a.name < b.name; });
  return file;
}

const SafetensorsFile::Tensor* SafetensorsFile::Find(std::string_view name) const {
  const auto at = std::lower_bound(
      tensors_.begin(), tensors_.end(), name,
      [](const Tensor& tensor, std::string_view wanted) { return tensor.name < wanted; });
  return at == tensors_.end() || at->name != name ? nullptr : &*at;
}

Status SafetensorsFile::Read(const Tensor& tensor, void* out) const {
  GESTA_RETURN_IF_ERROR(ReadAt(path_, fd_, tensor.offset, tensor.size, out));
  const size_t width = ElementTypeSize(tensor.type);
  if (!HostIsLittleEndian() && width > 1) {
    char* bytes = static_cast<char*>(out);
    for (uint64_t i = 0; i < tensor.size; i += width) std::reverse(bytes + i, bytes + i + width);
  }
  return Status::Ok();
}

}  // namespace gesta::format
