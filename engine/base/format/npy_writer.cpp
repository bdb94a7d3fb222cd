#include "gesta/format/npy_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace gesta::format {
namespace {

// Of any shape: the number of rows is written over the header at the end.
constexpr size_t kHeaderBytes = 192;
constexpr size_t kBufferBytes = 256 << 10;

}  // namespace

Status NpyWriter::Failed() const {
  return Status(StatusCode::kIo,
                fmt::format("{}: cannot be written: {}", path_, std::strerror(errno)));
}

std::string NpyWriter::Header() const {
  constexpr size_t kPrefixBytes = 10;  // magic, version, length
  std::string header("\x93NUMPY\x01\x00", 8);
  const size_t length = kHeaderBytes - kPrefixBytes;
  header.push_back(static_cast<char>(length & 0xFF));
  header.push_back(static_cast<char>(length >> 8));
  header += fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}, {}), }}", type_,
                        rows(), columns_);
  header.resize(kHeaderBytes - 1, ' ');
  header.push_back('\n');
  return header;
}

Result<NpyWriter> NpyWriter::Open(const std::string& path, std::string_view type, size_t width,
                                  uint64_t columns) {
  NpyWriter writer;
  writer.path_ = path;
  writer.type_ = type;
  writer.columns_ = columns;
  writer.row_bytes_ = std::max<uint64_t>(columns * width, 1);
  writer.file_.reset(std::fopen(path.c_str(), "wb"));
  if (!writer.file_) return writer.Failed();
  std::setvbuf(writer.file_.get(), nullptr, _IOFBF, kBufferBytes);
  const std::string header = writer.Header();
  if (std::fwrite(header.data(), 1, header.size(), writer.file_.get()) != header.size()) {
    return writer.Failed();
  }
  return writer;
}

Status NpyWriter::Write(std::string_view rows) {
  if (std::fwrite(rows.data(), 1, rows.size(), file_.get()) != rows.size()) return Failed();
  bytes_ += rows.size();
  return Status::Ok();
}

Status NpyWriter::Close() {
  const std::string header = Header();
  const bool written = std::fseek(file_.get(), 0, SEEK_SET) == 0 &&
                       std::fwrite(header.data(), 1, header.size(), file_.get()) == header.size();
  if (!written) return Failed();
  if (std::fclose(file_.release()) != 0) return Failed();
  return Status::Ok();
}

}  // namespace gesta::format
