// ALIGN: the best candidates for each row's source, by a chain of aligners.
//
// A batch of rows is aligned as one: equal sources are aligned once, and each aligner sees all
// sources together. Conditions on the candidate alone are evaluated once for every candidate and
// handed to the first aligner; conditions that also read the row filter its ranking, which is asked
// for in growing depth until enough candidates pass.
#include <limits>
#include <map>

#include "align/aligner.h"
#include "align/node_text.h"
#include "align/space_query.h"
#include "execute/align_chain.h"
#include "execute/build.h"
#include "execute/rows.h"
#include "functions/errors.h"

namespace gesta::execute {
namespace {

// Rankings of one aligner call hold at most about this many candidates.
constexpr size_t kRankedAtOnce = size_t{1} << 20;
// How much deeper a ranking is asked for when a row's conditions have refused too many.
constexpr size_t kWidening = 8;

Status AtPlace(const ast::Place& place, const Status& status) {
  if (status.ok() || status.info().line != 0 || place.line == 0) return status;
  return status.WithPosition(place.line, place.column);
}

// Rows of candidates: which of `nodes` meet conditions, beside the values of one outer row.
class CandidateFilter {
 public:
  CandidateFilter(Slot target, ExecutionContext* context)
      : target_(target), context_(context), batch_(context->slot_count) {}

  Status Add(const BoundExpr& predicate) {
    GESTA_ASSIGN_OR_RETURN(std::unique_ptr<Evaluator> evaluator,
                           MakeEvaluator(predicate, context_));
    evaluators_.push_back(std::move(evaluator));
    std::vector<Slot> slots;
    CollectSlots(predicate, &slots);
    for (const Slot slot : slots) {
      if (slot != target_ && !std::count(outer_.begin(), outer_.end(), slot)) {
        outer_.push_back(slot);
      }
    }
    return {};
  }
  bool empty() const { return evaluators_.empty(); }

  // Keeps of nodes[begin…] those that pass, in order. `outer` may be null if no predicate reads it.
  template <typename Item, typename Id>
  Status Keep(const Batch* outer, size_t outer_row, const Id& id, std::vector<Item>* items) {
    size_t kept = 0;
    for (size_t begin = 0; begin < items->size(); begin += context_->batch_rows) {
      GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      const size_t count = std::min(context_->batch_rows, items->size() - begin);
      batch_.Clear();
      batch_.rows = count;
      for (size_t i = 0; i < count; ++i) {
        batch_.columns[target_].push_back(Value::Node(id((*items)[begin + i])));
      }
      for (const Slot slot : outer_) {
        batch_.columns[slot].assign(count, outer->columns[slot][outer_row]);
      }
      std::vector<uint32_t> passed(count);
      for (uint32_t i = 0; i < count; ++i) passed[i] = i;
      for (const auto& evaluator : evaluators_) {
        std::vector<uint32_t> rows;
        GESTA_RETURN_IF_ERROR(evaluator->Select(batch_, &rows));
        std::vector<uint32_t> both;
        std::set_intersection(passed.begin(), passed.end(), rows.begin(), rows.end(),
                              std::back_inserter(both));
        passed = std::move(both);
      }
      for (const uint32_t i : passed) (*items)[kept++] = (*items)[begin + i];
    }
    items->resize(kept);
    return {};
  }

 private:
  const Slot target_;
  ExecutionContext* context_;
  std::vector<std::unique_ptr<Evaluator>> evaluators_;
  std::vector<Slot> outer_;
  Batch batch_;
};

class AlignOperator : public UnaryOperator {
 public:
  AlignOperator(const LogicalOp& op, OperatorPtr child, const OpAlign& node, ExpressionPtr source,
                AlignChain chain, CandidateFilter fixed, CandidateFilter by_row, BuildEnv& env)
      : UnaryOperator(op, std::move(child), env.context),
        node_(node),
        source_(std::move(source)),
        chain_(std::move(chain)),
        fixed_filter_(std::move(fixed)),
        row_filter_(std::move(by_row)),
        pass_(Without(op.live, Produced(node))),
        input_(env.context->slot_count),
        charge_(env.context) {}

  Status Open() override {
    input_.Clear();
    row_ = 0;
    position_ = 0;
    part_begin_ = part_end_ = 0;
    have_allowed_ = false;
    return child_->Open();
  }

  Status Next(Batch* out) override {
    out->Clear();
    from_.clear();
    while (from_.empty()) {
      GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      if (row_ >= part_end_) {
        if (part_end_ >= input_.rows) {
          GESTA_RETURN_IF_ERROR(child_->Next(&input_));
          part_end_ = 0;
          row_ = 0;
          if (input_.rows == 0) return {};
        }
        part_begin_ = part_end_;
        part_end_ = std::min(input_.rows, part_begin_ + RowsAtOnce());
        GESTA_RETURN_IF_ERROR(AlignPart());
        position_ = 0;
      }
      while (row_ < part_end_ && from_.size() < context_->batch_rows) EmitRow(out);
    }
    for (const Slot slot : pass_) Gather(input_.columns[slot], from_, &out->columns[slot]);
    if (!input_.row_numbers.empty()) Gather(input_.row_numbers, from_, &out->row_numbers);
    out->rows = from_.size();
    return {};
  }

