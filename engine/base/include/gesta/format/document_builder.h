// DocumentBuilder: how readers make a Document. Values are made bottom-up or top-down in an arena;
// Finish() checks the whole (no cycles, depth and size within limits) and hands it over.
//
// A reader calls exhausted() now and then (each opcode or event is often enough): past a limit the
// builder goes on serving small requests, so that single calls need no error path.
#ifndef GESTA_FORMAT_DOCUMENT_BUILDER_H_
#define GESTA_FORMAT_DOCUMENT_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "gesta/format/document.h"
#include "gesta/format/file.h"
#include "gesta/format/ndarray.h"
#include "gesta/status.h"

namespace gesta::format {

// Where the elements of a numeric or text array lie before they become an NdArray.
struct ArraySource {
  ElementType type = ElementType::kFloat64;
  size_t item_size = 0;
  bool swap_bytes = false;       // the bytes are in the other byte order
  std::vector<int64_t> shape;    // no negative extents
  std::vector<int64_t> strides;  // in elements; empty: C order
  uint64_t offset = 0;           // of the first element, in elements
  // Must outlive the builder and the document: it may be kept instead of copied.
  std::string_view bytes;
};

// Strides of a Fortran-ordered array of that shape.
std::vector<int64_t> FortranStrides(const std::vector<int64_t>& shape);

class DocumentBuilder {
 public:
  // `input_size`: bytes of the file, from which the limits on memory follow.
  DocumentBuilder(size_t input_size, const Limits& limits);
  ~DocumentBuilder();

  // Keeps bytes for the life of the document, so that text and arrays may point into them.
  std::string_view Adopt(FileBuffer buffer);
  std::string_view CopyText(std::string_view text);
  // Counts work or memory of that many bytes against the limit; an error past it.
  Status Spend(size_t bytes);
  // Room for `bytes` more, aligned to 16. An error past the limit.
  Result<char*> AllocateArray(size_t bytes);

  const Limits& limits() const { return limits_; }
  bool exhausted() const { return values_ > limits_.max_values || extra_bytes_ > max_extra_bytes_; }
  // The error to give when exhausted().
  Status ExhaustedError() const;

  Datum* Null() { return null_; }
  Datum* Bool(bool value) { return value ? true_ : false_; }
  Datum* Int(int64_t value);
  Datum* Float(double value);
  // kString, kBytes or kBigInt. The text is not copied: it must outlive the document (Adopt,
  // CopyText, or static).
  Datum* Text(DatumKind kind, std::string_view text);
  // An empty list, set, dict or array.
  Datum* Container(DatumKind kind);
  // A list, tuple or set of these elements.
  Datum* Sequence(DatumKind kind, const Datum* const* items, size_t count);
  // A value that the reader resolves itself; number() tells which.
  Datum* Opaque(int64_t number);
  static int64_t OpaqueNumber(const Datum& datum) { return datum.integer_; }
  // Turns an opaque value into another one wherever it is used. `value` must not be used itself.
  static void Become(Datum* opaque, const Datum& value);

  void Append(Datum* sequence, const Datum* const* items, size_t count);
  void Append(Datum* sequence, const Datum* item) { Append(sequence, &item, 1); }
  void Put(Datum* dict, const Datum* key, const Datum* value);

  // Give an array its elements. Errors say what does not fit, without a place.
  Status FillArray(Datum* array, const ArraySource& source);
  // The items in C order, whatever order the file's array had: numpy pickles them so.
  Status FillObjects(Datum* array, std::vector<int64_t> shape, const Datum* const* items,
                     size_t count);

  // Called with each opaque value that the document reaches: it must Become a finished one.
  using Resolver = std::function<Status(Datum* opaque)>;

  // The builder is empty afterwards. Errors (a cycle, a limit, a value that cannot be a key) say
  // what is wrong, without a place.
  Result<Document> Finish(const Datum* root, const Resolver& resolve = {});

 private:
  Datum* New(DatumKind kind);
  void* Allocate(size_t bytes);
  void Charge(size_t bytes) { extra_bytes_ += bytes; }
  // Sorts a dict's keys for lookup and drops all but the last of equal keys.
  Status IndexDict(Datum* dict);

  Limits limits_;
  size_t max_extra_bytes_;
  size_t values_ = 0;
  size_t extra_bytes_ = 0;
  std::unique_ptr<Document::Storage> storage_;
  Datum* null_;
  Datum* false_;
  Datum* true_;
};

}  // namespace gesta::format

#endif  // GESTA_FORMAT_DOCUMENT_BUILDER_H_
