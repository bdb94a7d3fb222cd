#include "models/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "gesta/format/half.h"
#include "gesta/format/json.h"
#include "gesta/format/pickle.h"
#include "text/tokenizer_files.h"

namespace gesta::models {

using format::Datum;
using format::Document;
using format::ElementType;
using format::SafetensorsFile;
using text::FileExists;

namespace {

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// Older checkpoints prefix the encoder's name and call normalisation's weights gamma and beta.
std::string TodaysName(std::string_view name) {
  for (const std::string_view prefix : {"bert.", "mpnet.", "auto_model.", "model."}) {
    if (name.substr(0, prefix.size()) == prefix) {
      name.remove_prefix(prefix.size());
      break;
    }
  }
  std::string result(name);
  const auto rename = [&](std::string_view from, std::string_view to) {
    if (EndsWith(result, from)) result.replace(result.size() - from.size(), from.size(), to);
  };
  rename("LayerNorm.gamma", "LayerNorm.weight");
  rename("LayerNorm.beta", "LayerNorm.bias");
  return result;
}

template <typename T>
void Convert(const char* bytes, size_t count, float* out) {
  for (size_t i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, bytes + i * sizeof(T), sizeof(T));
    out[i] = static_cast<float>(value);
  }
}

template <float (*kToFloat)(uint16_t)>
void ConvertHalf(const char* bytes, size_t count, float* out) {
  for (size_t i = 0; i < count; ++i) {
    uint16_t value;
    std::memcpy(&value, bytes + i * 2, 2);
    out[i] = kToFloat(value);
  }
}

// Elements of a type as floats; false for a type that no weights have.
bool ToFloats(ElementType type, const char* bytes, size_t count, float* out) {
  switch (type) {
    case ElementType::kFloat32:
      std::memcpy(out, bytes, count * sizeof(float));
      return true;
    case ElementType::kFloat64:
      Convert<double>(bytes, count, out);
      return true;
    case ElementType::kFloat16:
      ConvertHalf<format::HalfToFloat>(bytes, count, out);
      return true;
    case ElementType::kBFloat16:
      ConvertHalf<format::BFloat16ToFloat>(bytes, count, out);
      return true;
    default:
      return false;
  }
}

// The files that an index names: {"weight_map": {tensor: file}}.
Result<std::set<std::string>> ShardFiles(const std::string& path) {
  GESTA_ASSIGN_OR_RETURN(const Document document, format::ReadJsonFile(path));
  std::set<std::string> files;
  const Datum* map = document.root().Find("weight_map");
  if (map) {
    for (const auto& entry : map->entries()) {
      const std::string file(entry.value->text());
      if (file.empty() || file.find('/') != std::string::npos) {
        return Status(StatusCode::kBadData,
                      fmt::format("{}: '{}' is no file of the folder", path, file));
      }
      files.insert(file);
    }
  }
  if (files.empty()) return Status(StatusCode::kBadData, path + ": has no weight_map");
  return files;
}

}  // namespace

Result<Checkpoint> Checkpoint::Open(const std::string& folder) {
  Checkpoint checkpoint;
  checkpoint.folder_ = folder;
  for (const char* name : {"model.safetensors", "pytorch_model.bin"}) {
    const bool safetensors = EndsWith(name, ".safetensors");
    std::set<std::string> files;
    if (FileExists(folder + "/" + name)) {
      files.insert(name);
    } else if (const std::string index = folder + "/" + name + ".index.json"; FileExists(index)) {
      GESTA_ASSIGN_OR_RETURN(files, ShardFiles(index));
    }
    for (const std::string& file : files) {
      GESTA_RETURN_IF_ERROR(safetensors ? checkpoint.AddSafetensors(folder, file)
                                        : checkpoint.AddPickle(folder, file));
      checkpoint.files_.push_back(file);
    }
    if (!files.empty()) return checkpoint;
  }
  return Status(StatusCode::kNotFound,
                folder + ": has no weights (model.safetensors or pytorch_model.bin)");
}

Status Checkpoint::Add(const std::string& name, Tensor tensor) {
  if (tensors_.emplace(TodaysName(name), std::move(tensor)).second) return Status::Ok();
  return Status(StatusCode::kBadData,
                fmt::format("{}: the tensor '{}' is there twice", folder_, name));
}

Status Checkpoint::AddSafetensors(const std::string& folder, const std::string& file) {
  GESTA_ASSIGN_OR_RETURN(SafetensorsFile opened, SafetensorsFile::Open(folder + "/" + file));
  safetensors_.push_back(std::make_unique<SafetensorsFile>(std::move(opened)));
  for (const SafetensorsFile::Tensor& entry : safetensors_.back()->tensors()) {
    Tensor tensor;
    tensor.shape = entry.shape;
    tensor.file = safetensors_.back().get();
    tensor.entry = &entry;
    GESTA_RETURN_IF_ERROR(Add(entry.name, std::move(tensor)));
  }
  return Status::Ok();
}

Status Checkpoint::AddPickle(const std::string& folder, const std::string& file) {
  const std::string path = folder + "/" + file;
  GESTA_ASSIGN_OR_RETURN(Document document, format::ReadPickle(path));
  pickles_.push_back(std::make_unique<Document>(std::move(document)));
  const Datum& root = pickles_.back()->root();
  if (!root.is_dict()) return Status(StatusCode::kBadData, path + ": holds no dict of tensors");
  for (const auto& entry : root.entries()) {
    if (!entry.value->is_array()) continue;
    Tensor tensor;
    tensor.shape = entry.value->array().shape();
    tensor.array = &entry.value->array();
    GESTA_RETURN_IF_ERROR(Add(std::string(entry.key->text()), std::move(tensor)));
  }
  return Status::Ok();
}

const std::vector<int64_t>* Checkpoint::Shape(std::string_view name) const {
  const auto at = tensors_.find(name);
  return at == tensors_.end() ? nullptr : &at->second.shape;
}

std::vector<std::string> Checkpoint::Names() const {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : tensors_) names.push_back(name);
  return names;
}

Status Checkpoint::ReadFloats(std::string_view name, float* out) const {
  const auto at = tensors_.find(name);
  if (at == tensors_.end()) {
    return Status(StatusCode::kNotFound, fmt::format("{}: has no tensor '{}'", folder_, name));
  }
  const Tensor& tensor = at->second;
  const ElementType type = tensor.file ? tensor.entry->type : tensor.array->type();
  if (!IsFloating(type)) {
    return Status(StatusCode::kBadData, fmt::format("{}: the tensor '{}' has elements of type {}",
                                                    folder_, name, ElementTypeName(type)));
  }
  if (tensor.array) {
    tensor.array->CopyFloats(0, tensor.array->size(), out);
    return Status::Ok();
  }
  if (type == ElementType::kFloat32) return tensor.file->Read(*tensor.entry, out);
  std::vector<char> bytes(tensor.entry->size);
  GESTA_RETURN_IF_ERROR(tensor.file->Read(*tensor.entry, bytes.data()));
  ToFloats(type, bytes.data(), bytes.size() / format::ElementTypeSize(type), out);
  return Status::Ok();
}

}  // namespace gesta::models
