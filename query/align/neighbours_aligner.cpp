#include "align/neighbours_aligner.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>

#include "align/collected.h"
#include "align/ranking.h"
#include "align/spaces.h"
#include "align/vector_aligner.h"
#include "functions/errors.h"

namespace gesta::align {
namespace {

enum class Weights { kSimilarity, kUniform };
enum class Exclusion { kNothing, kDataset, kFamily };

struct NeighboursOptions {
  size_t k = 10;
  Weights weights = Weights::kSimilarity;
  Exclusion exclusion = Exclusion::kNothing;
  std::vector<std::string> excluded_datasets;
  std::string method;
  std::optional<SpaceInfo> space;  // none: labels are similar by their texts
};

// The votes for one candidate.
struct Tally {
  double score = 0;
  double ranks = 0;  // the voters' ranks of the candidate, weighted like the votes
};

struct SimilarLabel {
  uint32_t label;
  double similarity;
};

// Which labels are similar to the sources of one request.
class Similarity {
 public:
  virtual ~Similarity() = default;
  // For all sources, before the first Best.
  virtual Status Prepare(const std::vector<AlignSource>& sources) = 0;
  // The `n` labels most similar to a source, best first; only positive similarities.
  virtual Status Best(size_t source, size_t n, std::vector<SimilarLabel>* labels) = 0;
};

class TextSimilarity : public Similarity {
 public:
  explicit TextSimilarity(const LabelIndex* labels)
      : labels_(labels), board_(labels->texts.size()) {}

  Status Prepare(const std::vector<AlignSource>& sources) override {
    sources_ = &sources;
    return {};
  }
  Status Best(size_t source, size_t n, std::vector<SimilarLabel>* labels) override {
    if (searched_ != source) labels_->texts.Search((*sources_)[source].text, &board_);
    searched_ = source;
    board_.Best(n, &best_);
    labels->clear();
    for (const uint32_t label : best_) labels->push_back({label, board_[label]});
    return {};
  }

 private:
  const LabelIndex* labels_;
  const std::vector<AlignSource>* sources_ = nullptr;
  std::optional<size_t> searched_;  // whose similarities are on the board
  ScoreBoard board_;
  std::vector<uint32_t> best_;
};

class VectorSimilarity : public Similarity {
 public:
  VectorSimilarity(const SpaceInfo& space, const LabelIndex* labels, const AlignContext& context)
      : space_(space), labels_(labels), context_(context) {}

  Status Prepare(const std::vector<AlignSource>& sources) override {
    return SourceVectors(space_, context_, sources, &vectors_);
  }
  Status Best(size_t source, size_t n, std::vector<SimilarLabel>* labels) override {
    VectorSearch search;
    search.k = std::min(n, labels_->nodes.size());
    search.nodes = &labels_->nodes;
    search.check_interrupt = context_.check_interrupt;
    const std::vector<float>& vector = vectors_[source];
    GESTA_ASSIGN_OR_RETURN(
        const std::vector<VectorHit> hits,
        context_.transaction->SearchVectors(space_.id, vector.data(), vector.size(), search));
    labels->clear();
    for (const VectorHit& hit : hits) {
      if (hit.score > 0) labels->push_back({labels_->Find(hit.node), hit.score});
    }
    return {};
  }

 private:
  const SpaceInfo& space_;
  const LabelIndex* labels_;
  const AlignContext& context_;
  std::vector<std::vector<float>> vectors_;
};

class NeighboursRun : public AlignerRun {
 public:
  NeighboursRun(NeighboursOptions options, const AlignContext& context)
      : options_(std::move(options)), context_(context) {}

  Status Align(const AlignRequest& request, std::vector<Ranking>* rankings) override {
    Transaction& transaction = *context_.transaction;
    GESTA_ASSIGN_OR_RETURN(labels_, GetLabelIndex(context_));
    GESTA_ASSIGN_OR_RETURN(datasets_, ReadDatasets(transaction));
    GESTA_RETURN_IF_ERROR(ReadExcludedDatasets());
    NodeReader nodes(&transaction);
    MappingReader mappings(&transaction, labels_.get(), &datasets_, options_.method);
    nodes_ = &nodes;
    mappings_ = &mappings;
    may_answer_.clear();
    classes_.clear();
    if (options_.space) {
      similarity_ = std::make_unique<VectorSimilarity>(*options_.space, labels_.get(), context_);
    } else {
      similarity_ = std::make_unique<TextSimilarity>(labels_.get());
    }
    GESTA_RETURN_IF_ERROR(similarity_->Prepare(request.sources));
    rankings->assign(request.sources.size(), {});
    for (size_t i = 0; i < request.sources.size(); ++i) {
      if (i % 16 == 0) GESTA_RETURN_IF_ERROR(context_.CheckInterrupt());
      std::unordered_map<NodeId, Tally> votes;
      GESTA_RETURN_IF_ERROR(CollectVotes(request.sources[i], i, request.candidates, &votes));
      if (request.survivors) {
        (*rankings)[i] = Rerank((*request.survivors)[i], request.top, [&](NodeId node) {
          const auto found = votes.find(node);
          return found == votes.end() ? 0.0 : found->second.score;
        });
      } else {
        (*rankings)[i] = Rank(votes, request.top);
      }
    }
    return {};
  }