 private:
  static constexpr uint32_t kNoSource = 0xFFFFFFFF;

  static std::vector<Slot> Produced(const OpAlign& node) {
    std::vector<Slot> slots = {node.target};
    for (const auto& [name, slot] : node.yield) slots.push_back(slot);
    return slots;
  }
  static void Gather(const Column& from, const std::vector<uint32_t>& rows, Column* to) {
    execute::Gather(from, rows, to);
  }
  static void Gather(const std::vector<uint32_t>& from, const std::vector<uint32_t>& rows,
                     std::vector<uint32_t>* to) {
    to->clear();
    for (const uint32_t row : rows) to->push_back(from[row]);
  }

  size_t RowsAtOnce() const {
    const size_t deepest = std::max<size_t>(1, chain_.widest());
    return std::max<size_t>(1, kRankedAtOnce / std::min(deepest, kRankedAtOnce));
  }

  // Appends the rest of the current row's ranking, as far as the batch has room.
  void EmitRow(Batch* out) {
    const uint32_t source = sources_of_rows_[row_ - part_begin_];
    if (source != kNoSource) {
      const Ranking& ranking = rankings_[source];
      for (; position_ < ranking.size() && from_.size() < context_->batch_rows; ++position_) {
        from_.push_back(static_cast<uint32_t>(row_));
        if (Contains(live_, node_.target)) {
          out->columns[node_.target].push_back(Value::Node(ranking[position_].node));
        }
        for (const auto& [name, slot] : node_.yield) {
          if (!Contains(live_, slot)) continue;
          out->columns[slot].push_back(YieldValue(name, ranking[position_]));
        }
      }
      if (position_ < ranking.size()) return;
    }
    ++row_;
    position_ = 0;
  }

  // A column of YIELD for the candidate at position_.
  Value YieldValue(const std::string& name, const ScoredNode& candidate) const {
    if (name == "score") return Value::Float(candidate.score);
    if (name == "rank") return Value::Integer(static_cast<int64_t>(position_) + 1);
    if (name == "flag") return candidate.flag ? Value::String(candidate.flag) : Value();
    return chain_.method_value();
  }

  // Aligns the rows [part_begin_, part_end_) of the input.
  Status AlignPart() {
    GESTA_RETURN_IF_ERROR(ReadSources());
    charge_.Clear();
    CandidateSet candidates;
    candidates.labels = node_.labels;
    if (!fixed_filter_.empty()) {
      if (!have_allowed_) GESTA_RETURN_IF_ERROR(FindAllowed());
      candidates.allowed = &allowed_;
    }
    rankings_.clear();
    if (sources_.empty()) return {};
    std::vector<Ranking> survivors;
    for (size_t stage = 0; stage < chain_.size(); ++stage) {
      GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      AlignRequest request{sources_, candidates, stage == 0 ? nullptr : &survivors,
                           chain_.top(stage)};
      const Status status = stage == 0 && !row_filter_.empty()
                                ? AlignFiltered(request, &rankings_)
                                : chain_.run(stage).Align(request, &rankings_);
      GESTA_RETURN_IF_ERROR(AtPlace(chain_.place(stage), status));
      if (stage + 1 < chain_.size()) survivors = std::move(rankings_);
    }
    size_t ranked = 0;
    for (const Ranking& ranking : rankings_) ranked += ranking.size();
    return charge_.Add(ranked * sizeof(ScoredNode));
  }

  // The part's sources, equal ones once, and which row has which.
  Status ReadSources() {
    View view;
    GESTA_RETURN_IF_ERROR(source_->Eval(input_, Rows::All(input_.rows), &view));
    sources_.clear();
    sources_of_rows_.assign(part_end_ - part_begin_, kNoSource);
    source_rows_.clear();
    align::NodeReader reader(context_->transaction());
    std::map<NodeId, uint32_t> nodes;
    std::map<std::string, uint32_t, std::less<>> texts;
    for (size_t row = part_begin_; row < part_end_; ++row) {
      const Value& value = view[row];
      if (value.IsNull()) continue;
      const auto next = static_cast<uint32_t>(sources_.size());
      uint32_t number = next;
      AlignSource source;
      if (value.type() == ValueType::kNode) {
        if (row_filter_.empty()) number = nodes.emplace(value.EntityId(), next).first->second;
        if (number == next) {
          GESTA_ASSIGN_OR_RETURN(source, NodeSource(reader, value));
        }
      } else if (value.type() == ValueType::kString) {
        if (row_filter_.empty()) {
          number = texts.emplace(std::string(value.AsString()), next).first->second;
        }
        source.text = value.AsString();
      } else if (value.type() == ValueType::kList && chain_.aligns_vectors()) {
        auto vector = align::VectorOf(value, "ALIGN");
        if (!vector.ok()) return AtPlace(node_.source->place, vector.status());
        source.vector = std::move(*vector);
      } else {
        return AtPlace(node_.source->place, WrongSource(value));
      }
      if (number == next) {
        sources_.push_back(std::move(source));
        source_rows_.push_back(row);
      }
      sources_of_rows_[row - part_begin_] = number;
    }
    return {};
  }

