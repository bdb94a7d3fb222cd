#include "align/llm_aligner.h"

#include <algorithm>
#include <unordered_map>

#include "align/ask_options.h"
#include "align/node_text.h"
#include "functions/errors.h"
#include "gesta/choice_prompt.h"
#include "gesta/language_models.h"

namespace gesta::align {
namespace {

constexpr const char* kNoUsableAnswer = "no usable answer";

struct LlmOptions {
  llm::PromptTemplate prompt;
  bool published_reading = false;
  uint64_t shuffle_seed = 1;
  LanguageModelQuestion question;  // without a prompt
  AskOptions ask;
};

// What nodes are called in prompts.
class CandidateReader {
 public:
  explicit CandidateReader(Transaction* transaction)
      : transaction_(*transaction),
        texts_(transaction),
        lexname_(transaction->FindName(NameKind::kProperty, "lexname")),
        index_(transaction->FindName(NameKind::kProperty, "index")) {}

  // The number is the node's `index`.
  Result<const llm::Candidate*> Read(NodeId node, bool needs_index) {
    const auto known = known_.find(node);
    if (known != known_.end()) return &known->second;
    GESTA_ASSIGN_OR_RETURN(NodeReader::Texts texts, texts_.Read(node));
    llm::Candidate candidate{0, std::move(texts.name), std::move(texts.description)};
    GESTA_ASSIGN_OR_RETURN(const Value lexname, transaction_.GetNodeProperty(node, lexname_));
    if (lexname.type() == ValueType::kString) candidate.lexname = lexname.AsString();
    GESTA_ASSIGN_OR_RETURN(const std::optional<uint32_t> index, Index(node));
    if (!index && needs_index) {
      return Status(StatusCode::kSemantic,
                    "llm: the template 'pangea' numbers candidates by their property index, and "
                    "node " +
                        std::to_string(node) + " ('" + candidate.name + "') has none",
                    "use the template 'neutral'");
    }
    candidate.number = index.value_or(0);
    return &known_.emplace(node, std::move(candidate)).first->second;
  }

  Result<std::optional<uint32_t>> Index(NodeId node) {
    if (index_ == kNoName) return std::optional<uint32_t>();
    GESTA_ASSIGN_OR_RETURN(const Value index, transaction_.GetNodeProperty(node, index_));
    if (index.type() != ValueType::kInteger || index.AsInteger() < 0 ||
        index.AsInteger() > UINT32_MAX) {
      return std::optional<uint32_t>();
    }
    return std::optional<uint32_t>(static_cast<uint32_t>(index.AsInteger()));
  }

 private:
  Transaction& transaction_;
  NodeReader texts_;
  const NameId lexname_;
  const NameId index_;
  std::unordered_map<NodeId, llm::Candidate> known_;
};

// All nodes that the published reading looks picks up among.
class PublishedList {
 public:
  static Result<PublishedList> Read(const AlignContext& context, const CandidateSet& candidates) {
    PublishedList list;
    NodeReader nodes(context.transaction);
    CandidateReader reader(context.transaction);
    GESTA_ASSIGN_OR_RETURN(const std::vector<NodeId> all, nodes.Nodes(candidates.labels));
    for (const NodeId node : all) {
      GESTA_ASSIGN_OR_RETURN(const std::optional<uint32_t> index, reader.Index(node));
      if (!index) continue;
      GESTA_ASSIGN_OR_RETURN(NodeReader::Texts texts, nodes.Read(node));
      list.by_index_.emplace(*index, node);
      const auto [first, is_new] = list.by_name_.emplace(std::move(texts.name), *index);
      if (!is_new) first->second = std::min(first->second, *index);
    }
    return list;
  }

  std::optional<NodeId> Find(const llm::PublishedPick& pick) const {
    uint64_t index = 0;
    if (pick.number) {
      index = *pick.number;
    } else {
      const auto named = by_name_.find(pick.name);
      if (named == by_name_.end()) return std::nullopt;
      index = named->second;
    }
    const auto found = by_index_.find(index);
    if (found == by_index_.end()) return std::nullopt;
    return found->second;
  }

