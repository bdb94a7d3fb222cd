#include "video/decompose.h"

#include <algorithm>
#include <map>
#include <memory>
#include <tuple>

#include "align/alignment_run.h"
#include "align/ask_options.h"
#include "align/json_text.h"
#include "align/mapping_graph.h"
#include "align/node_text.h"
#include "functions/errors.h"
#include "gesta/decompose_answer.h"
#include "gesta/decompose_prompt.h"
#include "video/decomposition_writer.h"
#include "video/step_vectors.h"

namespace gesta {
namespace {

using align::AlignmentRun;
using align::NamedProperties;
using video::DecompositionKey;
using video::Decompositions;
using video::DecompositionWriter;
using video::Question;
using video::StepEmbedder;
using video::StepVectors;

using Row = std::vector<Value>;

constexpr std::string_view kMethod = "decompose";

struct Action {
  Value value;       // as given: a node or a text
  size_t place = 0;  // in the task's list of texts, no two of which are alike
  DecompositionKey key;
  std::optional<NodeId> decomposition;  // found or made
  std::vector<std::string> steps;
  StepVectors vectors;
};

// One call of decompose().
struct Call {
  size_t number = 0;
  std::optional<Question> question;
  llm::DecomposeTask task;
  llm::DecomposeTemplate prompt;
  align::Asking asking;
  int64_t attempts = 3;
  bool skips_incomplete = false;
  std::optional<StepEmbedder> embedder;
  std::string parameters;  // JSON, for the run: what does not differ from question to question
  std::vector<Action> actions;

  // While models are asked.
  std::string text;  // the prompt
  std::string answer;
  bool was_cut = false;
  llm::Subactions found;
  std::vector<std::string> problems;
};

// What the node of a question, or of anything, says about its domain.
Result<std::string> DomainOf(Transaction& transaction, const std::optional<NodeId>& node) {
  if (!node) return std::string();
  return align::NodeString(transaction, *node, "domain");
}

std::string Listed(const std::vector<std::string>& phrases) {
  std::string text;
  for (const std::string& phrase : phrases) text += (text.empty() ? "" : "; ") + phrase;
  return text;
}

class CallReader {
 public:
  explicit CallReader(EvaluationContext* context)
      : context_(*context),
        transaction_(*context->transaction()),
        names_(context->transaction()),
        decompositions_(context->transaction()) {}

  Status Read(const Row& arguments, Call* call) {
    if (!arguments[1].IsNull() && arguments[1].type() != ValueType::kMap) {
      return WrongArgument("decompose", "a map of options", arguments[1]);
    }
    const AlignerOptions options("decompose()",
                                 arguments[1].IsNull() ? Map() : arguments[1].AsMap());
    GESTA_RETURN_IF_ERROR(ReadOptions(options, call));
    return ReadActions(arguments[0], call);
  }

 private:
  Status ReadOptions(const AlignerOptions& options, Call* call) {
    GESTA_RETURN_IF_ERROR(
        options.CheckNames(align::AskOptionNames({"question", "domain", "count", "template",
                                                  "attempts", "incomplete", "space", "text"}),
                           /*with_top=*/false));
    if (const Value* question = options.values().Find("question");
        question && !question->IsNull()) {
      GESTA_ASSIGN_OR_RETURN(call->question, decompositions_.ReadQuestion(*question, "decompose"));
      call->task.question = call->question->text;
    }
    GESTA_ASSIGN_OR_RETURN(call->task.domain, options.String("domain", ""));
    if (call->task.domain.empty() && call->question) {
      GESTA_ASSIGN_OR_RETURN(call->task.domain, DomainOf(transaction_, call->question->node));
    }
    GESTA_ASSIGN_OR_RETURN(const int64_t count, options.Integer("count", 10, 1));
    call->task.count = static_cast<size_t>(count);
    GESTA_ASSIGN_OR_RETURN(const std::string prompt, options.String("template", "contrast"));
    GESTA_ASSIGN_OR_RETURN(call->prompt, llm::FindDecomposeTemplate(prompt));
    GESTA_ASSIGN_OR_RETURN(call->attempts, options.Integer("attempts", 3, 1));
    GESTA_ASSIGN_OR_RETURN(const std::string incomplete,
                           options.Choice("incomplete", {"error", "skip"}));
    call->skips_incomplete = incomplete == "skip";
    GESTA_ASSIGN_OR_RETURN(call->asking, align::ReadAsking(options, context_.language_models(),
                                                           "decompose(actions, {model: '…'})"));
    LanguageModelQuestion& asked = call->asking.question;
    if (!asked.temperature) asked.temperature = 0.2;
    GESTA_ASSIGN_OR_RETURN(const std::string space, options.String("space", ""));
    GESTA_ASSIGN_OR_RETURN(const std::string text, options.String("text", "plain"));
    if (!space.empty()) {
      GESTA_ASSIGN_OR_RETURN(call->embedder, StepEmbedder::Open(&context_, space, text));
      // Wrong sentences are refused before a model is asked.
      GESTA_RETURN_IF_ERROR(llm::SubactionText(text, "", "", call->task.domain).status());
    }
    Map parameters;
    for (const auto& [name, value] : options.values()) {
      if (name != "question" && name != "domain") parameters.Set(name, value);
    }
    call->parameters = align::JsonText(Value::MakeMap(std::move(parameters)));
    return {};
  }

