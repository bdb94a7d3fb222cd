// libgesta_sentencepiece.so: the sentencepiece library behind C functions.
#include "text/sentencepiece_module.h"

#include <sentencepiece_processor.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

struct GestaPieceModel {
  sentencepiece::SentencePieceProcessor processor;
};

namespace {

void CopyText(const std::string& text, char* out, size_t size) {
  if (size == 0) return;
  const size_t length = std::min(text.size(), size - 1);
  std::memcpy(out, text.data(), length);
  out[length] = '\0';
}

GestaPieceModel* Open(const char* path, char* error, size_t error_size) {
  try {
    auto model = std::make_unique<GestaPieceModel>();
    const auto status = model->processor.Load(path);
    if (status.ok()) return model.release();
    CopyText(status.ToString(), error, error_size);
  } catch (const std::exception& exception) {
    CopyText(exception.what(), error, error_size);
  }
  return nullptr;
}

void Close(GestaPieceModel* model) { delete model; }

int32_t Size(const GestaPieceModel* model) { return model->processor.GetPieceSize(); }

int32_t Find(const GestaPieceModel* model, const char* piece) {
  try {
    const int id = model->processor.PieceToId(piece);
    // Unknown pieces get the unknown token's id.
    return id >= 0 && model->processor.IdToPiece(id) == piece ? id : -1;
  } catch (const std::exception&) {
    return -1;
  }
}

int32_t Encode(const GestaPieceModel* model, const char* text, size_t size,
               void (*take)(void* state, const int* ids, size_t count), void* state) {
  try {
    std::vector<int> ids;
    if (!model->processor.Encode({text, size}, &ids).ok()) return 1;
    take(state, ids.data(), ids.size());
    return 0;
  } catch (const std::exception&) {
    return 1;
  }
}

constexpr GestaSentencepieceModule kModule = {
    GESTA_SENTENCEPIECE_VERSION, Open, Close, Size, Find, Encode};

}  // namespace

extern "C" __attribute__((visibility("default"))) const GestaSentencepieceModule*
gesta_sentencepiece_module(uint32_t version) {
  return version == GESTA_SENTENCEPIECE_VERSION ? &kModule : nullptr;
}