 private:
  std::unordered_map<uint64_t, NodeId> by_index_;
  std::unordered_map<std::string, uint32_t> by_name_;
};

class LlmRun : public AlignerRun {
 public:
  LlmRun(LlmOptions options, const AlignContext& context)
      : options_(std::move(options)), context_(context) {
    options_.ask.check_interrupt = [this] { return context_.CheckInterrupt(); };
  }

  std::string model() const override { return options_.question.model; }

  Status Align(const AlignRequest& request, std::vector<Ranking>* rankings) override {
    if (!request.survivors) {
      return StatementError(StatusCode::kSemantic, "SemanticError", "InvalidOptions",
                            "llm picks among what another aligner has found",
                            "write for instance USING lexical {top: 50} THEN llm");
    }
    if (!context_.language_models) {
      return Status(StatusCode::kInternal, "the statement runs without language models");
    }
    if (options_.published_reading && !published_) {
      GESTA_ASSIGN_OR_RETURN(published_, PublishedList::Read(context_, request.candidates));
    }
    std::vector<Prompt> prompts(request.sources.size());
    for (size_t i = 0; i < prompts.size(); ++i) {
      GESTA_RETURN_IF_ERROR(
          Write(request.sources[i].text, (*request.survivors)[i], request.top, &prompts[i]));
    }
    GESTA_RETURN_IF_ERROR(Ask(request.candidates, &prompts));
    GESTA_RETURN_IF_ERROR(Complain(request.candidates, &prompts));
    rankings->assign(prompts.size(), {});
    for (size_t i = 0; i < prompts.size(); ++i) {
      (*rankings)[i] = Rank(prompts[i], (*request.survivors)[i], request.top);
    }
    return {};
  }

 private:
  // One source's.
  struct Prompt {
    std::vector<llm::Candidate> candidates;
    std::unordered_map<uint32_t, NodeId> nodes;  // by the candidates' numbers
    size_t wanted = 0;
    std::string text;
    bool is_open = false;  // to be asked
    std::string answer;
    std::vector<NodeId> picks;
  };

  Status Write(const std::string& label, const Ranking& survivors, size_t top, Prompt* prompt) {
    if (survivors.empty() || top == 0) return {};
    if (!reader_) reader_.emplace(context_.transaction);
    for (const ScoredNode& survivor : survivors) {
      GESTA_ASSIGN_OR_RETURN(const llm::Candidate* const candidate,
                             reader_->Read(survivor.node, !options_.prompt.renumbers));
      prompt->candidates.push_back(*candidate);
      // While they are put in order the number says which node a candidate is.
      if (options_.prompt.renumbers) {
        prompt->candidates.back().number = static_cast<uint32_t>(prompt->candidates.size() - 1);
      } else {
        prompt->nodes.emplace(candidate->number, survivor.node);
      }
    }
    if (options_.prompt.renumbers) {
      llm::PromptTemplate order = options_.prompt;
      order.renumbers = false;
      llm::ArrangeCandidates(order, options_.shuffle_seed, label, &prompt->candidates);
      for (size_t i = 0; i < prompt->candidates.size(); ++i) {
        prompt->nodes.emplace(static_cast<uint32_t>(i + 1),
                              survivors[prompt->candidates[i].number].node);
        prompt->candidates[i].number = static_cast<uint32_t>(i + 1);
      }
    }
    prompt->wanted = std::min(top, prompt->candidates.size());
    prompt->text = llm::RenderPrompt(options_.prompt, label, prompt->wanted, prompt->candidates);
    prompt->is_open = true;
    return {};
  }

  // Sends the open prompts and reads the answers. An answer that gives more picks than the one
  // before replaces it.
  Status Ask(const CandidateSet& candidates, std::vector<Prompt>* prompts) {
    std::vector<LanguageModelQuestion> questions;
    std::vector<Prompt*> asked;
    for (Prompt& prompt : *prompts) {
      if (!prompt.is_open) continue;
      questions.push_back(options_.question);
      questions.back().prompt = prompt.text;
      asked.push_back(&prompt);
    }
    if (questions.empty()) return {};
    return context_.language_models->Ask(
        questions, options_.ask,
        [&](size_t question, LanguageModelAnswer answer) -> Status {
          Prompt& prompt = *asked[question];
          std::vector<NodeId> picks = ReadPicks(prompt, answer.text, candidates);
          prompt.is_open = false;
          if (picks.size() > prompt.picks.size()) prompt.picks = std::move(picks);
          prompt.answer = std::move(answer.text);
          return {};
        },
        &usage_);
  }