  Status ReadActions(const Value& value, Call* call) {
    if (value.IsNull()) return {};
    List single;
    if (value.type() != ValueType::kList) single.push_back(value);
    for (const Value& item : value.type() == ValueType::kList ? value.AsList() : single) {
      Action action;
      action.value = item;
      DecompositionKey& key = action.key;
      if (item.type() == ValueType::kString) {
        key.text = item.AsString();
      } else if (item.type() == ValueType::kNode) {
        key.action = item.EntityId();
        GESTA_ASSIGN_OR_RETURN(align::NodeReader::Texts texts, names_.Read(*key.action));
        key.text = std::move(texts.name);
      } else {
        return WrongArgument("decompose", "a list of actions, nodes or texts", item);
      }
      if (key.text.empty()) {
        return TypeError("InvalidArgumentValue", "decompose() needs actions with a text",
                         "a node's lemma, text, name or title is its text");
      }
      const bool is_repeated =
          std::any_of(call->actions.begin(), call->actions.end(), [&](const Action& other) {
            return other.key.action == key.action && other.key.text == key.text;
          });
      if (is_repeated) continue;
      std::vector<std::string>& texts = call->task.actions;
      const auto known = std::find(texts.begin(), texts.end(), key.text);
      action.place = static_cast<size_t>(known - texts.begin());
      if (known == texts.end()) texts.push_back(key.text);
      call->actions.push_back(std::move(action));
    }
    call->text = llm::RenderDecompose(call->prompt, call->task);
    const LanguageModelQuestion& asked = call->asking.question;
    const std::string all = align::JsonQuote(call->text) + align::JsonQuote(asked.model) +
                            FloatToText(*asked.temperature) + ";" +
                            (asked.seed ? std::to_string(*asked.seed) : "") + ";" +
                            (asked.answer_tokens ? std::to_string(*asked.answer_tokens) : "") +
                            ";" + std::to_string(call->task.count);
    for (Action& action : call->actions) {
      action.key.question = call->question;
      action.key.asked = all;
    }
    return {};
  }

  EvaluationContext& context_;
  Transaction& transaction_;
  align::NodeReader names_;
  Decompositions decompositions_;
};

// The calls of a batch of rows. Models are asked and texts embedded before anything is written, so
// that other writers do not wait for them.
class DecomposeBatch {
 public:
  DecomposeBatch(EvaluationContext* context, std::vector<Call>* calls)
      : context_(*context),
        transaction_(*context->transaction()),
        calls_(*calls),
        writer_(context->transaction()),
        decompositions_(context->transaction()) {}

  Status Run(std::vector<std::vector<Row>>* rows) {
    GESTA_RETURN_IF_ERROR(FindKnown());
    GESTA_RETURN_IF_ERROR(AskAll());
    GESTA_RETURN_IF_ERROR(Embed());
    GESTA_RETURN_IF_ERROR(Write());
    for (const Call& call : calls_) {
      for (const Action& action : call.actions) {
        GESTA_ASSIGN_OR_RETURN(Row row, ResultRow(call, action));
        (*rows)[call.number].push_back(std::move(row));
      }
    }
    return {};
  }

 private:
  Status FindKnown() {
    for (Call& call : calls_) {
      for (Action& action : call.actions) {
        GESTA_ASSIGN_OR_RETURN(action.decomposition, writer_.Find(action.key, nullptr));
        if (!action.decomposition) continue;
        GESTA_ASSIGN_OR_RETURN(action.steps, decompositions_.Texts(*action.decomposition));
      }
    }
    return {};
  }

