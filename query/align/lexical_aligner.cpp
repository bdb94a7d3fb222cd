#include "align/lexical_aligner.h"

#include <algorithm>

#include "align/cache.h"
#include "align/collected.h"
#include "align/lexical_index.h"
#include "align/node_text.h"
#include "align/ranking.h"

namespace gesta::align {
namespace {

// A LexicalIndex whose documents are nodes.
struct NodeIndex {
  struct Content {
    std::vector<NodeId> nodes;  // ascending
    std::vector<LexicalDocument> documents;
    Fingerprint fingerprint;
  };
  explicit NodeIndex(Content content) : nodes(std::move(content.nodes)), index(content.documents) {}

  const std::vector<NodeId> nodes;
  const LexicalIndex index;
};

// A class of verbs is called by its members' names too, and means what they mean.
Status AddMembers(NodeReader& reader, NodeId node, LexicalDocument* document) {
  GESTA_ASSIGN_OR_RETURN(const std::vector<NodeId> members,
                         reader.Related(node, Direction::kIn, kMemberOf));
  for (const NodeId member : members) {
    GESTA_ASSIGN_OR_RETURN(NodeReader::Texts texts, reader.Read(member));
    document->description += ' ';
    document->description += texts.description;
    document->aliases.push_back(std::move(texts.name));
  }
  return {};
}

Result<NodeIndex::Content> ReadContent(const AlignContext& context,
                                       const std::vector<std::string>& labels) {
  NodeReader reader(context.transaction);
  NodeIndex::Content content;
  GESTA_ASSIGN_OR_RETURN(content.nodes, reader.Nodes(labels));
  const bool classes = std::find(labels.begin(), labels.end(), kClassLabel) != labels.end();
  content.documents.reserve(content.nodes.size());
  for (const NodeId node : content.nodes) {
    if (content.documents.size() % 1024 == 0) GESTA_RETURN_IF_ERROR(context.CheckInterrupt());
    GESTA_ASSIGN_OR_RETURN(NodeReader::Texts texts, reader.Read(node));
    LexicalDocument document{
        std::move(texts.name), {}, std::move(texts.description), std::move(texts.class_name)};
    if (classes) GESTA_RETURN_IF_ERROR(AddMembers(reader, node, &document));
    Fingerprint& fingerprint = content.fingerprint;
    fingerprint.Add(node);
    fingerprint.Add(document.name);
    fingerprint.Add(document.description);
    fingerprint.Add(document.group);
    fingerprint.Add(document.aliases.size());
    for (const std::string& alias : document.aliases) fingerprint.Add(alias);
    content.documents.push_back(std::move(document));
  }
  return content;
}

class LexicalRun : public AlignerRun {
 public:
  explicit LexicalRun(const AlignContext& context) : context_(context) {}

  Status Align(const AlignRequest& request, std::vector<Ranking>* rankings) override {
    std::string key = "lexical";
    for (const std::string& label : request.candidates.labels) key += '\n' + label;
    GESTA_ASSIGN_OR_RETURN(const std::shared_ptr<const NodeIndex> index,
                           context_.cache->Get<NodeIndex>(*context_.transaction, key, [&] {
                             return ReadContent(context_, request.candidates.labels);
                           }));
    const std::vector<uint8_t> allowed = Allowed(index->nodes, request.candidates);
    LexicalIndex::Scratch scratch(index->index);
    rankings->assign(request.sources.size(), {});
    for (size_t i = 0; i < request.sources.size(); ++i) {
      if (i % 64 == 0) GESTA_RETURN_IF_ERROR(context_.CheckInterrupt());
      ScoreBoard& board = index->index.Search(request.sources[i].text, &scratch);
      if (request.survivors) {
        (*rankings)[i] = Rerank((*request.survivors)[i], request.top, [&](NodeId node) {
          const auto found = std::lower_bound(index->nodes.begin(), index->nodes.end(), node);
          return found != index->nodes.end() && *found == node
                     ? board[static_cast<uint32_t>(found - index->nodes.begin())]
                     : 0.0;
        });
        continue;
      }
      if (!allowed.empty()) {
        for (const uint32_t document : board.touched()) {
          if (!allowed[document]) board.Drop(document);
        }
      }
      board.Best(request.top, &best_);
      for (const uint32_t document : best_) {
        (*rankings)[i].push_back({index->nodes[document], board[document]});
      }
    }
    return {};
  }

 private:
  // By document: whether it may be given; empty: all may.
  static std::vector<uint8_t> Allowed(const std::vector<NodeId>& nodes,
                                      const CandidateSet& candidates) {
    std::vector<uint8_t> allowed;
    if (!candidates.allowed) return allowed;
    allowed.resize(nodes.size());
    auto next = candidates.allowed->begin();
    for (size_t i = 0; i < nodes.size(); ++i) {
      while (next != candidates.allowed->end() && *next < nodes[i]) ++next;
      allowed[i] = next != candidates.allowed->end() && *next == nodes[i];
    }
    return allowed;
  }

  const AlignContext context_;
  std::vector<uint32_t> best_;
};

class LexicalAligner : public Aligner {
 public:
  std::string_view name() const override { return "lexical"; }
  std::string_view summary() const override {
    return "words, spelling and definitions; needs no model";
  }
  std::string_view signature() const override { return "lexical {top}"; }

  Result<std::unique_ptr<AlignerRun>> Prepare(AlignerOptions options,
                                              const AlignContext& context) const override {
    GESTA_RETURN_IF_ERROR(options.CheckNames({}));
    return std::unique_ptr<AlignerRun>(std::make_unique<LexicalRun>(context));
  }
};

}  // namespace

std::unique_ptr<Aligner> MakeLexicalAligner() { return std::make_unique<LexicalAligner>(); }

}  // namespace gesta::align
