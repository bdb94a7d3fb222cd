#include "align/voters.h"

#include <algorithm>
#include <unordered_set>

namespace gesta::align {

Result<VoterOptions> VoterOptions::Read(const AlignerOptions& options) {
  VoterOptions read;
  GESTA_ASSIGN_OR_RETURN(const std::string exclude,
                         options.Choice("exclude", {"nothing", "dataset", "family"}));
  if (exclude == "dataset") read.exclusion = Exclusion::kDataset;
  if (exclude == "family") read.exclusion = Exclusion::kFamily;
  GESTA_ASSIGN_OR_RETURN(read.excluded_datasets, options.Strings("exclude_datasets"));
  GESTA_ASSIGN_OR_RETURN(read.method, options.String("method", ""));
  return read;
}

Result<Voters> Voters::Open(std::string_view aligner, const VoterOptions& options,
                            const AlignContext& context, const CandidateSet& candidates) {
  Voters voters(options, context, candidates);
  GESTA_ASSIGN_OR_RETURN(voters.labels_, GetLabelIndex(context));
  GESTA_ASSIGN_OR_RETURN(voters.datasets_, ReadDatasets(*context.transaction));
  std::vector<std::string> known;
  for (const auto& [name, facts] : voters.datasets_) known.push_back(name);
  for (const std::string& name : options.excluded_datasets) {
    if (voters.datasets_.count(name) > 0) continue;
    const std::string nearest = NearestName(name, known);
    return Status(StatusCode::kNotFound,
                  std::string(aligner) + ": there is no dataset '" + name + "' to exclude",
                  nearest.empty() ? "" : "did you mean '" + nearest + "'?");
  }
  voters.mappings_.emplace(context.transaction, voters.labels_.get(), &voters.datasets_,
                           options.method);
  return voters;
}

const std::string& Voters::Family(uint32_t dataset) const {
  const std::string& name = labels_->dataset_names[dataset];
  const auto facts = datasets_.find(name);
  return facts == datasets_.end() ? name : facts->second.family;
}

std::vector<uint8_t> Voters::Excluded(const AlignSource& source) const {
  using Exclusion = VoterOptions::Exclusion;
  std::vector<uint8_t> excluded(labels_->dataset_names.size());
  for (uint32_t d = 0; d < excluded.size(); ++d) {
    const auto& names = options_->excluded_datasets;
    excluded[d] = std::find(names.begin(), names.end(), labels_->dataset_names[d]) != names.end();
  }
  if (options_->exclusion == Exclusion::kNothing || !source.node) return excluded;
  const uint32_t own = labels_->Find(*source.node);
  if (own == LabelIndex::kNone) return excluded;
  const uint32_t own_dataset = labels_->datasets[own];
  if (labels_->dataset_names[own_dataset].empty()) return excluded;
  const std::string& own_family = Family(own_dataset);
  for (uint32_t d = 0; d < excluded.size(); ++d) {
    excluded[d] |=
        d == own_dataset || (options_->exclusion == Exclusion::kFamily && Family(d) == own_family);
  }
  return excluded;
}

Result<const Voters::Ballot*> Voters::BallotOf(uint32_t label) {
  const auto known = ballots_.find(label);
  if (known != ballots_.end()) return &known->second;
  GESTA_ASSIGN_OR_RETURN(const std::vector<MappedTarget>* const targets, mappings_->Targets(label));
  Ballot ballot;
  ballot.is_mapped = !targets->empty();
  std::unordered_set<NodeId> voted_for;
  const auto vote = [&](NodeId node, int64_t rank) -> Status {
    GESTA_ASSIGN_OR_RETURN(const bool may_answer, MayAnswer(node));
    if (may_answer && voted_for.insert(node).second) ballot.votes.push_back({node, rank});
    return {};
  };
  for (const MappedTarget& target : *targets) {
    GESTA_RETURN_IF_ERROR(vote(target.node, target.rank));
    GESTA_ASSIGN_OR_RETURN(const std::vector<NodeId>* const classes, ClassesOf(target.node));
    for (const NodeId node : *classes) GESTA_RETURN_IF_ERROR(vote(node, target.rank));
  }
  return &ballots_.emplace(label, std::move(ballot)).first->second;
}

Result<bool> Voters::MayAnswer(NodeId node) {
  const auto known = may_answer_.find(node);
  if (known != may_answer_.end()) return known->second;
  bool may_answer = false;
  if (candidates_->allowed) {
    const std::vector<NodeId>& allowed = *candidates_->allowed;
    may_answer = std::binary_search(allowed.begin(), allowed.end(), node);
  } else {
    GESTA_ASSIGN_OR_RETURN(may_answer, nodes_.HasLabels(node, candidates_->labels));
  }
  may_answer_.emplace(node, may_answer);
  return may_answer;
}

Result<const std::vector<NodeId>*> Voters::ClassesOf(NodeId node) {
  auto known = classes_.find(node);
  if (known == classes_.end()) {
    std::vector<NodeId> classes;
    const auto& labels = candidates_->labels;
    if (labels.empty() || std::find(labels.begin(), labels.end(), kClassLabel) != labels.end()) {
      GESTA_ASSIGN_OR_RETURN(classes, nodes_.Related(node, Direction::kOut, kMemberOf));
    }
    known = classes_.emplace(node, std::move(classes)).first;
  }
  return static_cast<const std::vector<NodeId>*>(&known->second);
}

}  // namespace gesta::align
