// Aligners: what ALIGN … USING names. An aligner scores candidate nodes for source texts or nodes;
// a chain hands the survivors of one aligner to the next.
//
// The registry is a table of aligners, made once per database; it also keeps the indexes that
// aligners build over candidates (cache.h), so prepared statements find them ready. Aligners are
// stateless and shared between threads; an AlignerRun belongs to one running statement.
//
// Adding an aligner: implement Aligner and AlignerRun in one file and add it in
// AlignerRegistry::BuiltIn. Everything is by batches: an aligner that calls a model sees all
// sources of a batch at once.
#ifndef GESTA_QUERY_ALIGN_ALIGNER_H_
#define GESTA_QUERY_ALIGN_ALIGNER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "align/options.h"
#include "gesta/status.h"
#include "gesta/store.h"
#include "gesta/value.h"

namespace gesta {

class AlignmentCache;  // align/cache.h
class LanguageModels;  // gesta/language_models.h
class ModelProvider;   // gesta/models.h

// What is aligned: a string, a node with its text, or a vector.
struct AlignSource {
  std::optional<NodeId> node;
  std::string text;           // may be empty where all aligners align vectors
  std::vector<float> vector;  // empty: none; only where all aligners align vectors
};

// The nodes that an ALIGN may answer with.
struct CandidateSet {
  std::vector<std::string> labels;  // all are required; none: every node
  // Ascending; null: all nodes with the labels.
  const std::vector<NodeId>* allowed = nullptr;
};

struct ScoredNode {
  NodeId node = 0;
  double score = 0;
  // Why the score says less than it seems ("no usable answer"); null: nothing. Lives as long as the
  // program.
  const char* flag = nullptr;
};
// Best first.
using Ranking = std::vector<ScoredNode>;

// Borrowed by a run until it ends.
struct AlignContext {
  Transaction* transaction = nullptr;
  AlignmentCache* cache = nullptr;
  ModelProvider* models = nullptr;
  LanguageModels* language_models = nullptr;
  std::function<Status()> check_interrupt;  // kCancelled or kTimeout; may be empty
  Status CheckInterrupt() const { return check_interrupt ? check_interrupt() : Status(); }
};

struct AlignRequest {
  const std::vector<AlignSource>& sources;
  const CandidateSet& candidates;
  // A later aligner of a chain: per source the nodes to choose from, as the one before ranked them.
  // They are all within `candidates`. Null for the first aligner.
  const std::vector<Ranking>* survivors = nullptr;
  size_t top = 10;  // at most so many per source
};

// One aligner with its options, for one statement.
class AlignerRun {
 public:
  virtual ~AlignerRun() = default;

  // One ranking per source. The first aligner of a chain gives only nodes that it has evidence for
  // (score > 0). A later one orders the survivors anew: those without evidence come last with score
  // 0, in the order they had.
  virtual Status Align(const AlignRequest& request, std::vector<Ranking>* rankings) = 0;

  // Whether sources may be vectors, or nodes that have no text.
  virtual bool aligns_vectors() const { return false; }

  // The name of the model that made the scores, for provenance; empty: none.
  virtual std::string model() const { return {}; }
};

class Aligner {
 public:
  virtual ~Aligner() = default;
  virtual std::string_view name() const = 0;
  virtual std::string_view summary() const = 0;    // one line for SHOW ALIGNERS
  virtual std::string_view signature() const = 0;  // the options, e.g. "neighbours {k, weights}"
  // Reads the options; kSemantic or kType errors name the aligner and the option.
  virtual Result<std::unique_ptr<AlignerRun>> Prepare(AlignerOptions options,
                                                      const AlignContext& context) const = 0;
};

class AlignerRegistry {
 public:
  // lexical and neighbours, with an empty cache.
  static AlignerRegistry BuiltIn();
  AlignerRegistry();
  ~AlignerRegistry();
  AlignerRegistry(AlignerRegistry&&) noexcept;
  AlignerRegistry& operator=(AlignerRegistry&&) noexcept;

  void Add(std::unique_ptr<Aligner> aligner);
  const Aligner* Find(std::string_view name) const;  // null: unknown
  // The aligner, or an error that suggests a name or says how a model is added.
  Result<const Aligner*> Get(std::string_view name) const;
  std::vector<std::string> Names() const;
  const std::vector<std::unique_ptr<Aligner>>& aligners() const { return aligners_; }
  AlignmentCache& cache() const { return *cache_; }

 private:
  std::vector<std::unique_ptr<Aligner>> aligners_;
  std::unique_ptr<AlignmentCache> cache_;  // thread-safe
};

// How many candidates ALIGN keeps where the statement does not say.
inline constexpr size_t kDefaultTop = 10;
// How many an aligner hands on to the next where the statement does not say.
inline constexpr size_t kDefaultSurvivors = 50;

}  // namespace gesta

#endif  // GESTA_QUERY_ALIGN_ALIGNER_H_
