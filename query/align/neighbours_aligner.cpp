#include "align/neighbours_aligner.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "align/collected.h"
#include "align/ranking.h"
#include "align/spaces.h"
#include "align/vector_aligner.h"
#include "align/voters.h"
#include "functions/errors.h"

namespace gesta::align {
namespace {

enum class Weights { kSimilarity, kUniform, kCautious };

// kCautious: what all votes together must outweigh to be believed.
constexpr double kDoubt = 0.02;

struct NeighboursOptions {
  size_t k = 10;
  Weights weights = Weights::kSimilarity;
  VoterOptions voters;
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
    GESTA_ASSIGN_OR_RETURN(
        Voters voters, Voters::Open("neighbours", options_.voters, context_, request.candidates));
    std::unique_ptr<Similarity> similarity;
    if (options_.space) {
      similarity = std::make_unique<VectorSimilarity>(*options_.space, &voters.labels(), context_);
    } else {
      similarity = std::make_unique<TextSimilarity>(&voters.labels());
    }
    GESTA_RETURN_IF_ERROR(similarity->Prepare(request.sources));
    rankings->assign(request.sources.size(), {});
    for (size_t i = 0; i < request.sources.size(); ++i) {
      if (i % 16 == 0) GESTA_RETURN_IF_ERROR(context_.CheckInterrupt());
      std::unordered_map<NodeId, Tally> votes;
      GESTA_RETURN_IF_ERROR(CollectVotes(request.sources[i], i, *similarity, voters, &votes));
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
  // Walks the labels from the most similar one on until k of them have voted.
  Status CollectVotes(const AlignSource& source, size_t number, Similarity& similarity,
                      Voters& voters, std::unordered_map<NodeId, Tally>* votes) {
    const LabelIndex& labels = voters.labels();
    const std::vector<uint8_t> excluded = voters.Excluded(source);
    size_t voted = 0;
    double sum = 0;
    size_t at = 0;
    // The best few are asked first, and more only if those have no mappings.
    for (size_t wanted = 4 * std::min(options_.k, labels.texts.size() + 1); voted < options_.k;
         wanted *= 4) {
      GESTA_RETURN_IF_ERROR(similarity.Best(number, wanted, &similar_));
      for (; at < similar_.size() && voted < options_.k; ++at) {
        const SimilarLabel& similar = similar_[at];
        if (excluded[labels.datasets[similar.label]]) continue;
        if (source.node && labels.nodes[similar.label] == *source.node) continue;
        GESTA_ASSIGN_OR_RETURN(const Voters::Ballot* const ballot, voters.BallotOf(similar.label));
        if (!ballot->is_mapped) continue;
        const double weight = Weight(similar.similarity);
        for (const MappedTarget& vote : ballot->votes) {
          Tally& tally = (*votes)[vote.node];
          tally.score += weight;
          tally.ranks += weight * static_cast<double>(vote.rank);
        }
        sum += weight;
        ++voted;
      }
      if (similar_.size() < wanted) break;
    }
    const double all = options_.weights == Weights::kUniform    ? static_cast<double>(options_.k)
                       : options_.weights == Weights::kCautious ? sum + kDoubt
                                                                : sum;
    for (auto& [node, tally] : *votes) {
      tally.ranks /= tally.score;
      tally.score /= all;
    }
    return {};
  }

  double Weight(double similarity) const {
    const double square = similarity * similarity;
    return options_.weights == Weights::kUniform    ? 1
           : options_.weights == Weights::kCautious ? square * square
                                                    : square;
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
  std::vector<SimilarLabel> similar_;
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
                           options.Choice("weights", {"similarity", "uniform", "cautious"}));
    if (weights == "uniform") read.weights = Weights::kUniform;
    if (weights == "cautious") read.weights = Weights::kCautious;
    GESTA_ASSIGN_OR_RETURN(read.voters, VoterOptions::Read(options));
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
