#include "vector/elements.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "gesta/format/half.h"

namespace gesta {

std::string_view VectorMetricName(VectorMetric metric) {
  switch (metric) {
    case VectorMetric::kCosine:
      return "cosine";
    case VectorMetric::kDot:
      return "dot";
    case VectorMetric::kL2:
      return "l2";
  }
  return "unknown";
}

std::string_view VectorElementName(VectorElement element) {
  return element == VectorElement::kFloat16 ? "float16" : "float32";
}

namespace vector {
namespace {

constexpr float kLargestHalf = 65504;
// Sums of products of such numbers do not overflow.
constexpr float kLargest = 1e15f;

// In double: the squares of floats neither vanish nor overflow there.
double Length(const float* elements, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; ++i) sum += static_cast<double>(elements[i]) * elements[i];
  return std::sqrt(sum);
}

// The first element that cannot be stored; n: all can.
size_t FindUnstorable(const SpaceInfo& space, const float* elements, size_t n) {
  float largest = std::numeric_limits<float>::max();
  if (space.metric != VectorMetric::kCosine) largest = kLargest;
  if (space.element == VectorElement::kFloat16) largest = kLargestHalf;
  for (size_t i = 0; i < n; ++i) {
    if (!(std::fabs(elements[i]) <= largest)) return i;
  }
  return n;
}

Status Refused(const SpaceInfo& space, const std::string& why) {
  return Status(StatusCode::kInvalidArgument, "embedding space '" + space.name + "': " + why);
}

}  // namespace

Status CheckElements(const SpaceInfo& space, const float* elements, size_t dimension,
                     std::string_view what) {
  const std::string name(what);
  if (dimension != space.dimension) {
    return Refused(space, "the " + name + " has " + std::to_string(dimension) +
                              " elements, and the space's have " + std::to_string(space.dimension));
  }
  const size_t bad = FindUnstorable(space, elements, dimension);
  if (bad < dimension) {
    return Refused(
        space, "element " + std::to_string(bad) + " of the " + name +
                   (std::isfinite(elements[bad]) ? " is too large" : " is not a finite number"));
  }
  if (space.metric != VectorMetric::kCosine) return {};
  // What float16 rounds to zero is zero.
  bool zero = true;
  for (size_t i = 0; i < dimension && zero; ++i) {
    zero = space.element == VectorElement::kFloat16
               ? (format::FloatToHalf(elements[i]) & 0x7fffu) == 0
               : elements[i] == 0;
  }
  if (!zero) return {};
  return Refused(space, "the " + name + " has length 0, so it has no direction to compare");
}

void AppendStored(VectorElement element, const float* elements, size_t n, std::string* to) {
  const bool half = element == VectorElement::kFloat16;
  const size_t width = half ? 2 : 4;
  size_t at = to->size();
  to->resize(at + n * width);
  for (size_t i = 0; i < n; ++i) {
    const uint32_t bits =
        half ? format::FloatToHalf(elements[i]) : format::FloatToBits(elements[i]);
    for (size_t byte = 0; byte < width; ++byte) {
      (*to)[at++] = static_cast<char>(bits >> (8 * byte));
    }
  }
}

bool DecodeElements(VectorElement element, std::string_view stored, float* to) {
  // Bits are tested, not numbers, so that the loops have no branches.
  constexpr uint32_t kExponent = 0x7f800000;
  const auto* at = reinterpret_cast<const uint8_t*>(stored.data());
  uint32_t bad = 0;
  if (element == VectorElement::kFloat16) {
    const size_t n = stored.size() / 2;
    for (size_t i = 0; i < n; ++i) {
      to[i] = format::HalfToFloat(static_cast<uint16_t>(at[2 * i] | at[2 * i + 1] << 8));
      bad |= (format::FloatToBits(to[i]) & kExponent) == kExponent ? 1 : 0;
    }
    return bad == 0;
  }
  const size_t n = stored.size() / 4;
  for (size_t i = 0; i < n; ++i) {
    const uint8_t* bytes = at + 4 * i;
    const uint32_t bits = uint32_t{bytes[0]} | uint32_t{bytes[1]} << 8 | uint32_t{bytes[2]} << 16 |
                          uint32_t{bytes[3]} << 24;
    to[i] = format::BitsToFloat(bits);
    bad |= (bits & kExponent) == kExponent ? 1 : 0;
  }
  return bad == 0;
}

bool DecodeStored(const SpaceInfo& space, std::string_view stored, std::vector<float>* elements) {
  if (stored.size() != VectorBytes(space)) return false;
  elements->resize(space.dimension);
  DecodeElements(space.element, stored, elements->data());
  return CheckElements(space, elements->data(), elements->size(), "vector").ok();
}

std::vector<float> QueryForm(const SpaceInfo& space, const float* elements) {
  std::vector<float> query(elements, elements + space.dimension);
  if (space.metric == VectorMetric::kCosine) {
    const double scale = 1 / Length(elements, space.dimension);
    for (float& element : query) element = static_cast<float>(element * scale);
  }
  return query;
}

void ToIndexForm(const SpaceInfo& space, const float* elements, char* to) {
  const std::vector<float> scaled = QueryForm(space, elements);
  if (space.element == VectorElement::kFloat32) {
    std::memcpy(to, scaled.data(), scaled.size() * sizeof(float));
    return;
  }
  for (const float element : scaled) {
    const uint16_t half = format::FloatToHalf(element);
    std::memcpy(to, &half, sizeof half);
    to += sizeof half;
  }
}

}  // namespace vector
}  // namespace gesta