  static bool IsKnown(const Call& call) {
    return std::all_of(call.actions.begin(), call.actions.end(),
                       [](const Action& action) { return action.decomposition.has_value(); });
  }

  Status AskAll() {
    std::vector<Call*> open;
    for (Call& call : calls_) {
      if (IsKnown(call)) continue;
      call.found.resize(call.task.actions.size());
      open.push_back(&call);
    }
    for (int64_t attempt = 1; !open.empty(); ++attempt) {
      GESTA_RETURN_IF_ERROR(Ask(open));
      std::vector<Call*> again;
      for (Call* const call : open) {
        call->problems = llm::SubactionProblems(call->found, call->task.actions, call->task.count);
        if (call->problems.empty() || attempt >= call->attempts) continue;
        std::vector<std::string> problems = call->problems;
        if (call->was_cut) problems.emplace_back("it was too long and ended early");
        call->text =
            llm::RenderDecomposeComplaint(llm::RenderDecompose(call->prompt, call->task),
                                          static_cast<size_t>(attempt), call->answer, problems);
        again.push_back(call);
      }
      open = std::move(again);
    }
    for (Call& call : calls_) {
      for (Action& action : call.actions) {
        if (action.decomposition || call.found[action.place].size() < call.task.count) continue;
        action.steps = call.found[action.place];
      }
    }
    return CheckComplete();
  }

  // Calls that are to be asked in the same way go out together.
  Status Ask(const std::vector<Call*>& open) {
    if (context_.language_models() == nullptr) {
      return Status(StatusCode::kUnsupported, "decompose() runs only in a statement");
    }
    using Manner =
        std::tuple<size_t, int64_t, int, std::optional<uint64_t>, std::optional<uint64_t>>;
    std::map<Manner, std::vector<Call*>> groups;
    for (Call* const call : open) {
      const AskOptions& ask = call->asking.ask;
      groups[{ask.parallel, ask.timeout.count(), ask.retries, ask.max_calls, ask.max_tokens}]
          .push_back(call);
    }
    for (const auto& [manner, group] : groups) {
      std::vector<LanguageModelQuestion> questions;
      for (const Call* const call : group) {
        questions.push_back(call->asking.question);
        questions.back().prompt = call->text;
      }
      AskOptions ask = group.front()->asking.ask;
      ask.check_interrupt = [this] { return context_.CheckInterrupt(); };
      GESTA_RETURN_IF_ERROR(context_.language_models()->Ask(
          questions, ask,
          [&, &group = group](size_t question, LanguageModelAnswer answer) -> Status {
            Read(std::move(answer), group[question]);
            return {};
          },
          &usage_));
    }
    return {};
  }

  // An action keeps its subactions of the latest answer that had enough of them, since it is there
  // that they contrast with the others'; as long as there is none, the most.
  static void Read(LanguageModelAnswer answer, Call* call) {
    llm::Subactions read = llm::ParseSubactions(answer.text, call->task.actions, call->task.domain);
    for (size_t i = 0; i < read.size(); ++i) {
      if (read[i].size() >= std::min(call->task.count, call->found[i].size() + 1)) {
        call->found[i] = std::move(read[i]);
      }
    }
    call->was_cut = answer.is_cut;
    call->answer = std::move(answer.text);
  }

  Status CheckComplete() const {
    constexpr size_t kShown = 3;
    std::string message;
    size_t failed = 0;
    for (const Call& call : calls_) {
      if (call.problems.empty() || call.skips_incomplete || ++failed > kShown) continue;
      message += (message.empty() ? "" : "\n") + std::string("the model '") +
                 call.asking.question.model + "' gave no usable decomposition" +
                 (call.task.question.empty() ? "" : " for '" + call.task.question + "'") +
                 " when asked " + std::to_string(call.attempts) +
                 (call.attempts == 1 ? " time" : " times") + ": " + Listed(call.problems) +
                 (call.was_cut ? "; its answer was cut off" : "");
    }
    if (failed == 0) return {};
    if (failed > kShown) {
      message += "\nand " + std::to_string(failed - kShown) + " other questions failed likewise";
    }
    return Status(StatusCode::kBadData, std::move(message),
                  "ask for fewer (count), more often (attempts), with another seed or model, or "
                  "leave these actions out ({incomplete: 'skip'}); other answers are kept");
  }

