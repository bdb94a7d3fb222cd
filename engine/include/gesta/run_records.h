// What alignment runs keep beside the graph: the models' prompts and answers, and rows of
// similarity matrices. One record belongs to one label of one run and is a job record of the store,
// so it is written in the same transaction as the mappings that follow from it.
#ifndef GESTA_RUN_RECORDS_H_
#define GESTA_RUN_RECORDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"
#include "gesta/store.h"

namespace gesta {

// The label that a record is about, and the run that made it.
struct RunItem {
  std::string_view run;  // AlignmentRun.id
  std::string_view dataset;
  std::string_view level = "label";
  uint64_t index = 0;
};

// A prompt and the answer as the model gave it.
struct ModelExchange {
  std::string prompt;
  std::string answer;
};

Status PutModelExchange(Transaction& transaction, const RunItem& item,
                        const ModelExchange& exchange);
Result<std::optional<ModelExchange>> GetModelExchange(Transaction& transaction,
                                                      const RunItem& item);

// One row of a similarity matrix. Column c belongs to the candidate whose property `index` is c.
struct SimilarityRow {
  enum class Element : uint8_t { kFloat16 = 2, kFloat32 = 4 };
  Element element = Element::kFloat32;
  std::vector<float> values;
};

// Stores the values in the row's element type: exact if they came from it.
Status PutSimilarityRow(Transaction& transaction, const RunItem& item, const SimilarityRow& row);
Result<std::optional<SimilarityRow>> GetSimilarityRow(Transaction& transaction,
                                                      const RunItem& item);

// Whether a job record is the journal by which a run can be undone. It names relationships by ids.
bool IsRunJournal(std::string_view key);

// Notes that a job (JobManifest::Key) made the run.
Status PutRunJob(Transaction& transaction, std::string_view run, std::string_view job);

// Removes everything that a run keeps here, and the records that say of the jobs which made it that
// they are done: they may run again.
Status DeleteRunRecords(Transaction& transaction, std::string_view run);

}  // namespace gesta

#endif  // GESTA_RUN_RECORDS_H_
