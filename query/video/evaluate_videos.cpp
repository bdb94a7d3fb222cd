#include <algorithm>
#include <limits>
#include <optional>

#include "functions/errors.h"
#include "gesta/video_evaluation.h"
#include "video/video_aligners.h"

namespace gesta {
namespace {

using Rows = std::vector<std::vector<Value>>;

constexpr size_t kSamplesAtOnce = 64;

struct Option {
  int64_t index = 0;
  int64_t action = 0;
  std::string text;
  bool correct = false;
  std::optional<int64_t> decomposition;
  bool for_question = false;  // the decomposition was made for this question
  std::optional<double> score;
};

struct Question {
  int64_t video = 0;
  std::string domain, text;
  std::vector<Option> options;  // by index
};

class Evaluation {
 public:
  Evaluation(Connection* connection, const VideoEvaluationOptions& options, std::string space)
      : connection_(connection), options_(options) {
    evaluation_.space = std::move(space);
  }

  Result<VideoEvaluation> Run() {
    GESTA_RETURN_IF_ERROR(ReadQuestions());
    GESTA_RETURN_IF_ERROR(ReadOptions());
    if (UsesSubactions()) GESTA_RETURN_IF_ERROR(ReadDecompositions());
    GESTA_RETURN_IF_ERROR(Score());
    for (const auto& [id, question] : questions_) Count(id, question);
    if (evaluation_.overall.samples == 0) {
      std::string why;
      for (const auto& [reason, count] : evaluation_.left_out) {
        why += (why.empty() ? "" : "; ") + std::to_string(count) + " questions: " + reason;
      }
      return Status(
          StatusCode::kNotFound, "there is no sample to evaluate on",
          why.empty() ? "gesta ingest actalign or gesta ingest actionatlas makes them" : why);
    }
    Divide(&evaluation_.overall);
    for (auto& [domain, accuracy] : evaluation_.domains) Divide(&accuracy);
    return std::move(evaluation_);
  }

 private:
  bool UsesSubactions() const { return options_.aligner == "dtw"; }

  Result<Rows> Ask(const std::string& statement, const Parameters& parameters) {
    GESTA_ASSIGN_OR_RETURN(const std::unique_ptr<QueryResult> result,
                           connection_->Execute(statement, parameters));
    return result->FetchAll();
  }

  Status ReadQuestions() {
    GESTA_ASSIGN_OR_RETURN(
        const Rows rows,
        Ask("MATCH (q:Question)-[:ABOUT]->(v:Video) "
            "WHERE $dataset = '' OR EXISTS { (v)-[:IN]->(:Dataset {name: $dataset}) } "
            "RETURN id(q), id(v), q.domain, q.text",
            {{"dataset", Value::String(options_.dataset)}}));
    for (const auto& row : rows) {
      Question question;
      question.video = row[1].AsInteger();
      if (row[2].type() == ValueType::kString) question.domain = row[2].AsString();
      if (row[3].type() == ValueType::kString) question.text = row[3].AsString();
      questions_.emplace(row[0].AsInteger(), std::move(question));
    }
    return {};
  }

  Status ReadOptions() {
    GESTA_ASSIGN_OR_RETURN(
        const Rows rows,
        Ask("MATCH (q:Question)-[o:OPTION]->(a) "
            "RETURN id(q), id(a), o.index, o.correct, coalesce(a.text, a.name, '')",
            {}));
    for (const auto& row : rows) {
      const auto question = questions_.find(row[0].AsInteger());
      if (question == questions_.end()) continue;
      if (row[2].type() != ValueType::kInteger) {
        return Status(StatusCode::kBadData, "an OPTION of the question " +
                                                std::to_string(row[0].AsInteger()) +
                                                " has no number as its property index");
      }
      Option option;
      option.action = row[1].AsInteger();
      option.index = row[2].AsInteger();
      option.correct = row[3].type() == ValueType::kBoolean && row[3].AsBoolean();
      if (row[4].type() == ValueType::kString) option.text = row[4].AsString();
      question->second.options.push_back(std::move(option));
    }
    for (auto& [id, question] : questions_) {
      std::sort(question.options.begin(), question.options.end(),
                [](const Option& a, const Option& b) { return a.index < b.index; });
    }
    return {};
  }