  Status Embed() {
    for (Call& call : calls_) {
      if (!call.embedder) continue;
      std::vector<StepVectors*> missing;
      for (Action& action : call.actions) {
        if (action.steps.empty()) continue;
        GESTA_ASSIGN_OR_RETURN(action.vectors, call.embedder->Prepare(action.steps, action.key.text,
                                                                      call.task.domain));
        bool is_there = false;
        if (action.decomposition) {
          GESTA_ASSIGN_OR_RETURN(is_there,
                                 call.embedder->IsUpToDate(*action.decomposition, action.vectors));
        }
        if (!is_there) missing.push_back(&action.vectors);
      }
      GESTA_RETURN_IF_ERROR(call.embedder->Embed(missing));
    }
    return {};
  }

  Result<AlignmentRun*> RunOf(const Call& call) {
    auto& run = runs_[{call.asking.question.model, call.parameters}];
    if (!run) {
      run = std::make_unique<AlignmentRun>(&context_);
      const std::string parameters =
          "{\"procedure\": \"decompose\", \"options\": " + call.parameters +
          ", \"template\": " + align::JsonQuote(call.prompt.text) + "}";
      GESTA_RETURN_IF_ERROR(
          run->Start(std::string(kMethod), call.asking.question.model, parameters));
    }
    return run.get();
  }

  Status Write() {
    for (Call& call : calls_) {
      for (Action& action : call.actions) {
        if (!action.decomposition && !action.steps.empty()) {
          // A row before may have asked for the same.
          GESTA_ASSIGN_OR_RETURN(action.decomposition, writer_.Find(action.key, nullptr));
          if (!action.decomposition) GESTA_RETURN_IF_ERROR(Make(call, &action));
        }
        if (action.decomposition && !action.vectors.rows.empty()) {
          GESTA_RETURN_IF_ERROR(call.embedder->Store(*action.decomposition, action.vectors));
        }
      }
    }
    for (const auto& [key, run] : runs_) GESTA_RETURN_IF_ERROR(run->Finish());
    return {};
  }

  Status Make(const Call& call, Action* action) {
    GESTA_ASSIGN_OR_RETURN(AlignmentRun* const run, RunOf(call));
    const LanguageModelQuestion& asked = call.asking.question;
    NamedProperties properties = {
        {"model", Value::String(asked.model)},
        {"temperature", Value::Float(*asked.temperature)},
        {"run", Value::String(run->id())},
        {"count", Value::Integer(static_cast<int64_t>(action->steps.size()))},
        {"template", Value::String(call.prompt.name)}};
    if (asked.seed) properties.emplace_back("seed", Value::Integer(*asked.seed));
    if (!call.task.domain.empty()) {
      properties.emplace_back("domain", Value::String(call.task.domain));
    }
    GESTA_ASSIGN_OR_RETURN(action->decomposition,
                           writer_.Make(action->key, action->steps, properties, &run->journal()));
    return {};
  }

  Result<Row> ResultRow(const Call& call, const Action& action) const {
    if (!action.decomposition) {
      const auto problems = llm::SubactionProblems(
          {call.found[action.place]}, {call.task.actions[action.place]}, call.task.count);
      return Row{action.value, Value(), Value(), Value(), Value::String(Listed(problems))};
    }
    List steps;
    for (const std::string& step : action.steps) steps.push_back(Value::String(step));
    GESTA_ASSIGN_OR_RETURN(std::string run,
                           align::NodeString(transaction_, *action.decomposition, "run"));
    return Row{action.value, Value::Node(*action.decomposition), Value::MakeList(std::move(steps)),
               Value::String(std::move(run)), Value()};
  }

