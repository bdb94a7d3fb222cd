// The elements of vectors: what may be stored, stored form, index form (distance.h).
//
// Stored form is little-endian: four bytes an element, or two (IEEE 754 binary16). Index form is in
// the machine's own order.
#ifndef GESTA_VECTOR_ELEMENTS_H_
#define GESTA_VECTOR_ELEMENTS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"
#include "gesta/vector.h"

namespace gesta::vector {

inline size_t ElementBytes(VectorElement element) {
  return element == VectorElement::kFloat16 ? 2 : 4;
}
inline size_t VectorBytes(const SpaceInfo& space) {
  return space.dimension * ElementBytes(space.element);
}

// kInvalidArgument naming the space: another dimension, an element that is not finite or does not
// fit the element type, length 0 where the metric is cosine. `what`: "vector" or "query vector".
Status CheckElements(const SpaceInfo& space, const float* elements, size_t dimension,
                     std::string_view what);

// Precondition for the rest: what CheckElements accepts.
void AppendStored(VectorElement element, const float* elements, size_t n, std::string* to);
// False when `stored` has not the space's size, or holds what CheckElements refuses.
bool DecodeStored(const SpaceInfo& space, std::string_view stored, std::vector<float>* elements);

// The elements of one vector or many. Precondition: `to` has room for as many as `stored` holds
// (its size is a multiple of theirs). False when one is not a finite number.
bool DecodeElements(VectorElement element, std::string_view stored, float* to);

// Writes VectorBytes(space) bytes to `to`.
void ToIndexForm(const SpaceInfo& space, const float* elements, char* to);
// A query in the form that Distances::from_query takes.
std::vector<float> QueryForm(const SpaceInfo& space, const float* elements);

}  // namespace gesta::vector

#endif  // GESTA_VECTOR_ELEMENTS_H_
