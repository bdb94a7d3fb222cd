#include "gesta/evaluation.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "align/options.h"

namespace gesta {
namespace {

using Rows = std::vector<std::vector<Value>>;
// Verbs by label, of one data set.
using Truth = std::unordered_map<int64_t, std::unordered_set<int64_t>>;

constexpr uint64_t kProgressStep = 64;  // labels

Result<std::map<std::string, Truth>> ReadTruth(Connection& connection, const std::string& method) {
  GESTA_ASSIGN_OR_RETURN(
      const std::unique_ptr<QueryResult> result,
      connection.Execute(
          "MATCH (d:Dataset)<-[:IN]-(a:Action)-[m:MAPS_TO {method: $method}]->(v:Verb) "
          "WHERE coalesce(m.verdict, '') <> 'reject' "
          "RETURN d.name, id(a), id(v)",
          {{"method", Value::String(method)}}));
  std::map<std::string, Truth> truth;
  std::vector<Value> row;
  while (true) {
    GESTA_ASSIGN_OR_RETURN(const bool more, result->Next(&row));
    if (!more) return truth;
    if (row[0].type() != ValueType::kString) continue;
    truth[std::string(row[0].AsString())][row[1].AsInteger()].insert(row[2].AsInteger());
  }
}

// Keeps the data sets that are asked for.
Status Select(const std::vector<std::string>& wanted, const std::string& method,
              std::map<std::string, Truth>* truth) {
  if (truth->empty()) {
    return Status(StatusCode::kNotFound,
                  "no label of this store is mapped by the method '" + method + "'",
                  "MATCH ()-[m:MAPS_TO]->() RETURN DISTINCT m.method lists the methods");
  }
  if (wanted.empty()) return {};
  std::vector<std::string> known;
  for (const auto& [name, labels] : *truth) known.push_back(name);
  std::map<std::string, Truth> selected;
  for (const std::string& name : wanted) {
    const auto found = truth->find(name);
    if (found == truth->end()) {
      const std::string nearest = NearestName(name, known);
      return Status(StatusCode::kNotFound,
                    "the dataset '" + name + "' has no mappings of method '" + method + "'",
                    nearest.empty() ? "" : "did you mean '" + nearest + "'?");
    }
    selected.insert(*found);
  }
  *truth = std::move(selected);
  return {};
}

// Adds "name {option: $option0}" to a chain of aligners.
void AddAligner(const std::string& name, Map map, AlignmentExclusion exclusion, std::string* chain,
                Parameters* parameters) {
  // Only aligners that use collected mappings know the option, and others need none.
  const bool uses_mappings = name == "neighbours" || name == "fused";
  if (exclusion != AlignmentExclusion::kNone && uses_mappings) {
    map.Set("exclude",
            Value::String(exclusion == AlignmentExclusion::kSameFamily ? "family" : "dataset"));
  }
  std::string text;
  for (const auto& [option, value] : map) {
    const std::string parameter = "option" + std::to_string(parameters->size());
    text += (text.empty() ? " {" : ", ") + QuoteName(option) + ": $" + parameter;
    parameters->emplace(parameter, value);
  }
  if (!text.empty()) text += "}";
  *chain += QuoteName(name) + text;
}

std::string AlignStatement(const AlignmentEvaluationOptions& options, Parameters* parameters) {
  std::string chain;
  AddAligner(options.aligner, options.aligner_options, options.exclusion, &chain, parameters);
  for (const auto& [name, map] : options.then) {
    chain += " THEN ";
    AddAligner(name, map, options.exclusion, &chain, parameters);
  }
  return "UNWIND $labels AS label MATCH (a:Action) WHERE id(a) = label "
         "ALIGN a TO (v:Verb) USING " +
         chain + " TOP $top YIELD rank RETURN label, id(v), rank";
}

// Sums of a label's metrics, candidate by candidate.
class LabelScore {
 public:
  void Add(int64_t rank, bool is_right) {
    if (!is_right) return;
    if (rank == 1) hit_ = 1;
    if (first_ == 0 || rank < first_) first_ = rank;
    if (rank <= 10) ++within_10_;
    if (rank <= 50) ++within_50_;
  }
  void AddTo(AlignmentMetrics* sums, size_t truth) const {
    sums->hits_at_1 += hit_;
    if (first_ > 0) sums->mrr += 1.0 / static_cast<double>(first_);
    sums->recall_at_10 += static_cast<double>(within_10_) / static_cast<double>(truth);
    sums->recall_at_50 += static_cast<double>(within_50_) / static_cast<double>(truth);
  }

