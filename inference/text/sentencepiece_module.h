// The interface of libgesta_sentencepiece.so, a module of its own around the sentencepiece library.
//
// That library carries a copy of protobuf whose symbols have the names of the libprotobuf that
// LibTorch needs, in another version. In one module the two get mixed up and crash; opened apart,
// each finds its own.
#ifndef GESTA_INFERENCE_TEXT_SENTENCEPIECE_MODULE_H_
#define GESTA_INFERENCE_TEXT_SENTENCEPIECE_MODULE_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GESTA_SENTENCEPIECE_VERSION 1

typedef struct GestaPieceModel GestaPieceModel;

typedef struct GestaSentencepieceModule {
  uint32_t version;
  // Reads a model file; null: it cannot be read, and `error` says why.
  GestaPieceModel* (*open)(const char* path, char* error, size_t error_size);
  void (*close)(GestaPieceModel* model);
  int32_t (*size)(const GestaPieceModel* model);
  // The id of a piece; -1: there is none.
  int32_t (*find)(const GestaPieceModel* model, const char* piece);
  // Calls `take` with the ids of a text; 0, or another number when the text cannot be encoded. May
  // be called from several threads.
  int32_t (*encode)(const GestaPieceModel* model, const char* text, size_t size,
                    void (*take)(void* state, const int* ids, size_t count), void* state);
} GestaSentencepieceModule;

// Null if the module cannot serve the version.
const GestaSentencepieceModule* gesta_sentencepiece_module(uint32_t version);

#ifdef __cplusplus
}
#endif

#endif  // GESTA_INFERENCE_TEXT_SENTENCEPIECE_MODULE_H_