  // The latest decomposition made for the question, else the latest that was made for none.
  Status ReadDecompositions() {
    GESTA_ASSIGN_OR_RETURN(const Rows rows,
                           Ask("MATCH (q:Question)-[:OPTION]->(a)-[:HAS_DECOMPOSITION]->(d) "
                               "OPTIONAL MATCH (d)-[:FOR]->(f) "
                               "RETURN id(q), id(a), id(d), coalesce(d.context, ''), id(f)",
                               {}));
    for (const auto& row : rows) {
      const auto found = questions_.find(row[0].AsInteger());
      if (found == questions_.end()) continue;
      const Question& question = found->second;
      const bool has_question = !row[4].IsNull();
      const bool has_context = row[3].type() == ValueType::kString && !row[3].AsString().empty();
      const bool is_for = has_question ? row[4].AsInteger() == found->first
                                       : has_context && row[3].AsString() == question.text;
      if (!is_for && (has_question || has_context)) continue;
      for (Option& option : found->second.options) {
        if (option.action != row[1].AsInteger()) continue;
        const int64_t id = row[2].AsInteger();
        if (!option.decomposition ||
            std::pair(is_for, id) > std::pair(option.for_question, *option.decomposition)) {
          option.decomposition = id;
          option.for_question = is_for;
        }
      }
    }
    return {};
  }

  Status Score() {
    Map map({{"cosine", Value::Boolean(options_.cosine)}});
    std::string statement;
    if (UsesSubactions()) {
      map.Set("exact", Value::Boolean(options_.exact));
      map.Set("smooth", Value::Integer(options_.smooth));
      map.Set("published_smoothing", Value::Boolean(options_.seed_compatible));
      map.Set("device", Value::String(options_.device));
      statement =
          "UNWIND $rows AS row MATCH (v) WHERE id(v) = row[2] MATCH (d) WHERE id(d) = row[3] "
          "RETURN row[0], row[1], dtw_score(v, d, $space, $options)";
    } else {
      map.Set("whole_matrix_norm", Value::Boolean(options_.seed_compatible));
      statement =
          "UNWIND $rows AS row MATCH (v) WHERE id(v) = row[2] "
          "CALL { WITH row UNWIND range(0, size(row[3]) - 1) AS i "
          "  MATCH (a) WHERE id(a) = row[3][i] WITH a ORDER BY i RETURN collect(a) AS labels } "
          "RETURN row[0], -1, meanpool_score(v, labels, $space, $options)";
    }
    Parameters parameters{{"space", Value::String(evaluation_.space)},
                          {"options", Value::MakeMap(std::move(map))}};
    List part;
    size_t done = 0;
    for (auto& [id, question] : questions_) {
      if (UsesSubactions()) {
        for (size_t i = 0; i < question.options.size(); ++i) {
          if (!question.options[i].decomposition) continue;
          part.push_back(
              Value::MakeList({Value::Integer(id), Value::Integer(static_cast<int64_t>(i)),
                               Value::Integer(question.video),
                               Value::Integer(*question.options[i].decomposition)}));
        }
      } else if (!question.options.empty()) {
        List actions;
        for (const Option& option : question.options) {
          actions.push_back(Value::Integer(option.action));
        }
        part.push_back(
            Value::MakeList({Value::Integer(id), Value::Integer(-1), Value::Integer(question.video),
                             Value::MakeList(std::move(actions))}));
      }
      if (++done % kSamplesAtOnce == 0 || done == questions_.size()) {
        parameters["rows"] = Value::MakeList(std::move(part));
        part.clear();
        GESTA_ASSIGN_OR_RETURN(const Rows rows, Ask(statement, parameters));
        for (const auto& row : rows) Keep(row);
        if (options_.progress) options_.progress(done, questions_.size());
      }
    }
    return {};
  }

  void Keep(const std::vector<Value>& row) {
    std::vector<Option>& options = questions_.at(row[0].AsInteger()).options;
    const auto keep = [](const Value& score, Option* option) {
      if (score.IsNumber()) option->score = score.AsNumber();
    };
    if (row[1].AsInteger() >= 0) {
      keep(row[2], &options[static_cast<size_t>(row[1].AsInteger())]);
    } else if (row[2].type() == ValueType::kList) {
      for (size_t i = 0; i < options.size(); ++i) keep(row[2].AsList()[i], &options[i]);
    }
  }

