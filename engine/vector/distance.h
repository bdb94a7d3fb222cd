// Distances between vectors, with the instructions that the processor has.
//
// The index holds vectors in a form of their own ("index form"): elements of the space's type,
// scaled to length 1 where the metric is cosine. Distances are over that form; smaller is nearer.
#ifndef GESTA_VECTOR_DISTANCE_H_
#define GESTA_VECTOR_DISTANCE_H_

#include <cstddef>

#include "gesta/vector.h"

namespace gesta::vector {

// `n` points to a size_t, the number of elements on both sides: the form in which hnswlib calls
// distances. Alignment to the element's size is enough.
using Distance = float (*)(const void* a, const void* b, const void* n);

// cosine, dot: the negative inner product. l2: the square of the Euclidean distance.
struct Distances {
  Distance between = nullptr;     // both of the element type
  Distance from_query = nullptr;  // `a` is float, `b` of the element type
};
Distances DistancesFor(VectorMetric metric, VectorElement element);

// The score (vector.h) that a distance stands for.
double ScoreOf(VectorMetric metric, float distance);

}  // namespace gesta::vector

#endif  // GESTA_VECTOR_DISTANCE_H_
