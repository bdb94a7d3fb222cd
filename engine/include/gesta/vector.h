// Embedding spaces: what a space is, and what is asked of it. The operations are Transaction's
// (store.h).
//
// A node has at most one vector in a space, and at most one sequence: a vector for each frame of a
// video. Both are part of the store as properties are: a transaction sees those of its snapshot and
// its own, a commit makes them durable, and deleting a node deletes them. A node keeps them when
// its labels change. The index that answers searches for vectors (an HNSW graph) is built from them
// and may be thrown away at any time; sequences are not searched.
#ifndef GESTA_VECTOR_H_
#define GESTA_VECTOR_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/catalog.h"
#include "gesta/status.h"
#include "gesta/value.h"

namespace gesta {

// How near two vectors are; a score is higher the nearer they are.
//   kCosine  cosine of the angle, -1 to 1
//   kDot     inner product
//   kL2      1 / (1 + d), d being the Euclidean distance
enum class VectorMetric : uint8_t { kCosine = 0, kDot = 1, kL2 = 2 };
enum class VectorElement : uint8_t { kFloat32 = 0, kFloat16 = 1 };  // as stored and searched

std::string_view VectorMetricName(VectorMetric metric);     // "cosine", "dot", "l2"
std::string_view VectorElementName(VectorElement element);  // "float32", "float16"

inline constexpr uint32_t kMaxVectorDimension = 16384;

// An embedding space as CREATE EMBEDDING SPACE describes it.
struct SpaceInfo {
  uint32_t id = 0;  // given by CreateSpace, never given twice
  std::string name;
  std::string model;  // empty: its vectors come from the user
  // The version of the model that embeds the nodes (ModelInfo::version); empty: unknown.
  std::string model_version;
  uint32_t dimension = 0;
  VectorMetric metric = VectorMetric::kCosine;
  VectorElement element = VectorElement::kFloat32;
  std::vector<NameId>
      labels;  // only nodes with one of them get vectors; ascending; none: all nodes
  // What is embedded for a node: a text with {property} places, or empty: the node's name.
  std::string text;
  std::string padding;  // EncodeOptions::padding
  // Of sigmoid(cosine * exp(logit_scale) + logit_bias), the probability that an image and a text of
  // the space belong together, as the model was trained with; none: not known.
  std::optional<double> logit_scale;
  std::optional<double> logit_bias;
  uint32_t m = 16;                 // links a node of the HNSW graph has in each layer
  uint32_t ef_construction = 200;  // candidates looked at when a node is linked
};

struct VectorSearch {
  size_t k = 10;
  // How many candidates the walk through the graph keeps; 0: chosen. More is slower and finds more.
  size_t ef = 0;
  bool exact = false;  // compares with every vector
  // Only these nodes may be found: ids ascend, borrowed. Null: all.
  const std::vector<NodeId>* nodes = nullptr;
  // Only nodes with this label may be found; kNoName: all.
  NameId label = kNoName;
  // Asked from time to time during long searches; may be empty.
  std::function<Status()> check_interrupt;
};

struct VectorHit {
  NodeId node = 0;
  double score = 0;
};

// A vector's place in its space, without its elements.
struct VectorRecord {
  NodeId node = 0;
  uint64_t source = 0;  // as given to SetVector
};

// What a sequence is, without its frames.
struct SequenceInfo {
  uint64_t frames = 0;  // rows; a stored sequence has at least one
  double start = 0;     // seconds into the video, of the first frame
  double step = 0;      // seconds between frames; 0: not known
  uint64_t source = 0;  // a hash of what it was made from; 0: unknown
};

struct SequenceRecord {
  NodeId node = 0;
  SequenceInfo info;
};

}  // namespace gesta

#endif  // GESTA_VECTOR_H_