  bool aligns_vectors() const override { return options_.space.has_value(); }
  std::string model() const override { return options_.space ? options_.space->model : ""; }

 private:
  Status ReadExcludedDatasets() {
    std::vector<std::string> known;
    for (const auto& [name, facts] : datasets_) known.push_back(name);
    for (const std::string& name : options_.excluded_datasets) {
      if (datasets_.count(name) > 0) continue;
      const std::string nearest = NearestName(name, known);
      return Status(StatusCode::kNotFound,
                    "neighbours: there is no dataset '" + name + "' to exclude",
                    nearest.empty() ? "" : "did you mean '" + nearest + "'?");
    }
    return {};
  }

  const std::string& Family(uint32_t dataset) const {
    const std::string& name = labels_->dataset_names[dataset];
    const auto facts = datasets_.find(name);
    return facts == datasets_.end() ? name : facts->second.family;
  }

  // By dataset number: whether its labels may not vote for this source.
  Result<std::vector<uint8_t>> ExcludedDatasets(const AlignSource& source) {
    std::vector<uint8_t> excluded(labels_->dataset_names.size());
    for (uint32_t d = 0; d < excluded.size(); ++d) {
      const auto& names = options_.excluded_datasets;
      excluded[d] = std::find(names.begin(), names.end(), labels_->dataset_names[d]) != names.end();
    }
    if (options_.exclusion == Exclusion::kNothing || !source.node) return excluded;
    const uint32_t own = labels_->Find(*source.node);
    if (own == LabelIndex::kNone) return excluded;
    const uint32_t own_dataset = labels_->datasets[own];
    if (labels_->dataset_names[own_dataset].empty()) return excluded;
    const std::string& own_family = Family(own_dataset);
    for (uint32_t d = 0; d < excluded.size(); ++d) {
      excluded[d] |=
          d == own_dataset || (options_.exclusion == Exclusion::kFamily && Family(d) == own_family);
    }
    return excluded;
  }

  // Walks the labels from the most similar one on until k of them have voted.
  Status CollectVotes(const AlignSource& source, size_t number, const CandidateSet& candidates,
                      std::unordered_map<NodeId, Tally>* votes) {
    GESTA_ASSIGN_OR_RETURN(const std::vector<uint8_t> excluded, ExcludedDatasets(source));
    size_t voted = 0;
    double sum = 0;
    size_t at = 0;
    // The best few are asked first, and more only if those have no mappings.
    for (size_t wanted = 4 * std::min(options_.k, labels_->texts.size() + 1); voted < options_.k;
         wanted *= 4) {
      GESTA_RETURN_IF_ERROR(similarity_->Best(number, wanted, &similar_));
      for (; at < similar_.size() && voted < options_.k; ++at) {
        const auto [label, similarity] = similar_[at];
        if (excluded[labels_->datasets[label]]) continue;
        if (source.node && labels_->nodes[label] == *source.node) continue;
        GESTA_ASSIGN_OR_RETURN(const std::vector<MappedTarget>* targets, mappings_->Targets(label));
        if (targets->empty()) continue;
        const double weight = options_.weights == Weights::kUniform ? 1 : similarity * similarity;
        GESTA_RETURN_IF_ERROR(Vote(*targets, weight, candidates, votes));
        sum += weight;
        ++voted;
      }
      if (similar_.size() < wanted) break;
    }
    const double all =
        options_.weights == Weights::kUniform ? static_cast<double>(options_.k) : sum;
    for (auto& [node, tally] : *votes) {
      tally.ranks /= tally.score;
      tally.score /= all;
    }
    return {};
  }

  // One label's votes: one for each candidate it is mapped to.
  Status Vote(const std::vector<MappedTarget>& targets, double weight,
              const CandidateSet& candidates, std::unordered_map<NodeId, Tally>* votes) {
    voted_for_.clear();
    for (const MappedTarget& target : targets) {
      GESTA_RETURN_IF_ERROR(VoteFor(target.node, target.rank, weight, candidates, votes));
      GESTA_ASSIGN_OR_RETURN(const std::vector<NodeId>* classes,
                             ClassesOf(target.node, candidates));
      for (const NodeId node : *classes) {
        GESTA_RETURN_IF_ERROR(VoteFor(node, target.rank, weight, candidates, votes));
      }
    }
    return {};
  }

