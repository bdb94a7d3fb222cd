#include "export/byte_sink.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace gesta::ingest {
namespace {

constexpr size_t kBufferBytes = 256 << 10;
constexpr std::string_view kGzipEnding = ".gz";
// Exports are large and compress well at any level; the levels above cost several times the time.
constexpr const char* kGzipMode = "wb1";

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

}  // namespace

Result<std::unique_ptr<ByteSink>> ByteSink::Open(const std::string& path) {
  std::unique_ptr<ByteSink> sink(new ByteSink(path));
  if (path == "-") {
    sink->path_ = "standard output";
    sink->fd_ = ::dup(STDOUT_FILENO);
    if (sink->fd_ < 0) return sink->Failed();
  } else {
    const std::string partial = path + ".partial";
    sink->fd_ = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (sink->fd_ < 0) return sink->Failed();
    sink->partial_ = partial;
    if (EndsWith(path, kGzipEnding)) {
      gzFile gzip = ::gzdopen(sink->fd_, kGzipMode);
      if (gzip == nullptr) return sink->Failed();
      ::gzbuffer(gzip, kBufferBytes);
      sink->gzip_ = gzip;
    }
  }
  sink->buffer_.reserve(kBufferBytes + (64 << 10));
  return sink;
}

ByteSink::~ByteSink() {
  if (gzip_ != nullptr) {
    ::gzclose_w(static_cast<gzFile>(gzip_));
  } else if (fd_ >= 0) {
    ::close(fd_);
  }
  if (!partial_.empty()) ::unlink(partial_.c_str());
}

Status ByteSink::Failed() const {
  return Status(StatusCode::kIo,
                fmt::format("{}: cannot be written: {}", path_, std::strerror(errno)));
}

Status ByteSink::Write(std::string_view bytes) {
  buffer_.append(bytes);
  return buffer_.size() < kBufferBytes ? Status::Ok() : Flush();
}

Status ByteSink::Flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    ssize_t written = 0;
    if (gzip_ != nullptr) {
      written = ::gzwrite(static_cast<gzFile>(gzip_), rest.data(),
                          static_cast<unsigned>(std::min<size_t>(rest.size(), 1 << 30)));
      if (written <= 0) return Failed();
    } else {
      written = ::write(fd_, rest.data(), rest.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return Failed();
    }
    rest.remove_prefix(static_cast<size_t>(written));
  }
  buffer_.clear();
  return Status::Ok();
}

Status ByteSink::Close() {
  GESTA_RETURN_IF_ERROR(Flush());
  if (gzip_ != nullptr) {
    const int ended = ::gzclose_w(static_cast<gzFile>(gzip_));
    gzip_ = nullptr;
    fd_ = -1;
    if (ended != Z_OK) return Failed();
  } else {
    const int ended = ::close(fd_);
    fd_ = -1;
    if (ended != 0) return Failed();
  }
  if (partial_.empty()) return Status::Ok();
  if (::rename(partial_.c_str(), path_.c_str()) != 0) return Failed();
  partial_.clear();
  return Status::Ok();
}

}  // namespace gesta::ingest
