// What a Document is made of; shared by the document and its builder.
#ifndef GESTA_ENGINE_BASE_FORMAT_DOCUMENT_INTERNAL_H_
#define GESTA_ENGINE_BASE_FORMAT_DOCUMENT_INTERNAL_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "gesta/format/document.h"
#include "gesta/format/file.h"

namespace gesta::format {

struct Datum::Dict {
  Entry* entries;
  uint32_t capacity;
  // The entries' indexes by key (CompareKeys); null in dicts of at most kUnsortedEntries.
  uint32_t* order;
};

// Dicts this small are searched from end to end.
constexpr size_t kUnsortedEntries = 8;

// A total order of the values that may be keys: null, numbers, text, tuples of them. Numbers of
// different types are equal if their values are (1, 1.0, true).
int CompareKeys(const Datum& a, const Datum& b);

struct Document::Storage {
  // Bump allocation, 16-byte aligned. Nothing in the arena has a destructor.
  void* Allocate(size_t bytes) {
    bytes = (bytes + 15) & ~size_t{15};
    if (bytes > left) {
      const size_t chunk = std::max(bytes, next_chunk);
      chunks.emplace_back(new char[chunk]);
      next_chunk = std::min<size_t>(next_chunk * 2, size_t{1} << 20);
      if (chunk - bytes <= left) return chunks.back().get();  // keep filling the former chunk
      at = chunks.back().get();
      left = chunk;
    }
    void* result = at;
    at += bytes;
    left -= bytes;
    return result;
  }

  std::vector<std::unique_ptr<char[]>> chunks;
  char* at = nullptr;
  size_t left = 0;
  size_t next_chunk = 4096;
  std::deque<NdArray> arrays;  // stable addresses
  std::vector<FileBuffer> adopted;
};

}  // namespace gesta::format

#endif  // GESTA_ENGINE_BASE_FORMAT_DOCUMENT_INTERNAL_H_
