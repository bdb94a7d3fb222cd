// Nested: numbers in lists of lists, as numpy's object arrays hold them. np.array(list_of_arrays,
// dtype=object) gives an array of arrays when their shapes differ and one array with more axes when
// they agree; here both read alike.
#ifndef GESTA_INGEST_JOBS_NESTED_ARRAY_H_
#define GESTA_INGEST_JOBS_NESTED_ARRAY_H_

#include <cstddef>
#include <string>
#include <vector>

#include "gesta/format/document.h"

namespace gesta::ingest {

// A reference into a document: a list, an array or a part of one, or a single value.
class Nested {
 public:
  explicit Nested(const format::Datum& datum);

  bool is_null() const { return array_ == nullptr && datum_->is_null(); }
  // Elements of the list, or along the array's first axis; 0 for a single value.
  size_t size() const;
  bool has_items() const;
  Nested operator[](size_t index) const;  // precondition: index < size()

  // A single text or integer as text; "" for anything else.
  std::string Text() const;
  // The entry of a dict; null when it is none or has no such key.
  const format::Datum* Find(std::string_view key) const;
  // A matrix of numbers with at least one row, row after row. False: it is something else.
  bool ReadMatrix(std::vector<float>* rows, size_t* columns) const;

 private:
  Nested(const format::NdArray* array, size_t axis, size_t first);

  // Appends the numbers of a row.
  bool ReadRow(std::vector<float>* row) const;

  const format::Datum* datum_ = nullptr;    // where array_ is null
  const format::NdArray* array_ = nullptr;  // its axes from axis_ on, from element first_
  size_t axis_ = 0;
  size_t first_ = 0;
};

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_JOBS_NESTED_ARRAY_H_