  Status Complain(const CandidateSet& candidates, std::vector<Prompt>* prompts) {
    if (options_.published_reading) return {};
    for (Prompt& prompt : *prompts) {
      if (2 * prompt.picks.size() >= prompt.wanted) continue;
      prompt.text =
          llm::RenderComplaint(prompt.text, prompt.answer, prompt.picks.size(), prompt.wanted);
      prompt.is_open = true;
    }
    return Ask(candidates, prompts);
  }

  std::vector<NodeId> ReadPicks(const Prompt& prompt, const std::string& answer,
                                const CandidateSet& candidates) const {
    std::vector<NodeId> picks;
    const auto add = [&](NodeId node) {
      if (std::find(picks.begin(), picks.end(), node) == picks.end()) picks.push_back(node);
    };
    if (!options_.published_reading) {
      for (const uint32_t number : llm::ParseAnswer(answer, prompt.candidates).picks) {
        add(prompt.nodes.at(number));
      }
      return picks;
    }
    const std::vector<NodeId>* allowed = candidates.allowed;
    for (const llm::PublishedPick& pick : llm::ParsePublishedAnswer(answer)) {
      const std::optional<NodeId> node = published_->Find(pick);
      if (!node) continue;
      if (allowed && !std::binary_search(allowed->begin(), allowed->end(), *node)) continue;
      add(*node);
    }
    return picks;
  }

  static Ranking Rank(const Prompt& prompt, const Ranking& survivors, size_t top) {
    Ranking ranking;
    if (!prompt.picks.empty()) {
      for (const NodeId node : prompt.picks) {
        if (ranking.size() == top) break;
        ranking.push_back({node, 1.0 / static_cast<double>(ranking.size() + 1)});
      }
      return ranking;
    }
    for (const ScoredNode& survivor : survivors) {
      if (ranking.size() == top) break;
      ranking.push_back({survivor.node, 0, kNoUsableAnswer});
    }
    return ranking;
  }

  LlmOptions options_;
  const AlignContext context_;
  std::optional<CandidateReader> reader_;
  std::optional<PublishedList> published_;
  LanguageModelUsage usage_;  // of all batches: budgets are for the statement
};

class LlmAligner : public Aligner {
 public:
  std::string_view name() const override { return "llm"; }
  std::string_view summary() const override {
    return "a language model picks among what the aligner before has found";
  }
  std::string_view signature() const override {
    return "llm {model, top, template, parse, seed, temperature, answer_tokens, parallel, timeout, "
           "retries, max_calls, max_tokens}";
  }

  Result<std::unique_ptr<AlignerRun>> Prepare(AlignerOptions options,
                                              const AlignContext& context) const override {
    GESTA_RETURN_IF_ERROR(options.CheckNames(AskOptionNames({"template", "parse"})));
    LlmOptions read;
    GESTA_ASSIGN_OR_RETURN(Asking asking,
                           ReadAsking(options, context.language_models, "THEN llm {model: '…'}"));
    read.question = std::move(asking.question);
    read.ask = std::move(asking.ask);
    if (read.question.seed) read.shuffle_seed = static_cast<uint64_t>(*read.question.seed);
    GESTA_ASSIGN_OR_RETURN(const std::string text, options.String("template", "neutral"));
    GESTA_ASSIGN_OR_RETURN(read.prompt, llm::FindPromptTemplate(text));
    GESTA_ASSIGN_OR_RETURN(const std::string parse, options.Choice("parse", {"robust", "pangea"}));
    read.published_reading = parse == "pangea";
    return std::unique_ptr<AlignerRun>(std::make_unique<LlmRun>(std::move(read), context));
  }
};

}  // namespace

std::unique_ptr<Aligner> MakeLlmAligner() { return std::make_unique<LlmAligner>(); }

}  // namespace gesta::align