  // Why a question is no sample; empty: it is one.
  std::string Refusal(const Question& question) const {
    const auto any = [&](auto has) {
      return std::any_of(question.options.begin(), question.options.end(), has);
    };
    if (question.options.empty()) return "it has no options";
    if (!any([](const Option& option) { return option.correct; })) {
      return "no option is marked as correct";
    }
    if (UsesSubactions() &&
        !any([](const Option& option) { return option.decomposition.has_value(); })) {
      return "no option has subactions";
    }
    if (!any([](const Option& option) { return option.score.has_value(); })) {
      return UsesSubactions() ? "its video has no sequence in the space"
                              : "its video has no sequence in the space, or no option a vector";
    }
    return {};
  }

  void Count(int64_t id, const Question& question) {
    const std::string refusal = Refusal(question);
    if (!refusal.empty()) {
      ++evaluation_.left_out[refusal];
      return;
    }
    std::vector<size_t> order;  // scored options by place, best first
    size_t right = 0;
    for (size_t i = 0; i < question.options.size(); ++i) {
      if (question.options[i].correct) right = i;
      if (question.options[i].score) {
        order.push_back(i);
      } else {
        ++evaluation_.missing_options;
      }
    }
    const std::vector<size_t> scored = order;
    const auto score = [&](size_t i) { return *question.options[i].score; };
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return score(a) > score(b); });
    VideoEvaluation::Sample sample;
    sample.question = id;
    sample.text = question.text;
    sample.domain = question.domain;
    sample.answer = question.options[right].text;
    sample.predicted = question.options[order.front()].text;
    for (size_t place = 0; place < order.size(); ++place) {
      // The published evaluation knows an option by its place among those that are scored.
      const size_t shown =
          options_.seed_compatible
              ? static_cast<size_t>(std::find(scored.begin(), scored.end(), order[place]) -
                                    scored.begin())
              : order[place];
      if (shown == right) sample.rank = static_cast<int64_t>(place) + 1;
    }
    double best_other = -std::numeric_limits<double>::infinity();
    for (const size_t i : scored) {
      if (i != right) best_other = std::max(best_other, score(i));
    }
    sample.margin = question.options[right].score ? score(right) - best_other
                                                  : -std::numeric_limits<double>::infinity();
    Add(sample.rank, &evaluation_.overall);
    Add(sample.rank, &evaluation_.domains[question.domain]);
    evaluation_.samples.push_back(std::move(sample));
  }

  static void Add(int64_t rank, VideoEvaluation::Accuracy* accuracy) {
    ++accuracy->samples;
    for (int64_t k = 1; k <= 3; ++k) accuracy->top[k - 1] += rank > 0 && rank <= k;
  }
  static void Divide(VideoEvaluation::Accuracy* accuracy) {
    for (double& top : accuracy->top) top /= static_cast<double>(accuracy->samples);
  }

  Connection* const connection_;
  const VideoEvaluationOptions& options_;
  std::map<int64_t, Question> questions_;
  VideoEvaluation evaluation_;
};

}  // namespace

Result<VideoEvaluation> EvaluateVideos(Database& database, const VideoEvaluationOptions& options) {
  if (options.aligner != "dtw" && options.aligner != "meanpool") {
    return ArgumentError("UnknownOption", "there is no evaluation of the aligner '" +
                                              options.aligner + "'; it can be dtw or meanpool");
  }
  std::string space;
  {
    GESTA_ASSIGN_OR_RETURN(const std::unique_ptr<Transaction> transaction,
                           database.store().Begin({/*read_only=*/true}));
    GESTA_ASSIGN_OR_RETURN(const SpaceInfo* const found,
                           video::SequenceSpace(*transaction, options.space));
    space = found->name;
  }
  const std::unique_ptr<Connection> connection = database.Connect();
  // One transaction: all statements see the same graph.
  GESTA_RETURN_IF_ERROR(connection->Begin(/*read_only=*/true));
  Result<VideoEvaluation> evaluation = Evaluation(connection.get(), options, space).Run();
  GESTA_RETURN_IF_ERROR(connection->Rollback());
  return evaluation;
}

}  // namespace gesta