  Status VoteFor(NodeId node, int64_t rank, double weight, const CandidateSet& candidates,
                 std::unordered_map<NodeId, Tally>* votes) {
    GESTA_ASSIGN_OR_RETURN(const bool may_answer, MayAnswer(node, candidates));
    if (!may_answer || !voted_for_.insert(node).second) return {};
    Tally& tally = (*votes)[node];
    tally.score += weight;
    tally.ranks += weight * static_cast<double>(rank);
    return {};
  }

  Result<bool> MayAnswer(NodeId node, const CandidateSet& candidates) {
    const auto known = may_answer_.find(node);
    if (known != may_answer_.end()) return known->second;
    bool may_answer = false;
    if (candidates.allowed) {
      may_answer = std::binary_search(candidates.allowed->begin(), candidates.allowed->end(), node);
    } else {
      GESTA_ASSIGN_OR_RETURN(may_answer, nodes_->HasLabels(node, candidates.labels));
    }
    may_answer_.emplace(node, may_answer);
    return may_answer;
  }

  Result<const std::vector<NodeId>*> ClassesOf(NodeId node, const CandidateSet& candidates) {
    auto known = classes_.find(node);
    if (known == classes_.end()) {
      std::vector<NodeId> classes;
      const auto& labels = candidates.labels;
      if (labels.empty() || std::find(labels.begin(), labels.end(), kClassLabel) != labels.end()) {
        GESTA_ASSIGN_OR_RETURN(classes, nodes_->Related(node, Direction::kOut, kMemberOf));
      }
      known = classes_.emplace(node, std::move(classes)).first;
    }
    return static_cast<const std::vector<NodeId>*>(&known->second);
  }

  // Equal scores are ordered by how high the voters rank the candidate.
  static Ranking Rank(const std::unordered_map<NodeId, Tally>& votes, size_t top) {
    std::vector<std::pair<NodeId, Tally>> order(votes.begin(), votes.end());
    std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
      if (a.second.score != b.second.score) return a.second.score > b.second.score;
      if (a.second.ranks != b.second.ranks) return a.second.ranks < b.second.ranks;
      return a.first < b.first;
    });
    if (order.size() > top) order.resize(top);
    Ranking ranking;
    ranking.reserve(order.size());
    for (const auto& [node, tally] : order) ranking.push_back({node, tally.score});
    return ranking;
  }

  const NeighboursOptions options_;
  const AlignContext context_;
  std::shared_ptr<const LabelIndex> labels_;
  std::map<std::string, DatasetFacts> datasets_;
  // Of the running Align:
  NodeReader* nodes_ = nullptr;
  MappingReader* mappings_ = nullptr;
  std::unique_ptr<Similarity> similarity_;
  std::vector<SimilarLabel> similar_;
  std::set<NodeId> voted_for_;
  std::unordered_map<NodeId, bool> may_answer_;
  std::unordered_map<NodeId, std::vector<NodeId>> classes_;
};

class NeighboursAligner : public Aligner {
 public:
  std::string_view name() const override { return "neighbours"; }
  std::string_view summary() const override {
    return "the most similar labels with mappings vote for their targets";
  }
  std::string_view signature() const override {
    return "neighbours {k, weights, method, exclude, exclude_datasets, space, top}";
  }

  Result<std::unique_ptr<AlignerRun>> Prepare(AlignerOptions options,
                                              const AlignContext& context) const override {
    GESTA_RETURN_IF_ERROR(
        options.CheckNames({"k", "weights", "method", "exclude", "exclude_datasets", "space"}));
    NeighboursOptions read;
    GESTA_ASSIGN_OR_RETURN(const int64_t k, options.Integer("k", 10, 1));
    read.k = static_cast<size_t>(k);
    GESTA_ASSIGN_OR_RETURN(const std::string weights,
                           options.Choice("weights", {"similarity", "uniform"}));
    if (weights == "uniform") read.weights = Weights::kUniform;
    GESTA_ASSIGN_OR_RETURN(const std::string exclude,
                           options.Choice("exclude", {"nothing", "dataset", "family"}));
    if (exclude == "dataset") read.exclusion = Exclusion::kDataset;
    if (exclude == "family") read.exclusion = Exclusion::kFamily;
    GESTA_ASSIGN_OR_RETURN(read.excluded_datasets, options.Strings("exclude_datasets"));
    GESTA_ASSIGN_OR_RETURN(read.method, options.String("method", ""));
    GESTA_ASSIGN_OR_RETURN(const std::string space, options.String("space", ""));
    if (!space.empty()) {
      const SpaceInfo* found = context.transaction->FindSpace(space);
      if (found == nullptr) return MissingSpace(space);
      read.space = *found;
    }
    return std::unique_ptr<AlignerRun>(std::make_unique<NeighboursRun>(std::move(read), context));
  }
};

}  // namespace

std::unique_ptr<Aligner> MakeNeighboursAligner() { return std::make_unique<NeighboursAligner>(); }

}  // namespace gesta::align
