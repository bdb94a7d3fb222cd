// Voters: labels with mappings, and the candidates that each votes for.
#ifndef GESTA_QUERY_ALIGN_VOTERS_H_
#define GESTA_QUERY_ALIGN_VOTERS_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "align/aligner.h"
#include "align/collected.h"

namespace gesta::align {

struct VoterOptions {
  enum class Exclusion { kNothing, kDataset, kFamily };

  Exclusion exclusion = Exclusion::kNothing;
  std::vector<std::string> excluded_datasets;
  std::string method;  // empty: each data set's preferred one

  // The options exclude, exclude_datasets and method.
  static Result<VoterOptions> Read(const AlignerOptions& options);
};

// For one request of one aligner.
class Voters {
 public:
  // Reads labels and data sets. kNotFound for an excluded data set that does not exist, with the
  // aligner's name in front. `options`, `context` and `candidates` are borrowed.
  static Result<Voters> Open(std::string_view aligner, const VoterOptions& options,
                             const AlignContext& context, const CandidateSet& candidates);

  const LabelIndex& labels() const { return *labels_; }

  // By data set number: whether its labels may not vote for this source.
  std::vector<uint8_t> Excluded(const AlignSource& source) const;

  struct Ballot {
    bool is_mapped = false;  // the label has mappings, if to candidates or not
    // The candidates it is mapped to, each once, best rank first. A vote for a verb is also one for
    // its class.
    std::vector<MappedTarget> votes;
  };
  Result<const Ballot*> BallotOf(uint32_t label);

 private:
  Voters(const VoterOptions& options, const AlignContext& context, const CandidateSet& candidates)
      : options_(&options), candidates_(&candidates), nodes_(context.transaction) {}

  const std::string& Family(uint32_t dataset) const;
  Result<bool> MayAnswer(NodeId node);
  Result<const std::vector<NodeId>*> ClassesOf(NodeId node);

  const VoterOptions* options_;
  const CandidateSet* candidates_;
  NodeReader nodes_;
  std::shared_ptr<const LabelIndex> labels_;  // shared with the cache
  std::map<std::string, DatasetFacts> datasets_;
  std::optional<MappingReader> mappings_;
  std::unordered_map<NodeId, bool> may_answer_;
  std::unordered_map<NodeId, std::vector<NodeId>> classes_;
  std::unordered_map<uint32_t, Ballot> ballots_;
};

}  // namespace gesta::align

#endif  // GESTA_QUERY_ALIGN_VOTERS_H_