 private:
  int hit_ = 0;
  int64_t first_ = 0;
  uint64_t within_10_ = 0;
  uint64_t within_50_ = 0;
};

void Divide(AlignmentMetrics* sums, double by) {
  sums->hits_at_1 /= by;
  sums->mrr /= by;
  sums->recall_at_10 /= by;
  sums->recall_at_50 /= by;
}

class Evaluation {
 public:
  Evaluation(Connection* connection, const AlignmentEvaluationOptions& options)
      : connection_(connection), options_(options) {}

  Result<AlignmentEvaluation> Run() {
    GESTA_ASSIGN_OR_RETURN(auto truth, ReadTruth(*connection_, options_.truth));
    GESTA_RETURN_IF_ERROR(Select(options_.datasets, options_.truth, &truth));
    for (const auto& [name, labels] : truth) total_ += labels.size();
    // Deep enough that every right candidate has its rank.
    GESTA_ASSIGN_OR_RETURN(const std::unique_ptr<QueryResult> verbs,
                           connection_->Execute("MATCH (v:Verb) RETURN count(v)"));
    GESTA_ASSIGN_OR_RETURN(const Rows count, verbs->FetchAll());
    parameters_["top"] = count.front().front();
    const std::string text = AlignStatement(options_, &parameters_);
    GESTA_ASSIGN_OR_RETURN(statement_, connection_->Prepare(text));

    AlignmentEvaluation evaluation;
    for (const auto& [name, labels] : truth) {
      AlignmentEvaluation::PerDataset dataset;
      dataset.name = name;
      dataset.labels = labels.size();
      GESTA_ASSIGN_OR_RETURN(dataset.metrics, Measure(labels));
      evaluation.macro.hits_at_1 += dataset.metrics.hits_at_1;
      evaluation.macro.mrr += dataset.metrics.mrr;
      evaluation.macro.recall_at_10 += dataset.metrics.recall_at_10;
      evaluation.macro.recall_at_50 += dataset.metrics.recall_at_50;
      evaluation.datasets.push_back(std::move(dataset));
    }
    Divide(&evaluation.macro, static_cast<double>(evaluation.datasets.size()));
    return evaluation;
  }

 private:
  // The averages over one data set's labels.
  Result<AlignmentMetrics> Measure(const Truth& truth) {
    List labels;
    for (const auto& [label, verbs] : truth) labels.push_back(Value::Integer(label));
    parameters_["labels"] = Value::MakeList(std::move(labels));
    GESTA_ASSIGN_OR_RETURN(const std::unique_ptr<QueryResult> result,
                           statement_->Execute(parameters_));
    std::unordered_map<int64_t, LabelScore> scores;
    std::vector<Value> row;
    while (true) {
      GESTA_ASSIGN_OR_RETURN(const bool more, result->Next(&row));
      if (!more) break;
      const int64_t label = row[0].AsInteger();
      const auto [score, is_new] = scores.emplace(label, LabelScore());
      if (is_new) Report(done_ + scores.size());
      score->second.Add(row[2].AsInteger(), truth.at(label).count(row[1].AsInteger()) > 0);
    }
    done_ += truth.size();
    AlignmentMetrics sums;
    for (const auto& [label, score] : scores) score.AddTo(&sums, truth.at(label).size());
    Divide(&sums, static_cast<double>(truth.size()));
    return sums;
  }

  void Report(uint64_t done) const {
    if (options_.progress && (done % kProgressStep == 0 || done == total_)) {
      options_.progress(done, total_);
    }
  }

  Connection* connection_;
  const AlignmentEvaluationOptions& options_;
  Parameters parameters_;
  std::unique_ptr<PreparedStatement> statement_;
  uint64_t done_ = 0;
  uint64_t total_ = 0;
};

}  // namespace

Result<AlignmentEvaluation> EvaluateAlignment(Database& database,
                                              const AlignmentEvaluationOptions& options) {
  const std::unique_ptr<Connection> connection = database.Connect();
  // One transaction: all statements see the same graph.
  GESTA_RETURN_IF_ERROR(connection->Begin(/*read_only=*/true));
  Result<AlignmentEvaluation> evaluation = Evaluation(connection.get(), options).Run();
  GESTA_RETURN_IF_ERROR(connection->Rollback());
  return evaluation;
}

}  // namespace gesta
