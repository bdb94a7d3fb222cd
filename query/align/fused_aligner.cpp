#include "align/fused_aligner.h"

#include <algorithm>
#include <unordered_map>

#include "align/lexical_aligner.h"
#include "align/neighbours_aligner.h"
#include "align/ranking.h"
#include "align/space_query.h"
#include "align/vector_aligner.h"
#include "align/voters.h"

namespace gesta::align {
namespace {

// Weights sum to 1, and so do scores at most. Without a space:
constexpr double kLexical = 0.32;
constexpr double kNeighbours = 0.28;
constexpr double kTogether = 0.4;
// With one:
constexpr double kLexicalBesideSpace = 0.295;
constexpr double kNeighboursBesideSpace = 0.235;
constexpr double kSpaceNeighbours = 0.235;
constexpr double kSpace = 0.235;

constexpr size_t kDeepest = 400;  // candidates of each kind of evidence
constexpr size_t kSeeds = 10;     // candidates that others may go together with
constexpr double kRare = 3;       // labels that a seed is mapped from before it says much

using Scores = std::unordered_map<NodeId, double>;

// Which candidates labels are mapped to together.
class Companions {
 public:
  Companions(Voters* voters, const AlignContext& context)
      : voters_(*voters),
        transaction_(*context.transaction),
        nodes_(context.transaction),
        maps_to_(transaction_.FindName(NameKind::kType, kMapsTo)) {}

  // Adds `weight` times the share of the seed's labels that are mapped to a candidate too.
  Status Add(NodeId seed, double weight, const AlignSource& source,
             const std::vector<uint8_t>& excluded, Scores* scores) {
    GESTA_ASSIGN_OR_RETURN(const std::vector<uint32_t>* const mapped, LabelsOf(seed));
    const LabelIndex& labels = voters_.labels();
    Scores counts;
    double all = 0;
    for (const uint32_t label : *mapped) {
      if (excluded[labels.datasets[label]]) continue;
      if (source.node && labels.nodes[label] == *source.node) continue;
      GESTA_ASSIGN_OR_RETURN(const Voters::Ballot* const ballot, voters_.BallotOf(label));
      ++all;
      for (const MappedTarget& vote : ballot->votes) {
        if (vote.node != seed) ++counts[vote.node];
      }
    }
    for (const auto& [node, count] : counts) (*scores)[node] += weight * count / (all + kRare);
    return {};
  }

 private:
  // The labels that vote for a candidate.
  Result<const std::vector<uint32_t>*> LabelsOf(NodeId candidate) {
    const auto known = labels_of_.find(candidate);
    if (known != labels_of_.end()) return &known->second;
    std::vector<uint32_t> mapped;
    if (maps_to_ != kNoName) {
      // A class is voted for through its verbs.
      GESTA_ASSIGN_OR_RETURN(std::vector<NodeId> targets,
                             nodes_.Related(candidate, Direction::kIn, kMemberOf));
      targets.push_back(candidate);
      std::vector<Edge> edges;
      for (const NodeId target : targets) {
        GESTA_RETURN_IF_ERROR(transaction_.Expand(target, Direction::kIn, {maps_to_}, {}, &edges));
      }
      for (const Edge& edge : edges) {
        const uint32_t label = voters_.labels().Find(edge.other);
        if (label != LabelIndex::kNone) mapped.push_back(label);
      }
      std::sort(mapped.begin(), mapped.end());
      mapped.erase(std::unique(mapped.begin(), mapped.end()), mapped.end());
      // Not all mappings count: ballots know.
      size_t kept = 0;
      for (const uint32_t label : mapped) {
        GESTA_ASSIGN_OR_RETURN(const Voters::Ballot* const ballot, voters_.BallotOf(label));
        const bool votes =
            std::any_of(ballot->votes.begin(), ballot->votes.end(),
                        [candidate](const MappedTarget& vote) { return vote.node == candidate; });
        if (votes) mapped[kept++] = label;
      }
      mapped.resize(kept);
    }
    return &labels_of_.emplace(candidate, std::move(mapped)).first->second;
  }

  Voters& voters_;
  Transaction& transaction_;
  NodeReader nodes_;
  const NameId maps_to_;
  std::unordered_map<NodeId, std::vector<uint32_t>> labels_of_;
};

Ranking Ranked(const Scores& scores, size_t top) {
  Ranking ranking;
  ranking.reserve(scores.size());
  for (const auto& [node, score] : scores) {
    if (score > 0) ranking.push_back({node, score});
  }
  const size_t kept = std::min(top, ranking.size());
  std::partial_sort(ranking.begin(), ranking.begin() + static_cast<ptrdiff_t>(kept), ranking.end(),
                    [](const ScoredNode& a, const ScoredNode& b) {
                      return a.score != b.score ? a.score > b.score : a.node < b.node;
                    });
  ranking.resize(kept);
  return ranking;
}

class FusedRun : public AlignerRun {
 public:
  struct Evidence {
    std::unique_ptr<AlignerRun> run;
    double weight;
  };
  FusedRun(std::vector<Evidence> evidence, bool with_companions, VoterOptions voters,
           std::string model, const AlignContext& context)
      : evidence_(std::move(evidence)),
        with_companions_(with_companions),
        voter_options_(std::move(voters)),
        model_(std::move(model)),
        context_(context) {}

