// NpyWriter: a matrix as a .npy file (version 1.0), row by row; how many rows there are is known at
// the end. Reading is npy.h.
#ifndef GESTA_FORMAT_NPY_WRITER_H_
#define GESTA_FORMAT_NPY_WRITER_H_

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "gesta/status.h"

namespace gesta::format {

class NpyWriter {
 public:
  // `type`: numpy's, e.g. "|u1" or "<f4", of `width` bytes. kIo.
  static Result<NpyWriter> Open(const std::string& path, std::string_view type, size_t width,
                                uint64_t columns);

  // Some whole rows, elements in the type's byte order.
  Status Write(std::string_view rows);
  // Writes the shape; without it the file has no rows.
  Status Close();
  uint64_t rows() const { return bytes_ / row_bytes_; }

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  Status Failed() const;
  std::string Header() const;

  std::string path_;
  std::string type_;
  uint64_t columns_ = 0;
  uint64_t row_bytes_ = 1;
  uint64_t bytes_ = 0;
  std::unique_ptr<std::FILE, CloseFile> file_;
};

}  // namespace gesta::format

#endif  // GESTA_FORMAT_NPY_WRITER_H_
