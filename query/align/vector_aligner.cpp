#include "align/vector_aligner.h"

#include <algorithm>
#include <unordered_map>

#include "align/node_text.h"
#include "align/ranking.h"
#include "align/space_query.h"
#include "functions/errors.h"

namespace gesta::align {
namespace {

class VectorRun : public AlignerRun {
 public:
  VectorRun(SpaceInfo space, size_t ef, bool exact, const AlignContext& context)
      : space_(std::move(space)), ef_(ef), exact_(exact), context_(context) {}

  Status Align(const AlignRequest& request, std::vector<Ranking>* rankings) override {
    std::vector<std::vector<float>> vectors;
    GESTA_RETURN_IF_ERROR(SourceVectors(space_, context_, request.sources, &vectors));
    std::vector<NodeId> candidates;
    VectorSearch search;
    search.ef = ef_;
    search.exact = exact_;
    search.check_interrupt = context_.check_interrupt;
    if (!request.survivors) {
      GESTA_RETURN_IF_ERROR(ReadCandidates(request.candidates, &candidates, &search));
    }
    rankings->assign(request.sources.size(), {});
    for (size_t i = 0; i < request.sources.size(); ++i) {
      if (i % 16 == 0) GESTA_RETURN_IF_ERROR(context_.CheckInterrupt());
      if (request.survivors) {
        GESTA_ASSIGN_OR_RETURN((*rankings)[i],
                               Order((*request.survivors)[i], vectors[i], request.top));
        continue;
      }
      search.k = request.top;
      GESTA_ASSIGN_OR_RETURN(const std::vector<VectorHit> hits, Search(vectors[i], search));
      for (const VectorHit& hit : hits) (*rankings)[i].push_back({hit.node, hit.score});
    }
    return {};
  }

  bool aligns_vectors() const override { return true; }
  std::string model() const override { return space_.model; }

 private:
  Result<std::vector<VectorHit>> Search(const std::vector<float>& vector,
                                        const VectorSearch& search) const {
    return context_.transaction->SearchVectors(space_.id, vector.data(), vector.size(), search);
  }

  Status ReadCandidates(const CandidateSet& set, std::vector<NodeId>* candidates,
                        VectorSearch* search) const {
    if (set.allowed) {
      search->nodes = set.allowed;
      return {};
    }
    if (set.labels.empty()) return {};
    NodeReader reader(context_.transaction);
    GESTA_ASSIGN_OR_RETURN(*candidates, reader.Nodes(set.labels));
    search->nodes = candidates;
    return {};
  }

  // Survivors without a vector come last.
  Result<Ranking> Order(const Ranking& survivors, const std::vector<float>& vector,
                        size_t top) const {
    std::vector<NodeId> nodes;
    for (const ScoredNode& survivor : survivors) nodes.push_back(survivor.node);
    std::sort(nodes.begin(), nodes.end());
    VectorSearch search;
    search.k = nodes.size();
    search.exact = true;
    search.nodes = &nodes;
    GESTA_ASSIGN_OR_RETURN(const std::vector<VectorHit> hits, Search(vector, search));
    std::unordered_map<NodeId, double> scores;
    for (const VectorHit& hit : hits) scores.emplace(hit.node, hit.score);
    Ranking with;
    Ranking without;
    for (const ScoredNode& survivor : survivors) {
      const auto found = scores.find(survivor.node);
      if (found == scores.end()) {
        without.push_back({survivor.node, 0});
      } else {
        with.push_back({survivor.node, found->second});
      }
    }
    Ranking ranking = Rerank(with, with.size(), [&](NodeId node) { return scores.at(node); });
    ranking.insert(ranking.end(), without.begin(), without.end());
    if (ranking.size() > top) ranking.resize(top);
    return ranking;
  }

  const SpaceInfo space_;
  const size_t ef_;
  const bool exact_;
  const AlignContext context_;
};

// What a space's template makes of a text that stands for a node's; the text itself where the
// template has not exactly one place.
std::string InTemplate(const std::string& form, const std::string& text) {
  const size_t open = form.find('{');
  const size_t close = open == std::string::npos ? open : form.find('}', open);
  if (close == std::string::npos || form.find('{', close) != std::string::npos) return text;
  return form.substr(0, open) + text + form.substr(close + 1);
}

}  // namespace

Status SourceVectors(const SpaceInfo& space, const AlignContext& context,
                     const std::vector<AlignSource>& sources,
                     std::vector<std::vector<float>>* vectors) {
  vectors->assign(sources.size(), {});
  std::vector<std::string> texts;
  std::vector<size_t> places;
  for (size_t i = 0; i < sources.size(); ++i) {
    const AlignSource& source = sources[i];
    if (!source.vector.empty()) {
      (*vectors)[i] = source.vector;
      continue;
    }
    if (source.node) {
      GESTA_ASSIGN_OR_RETURN(auto stored, context.transaction->GetVector(space.id, *source.node));
      if (stored) {
        (*vectors)[i] = std::move(*stored);
        continue;
      }
    }
    if (source.text.empty()) {
      return Status(StatusCode::kNotFound, source.node
                                               ? "node " + std::to_string(*source.node) +
                                                     " has no vector in the embedding space '" +
                                                     space.name + "' and no text"
                                               : "there is nothing to embed in an empty text");
    }
    texts.push_back(InTemplate(space.text, source.text));
    places.push_back(i);
  }
  if (texts.empty()) return {};
  std::vector<float> rows;
  GESTA_RETURN_IF_ERROR(
      EmbedForSpace(space, context.models, texts, context.check_interrupt, &rows));
  for (size_t i = 0; i < places.size(); ++i) {
    const auto row = rows.begin() + static_cast<std::ptrdiff_t>(i * space.dimension);
    (*vectors)[places[i]].assign(row, row + space.dimension);
  }
  return {};
}

Result<std::unique_ptr<AlignerRun>> PrepareVectorAligner(const SpaceInfo& space,
                                                         const AlignerOptions& options,
                                                         const AlignContext& context) {
  GESTA_RETURN_IF_ERROR(options.CheckNames({"ef", "exact"}));
  GESTA_ASSIGN_OR_RETURN(const int64_t ef, options.Integer("ef", 0, 0));
  GESTA_ASSIGN_OR_RETURN(const bool exact, options.Boolean("exact", false));
  return std::unique_ptr<AlignerRun>(
      std::make_unique<VectorRun>(space, static_cast<size_t>(ef), exact, context));
}

}  // namespace gesta::align
