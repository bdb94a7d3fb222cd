// Evaluation: how well an aligner finds the mappings that a method has made.
//
//   gesta::AlignmentEvaluationOptions options;
//   options.aligner = "lexical";
//   options.truth = "clip+gpt";
//   auto evaluation = gesta::EvaluateAlignment(*database, options);
//
// Every label that has mappings of the truth method is aligned by an ALIGN statement, as any user's
// would be. A label's truth is the set of verbs it is mapped to.
#ifndef GESTA_EVALUATION_H_
#define GESTA_EVALUATION_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "gesta/database.h"
#include "gesta/status.h"

namespace gesta {

// Averages over labels, each in [0, 1].
struct AlignmentMetrics {
  double hits_at_1 = 0;     // how often the first candidate is right
  double mrr = 0;           // 1 / rank of the first right candidate; 0 where none is found
  double recall_at_10 = 0;  // share of the label's truth among the first ten
  double recall_at_50 = 0;
};

struct AlignmentEvaluation {
  struct PerDataset {
    std::string name;
    uint64_t labels = 0;  // labels that have truth
    AlignmentMetrics metrics;
  };
  std::vector<PerDataset> datasets;  // by name
  AlignmentMetrics macro;            // over datasets, each counting the same
};

// Which labels may help a label of a dataset (aligners that use collected mappings): all others,
// those of other datasets, or those of other families (Dataset.family, else its name).
enum class AlignmentExclusion { kNone, kSameDataset, kSameFamily };

struct AlignmentEvaluationOptions {
  std::string aligner = "lexical";
  Map aligner_options;                            // as in USING aligner {…}
  std::vector<std::pair<std::string, Map>> then;  // THEN aligner {…}, in order
  std::string truth = "clip+gpt";
  AlignmentExclusion exclusion = AlignmentExclusion::kNone;
  std::vector<std::string> datasets;  // empty: all that have truth
  // Called with the number of labels done and of all labels; may be empty.
  std::function<void(uint64_t done, uint64_t total)> progress;
};

// kNotFound when no label has mappings of the truth method, or a dataset has none; otherwise the
// statements' own errors.
Result<AlignmentEvaluation> EvaluateAlignment(Database& database,
                                              const AlignmentEvaluationOptions& options);

}  // namespace gesta

#endif  // GESTA_EVALUATION_H_
