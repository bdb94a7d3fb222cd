// The interface of the shared module libgesta_inference.so: a table of C functions.
//
// The module holds everything that needs a tensor library or an image decoder. It is opened with
// dlopen when a model is first used, and may be built with another compiler, C++ library or
// LibTorch than the program that opens it: only C types cross, memory is freed on the side that
// made it, and no exception leaves the module.
#ifndef GESTA_INFERENCE_MODULE_H_
#define GESTA_INFERENCE_MODULE_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Changes whenever a struct or the meaning of a function does. A module of another version is
// refused.
#define GESTA_INFERENCE_VERSION 4

// Filled by calls that fail: texts end with a zero and are cut to fit.
typedef struct GestaError {
  int32_t code;  // the numeric value of a gesta::StatusCode, not 0
  char message[2048];
  char hint[1024];
} GestaError;

typedef struct GestaModel GestaModel;
typedef struct GestaNetwork GestaNetwork;

typedef struct GestaModelInfo {
  char kind[32];     // the family
  char padding[16];  // "max_length" or "longest"
  uint64_t dimension;
  uint64_t max_tokens;
  int32_t texts;   // the model has a text encoder
  int32_t images;  // and an image encoder
  int32_t has_logit_scale;
  int32_t has_logit_bias;
  double logit_scale;
  double logit_bias;
} GestaModelInfo;

// UTF-8 texts, or paths of image files, one after the other: item i is bytes[offsets[i]] up to
// bytes[offsets[i + 1]]; there are count + 1 offsets.
typedef struct GestaStrings {
  const char* bytes;
  const uint64_t* offsets;
  uint64_t count;
} GestaStrings;

// Borrowed pixels: red, green and blue for each, row after row.
typedef struct GestaPicture {
  uint32_t width;
  uint32_t height;
  const uint8_t* pixels;
} GestaPicture;

typedef struct GestaEncodeOptions {
  const char* padding;  // "max_length", "longest" or "" for the model's own
  uint64_t batch_size;  // 0: chosen by the module
  uint64_t threads;     // 0: as many as the machine has cores
  // Asked between batches by the calling thread; not 0: the call ends with kCancelled. May be null.
  int32_t (*interrupted)(void* state);
  void* state;
} GestaEncodeOptions;

// A borrowed matrix, row-major without gaps.
typedef struct GestaMatrix {
  const float* data;
  uint64_t rows;
  uint64_t columns;
} GestaMatrix;

typedef struct GestaPair {
  uint64_t sequence;
  uint64_t decomposition;
} GestaPair;

// What to align, with gesta::alignment::AlignOptions.
typedef struct GestaAlignJob {
  const char* device;
  const GestaMatrix* sequences;
  uint64_t sequence_count;
  const GestaMatrix* decompositions;
  uint64_t decomposition_count;
  const GestaPair* pairs;
  uint64_t pair_count;

  int32_t has_logit;
  double logit_scale;
  double logit_bias;
  uint64_t smooth;
  int32_t published_smoothing;
  int32_t exact;
  int32_t single_totals;
  uint64_t threads;
  // As in GestaEncodeOptions.
  int32_t (*interrupted)(void* state);
  // Takes each pair's path, `length` times a frame and a subaction, in the calling thread. Null: no
  // paths are made.
  void (*take_path)(void* state, uint64_t pair, const uint32_t* cells, uint64_t length);
  void* state;
} GestaAlignJob;

typedef struct GestaAlignment {
  double score;
  double total;
  uint64_t length;
} GestaAlignment;

// Functions that give an int32_t give 0, or another number after filling `error`.
typedef struct GestaInferenceModule {
  uint32_t version;  // GESTA_INFERENCE_VERSION of the module
  // What the module was built with, e.g. "LibTorch 1.13.0, OpenCV 4.6.0".
  const char* description;

  // Loads the model of a folder. `device` and `precision` as in gesta::EncodeOptions.
  int32_t (*open_model)(const char* folder, const char* device, const char* precision,
                        GestaModel** model, GestaError* error);
  void (*close_model)(GestaModel* model);
  void (*get_info)(const GestaModel* model, GestaModelInfo* info);
  // Each fills count x dimension floats, row after row. May be called from several threads.
  int32_t (*embed_texts)(GestaModel* model, const GestaStrings* texts,
                         const GestaEncodeOptions* options, float* rows, GestaError* error);
  int32_t (*embed_images)(GestaModel* model, const GestaStrings* paths,
                          const GestaEncodeOptions* options, float* rows, GestaError* error);
  int32_t (*embed_pictures)(GestaModel* model, const GestaPicture* pictures, uint64_t count,
                            const GestaEncodeOptions* options, float* rows, GestaError* error);

  // Small networks of linear layers with ReLU between them, each a torch file with a state_dict
  // (the layers in its order); what one gives goes into the next. `device` as above.
  int32_t (*open_network)(const GestaStrings* files, const char* device, GestaNetwork** network,
                          GestaError* error);
  void (*close_network)(GestaNetwork* network);
  void (*get_network_sizes)(const GestaNetwork* network, uint64_t* inputs, uint64_t* outputs);
  // From count x inputs floats to count x outputs floats. May be called from several threads.
  int32_t (*run_network)(const GestaNetwork* network, const float* rows, uint64_t count, float* out,
                         GestaError* error);

  // Not an error's number: 1 if the module can align on the device, else 0.
  int32_t (*has_device)(const char* device);
  // Fills a result for each pair.
  int32_t (*align_pairs)(const GestaAlignJob* job, GestaAlignment* results, GestaError* error);
} GestaInferenceModule;

// The module's one symbol: its table, or null if it cannot serve the version that is asked for.
const GestaInferenceModule* gesta_inference_module(uint32_t version);

#ifdef __cplusplus
}
#endif

#endif  // GESTA_INFERENCE_MODULE_H_