  Status Align(const AlignRequest& request, std::vector<Ranking>* rankings) override {
    std::vector<Scores> scores(request.sources.size());
    for (const Evidence& evidence : evidence_) {
      const AlignRequest deep{request.sources, request.candidates, nullptr,
                              std::max(kDeepest, request.top)};
      std::vector<Ranking> found;
      GESTA_RETURN_IF_ERROR(evidence.run->Align(deep, &found));
      for (size_t i = 0; i < found.size(); ++i) {
        for (const ScoredNode& candidate : found[i]) {
          if (candidate.score > 0) scores[i][candidate.node] += evidence.weight * candidate.score;
        }
      }
    }
    if (with_companions_) GESTA_RETURN_IF_ERROR(AddCompanions(request, &scores));
    rankings->assign(scores.size(), {});
    for (size_t i = 0; i < scores.size(); ++i) {
      if (!request.survivors) {
        (*rankings)[i] = Ranked(scores[i], request.top);
        continue;
      }
      (*rankings)[i] = Rerank((*request.survivors)[i], request.top, [&](NodeId node) {
        const auto known = scores[i].find(node);
        return known == scores[i].end() ? 0.0 : known->second;
      });
    }
    return {};
  }

  std::string model() const override { return model_; }

 private:
  Status AddCompanions(const AlignRequest& request, std::vector<Scores>* scores) {
    GESTA_ASSIGN_OR_RETURN(Voters voters,
                           Voters::Open("fused", voter_options_, context_, request.candidates));
    Companions companions(&voters, context_);
    for (size_t i = 0; i < scores->size(); ++i) {
      if (i % 16 == 0) GESTA_RETURN_IF_ERROR(context_.CheckInterrupt());
      const Ranking seeds = Ranked((*scores)[i], kSeeds);
      double all = 0;
      for (const ScoredNode& seed : seeds) all += seed.score;
      const std::vector<uint8_t> excluded = voters.Excluded(request.sources[i]);
      for (const ScoredNode& seed : seeds) {
        GESTA_RETURN_IF_ERROR(companions.Add(seed.node, kTogether * seed.score / all,
                                             request.sources[i], excluded, &(*scores)[i]));
      }
    }
    return {};
  }

  const std::vector<Evidence> evidence_;
  const bool with_companions_;
  const VoterOptions voter_options_;
  const std::string model_;
  const AlignContext context_;
};

class FusedAligner : public Aligner {
 public:
  std::string_view name() const override { return "fused"; }
  std::string_view summary() const override {
    return "words, similar labels and what goes together, added up; with a space its vectors too";
  }
  std::string_view signature() const override {
    return "fused {space, k, method, exclude, exclude_datasets, top}";
  }

  Result<std::unique_ptr<AlignerRun>> Prepare(AlignerOptions options,
                                              const AlignContext& context) const override {
    GESTA_RETURN_IF_ERROR(
        options.CheckNames({"space", "k", "method", "exclude", "exclude_datasets"}));
    GESTA_ASSIGN_OR_RETURN(VoterOptions voters, VoterOptions::Read(options));
    GESTA_ASSIGN_OR_RETURN(const int64_t k, options.Integer("k", 40, 1));
    GESTA_ASSIGN_OR_RETURN(const std::string space, options.String("space", ""));

    Map of_neighbours = options.values();
    of_neighbours.Erase("space");
    of_neighbours.Erase("top");
    of_neighbours.Set("k", Value::Integer(k));
    of_neighbours.Set("weights", Value::String("cautious"));
    std::vector<FusedRun::Evidence> evidence;
    const auto add = [&](const Aligner& aligner, Map values, double weight) -> Status {
      GESTA_ASSIGN_OR_RETURN(
          std::unique_ptr<AlignerRun> run,
          aligner.Prepare(AlignerOptions(std::string(aligner.name()), std::move(values)), context));
      evidence.push_back({std::move(run), weight});
      return {};
    };
    const std::unique_ptr<Aligner> lexical = MakeLexicalAligner();
    const std::unique_ptr<Aligner> neighbours = MakeNeighboursAligner();
    GESTA_RETURN_IF_ERROR(add(*lexical, {}, space.empty() ? kLexical : kLexicalBesideSpace));
    GESTA_RETURN_IF_ERROR(
        add(*neighbours, of_neighbours, space.empty() ? kNeighbours : kNeighboursBesideSpace));
    std::string model;
    if (!space.empty()) {
      GESTA_ASSIGN_OR_RETURN(const SpaceInfo* const info, FindSpace(*context.transaction, space));
      of_neighbours.Set("space", Value::String(space));
      GESTA_RETURN_IF_ERROR(add(*neighbours, of_neighbours, kSpaceNeighbours));
      GESTA_ASSIGN_OR_RETURN(std::unique_ptr<AlignerRun> direct,
                             PrepareVectorAligner(*info, AlignerOptions(space, {}), context));
      evidence.push_back({std::move(direct), kSpace});
      model = info->model;
    }
    return std::unique_ptr<AlignerRun>(std::make_unique<FusedRun>(
        std::move(evidence), space.empty(), std::move(voters), std::move(model), context));
  }
};

}  // namespace

std::unique_ptr<Aligner> MakeFusedAligner() { return std::make_unique<FusedAligner>(); }

}  // namespace gesta::align
