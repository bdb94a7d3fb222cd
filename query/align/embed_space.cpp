#include "gesta/embed_space.h"

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <vector>

#include "align/node_text.h"
#include "align/space_query.h"
#include "align/space_text.h"
#include "gesta/models.h"

namespace gesta {
namespace {

constexpr size_t kInterruptNodes = 1024;

struct Work {
  NodeId node = 0;
  uint64_t source = 0;
  std::string text;
};

class EmbedJob {
 public:
  EmbedJob(Database& database, const EmbedSpaceOptions& options)
      : store_(database.store()), options_(options) {}

  Result<EmbedSpaceSummary> Run(const std::string& name, ModelProvider& models) {
    GESTA_RETURN_IF_ERROR(OpenModel(name, models));
    GESTA_RETURN_IF_ERROR(NameVersion());
    GESTA_RETURN_IF_ERROR(FindWork());
    GESTA_RETURN_IF_ERROR(Remove());
    // Texts of like length go through the model together, and equal ones once.
    std::sort(work_.begin(), work_.end(), [](const Work& a, const Work& b) {
      return std::make_pair(a.text.size(), std::string_view(a.text)) <
             std::make_pair(b.text.size(), std::string_view(b.text));
    });
    const size_t chunk = std::max<size_t>(1, options_.chunk_nodes);
    for (size_t first = 0; first < work_.size(); first += chunk) {
      Report(first);
      GESTA_RETURN_IF_ERROR(EmbedChunk(first, std::min(work_.size(), first + chunk)));
    }
    Report(work_.size());
    if (!work_.empty()) GESTA_RETURN_IF_ERROR(store_.BuildVectorIndex(name, options_.cancel));
    return summary_;
  }

 private:
  Status Interrupted() const {
    if (!options_.cancel || !*options_.cancel) return Status::Ok();
    return Status(StatusCode::kCancelled, "the embedding was stopped",
                  "what is done stays; the same command goes on from there");
  }

  void Report(size_t done) const {
    if (options_.progress) options_.progress(done, work_.size());
  }

  Result<std::unique_ptr<Transaction>> Begin(bool write) const {
    TransactionOptions options;
    options.read_only = !write;
    options.take_slot = write;
    options.cancel = options_.cancel;
    return store_.Begin(options);
  }

  Status OpenModel(const std::string& name, ModelProvider& models) {
    GESTA_ASSIGN_OR_RETURN(const auto transaction, Begin(/*write=*/false));
    GESTA_ASSIGN_OR_RETURN(const SpaceInfo* const space, align::FindSpace(*transaction, name));
    space_ = *space;
    if (space_.model.empty()) {
      return Status(StatusCode::kNotFound, "the embedding space '" + name + "' has no model",
                    "its vectors come from vector.set(); a space of a model is made by CREATE "
                    "EMBEDDING SPACE … USING MODEL …");
    }
    GESTA_ASSIGN_OR_RETURN(model_, models.Get(space_.model));
    if (model_->info().dimension == space_.dimension) return Status::Ok();
    return Status(StatusCode::kConflict,
                  "the model '" + space_.model + "' gives vectors of " +
                      std::to_string(model_->info().dimension) + " numbers, the embedding space '" +
                      name + "' holds vectors of " + std::to_string(space_.dimension),
                  "make a space anew for another model");
  }

  // From here on texts in queries are embedded by the same version as the nodes will be.
  Status NameVersion() {
    if (space_.model_version == model_->info().version) return Status::Ok();
    summary_.new_version = !space_.model_version.empty();
    GESTA_ASSIGN_OR_RETURN(const auto transaction, Begin(/*write=*/true));
    GESTA_RETURN_IF_ERROR(transaction->SetSpaceModelVersion(space_.id, model_->info().version));
    return transaction->Commit();
  }

  Result<std::vector<NodeId>> Nodes(Transaction* transaction) const {
    align::NodeReader reader(transaction);
    if (space_.labels.empty()) return reader.Nodes({});
    std::vector<NodeId> nodes;
    for (const NameId label : space_.labels) {
      GESTA_ASSIGN_OR_RETURN(
          const auto with, reader.Nodes({std::string(transaction->Name(NameKind::kLabel, label))}));
      nodes.insert(nodes.end(), with.begin(), with.end());
    }
    std::sort(nodes.begin(), nodes.end());
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
    return nodes;
  }

