// A checkpoint's tensors, whatever file they lie in: model.safetensors, pytorch_model.bin, or
// either in shards with an index.
#ifndef GESTA_INFERENCE_MODELS_CHECKPOINT_H_
#define GESTA_INFERENCE_MODELS_CHECKPOINT_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/format/document.h"
#include "gesta/format/safetensors.h"
#include "gesta/status.h"

namespace gesta::models {

class Checkpoint {
 public:
  // Finds and opens the weights of a folder. kNotFound when there are none.
  static Result<Checkpoint> Open(const std::string& folder);

  // The files, by name within the folder.
  const std::vector<std::string>& files() const { return files_; }

  bool Has(std::string_view name) const { return tensors_.find(name) != tensors_.end(); }
  // Null: there is none.
  const std::vector<int64_t>* Shape(std::string_view name) const;
  std::vector<std::string> Names() const;

  // Writes the elements, converted to float, row after row. `out` has room for all of them.
  Status ReadFloats(std::string_view name, float* out) const;

 private:
  struct Tensor {
    std::vector<int64_t> shape;
    // One of the two:
    const format::SafetensorsFile* file = nullptr;
    const format::SafetensorsFile::Tensor* entry = nullptr;
    const format::NdArray* array = nullptr;
  };

  Status AddSafetensors(const std::string& folder, const std::string& file);
  Status AddPickle(const std::string& folder, const std::string& file);
  Status Add(const std::string& name, Tensor tensor);

  std::string folder_;
  std::vector<std::string> files_;
  // Behind pointers: tensors_ points into them.
  std::vector<std::unique_ptr<format::SafetensorsFile>> safetensors_;
  std::vector<std::unique_ptr<format::Document>> pickles_;
  // By the name that today's reference library uses.
  std::map<std::string, Tensor, std::less<>> tensors_;
};

}  // namespace gesta::models

#endif  // GESTA_INFERENCE_MODELS_CHECKPOINT_H_
