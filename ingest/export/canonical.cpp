#include "export/canonical.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "export/byte_sink.h"
#include "export/json_lines.h"
#include "export/line_sorter.h"
#include "gesta/format/digest.h"
#include "gesta/format/json_text.h"

namespace gesta::ingest {
namespace {

constexpr std::string_view kRunLabel = "AlignmentRun";
constexpr std::string_view kJobPrefix = "ingest/";  // JobManifest::Key

// 128 bits of SHA-256.
struct NodeHash {
  uint64_t high = 0;
  uint64_t low = 0;

  bool operator==(const NodeHash& other) const { return high == other.high && low == other.low; }
  bool operator<(const NodeHash& other) const {
    return high != other.high ? high < other.high : low < other.low;
  }
  // Sums of hashes do not depend on their order, so they stand for multisets.
  NodeHash& operator+=(const NodeHash& other) {
    low += other.low;
    high += other.high + (low < other.low ? 1 : 0);
    return *this;
  }
};

NodeHash HashOf(std::string_view bytes) {
  format::Digest digest(format::Digest::Kind::kSha256);
  digest.Add(bytes);
  const std::array<uint32_t, 8> words = digest.Words();
  return {uint64_t{words[0]} << 32 | words[1], uint64_t{words[2]} << 32 | words[3]};
}

void AppendHash(const NodeHash& hash, std::string* out) {
  for (const uint64_t word : {hash.high, hash.low}) {
    for (int shift = 56; shift >= 0; shift -= 8) out->push_back(static_cast<char>(word >> shift));
  }
}

std::string Quoted(const NodeHash& hash) {
  return fmt::format("\"{:016x}{:016x}\"", hash.high, hash.low);
}

// The hash of each node.
class NodeHashes {
 public:
  void Add(NodeId id, const NodeHash& hash) {  // ids ascend
    ids_.push_back(id);
    hashes_.push_back(hash);
  }
  const NodeHash& Of(NodeId id) const { return hashes_[Place(id)]; }
  size_t Place(NodeId id) const {
    // Ids without gaps are their own places.
    if (id - ids_[0] < ids_.size() && ids_[id - ids_[0]] == id) return id - ids_[0];
    return static_cast<size_t>(std::lower_bound(ids_.begin(), ids_.end(), id) - ids_.begin());
  }
  std::vector<NodeHash>& hashes() { return hashes_; }

  // Marks the nodes whose hash others have too. Returns how many different hashes there are.
  size_t FindShared() {
    std::vector<NodeHash> sorted = hashes_;
    std::sort(sorted.begin(), sorted.end());
    shared_.assign(hashes_.size(), false);
    any_shared_ = false;
    std::vector<NodeHash> repeated;
    size_t different = 0;
    for (size_t i = 0; i < sorted.size(); ++i) {
      const bool repeats = i > 0 && sorted[i] == sorted[i - 1];
      if (!repeats) ++different;
      if (repeats && (repeated.empty() || !(repeated.back() == sorted[i]))) {
        repeated.push_back(sorted[i]);
      }
    }
    for (size_t i = 0; i < hashes_.size() && !repeated.empty(); ++i) {
      shared_[i] = std::binary_search(repeated.begin(), repeated.end(), hashes_[i]);
      any_shared_ = any_shared_ || shared_[i];
    }
    return different;
  }
  bool any_shared() const { return any_shared_; }
  bool Shared(size_t place) const { return shared_[place]; }

 private:
  std::vector<NodeId> ids_;
  std::vector<NodeHash> hashes_;
  std::vector<bool> shared_;
  bool any_shared_ = false;
};

class CanonicalSink final : public GraphSink {
 public:
  CanonicalSink(Transaction& transaction, std::unique_ptr<ByteSink> out, size_t memory_bytes)
      : transaction_(transaction),
        lines_(transaction),
        out_(std::move(out)),
        sorter_(memory_bytes),
        run_label_(transaction.FindName(NameKind::kLabel, kRunLabel)),
        started_(transaction.FindName(NameKind::kProperty, "started")),
        finished_(transaction.FindName(NameKind::kProperty, "finished")) {}

  Status Begin() override {
    GESTA_RETURN_IF_ERROR(out_->Write(lines_.Schema(/*canonical=*/true)));
    GESTA_ASSIGN_OR_RETURN(const auto cursor, transaction_.ReadNodes());
    NodeRecord node;
    while (true) {
      GESTA_ASSIGN_OR_RETURN(const bool found, cursor->Next(&node));
      if (!found) break;
      line_.clear();
      AppendContent(node, &line_);
      hashes_.Add(node.id, HashOf(line_));
    }
    size_t different = hashes_.FindShared();
    while (hashes_.any_shared()) {
      GESTA_RETURN_IF_ERROR(Refine());
      const size_t now = hashes_.FindShared();
      if (now == different) break;
      different = now;
    }
    line_.clear();
    return Status::Ok();
  }

  Status Node(const NodeRecord& node) override {
    line_ = R"({"kind": "node", )";
    AppendContent(node, &line_);
    line_ += ", \"node\": " + Quoted(hashes_.Of(node.id)) + "}";
    return sorter_.Add(line_);
  }