  Result<AlignSource> NodeSource(align::NodeReader& reader, const Value& value) const {
    auto texts = reader.Read(value.EntityId());
    if (!texts.ok()) return AtPlace(node_.source->place, ClassifyEntityError(texts.status()));
    if (texts->name.empty() && !chain_.aligns_vectors()) {
      return AtPlace(node_.source->place,
                     TypeError("InvalidArgumentValue",
                               "ALIGN needs a text, and node " + std::to_string(value.EntityId()) +
                                   " has no lemma, text, name or title",
                               "align a property of it instead, as in ALIGN n.caption TO (…)"));
    }
    return AlignSource{value.EntityId(), std::move(texts->name), {}};
  }

  static Status WrongSource(const Value& value) {
    if (value.type() == ValueType::kList) {
      return StatementError(StatusCode::kUnsupported, "TypeError", "InvalidArgumentType",
                            "a vector can be aligned only in embedding spaces",
                            "name a space after USING; other aligners align texts and nodes");
    }
    return TypeError("InvalidArgumentType",
                     "ALIGN needs a string or a node, not " + TypeInWords(value));
  }

  // Evaluates the conditions on candidates alone.
  Status FindAllowed() {
    align::NodeReader reader(context_->transaction());
    GESTA_ASSIGN_OR_RETURN(allowed_, reader.Nodes(node_.labels));
    have_allowed_ = true;
    return fixed_filter_.Keep(
        nullptr, 0, [](NodeId node) { return node; }, &allowed_);
  }

  // The first aligner's rankings, filtered by the conditions that read the row. Each source belongs
  // to one row here.
  Status AlignFiltered(const AlignRequest& request, std::vector<Ranking>* rankings) {
    rankings->assign(request.sources.size(), {});
    std::vector<size_t> open(request.sources.size());
    for (size_t i = 0; i < open.size(); ++i) open[i] = i;
    size_t depth = std::max<size_t>(1, request.top);
    while (!open.empty() && request.top > 0) {
      depth = depth > std::numeric_limits<size_t>::max() / kWidening ? depth : depth * kWidening;
      std::vector<AlignSource> sources;
      for (const size_t i : open) sources.push_back(request.sources[i]);
      std::vector<Ranking> found;
      GESTA_RETURN_IF_ERROR(
          chain_.run(0).Align({sources, request.candidates, nullptr, depth}, &found));
      std::vector<size_t> unfinished;
      for (size_t j = 0; j < open.size(); ++j) {
        const bool is_all = found[j].size() < depth;
        GESTA_RETURN_IF_ERROR(row_filter_.Keep(
            &input_, source_rows_[open[j]], [](const ScoredNode& node) { return node.node; },
            &found[j]));
        if (found[j].size() < request.top && !is_all) {
          unfinished.push_back(open[j]);
          continue;
        }
        if (found[j].size() > request.top) found[j].resize(request.top);
        (*rankings)[open[j]] = std::move(found[j]);
      }
      open = std::move(unfinished);
    }
    return {};
  }

  const OpAlign& node_;
  ExpressionPtr source_;
  AlignChain chain_;
  CandidateFilter fixed_filter_;  // conditions on the candidate alone
  CandidateFilter row_filter_;    // conditions that read the row too
  const std::vector<Slot> pass_;

  Batch input_;
  size_t part_begin_ = 0, part_end_ = 0;  // the rows of input_ that are aligned
  size_t row_ = 0;
  size_t position_ = 0;  // in the row's ranking
  std::vector<AlignSource> sources_;
  std::vector<size_t> source_rows_;        // a row of each source
  std::vector<uint32_t> sources_of_rows_;  // by row of the part
  std::vector<Ranking> rankings_;          // by source
  MemoryCharge charge_;
  std::vector<NodeId> allowed_;
  bool have_allowed_ = false;
  std::vector<uint32_t> from_;
};

}  // namespace

Result<OperatorPtr> BuildAlign(const OpAlign& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr source, MakeExpression(*node.source, env.context));
  GESTA_ASSIGN_OR_RETURN(AlignChain chain, AlignChain::Make(node, env.context));
  CandidateFilter fixed(node.target, env.context);
  CandidateFilter by_row(node.target, env.context);
  for (const BoundExprPtr& predicate : node.predicates) {
    std::vector<Slot> slots;
    CollectSlots(*predicate, &slots);
    const bool reads_row =
        std::any_of(slots.begin(), slots.end(), [&](Slot slot) { return slot != node.target; });
    GESTA_RETURN_IF_ERROR((reads_row ? by_row : fixed).Add(*predicate));
  }
  return OperatorPtr(std::make_unique<AlignOperator>(op, std::move(child), node, std::move(source),
                                                     std::move(chain), std::move(fixed),
                                                     std::move(by_row), env));
}

}  // namespace gesta::execute
