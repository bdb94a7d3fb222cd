// numpy's .npy files, versions 1 to 3: numbers of either byte order, fixed-width text, and object
// arrays (pickled; read as described in pickle.h), in C or Fortran order. Format: numpy's NEP 1.
#ifndef GESTA_FORMAT_NPY_H_
#define GESTA_FORMAT_NPY_H_

#include <string>

#include "gesta/format/document.h"
#include "gesta/format/file.h"
#include "gesta/status.h"

namespace gesta::format {

// The root of the document is the array (kArray). Bytes after the array are ignored, as numpy does.
// Errors (kNotFound, kIo, kBadData, kUnsupported) name the file and the byte.
Result<Document> ReadNpy(const std::string& path, const Limits& limits = {});

// The same for bytes in memory; `name` stands for the file in messages.
Result<Document> ParseNpy(FileBuffer bytes, const std::string& name, const Limits& limits = {});

}  // namespace gesta::format

#endif  // GESTA_FORMAT_NPY_H_
