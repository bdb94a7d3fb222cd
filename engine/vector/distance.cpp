#include "vector/distance.h"

#include <cmath>

#include "gesta/format/half.h"

// Compiles this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "vector/distance.cpp"
#include <hwy/foreach_target.h>  // NOLINT: must come before highway.h
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace gesta::vector {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Float = hn::ScalableTag<float>;
// Half-precision numbers take half the space: as many of them as there are floats in a vector.
using Half = hn::Rebind<hwy::float16_t, Float>;

HWY_INLINE hn::Vec<Float> Floats(Float d, const float* from) { return hn::LoadU(d, from); }
HWY_INLINE hn::Vec<Float> Floats(Float d, const hwy::float16_t* from) {
  return hn::PromoteTo(d, hn::LoadU(Half(), from));
}
HWY_INLINE float One(const float* from) { return *from; }
HWY_INLINE float One(const hwy::float16_t* from) { return format::HalfToFloat(from->bits); }

struct Product {
  static HWY_INLINE hn::Vec<Float> Add(hn::Vec<Float> a, hn::Vec<Float> b, hn::Vec<Float> sum) {
    return hn::MulAdd(a, b, sum);
  }
  static HWY_INLINE float Add(float a, float b) { return a * b; }
  static HWY_INLINE float Finish(float sum) { return -sum; }
};
struct Square {
  static HWY_INLINE hn::Vec<Float> Add(hn::Vec<Float> a, hn::Vec<Float> b, hn::Vec<Float> sum) {
    const auto difference = hn::Sub(a, b);
    return hn::MulAdd(difference, difference, sum);
  }
  static HWY_INLINE float Add(float a, float b) { return (a - b) * (a - b); }
  static HWY_INLINE float Finish(float sum) { return sum; }
};

// Four sums at once: the additions of one would wait for each other.
template <typename Term, typename A, typename B>
HWY_INLINE float Sum(const void* first, const void* second, const void* count) {
  const size_t n = *static_cast<const size_t*>(count);
  const A* HWY_RESTRICT a = static_cast<const A*>(first);
  const B* HWY_RESTRICT b = static_cast<const B*>(second);
  const Float d;
  const size_t lanes = hn::Lanes(d);
  auto sum0 = hn::Zero(d);
  auto sum1 = hn::Zero(d);
  auto sum2 = hn::Zero(d);
  auto sum3 = hn::Zero(d);
  size_t i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    sum0 = Term::Add(Floats(d, a + i), Floats(d, b + i), sum0);
    sum1 = Term::Add(Floats(d, a + i + lanes), Floats(d, b + i + lanes), sum1);
    sum2 = Term::Add(Floats(d, a + i + 2 * lanes), Floats(d, b + i + 2 * lanes), sum2);
    sum3 = Term::Add(Floats(d, a + i + 3 * lanes), Floats(d, b + i + 3 * lanes), sum3);
  }
  for (; i + lanes <= n; i += lanes) sum0 = Term::Add(Floats(d, a + i), Floats(d, b + i), sum0);
  const auto sums = hn::Add(hn::Add(sum0, sum1), hn::Add(sum2, sum3));
  float sum = hn::GetLane(hn::SumOfLanes(d, sums));
  for (; i < n; ++i) sum += Term::Add(One(a + i), One(b + i));
  return Term::Finish(sum);
}

float DotFloatFloat(const void* a, const void* b, const void* n) {
  return Sum<Product, float, float>(a, b, n);
}
float DotFloatHalf(const void* a, const void* b, const void* n) {
  return Sum<Product, float, hwy::float16_t>(a, b, n);
}
float DotHalfHalf(const void* a, const void* b, const void* n) {
  return Sum<Product, hwy::float16_t, hwy::float16_t>(a, b, n);
}
float SquareFloatFloat(const void* a, const void* b, const void* n) {
  return Sum<Square, float, float>(a, b, n);
}
float SquareFloatHalf(const void* a, const void* b, const void* n) {
  return Sum<Square, float, hwy::float16_t>(a, b, n);
}
float SquareHalfHalf(const void* a, const void* b, const void* n) {
  return Sum<Square, hwy::float16_t, hwy::float16_t>(a, b, n);
}

}  // namespace HWY_NAMESPACE
}  // namespace gesta::vector
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gesta::vector {
namespace {

HWY_EXPORT(DotFloatFloat);
HWY_EXPORT(DotFloatHalf);
HWY_EXPORT(DotHalfHalf);
HWY_EXPORT(SquareFloatFloat);
HWY_EXPORT(SquareFloatHalf);
HWY_EXPORT(SquareHalfHalf);

}  // namespace

Distances DistancesFor(VectorMetric metric, VectorElement element) {
  // Before the first look-up the table's entry chooses anew in every call. Once: asking the
  // processor takes a virtual machine as long as a search.
  [[maybe_unused]] static const bool chosen = [] {
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    return true;
  }();
  const bool half = element == VectorElement::kFloat16;
  if (metric == VectorMetric::kL2) {
    if (half) {
      return {&HWY_DYNAMIC_DISPATCH(SquareHalfHalf), &HWY_DYNAMIC_DISPATCH(SquareFloatHalf)};
    }
    const Distance both = &HWY_DYNAMIC_DISPATCH(SquareFloatFloat);
    return {both, both};
  }
  if (half) return {&HWY_DYNAMIC_DISPATCH(DotHalfHalf), &HWY_DYNAMIC_DISPATCH(DotFloatHalf)};
  const Distance both = &HWY_DYNAMIC_DISPATCH(DotFloatFloat);
  return {both, both};
}

double ScoreOf(VectorMetric metric, float distance) {
  if (metric == VectorMetric::kL2) return 1 / (1 + std::sqrt(static_cast<double>(distance)));
  // -(-0.0) would print as -0.0, and rounding may pass the bounds of a cosine.
  const double score = distance == 0 ? 0.0 : -static_cast<double>(distance);
  if (metric == VectorMetric::kDot) return score;
  return score > 1 ? 1 : score < -1 ? -1 : score;
}

}  // namespace gesta::vector
#endif  // HWY_ONCE
