#include "video/video_aligners.h"

#include <algorithm>
#include <cmath>

#include "align/node_text.h"
#include "align/space_query.h"
#include "align/vector_aligner.h"
#include "functions/errors.h"
#include "video/pairs.h"

namespace gesta::video {
namespace {

Status NoVideo(std::string_view aligner) {
  return TypeError("InvalidArgumentType",
                   std::string(aligner) + " aligns videos: nodes with a sequence of frames",
                   "align a text by the name of an embedding space");
}

PairContext ContextOf(const AlignContext& context) {
  PairContext lent;
  lent.transaction = context.transaction;
  lent.models = context.models;
  lent.check_interrupt = context.check_interrupt;
  return lent;
}

class DtwRun : public AlignerRun {
 public:
  DtwRun(SpaceInfo space, PairOptions options, const AlignContext& context)
      : space_(std::move(space)), options_(std::move(options)), context_(context) {}

  Status Align(const AlignRequest& request, std::vector<Ranking>* rankings) override {
    PairBatch batch(ContextOf(context_), "dtw", &space_);
    std::vector<NodeId> candidates;
    if (request.survivors == nullptr) {
      if (request.candidates.allowed != nullptr) {
        candidates = *request.candidates.allowed;
      } else {
        align::NodeReader nodes(context_.transaction);
        GESTA_ASSIGN_OR_RETURN(candidates, nodes.Nodes(request.candidates.labels));
      }
    }
    struct Meaning {
      size_t source;
      NodeId candidate;
    };
    std::vector<alignment::Pair> pairs;
    std::vector<Meaning> meanings;
    const auto add = [&](size_t source, size_t frames, NodeId candidate) -> Status {
      GESTA_ASSIGN_OR_RETURN(const auto steps, batch.AddSteps(candidate, options_.question));
      if (!steps) return {};
      pairs.push_back({frames, *steps});
      meanings.push_back({source, candidate});
      return {};
    };
    for (size_t i = 0; i < request.sources.size(); ++i) {
      GESTA_RETURN_IF_ERROR(context_.CheckInterrupt());
      if (!request.sources[i].node) return NoVideo("dtw");
      GESTA_ASSIGN_OR_RETURN(const auto frames, batch.AddFrames(*request.sources[i].node));
      if (!frames) continue;
      if (request.survivors != nullptr) {
        for (const ScoredNode& survivor : (*request.survivors)[i]) {
          GESTA_RETURN_IF_ERROR(add(i, *frames, survivor.node));
        }
      } else {
        for (const NodeId candidate : candidates) {
          GESTA_RETURN_IF_ERROR(add(i, *frames, candidate));
        }
      }
    }
    rankings->assign(request.sources.size(), {});
    GESTA_RETURN_IF_ERROR(batch.Align(
        pairs, options_, [&](size_t number, alignment::Alignment&& alignment) -> Status {
          if (alignment.length == 0) return {};
          (*rankings)[meanings[number].source].push_back(
              {meanings[number].candidate, alignment.score});
          return {};
        }));
    for (size_t i = 0; i < rankings->size(); ++i) {
      Ranking& ranking = (*rankings)[i];
      std::sort(ranking.begin(), ranking.end(), [](const ScoredNode& a, const ScoredNode& b) {
        return a.score != b.score ? a.score > b.score : a.node < b.node;
      });
      if (request.survivors != nullptr) AddUnscored((*request.survivors)[i], &ranking);
      if (ranking.size() > request.top) ranking.resize(request.top);
    }
    return {};
  }

  bool aligns_vectors() const override { return true; }
  std::string model() const override { return space_.model; }

 private:
  // Survivors that could not be scored come last, in the order they had.
  static void AddUnscored(const Ranking& survivors, Ranking* ranking) {
    const size_t scored = ranking->size();
    for (const ScoredNode& survivor : survivors) {
      const bool has_score =
          std::any_of(ranking->begin(), ranking->begin() + static_cast<std::ptrdiff_t>(scored),
                      [&](const ScoredNode& node) { return node.node == survivor.node; });
      if (!has_score) ranking->push_back({survivor.node, 0});
    }
  }

  const SpaceInfo space_;
  const PairOptions options_;
  const AlignContext context_;
};

class MeanPoolRun : public AlignerRun {
 public:
  MeanPoolRun(SpaceInfo space, std::optional<alignment::Logit> logit,
              std::unique_ptr<AlignerRun> search, const AlignContext& context)
      : space_(std::move(space)), logit_(logit), search_(std::move(search)), context_(context) {}

  // The mean frames are searched as vectors are.
  Status Align(const AlignRequest& request, std::vector<Ranking>* rankings) override {
    std::vector<AlignSource> sources;
    std::vector<Ranking> survivors;
    std::vector<size_t> places;
    for (size_t i = 0; i < request.sources.size(); ++i) {
      GESTA_RETURN_IF_ERROR(context_.CheckInterrupt());
      if (!request.sources[i].node) return NoVideo("meanpool");
      AlignSource source;
      GESTA_ASSIGN_OR_RETURN(source.vector, MeanFrame(*request.sources[i].node));
      if (source.vector.empty()) continue;
      sources.push_back(std::move(source));
      if (request.survivors != nullptr) survivors.push_back((*request.survivors)[i]);
      places.push_back(i);
    }
    rankings->assign(request.sources.size(), {});
    if (sources.empty()) return {};
    std::vector<Ranking> found;
    GESTA_RETURN_IF_ERROR(
        search_->Align({sources, request.candidates,
                        request.survivors != nullptr ? &survivors : nullptr, request.top},
                       &found));
    for (size_t i = 0; i < places.size(); ++i) {
      if (logit_) {
        for (ScoredNode& node : found[i]) node.score = Probability(node.score);
      }
      (*rankings)[places[i]] = std::move(found[i]);
    }
    return {};
  }