  EvaluationContext& context_;
  Transaction& transaction_;
  std::vector<Call>& calls_;
  DecompositionWriter writer_;
  Decompositions decompositions_;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<AlignmentRun>> runs_;
  LanguageModelUsage usage_;
};

Status Decompose(EvaluationContext& context, const std::vector<Row>& arguments,
                 std::vector<std::vector<Row>>* rows) {
  CallReader reader(&context);
  std::vector<Call> calls(arguments.size());
  for (size_t i = 0; i < calls.size(); ++i) {
    calls[i].number = i;
    GESTA_RETURN_IF_ERROR(reader.Read(arguments[i], &calls[i]));
  }
  return DecomposeBatch(&context, &calls).Run(rows);
}

// -- decomposition.embed --

Status EmbedDecompositions(EvaluationContext& context, const Row& arguments,
                           std::vector<Row>* rows) {
  constexpr std::string_view kName = "decomposition.embed";
  Transaction& transaction = *context.transaction();
  if (arguments[0].IsNull()) return {};
  if (arguments[1].type() != ValueType::kString) {
    return WrongArgument(kName, "the name of an embedding space", arguments[1]);
  }
  if (!arguments[2].IsNull() && arguments[2].type() != ValueType::kMap) {
    return WrongArgument(kName, "a map of options", arguments[2]);
  }
  const AlignerOptions options(std::string(kName) + "()",
                               arguments[2].IsNull() ? Map() : arguments[2].AsMap());
  GESTA_RETURN_IF_ERROR(options.CheckNames({"text", "domain"}, /*with_top=*/false));
  GESTA_ASSIGN_OR_RETURN(std::string sentence, options.String("text", "plain"));
  GESTA_ASSIGN_OR_RETURN(const std::string given_domain, options.String("domain", ""));
  GESTA_ASSIGN_OR_RETURN(
      const StepEmbedder embedder,
      StepEmbedder::Open(&context, std::string(arguments[1].AsString()), std::move(sentence)));

  Decompositions decompositions(&transaction);
  align::NodeReader reader(&transaction);
  List single;
  if (arguments[0].type() != ValueType::kList) single.push_back(arguments[0]);
  const List& items = arguments[0].type() == ValueType::kList ? arguments[0].AsList() : single;
  std::vector<NodeId> nodes;
  std::vector<StepVectors> all(items.size());
  std::vector<StepVectors*> missing;
  for (const Value& item : items) {
    bool fits = item.type() == ValueType::kNode;
    if (fits) {
      GESTA_ASSIGN_OR_RETURN(fits, decompositions.IsDecomposition(item.EntityId()));
    }
    if (!fits) return WrongArgument(kName, "nodes with the label Decomposition", item);
    const NodeId node = item.EntityId();
    GESTA_ASSIGN_OR_RETURN(const std::vector<std::string> steps, decompositions.Texts(node));
    GESTA_ASSIGN_OR_RETURN(const std::string action,
                           align::NodeString(transaction, node, "action"));
    std::string domain = given_domain;
    if (domain.empty()) {
      GESTA_ASSIGN_OR_RETURN(domain, DomainOf(transaction, node));
    }
    if (domain.empty()) {
      GESTA_ASSIGN_OR_RETURN(const std::vector<NodeId> questions,
                             reader.Related(node, Direction::kOut, "FOR"));
      if (!questions.empty()) {
        GESTA_ASSIGN_OR_RETURN(domain, DomainOf(transaction, questions.front()));
      }
    }
    StepVectors& vectors = all[nodes.size()];
    GESTA_ASSIGN_OR_RETURN(vectors, embedder.Prepare(steps, action, domain));
    GESTA_ASSIGN_OR_RETURN(const bool is_there, embedder.IsUpToDate(node, vectors));
    if (!is_there && !steps.empty()) missing.push_back(&vectors);
    nodes.push_back(node);
  }
  GESTA_RETURN_IF_ERROR(embedder.Embed(missing));
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (all[i].rows.empty()) continue;
    GESTA_RETURN_IF_ERROR(embedder.Store(nodes[i], all[i]));
  }
  rows->push_back({Value::Integer(static_cast<int64_t>(missing.size()))});
  return {};
}

}  // namespace

void RegisterDecomposeProcedures(ProcedureRegistry& registry) {
  Procedure decompose;
  decompose.name = "decompose";
  decompose.arguments = {{"actions", "LIST OF NODE OR STRING"}, {"options", "MAP?"}};
  decompose.required_arguments = 1;
  decompose.results = {{"action", "ANY"},
                       {"decomposition", "NODE"},
                       {"steps", "LIST OF STRING"},
                       {"run", "STRING"},
                       {"flag", "STRING"}};
  decompose.writes = true;
  decompose.batch = Decompose;
  decompose.summary =
      "a language model decomposes actions into ordered subactions, all in one prompt; options: "
      "question, domain, model, temperature, count, template, attempts, incomplete, space, text, …";
  registry.Add(std::move(decompose));

  Procedure embed;
  embed.name = "decomposition.embed";
  embed.arguments = {{"decompositions", "LIST OF NODE"}, {"space", "STRING"}, {"options", "MAP?"}};
  embed.required_arguments = 2;
  embed.results = {{"embedded", "INTEGER"}};
  embed.writes = true;
  embed.body = EmbedDecompositions;
  embed.summary =
      "embeds the steps of decompositions in their sentences, as sequences of a space; options: "
      "text, domain";
  registry.Add(std::move(embed));
}

}  // namespace gesta
