// Whole files in memory, for formats that are read as a unit.
#ifndef GESTA_FORMAT_FILE_H_
#define GESTA_FORMAT_FILE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "gesta/status.h"

namespace gesta::format {

struct FileBuffer {
  std::unique_ptr<char[]> data;
  size_t size = 0;

  std::string_view view() const { return {data.get(), size}; }

  static FileBuffer CopyOf(std::string_view bytes);
};

// The bytes of a regular file. kNotFound, kInvalidArgument (a folder), kIo.
Result<FileBuffer> ReadWholeFile(const std::string& path);

}  // namespace gesta::format

#endif  // GESTA_FORMAT_FILE_H_
