#include "align/clip_published_aligner.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <unordered_map>

#include "align/node_text.h"
#include "align/ranking.h"
#include "gesta/run_records.h"

namespace gesta::align {
namespace {

constexpr std::string_view kRunMethod = "clip";

class ClipPublishedRun : public AlignerRun {
 public:
  explicit ClipPublishedRun(const AlignContext& context)
      : transaction_(*context.transaction),
        context_(context),
        nodes_(context.transaction),
        index_(transaction_.FindName(NameKind::kProperty, "index")),
        level_(transaction_.FindName(NameKind::kProperty, "level")),
        dataset_(transaction_.FindName(NameKind::kProperty, "dataset")) {}

  Status Align(const AlignRequest& request, std::vector<Ranking>* rankings) override {
    GESTA_RETURN_IF_ERROR(ReadRuns());
    GESTA_RETURN_IF_ERROR(ReadColumns(request.candidates));
    rankings->assign(request.sources.size(), {});
    for (size_t i = 0; i < request.sources.size(); ++i) {
      if (i % 16 == 0) GESTA_RETURN_IF_ERROR(context_.CheckInterrupt());
      GESTA_ASSIGN_OR_RETURN(const std::optional<SimilarityRow> row, FindRow(request.sources[i]));
      if (request.survivors) {
        (*rankings)[i] = Rerank((*request.survivors)[i], request.top, [&](NodeId node) {
          const auto column = columns_of_.find(node);
          return row && column != columns_of_.end() && column->second < row->values.size()
                     ? row->values[column->second]
                     : 0.0f;
        });
      } else if (row) {
        (*rankings)[i] = Rank(row->values, request.top);
      }
    }
    return {};
  }

  std::string model() const override { return "clip"; }

 private:
  // The runs that similarities were kept for.
  Status ReadRuns() {
    if (have_runs_) return {};
    const NameId method = transaction_.FindName(NameKind::kProperty, "method");
    const NameId id = transaction_.FindName(NameKind::kProperty, "id");
    GESTA_ASSIGN_OR_RETURN(const std::vector<NodeId> runs, nodes_.Nodes({"AlignmentRun"}));
    for (const NodeId run : runs) {
      GESTA_ASSIGN_OR_RETURN(const Value run_method, transaction_.GetNodeProperty(run, method));
      if (run_method.type() != ValueType::kString || run_method.AsString() != kRunMethod) continue;
      GESTA_ASSIGN_OR_RETURN(const Value run_id, transaction_.GetNodeProperty(run, id));
      if (run_id.type() == ValueType::kString) runs_.emplace_back(run_id.AsString());
    }
    have_runs_ = true;
    if (!runs_.empty()) return {};
    return Status(StatusCode::kNotFound, "the store keeps no published CLIP similarities",
                  "gesta ingest pangea reads them from the files map_label2verb_clip.pkl");
  }

  // The candidates by their columns.
  Status ReadColumns(const CandidateSet& candidates) {
    if (have_columns_) return {};
    std::vector<NodeId> all;
    if (candidates.allowed) {
      all = *candidates.allowed;
    } else {
      GESTA_ASSIGN_OR_RETURN(all, nodes_.Nodes(candidates.labels));
    }
    for (const NodeId node : all) {
      GESTA_ASSIGN_OR_RETURN(const std::optional<uint64_t> column, Index(node));
      if (!column) continue;
      columns_of_.emplace(node, *column);
      columns_.emplace_back(*column, node);
    }
    std::sort(columns_.begin(), columns_.end());
    have_columns_ = true;
    return {};
  }

  Result<std::optional<uint64_t>> Index(NodeId node) {
    std::optional<uint64_t> index;
    GESTA_ASSIGN_OR_RETURN(const Value value, transaction_.GetNodeProperty(node, index_));
    if (value.type() == ValueType::kInteger && value.AsInteger() >= 0) {
      index = static_cast<uint64_t>(value.AsInteger());
    }
    return index;
  }

  Result<std::optional<SimilarityRow>> FindRow(const AlignSource& source) {
    if (!source.node) return std::optional<SimilarityRow>();
    GESTA_ASSIGN_OR_RETURN(const std::optional<uint64_t> index, Index(*source.node));
    GESTA_ASSIGN_OR_RETURN(const Value dataset,
                           transaction_.GetNodeProperty(*source.node, dataset_));
    if (!index || dataset.type() != ValueType::kString) return std::optional<SimilarityRow>();
    GESTA_ASSIGN_OR_RETURN(const Value level, transaction_.GetNodeProperty(*source.node, level_));
    RunItem item;
    item.dataset = dataset.AsString();
    if (level.type() == ValueType::kString) item.level = level.AsString();
    item.index = *index;
    for (const std::string& run : runs_) {
      item.run = run;
      GESTA_ASSIGN_OR_RETURN(std::optional<SimilarityRow> row,
                             GetSimilarityRow(transaction_, item));
      if (row) return row;
    }
    return std::optional<SimilarityRow>();
  }

  Ranking Rank(const std::vector<float>& similarities, size_t top) const {
    Ranking ranking;
    for (const auto& [column, node] : columns_) {
      if (column < similarities.size() && similarities[column] > 0) {
        ranking.push_back({node, similarities[column]});
      }
    }
    const size_t kept = std::min(top, ranking.size());
    // The columns ascend, and a node's place among its equals is its column.
    std::stable_sort(ranking.begin(), ranking.end(),
                     [](const ScoredNode& a, const ScoredNode& b) { return a.score > b.score; });
    ranking.resize(kept);
    return ranking;
  }

  Transaction& transaction_;
  const AlignContext context_;
  NodeReader nodes_;
  const NameId index_, level_, dataset_;
  bool have_runs_ = false;
  std::vector<std::string> runs_;
  bool have_columns_ = false;
  std::unordered_map<NodeId, uint64_t> columns_of_;
  std::vector<std::pair<uint64_t, NodeId>> columns_;  // ascending
};

class ClipPublishedAligner : public Aligner {
 public:
  std::string_view name() const override { return "clip-published"; }
  std::string_view summary() const override {
    return "the CLIP similarities that gesta ingest pangea keeps of published runs";
  }
  std::string_view signature() const override { return "clip-published {top}"; }

  Result<std::unique_ptr<AlignerRun>> Prepare(AlignerOptions options,
                                              const AlignContext& context) const override {
    GESTA_RETURN_IF_ERROR(options.CheckNames({}));
    return std::unique_ptr<AlignerRun>(std::make_unique<ClipPublishedRun>(context));
  }
};

}  // namespace

std::unique_ptr<Aligner> MakeClipPublishedAligner() {
  return std::make_unique<ClipPublishedAligner>();
}

}  // namespace gesta::align