  Status Relationship(const FullRelationship& relationship) override {
    line_ = R"({"kind": "relationship", )";
    AppendContent(relationship, &line_);
    line_ += ", \"start\": " + Quoted(hashes_.Of(relationship.record.start)) +
             ", \"end\": " + Quoted(hashes_.Of(relationship.record.end)) + "}";
    return sorter_.Add(line_);
  }

  Status Vector(const SpaceInfo& space, const VectorRecord& vector,
                const std::vector<float>& elements) override {
    line_.clear();
    JsonLineWriter::AppendVector(space, vector, Quoted(hashes_.Of(vector.node)), elements, &line_);
    return sorter_.Add(line_);
  }

  Result<bool> Sequence(const SpaceInfo& space, const SequenceRecord& sequence, uint64_t first,
                        const std::vector<float>& rows) override {
    line_.clear();
    JsonLineWriter::AppendSequence(space, sequence, Quoted(hashes_.Of(sequence.node)), first, rows,
                                   &line_);
    GESTA_RETURN_IF_ERROR(sorter_.Add(line_));
    return true;
  }

  Result<bool> Record(const JobRecord& record) override {
    line_.clear();
    if (std::string_view(record.key).substr(0, kJobPrefix.size()) == kJobPrefix) {
      auto json = nlohmann::json::parse(record.value, nullptr, /*allow_exceptions=*/false);
      if (json.is_object()) {
        for (const char* name : {"started", "finished", "path"}) json.erase(name);
        JsonLineWriter::AppendRecord(record.key, json.dump(), &line_);
        GESTA_RETURN_IF_ERROR(sorter_.Add(line_));
        return true;
      }
    }
    JsonLineWriter::AppendRecord(record.key, record.value, &line_);
    GESTA_RETURN_IF_ERROR(sorter_.Add(line_));
    return true;
  }

  Status End(const ExportSummary& counts) override {
    GESTA_RETURN_IF_ERROR(sorter_.Finish([this](std::string_view line) {
      GESTA_RETURN_IF_ERROR(out_->Write(line));
      return out_->Write("\n");
    }));
    line_.clear();
    JsonLineWriter::AppendEnd(counts, &line_);
    line_.push_back('\n');
    GESTA_RETURN_IF_ERROR(out_->Write(line_));
    return out_->Close();
  }

 private:
  void AppendContent(const NodeRecord& node, std::string* out) {
    const bool run =
        std::find(node.labels.begin(), node.labels.end(), run_label_) != node.labels.end();
    lines_.AppendLabels(node.labels, out);
    *out += ", ";
    lines_.AppendProperties(
        node.properties, [&](NameId key) { return !run || (key != started_ && key != finished_); },
        out);
  }

  void AppendContent(const FullRelationship& relationship, std::string* out) {
    *out += "\"type\": ";
    format::AppendJsonString(lines_.names().Type(relationship.record.type), out);
    *out += ", ";
    lines_.AppendProperties(
        relationship.properties, [](NameId) { return true; }, out);
  }

  // One round: what shared nodes are connected with becomes a part of their hash.
  Status Refine() {
    std::vector<NodeHash> sums(hashes_.hashes().size());
    GESTA_ASSIGN_OR_RETURN(const auto cursor, transaction_.ReadRelationships());
    FullRelationship relationship;
    const auto add = [&](size_t place, char direction, size_t other) {
      if (!hashes_.Shared(place)) return;
      std::string edge(1, direction);
      AppendHash(hashes_.hashes()[other], &edge);
      AppendContent(relationship, &edge);
      sums[place] += HashOf(edge);
    };
    while (true) {
      GESTA_ASSIGN_OR_RETURN(const bool found, cursor->Next(&relationship));
      if (!found) break;
      const size_t start = hashes_.Place(relationship.record.start);
      const size_t end = hashes_.Place(relationship.record.end);
      add(start, '>', end);
      add(end, '<', start);
    }
    std::vector<NodeHash> refined = hashes_.hashes();
    for (size_t i = 0; i < refined.size(); ++i) {
      if (!hashes_.Shared(i)) continue;
      std::string both;
      AppendHash(refined[i], &both);
      AppendHash(sums[i], &both);
      refined[i] = HashOf(both);
    }
    hashes_.hashes() = std::move(refined);
    return Status::Ok();
  }

  Transaction& transaction_;
  JsonLineWriter lines_;
  std::unique_ptr<ByteSink> out_;
  LineSorter sorter_;
  const NameId run_label_, started_, finished_;
  NodeHashes hashes_;
  std::string line_;
};

}  // namespace

Result<std::unique_ptr<GraphSink>> MakeCanonicalSink(Transaction& transaction,
                                                     const ExportOptions& options) {
  GESTA_ASSIGN_OR_RETURN(auto out, ByteSink::Open(options.output));
  return std::unique_ptr<GraphSink>(
      std::make_unique<CanonicalSink>(transaction, std::move(out), options.memory_bytes));
}

}  // namespace gesta::ingest