  bool aligns_vectors() const override { return true; }
  std::string model() const override { return space_.model; }

 private:
  double Probability(double cosine) const {
    return 1 / (1 + std::exp(-(cosine * std::exp(logit_->scale) + logit_->bias)));
  }

  // Empty without a sequence, and where the frames cancel out.
  Result<std::vector<float>> MeanFrame(NodeId node) {
    std::vector<float> frames;
    GESTA_RETURN_IF_ERROR(
        context_.transaction->GetSequence(space_.id, node, 0, UINT64_MAX, &frames).status());
    std::vector<double> sums(space_.dimension);
    for (size_t i = 0; i < frames.size(); ++i) sums[i % sums.size()] += frames[i];
    std::vector<float> mean;
    const double count = static_cast<double>(frames.size()) / static_cast<double>(sums.size());
    if (std::all_of(sums.begin(), sums.end(), [](double sum) { return sum == 0; })) return mean;
    for (const double sum : sums) mean.push_back(static_cast<float>(sum / count));
    return mean;
  }

  const SpaceInfo space_;
  const std::optional<alignment::Logit> logit_;
  const std::unique_ptr<AlignerRun> search_;
  const AlignContext context_;
};

// The logit of a space unless the option cosine says otherwise.
Result<std::optional<alignment::Logit>> LogitOption(bool cosine, const SpaceInfo& space,
                                                    const AlignContext& context) {
  if (cosine) return std::optional<alignment::Logit>();
  return LogitOf(space, context.models);
}

Result<const SpaceInfo*> SpaceOption(const AlignerOptions& options, const AlignContext& context) {
  GESTA_ASSIGN_OR_RETURN(const std::string name, options.String("space", ""));
  return SequenceSpace(*context.transaction, name);
}

class DtwAligner : public Aligner {
 public:
  std::string_view name() const override { return "dtw"; }
  std::string_view summary() const override {
    return "time warping of a video's frames with the subactions of candidates";
  }
  std::string_view signature() const override {
    return "dtw {space, question, smooth, published_smoothing, cosine, exact, device}";
  }
  Result<std::unique_ptr<AlignerRun>> Prepare(AlignerOptions options,
                                              const AlignContext& context) const override {
    GESTA_RETURN_IF_ERROR(options.CheckNames(
        {"space", "question", "smooth", "published_smoothing", "cosine", "exact", "device"}));
    GESTA_ASSIGN_OR_RETURN(const SpaceInfo* const space, SpaceOption(options, context));
    Decompositions decompositions(context.transaction);
    GESTA_ASSIGN_OR_RETURN(PairOptions pair, ReadPairOptions(options, &decompositions));
    GESTA_ASSIGN_OR_RETURN(pair.align.logit, LogitOption(pair.cosine, *space, context));
    return std::unique_ptr<AlignerRun>(std::make_unique<DtwRun>(*space, std::move(pair), context));
  }
};

class MeanPoolAligner : public Aligner {
 public:
  std::string_view name() const override { return "meanpool"; }
  std::string_view summary() const override {
    return "similarity of a video's mean frame with the candidates' vectors";
  }
  std::string_view signature() const override { return "meanpool {space, cosine, ef, exact}"; }
  Result<std::unique_ptr<AlignerRun>> Prepare(AlignerOptions options,
                                              const AlignContext& context) const override {
    GESTA_RETURN_IF_ERROR(options.CheckNames({"space", "cosine", "ef", "exact"}));
    GESTA_ASSIGN_OR_RETURN(const SpaceInfo* const space, SpaceOption(options, context));
    GESTA_ASSIGN_OR_RETURN(bool cosine, options.Boolean("cosine", false));
    // Other metrics give no cosine that a probability could be made of.
    cosine = cosine || space->metric != VectorMetric::kCosine;
    GESTA_ASSIGN_OR_RETURN(const auto logit, LogitOption(cosine, *space, context));
    Map search = options.values();
    search.Erase("space");
    search.Erase("cosine");
    GESTA_ASSIGN_OR_RETURN(std::unique_ptr<AlignerRun> run,
                           align::PrepareVectorAligner(
                               *space, AlignerOptions("meanpool", std::move(search)), context));
    return std::unique_ptr<AlignerRun>(
        std::make_unique<MeanPoolRun>(*space, logit, std::move(run), context));
  }
};

}  // namespace

Result<const SpaceInfo*> SequenceSpace(const Transaction& transaction, const std::string& name) {
  if (!name.empty()) return align::FindSpace(transaction, name);
  const SpaceInfo* found = nullptr;
  for (const SpaceInfo& space : transaction.Spaces()) {
    GESTA_ASSIGN_OR_RETURN(const uint64_t sequences, transaction.CountSequences(space.id));
    if (sequences == 0) continue;
    if (found != nullptr) {
      return ArgumentError("MissingOption", "several embedding spaces have sequences, '" +
                                                found->name + "' and '" + space.name +
                                                "' among them: name one by the option space");
    }
    found = transaction.FindSpace(space.name);
  }
  if (found != nullptr) return found;
  return Status(StatusCode::kNotFound, "no embedding space of this store has sequences of frames",
                "gesta ingest videos or gesta ingest actalign makes them");
}

std::unique_ptr<Aligner> MakeDtwAligner() { return std::make_unique<DtwAligner>(); }
std::unique_ptr<Aligner> MakeMeanPoolAligner() { return std::make_unique<MeanPoolAligner>(); }

}  // namespace gesta::video