  Status FindWork() {
    GESTA_ASSIGN_OR_RETURN(const auto transaction, Begin(/*write=*/false));
    GESTA_ASSIGN_OR_RETURN(const auto records, transaction->ListVectors(space_.id));
    std::unordered_map<NodeId, uint64_t> sources;
    for (const VectorRecord& record : records) sources.emplace(record.node, record.source);
    GESTA_ASSIGN_OR_RETURN(const std::vector<NodeId> nodes, Nodes(transaction.get()));
    align::SpaceText texts(space_, transaction.get());
    const std::string& version = model_->info().version;
    for (size_t i = 0; i < nodes.size(); ++i) {
      if (i % kInterruptNodes == 0) GESTA_RETURN_IF_ERROR(Interrupted());
      GESTA_ASSIGN_OR_RETURN(std::string text, texts.Of(nodes[i]));
      const auto known = sources.find(nodes[i]);
      ++summary_.nodes;
      if (text.empty()) {
        ++summary_.without_text;
        if (known != sources.end()) outdated_.push_back(nodes[i]);
        continue;
      }
      const uint64_t source = align::SourceHash(version, space_.padding, text);
      if (!options_.all && known != sources.end() && known->second == source) {
        ++summary_.unchanged;
        continue;
      }
      work_.push_back({nodes[i], source, std::move(text)});
    }
    return Status::Ok();
  }

  Status Remove() {
    if (outdated_.empty()) return Status::Ok();
    GESTA_ASSIGN_OR_RETURN(const auto transaction, Begin(/*write=*/true));
    for (const NodeId node : outdated_) {
      GESTA_RETURN_IF_ERROR(transaction->RemoveVector(space_.id, node));
    }
    GESTA_RETURN_IF_ERROR(transaction->Commit());
    summary_.removed = outdated_.size();
    return Status::Ok();
  }

  // Whether a node is still what it was when the work was found: it may have been deleted, or lost
  // its label, while the model worked.
  Result<bool> IsOfSpace(Transaction* transaction, NodeId node) const {
    GESTA_ASSIGN_OR_RETURN(const bool exists, transaction->NodeExists(node));
    if (!exists || space_.labels.empty()) return exists;
    for (const NameId label : space_.labels) {
      GESTA_ASSIGN_OR_RETURN(const bool has, transaction->HasLabel(node, label));
      if (has) return true;
    }
    return false;
  }

  Status EmbedChunk(size_t first, size_t end) {
    EncodeOptions options;
    options.padding = space_.padding;
    options.batch_size = options_.batch_size;
    options.device = options_.device;
    options.precision = options_.precision;
    options.check_interrupt = [this] { return Interrupted(); };
    std::vector<std::string> texts;
    for (size_t i = first; i < end; ++i) texts.push_back(work_[i].text);
    std::vector<float> rows;
    GESTA_RETURN_IF_ERROR(model_->EmbedTexts(texts, options, &rows));
    // Only now: a writer that waits for a model would keep the others waiting too.
    GESTA_ASSIGN_OR_RETURN(const auto transaction, Begin(/*write=*/true));
    const size_t dimension = space_.dimension;
    uint64_t set = 0;
    for (size_t i = first; i < end; ++i) {
      GESTA_ASSIGN_OR_RETURN(const bool there, IsOfSpace(transaction.get(), work_[i].node));
      if (!there) continue;
      const Status status =
          transaction->SetVector(space_.id, work_[i].node, rows.data() + (i - first) * dimension,
                                 dimension, work_[i].source);
      if (!status.ok()) return status.WithContext("node " + std::to_string(work_[i].node));
      ++set;
    }
    GESTA_RETURN_IF_ERROR(transaction->Commit());
    summary_.embedded += set;
    return Status::Ok();
  }

  Store& store_;
  const EmbedSpaceOptions& options_;
  SpaceInfo space_;
  std::shared_ptr<EmbeddingModel> model_;
  std::vector<Work> work_;
  std::vector<NodeId> outdated_;
  EmbedSpaceSummary summary_;
};

}  // namespace

Result<EmbedSpaceSummary> EmbedSpace(Database& database, const std::string& space,
                                     const EmbedSpaceOptions& options) {
  const std::shared_ptr<ModelProvider> models =
      database.options().models ? database.options().models : MakeMachineModels();
  return EmbedJob(database, options).Run(space, *models);
}

}  // namespace gesta
