// Collected knowledge: the labels of all data sets with their texts, and what they are mapped to.
#ifndef GESTA_QUERY_ALIGN_COLLECTED_H_
#define GESTA_QUERY_ALIGN_COLLECTED_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "align/aligner.h"
#include "align/cache.h"
#include "align/node_text.h"
#include "align/text_index.h"

namespace gesta::align {

inline constexpr std::string_view kActionLabel = "Action";
inline constexpr std::string_view kDatasetLabel = "Dataset";
inline constexpr std::string_view kClassLabel = "VerbClass";
inline constexpr std::string_view kMapsTo = "MAPS_TO";
inline constexpr std::string_view kMemberOf = "MEMBER_OF";
inline constexpr std::string_view kInDataset = "IN";

// The texts of all labels; immutable, shared through the cache.
struct LabelIndex {
  struct Content {
    std::vector<NodeId> nodes;  // ascending
    std::vector<std::string> texts;
    std::vector<uint32_t> datasets;          // by label, into dataset_names
    std::vector<std::string> dataset_names;  // "" for labels of no data set
    Fingerprint fingerprint;
  };
  explicit LabelIndex(Content content)
      : nodes(std::move(content.nodes)),
        datasets(std::move(content.datasets)),
        dataset_names(std::move(content.dataset_names)),
        texts(content.texts) {}

  static constexpr uint32_t kNone = 0xFFFFFFFF;
  uint32_t Find(NodeId node) const;  // the label's number; kNone: no label

  const std::vector<NodeId> nodes;
  const std::vector<uint32_t> datasets;
  const std::vector<std::string> dataset_names;
  const TextIndex texts;
};

Result<std::shared_ptr<const LabelIndex>> GetLabelIndex(const AlignContext& context);

struct DatasetFacts {
  NodeId node = 0;
  std::string family;   // its own name where none is set
  std::string mapping;  // the preferred method; empty: none set
};
// All Dataset nodes by name.
Result<std::map<std::string, DatasetFacts>> ReadDatasets(Transaction& transaction);

// What a label is mapped to, as a voter sees it.
struct MappedTarget {
  NodeId node = 0;
  int64_t rank = 1;
};

// Reads the mappings of labels by the preferred methods, each label once. For one statement's
// batch.
class MappingReader {
 public:
  // `method`: instead of the preferred methods; empty: those.
  MappingReader(Transaction* transaction, const LabelIndex* labels,
                const std::map<std::string, DatasetFacts>* datasets, std::string method);

  // The targets of a label, best rank first: those of its data set's preferred method, or of every
  // method where none is preferred, each once, without those that a person has rejected.
  Result<const std::vector<MappedTarget>*> Targets(uint32_t label);

 private:
  Result<std::vector<MappedTarget>> Read(uint32_t label);

  Transaction* transaction_;
  const LabelIndex* labels_;
  std::vector<std::string> methods_;  // by dataset number
  NameId maps_to_, method_key_, verdict_key_, rank_key_;
  std::vector<Edge> edges_;
  std::unordered_map<uint32_t, std::vector<MappedTarget>> known_;
};

}  // namespace gesta::align

#endif  // GESTA_QUERY_ALIGN_COLLECTED_H_
