// Rounds that kill a process which sets vectors, searches them, and builds and saves their index.
#ifndef GESTA_TESTS_CRASH_VECTORS_H_
#define GESTA_TESTS_CRASH_VECTORS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crash/rounds.h"

namespace gesta::crash {

// Changes of vectors that follow from a seed: step n is one commit, the same in whatever process.
class VectorWorkload {
 public:
  using Vector = std::vector<float>;
  using Change = std::pair<NodeId, std::optional<Vector>>;  // nullopt: removed

  explicit VectorWorkload(uint64_t seed) : seed_(seed) {}

  static constexpr uint32_t kDimension = 16;
  static constexpr NodeId kNodes = 7000;

  uint64_t position() const { return position_; }
  const std::map<NodeId, Vector>& expected() const { return expected_; }
  // The first step makes the nodes, their space and most vectors.
  std::vector<Change> Next();
  void SkipTo(uint64_t position);
  // Something like the vectors; `n` chooses it.
  Vector Query(uint64_t n) const;

 private:
  const uint64_t seed_;
  uint64_t position_ = 0;
  std::map<NodeId, Vector> expected_;
};

// `workload` is at the last acknowledged step.
Status VectorRound(Run& run, VectorWorkload* workload);
// The killed process's main. Ends only by a failure.
int WriteVectorsUntilKilled(const std::string& path, uint64_t seed, uint64_t position);

}  // namespace gesta::crash

#endif  // GESTA_TESTS_CRASH_VECTORS_H_
