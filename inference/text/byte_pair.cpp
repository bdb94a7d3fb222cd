#include "text/byte_pair.h"

#include <fmt/format.h>

#include <queue>
#include <tuple>

#include "gesta/format/file.h"
#include "gesta/format/json.h"

namespace gesta::text {

using format::Datum;

Result<BytePairModel> BytePairModel::Load(const TokenizerFiles& files) {
  BytePairModel model;
  const Datum* described = files.tokenizer.root().Find("model");
  const Datum* pieces = described ? described->Find("vocab") : nullptr;
  const Datum* merges = described ? described->Find("merges") : nullptr;
  if (!pieces || !pieces->is_dict() || !merges) {
    const std::string path = files.Path("vocab.json");
    GESTA_ASSIGN_OR_RETURN(const format::Document vocabulary, format::ReadJsonFile(path));
    GESTA_ASSIGN_OR_RETURN(model.vocabulary_, Vocabulary::FromDict(vocabulary.root(), path));
    GESTA_RETURN_IF_ERROR(model.ReadMergesFile(files.Path("merges.txt")));
    return model;
  }
  const std::string source = files.Path("tokenizer.json");
  GESTA_ASSIGN_OR_RETURN(model.vocabulary_, Vocabulary::FromDict(*pieces, source));
  model.merges_.reserve(merges->size());
  for (const Datum& merge : merges->items()) {
    // ["a", "b"], or "a b" in files of older versions.
    if (merge.size() == 2 && merge.is_sequence()) {
      GESTA_RETURN_IF_ERROR(model.AddMerge(merge[0].text(), merge[1].text(), source));
      continue;
    }
    const std::string_view text = merge.text();
    const size_t space = text.find(' ', 1);
    if (!merge.is_string() || space == std::string_view::npos) {
      return Status(StatusCode::kBadData, source + ": a merge is no pair of tokens");
    }
    GESTA_RETURN_IF_ERROR(model.AddMerge(text.substr(0, space), text.substr(space + 1), source));
  }
  return model;
}

Status BytePairModel::ReadMergesFile(const std::string& path) {
  GESTA_ASSIGN_OR_RETURN(const format::FileBuffer file, format::ReadWholeFile(path));
  std::string_view rest = file.view();
  for (bool first = true; !rest.empty(); first = false) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty() || (first && line.substr(0, 8) == "#version")) continue;
    const size_t space = line.find(' ');
    if (space == std::string_view::npos) {
      return Status(StatusCode::kBadData, fmt::format("{}: '{}' is no pair of tokens", path, line));
    }
    GESTA_RETURN_IF_ERROR(AddMerge(line.substr(0, space), line.substr(space + 1), path));
  }
  return Status::Ok();
}

Status BytePairModel::AddMerge(std::string_view left, std::string_view right,
                               const std::string& source) {
  const TokenId a = vocabulary_.Find(left);
  const TokenId b = vocabulary_.Find(right);
  const TokenId merged = vocabulary_.Find(std::string(left) + std::string(right));
  if (a < 0 || b < 0 || merged < 0) {
    return Status(StatusCode::kBadData,
                  fmt::format("{}: the merge of '{}' and '{}' is not in the vocabulary", source,
                              left, right));
  }
  merges_[Key(a, b)] = Merged{static_cast<uint32_t>(merges_.size()), merged};
  return Status::Ok();
}

void BytePairModel::Merge(std::vector<TokenId>* symbols) const {
  struct Node {
    TokenId id;
    int32_t before;
    int32_t after;
  };
  struct Candidate {
    uint32_t rank;
    int32_t at;
    TokenId left, right;
    bool operator>(const Candidate& other) const {
      return std::tie(rank, at) > std::tie(other.rank, other.at);
    }
  };
  if (symbols->size() < 2) return;
  std::vector<Node> nodes(symbols->size());
  const auto count = static_cast<int32_t>(nodes.size());
  for (int32_t i = 0; i < count; ++i) {
    nodes[static_cast<size_t>(i)] = {(*symbols)[static_cast<size_t>(i)], i - 1,
                                     i + 1 < count ? i + 1 : -1};
  }
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<Candidate>> queue;
  const auto offer = [&](int32_t at) {
    if (at < 0 || nodes[static_cast<size_t>(at)].after < 0) return;
    const TokenId left = nodes[static_cast<size_t>(at)].id;
    const TokenId right = nodes[static_cast<size_t>(nodes[static_cast<size_t>(at)].after)].id;
    if (const Merged* merged = Find(left, right)) queue.push({merged->rank, at, left, right});
  };
  for (int32_t i = 0; i < count; ++i) offer(i);
  while (!queue.empty()) {
    const Candidate next = queue.top();
    queue.pop();
    Node& left = nodes[static_cast<size_t>(next.at)];
    // Candidates whose parts have been merged since are stale.
    if (left.id != next.left || left.after < 0) continue;
    Node& right = nodes[static_cast<size_t>(left.after)];
    if (right.id != next.right) continue;
    left.id = Find(next.left, next.right)->id;
    right.id = -1;
    left.after = right.after;
    if (left.after >= 0) nodes[static_cast<size_t>(left.after)].before = next.at;
    offer(left.before);
    offer(next.at);
  }
  symbols->clear();
  for (int32_t i = 0; i >= 0; i = nodes[static_cast<size_t>(i)].after) {
    symbols->push_back(nodes[static_cast<size_t>(i)].id);
  }
}

}  // namespace gesta::text
