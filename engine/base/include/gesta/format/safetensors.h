// Files of the safetensors format: named tensors of numbers behind a JSON header.
//
// The format: the header's size (u64, little-endian), the header, the tensors' bytes. The header
// maps each name to {dtype, shape, data_offsets} and "__metadata__" to a dict of strings. As its
// reference reader does, this one refuses tensors that overlap, leave holes or end elsewhere than
// the file.
#ifndef GESTA_FORMAT_SAFETENSORS_H_
#define GESTA_FORMAT_SAFETENSORS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/format/ndarray.h"
#include "gesta/status.h"

namespace gesta::format {

// An open file. Only the header is in memory; tensors are read when asked for, from any thread.
class SafetensorsFile {
 public:
  struct Tensor {
    std::string name;
    ElementType type = ElementType::kFloat32;
    std::vector<int64_t> shape;
    uint64_t offset = 0;  // of its first byte in the file
    uint64_t size = 0;    // in bytes: elements, row after row, little-endian
  };

  // Errors (kNotFound, kIo, kBadData, kUnsupported) name the file and the tensor.
  static Result<SafetensorsFile> Open(const std::string& path);

  SafetensorsFile(SafetensorsFile&& other) noexcept;
  SafetensorsFile& operator=(SafetensorsFile&& other) noexcept;
  ~SafetensorsFile();

  const std::string& path() const { return path_; }
  const std::vector<Tensor>& tensors() const { return tensors_; }  // by name
  const Tensor* Find(std::string_view name) const;                 // null: none
  // Reads the tensor's `size` bytes into `out`, in the machine's byte order.
  Status Read(const Tensor& tensor, void* out) const;

 private:
  SafetensorsFile() = default;

  std::string path_;
  int fd_ = -1;
  std::vector<Tensor> tensors_;
};

}  // namespace gesta::format

#endif  // GESTA_FORMAT_SAFETENSORS_H_
