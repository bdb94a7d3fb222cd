// llm(): questions to a language model.
#include <chrono>
#include <map>

#include "functions/errors.h"
#include "functions/registry.h"
#include "gesta/language_models.h"

namespace gesta {
namespace {

constexpr std::string_view kOptions =
    "model, temperature, seed, answer_tokens, parallel, timeout and retries";

struct LlmOptions {
  LanguageModelQuestion question;  // without a prompt
  AskOptions ask;
};

Status WrongOption(std::string_view name, std::string_view needs, const Value& got) {
  return TypeError("InvalidArgumentType", "the option " + std::string(name) + " of llm() needs " +
                                              std::string(needs) + ", not " + TypeInWords(got));
}

Result<int64_t> WholeOption(std::string_view name, const Value& value, int64_t least) {
  if (value.type() != ValueType::kInteger) return WrongOption(name, "an integer", value);
  if (value.AsInteger() >= least) return value.AsInteger();
  return ArgumentError(
      "NumberOutOfRange",
      "the option " + std::string(name) + " of llm() must be at least " + std::to_string(least));
}

Status ReadOption(std::string_view name, const Value& value, LlmOptions* options) {
  if (name == "model") {
    if (value.type() != ValueType::kString) return WrongOption(name, "a string", value);
    options->question.model = value.AsString();
  } else if (name == "temperature") {
    if (!value.IsNumber()) return WrongOption(name, "a number", value);
    options->question.temperature = value.AsNumber();
  } else if (name == "seed") {
    GESTA_ASSIGN_OR_RETURN(options->question.seed, WholeOption(name, value, INT64_MIN));
  } else if (name == "answer_tokens") {
    GESTA_ASSIGN_OR_RETURN(options->question.answer_tokens, WholeOption(name, value, 1));
  } else if (name == "parallel") {
    GESTA_ASSIGN_OR_RETURN(const int64_t parallel, WholeOption(name, value, 1));
    options->ask.parallel = static_cast<size_t>(parallel);
  } else if (name == "retries") {
    GESTA_ASSIGN_OR_RETURN(const int64_t retries, WholeOption(name, value, 0));
    options->ask.retries = static_cast<int>(std::min<int64_t>(retries, 1000));
  } else if (name == "timeout") {
    if (!value.IsNumber() || !(value.AsNumber() > 0 && value.AsNumber() < 1e6)) {
      return WrongOption(name, "a positive number of seconds", value);
    }
    options->ask.timeout =
        std::chrono::milliseconds(static_cast<int64_t>(value.AsNumber() * 1000) + 1);
  } else {
    return StatementError(StatusCode::kSemantic, "ArgumentError", "UnknownOption",
                          "llm() has no option " + QuoteName(name),
                          "its options are " + std::string(kOptions));
  }
  return {};
}

Result<LlmOptions> ReadOptions(EvaluationContext& context, const Value& map) {
  LlmOptions options;
  if (map.type() == ValueType::kMap) {
    for (const auto& [name, value] : map.AsMap()) {
      if (!value.IsNull()) GESTA_RETURN_IF_ERROR(ReadOption(name, value, &options));
    }
  } else if (!map.IsNull()) {
    return WrongArgument("llm", "a map of options", map);
  }
  if (options.question.model.empty()) {
    options.question.model = context.language_models()->default_model();
  }
  if (options.question.model.empty()) {
    return Status(StatusCode::kNotFound, "llm() does not know which model to ask",
                  "name it, as in llm(prompt, {model: '…'}), with --llm-model, or in "
                  "GESTA_LLM_MODEL");
  }
  options.ask.check_interrupt = [&context] { return context.CheckInterrupt(); };
  return options;
}

Status Llm(EvaluationContext& context, const BatchCalls& calls, std::vector<Value>* results) {
  if (!context.language_models()) {
    return Status(StatusCode::kUnsupported, "llm() can be called only in a running statement");
  }
  // Calls with the same options go out together.
  std::map<std::string, std::vector<size_t>> groups;
  for (size_t row = 0; row < calls.rows; ++row) {
    const Value& prompt = calls.at(row, 0);
    if (prompt.IsNull()) continue;
    if (prompt.type() != ValueType::kString) return WrongArgument("llm", "a string", prompt);
    groups[calls.count > 1 ? ToText(calls.at(row, 1), true) : ""].push_back(row);
  }
  for (const auto& [text, rows] : groups) {
    const Value map = calls.count > 1 ? calls.at(rows.front(), 1) : Value();
    GESTA_ASSIGN_OR_RETURN(const LlmOptions options, ReadOptions(context, map));
    std::vector<LanguageModelQuestion> questions(rows.size(), options.question);
    for (size_t i = 0; i < rows.size(); ++i) {
      questions[i].prompt = calls.at(rows[i], 0).AsString();
    }
    LanguageModelUsage usage;
    GESTA_RETURN_IF_ERROR(context.language_models()->Ask(
        questions, options.ask,
        [&, &rows = rows](size_t question, LanguageModelAnswer answer) -> Status {
          (*results)[rows[question]] = Value::String(answer.text);
          return {};
        },
        &usage));
  }
  return {};
}

}  // namespace

void RegisterLanguageModelFunctions(FunctionRegistry& registry) {
  FunctionInfo llm;
  llm.name = "llm";
  llm.min_arguments = 1;
  llm.max_arguments = 2;
  llm.arguments = {ArgumentKind::kString, ArgumentKind::kMap};
  llm.volatility = Volatility::kVolatile;
  llm.null_in_null_out = false;
  llm.batch = &Llm;
  llm.signature = "llm(prompt [, options]) -> STRING";
  llm.summary = "What a language model answers; options: " + std::string(kOptions);
  registry.Add(std::move(llm));
}

}  // namespace gesta
