#include "align/lexical_index.h"

#include <algorithm>
#include <cmath>

#include "align/english.h"

namespace gesta::align {
namespace {

// Weights of the parts; they sum to 1. They were chosen on the macro averages over the published
// mappings of 15 action datasets, where each may change by half without moving Hits@1 by more than
// 0.02.
constexpr float kNameWeight = 0.3f;
constexpr float kSpellingWeight = 0.18f;
constexpr float kDescriptionWeight = 0.22f;
constexpr float kLikeWeight = 0.18f;
constexpr float kGroupWeight = 0.12f;

// How sure a match of a name is, by how it was found.
constexpr float kCovered = 0.7f;   // take, where take … off is a name too
constexpr float kDerived = 0.8f;   // explosion: explode
constexpr float kNounVerb = 0.7f;  // arson: burn
constexpr float kCompound = 0.5f;  // handstand: stand
constexpr float kAlias = 0.9f;
constexpr float kNameInDescription = 1.5f;  // a name's words among the description's
constexpr float kNounVerbInDescription = 0.4f;

constexpr size_t kSeeds = 5;         // things whose likes are searched
constexpr size_t kParticleGap = 4;   // take the wet shoes off
constexpr float kTaskWeight = 0.7f;  // the task in "task//step"

std::string Join(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) {
    if (!joined.empty()) joined += ' ';
    joined += word;
  }
  return joined;
}

}  // namespace

LexicalIndex::LexicalIndex(const std::vector<LexicalDocument>& documents) {
  std::unordered_map<std::string_view, uint32_t> group_numbers;
  for (uint32_t number = 0; number < documents.size(); ++number) {
    const LexicalDocument& document = documents[number];
    AddName(document.name, number, 1);
    for (const std::string& alias : document.aliases) AddName(alias, number, kAlias);

    Features grams;
    Features stems;
    for (const std::string& word : SplitWords(document.name)) {
      AddCharacterGrams(word, &grams);
      if (!IsStopWord(word)) stems.emplace_back(Stem(word), kNameInDescription);
    }
    for (const std::string& word : SplitWords(document.description)) {
      if (word.size() > 1 && !IsStopWord(word)) stems.emplace_back(Stem(word), 1.0f);
    }
    spellings_.Add(grams);
    descriptions_.Add(stems);

    if (document.group.empty()) {
      groups_.push_back(kNoGroup);
      continue;
    }
    const auto next = static_cast<uint32_t>(group_numbers.size());
    const uint32_t group = group_numbers.emplace(document.group, next).first->second;
    if (group == members_.size()) members_.emplace_back();
    members_[group].push_back(number);
    groups_.push_back(group);
  }
  spellings_.Finish();
  descriptions_.Finish();
}

void LexicalIndex::AddName(std::string_view name, uint32_t document, float weight) {
  const std::vector<std::string> words = SplitWords(name);
  if (words.empty()) return;
  longest_name_ = std::max(longest_name_, words.size());
  names_[Join(words)].push_back({document, weight});
}

bool LexicalIndex::Match(const std::string& name, float weight, ScoreBoard* names) const {
  const auto found = names_.find(name);
  if (found == names_.end()) return false;
  for (const NameEntry& entry : found->second) {
    const float score = weight * entry.weight;
    const float before = (*names)[entry.document];
    if (score > before) names->Add(entry.document, score - before);
  }
  return true;
}

void LexicalIndex::MatchNames(const std::vector<std::string>& words, float weight, Features* extra,
                              ScoreBoard* names) const {
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const std::vector<std::string> bases = InflectionBases(word);
    bool in_phrase = false;
    for (const std::string& base : bases) {
      std::string phrase = base;
      for (size_t length = 2; length <= longest_name_ && i + length <= words.size(); ++length) {
        phrase += ' ';
        phrase += words[i + length - 1];
        in_phrase |= Match(phrase, weight, names);
      }
      for (size_t j = i + 2; j < words.size() && j <= i + kParticleGap; ++j) {
        if (IsParticle(words[j])) in_phrase |= Match(base + ' ' + words[j], weight, names);
      }
    }
    if (IsStopWord(word)) continue;
    bool known = false;
    for (const std::string& base : bases) {
      known |= Match(base, in_phrase ? weight * kCovered : weight, names);
    }
    for (const std::string_view verb : NounVerbs(word)) {
      Match(std::string(verb), weight * kNounVerb, names);
      extra->emplace_back(Stem(verb), weight * kNounVerbInDescription);
    }
    if (known) continue;
    for (const std::string& base : DerivationBases(word)) Match(base, weight * kDerived, names);
    for (size_t b = bases.size() > 1 ? 1 : 0; b < bases.size(); ++b) {
      const std::string& base = bases[b];
      for (size_t cut = 3; cut + 3 <= base.size(); ++cut) {
        if (cut >= 4) Match(base.substr(0, cut), weight * kCompound, names);
        if (base.size() - cut >= 4) Match(base.substr(cut), weight * kCompound, names);
      }
    }
  }
}

// Adds to the board what is described like the best documents so far, and their groups.
void LexicalIndex::Expand(Scratch* scratch) const {
  ScoreBoard& board = scratch->board;
  board.Best(kSeeds, &scratch->seeds);
  if (scratch->seeds.empty()) return;
  const float best = board[scratch->seeds.front()];
  std::vector<float> shares;
  float sum = 0;
  for (const uint32_t seed : scratch->seeds) {
    const float ratio = board[seed] / best;
    shares.push_back(ratio * ratio);
    sum += shares.back();
  }
  for (size_t i = 0; i < shares.size(); ++i) {
    const uint32_t seed = scratch->seeds[i];
    const float share = shares[i] / sum;
    descriptions_.ScoreLike(seed, kLikeWeight * share, &board);
    if (groups_[seed] == kNoGroup) continue;
    const std::vector<uint32_t>& members = members_[groups_[seed]];
    const float part = kGroupWeight * share / std::sqrt(static_cast<float>(members.size()));
    for (const uint32_t member : members) board.Add(member, part);
  }
}

ScoreBoard& LexicalIndex::Search(std::string_view text, Scratch* scratch) const {
  ScoreBoard& board = scratch->board;
  ScoreBoard& names = scratch->names;
  board.Clear();
  names.Clear();
  // "Make Jello Shots//pour water": the step says more than the task it belongs to.
  const size_t task_end = text.find("//");
  std::vector<std::pair<std::vector<std::string>, float>> parts;
  if (task_end == std::string_view::npos) {
    parts.emplace_back(SplitWords(text), 1.0f);
  } else {
    parts.emplace_back(SplitWords(text.substr(0, task_end)), kTaskWeight);
    parts.emplace_back(SplitWords(text.substr(task_end + 2)), 1.0f);
  }
  Features grams;
  Features stems;
  for (const auto& [words, weight] : parts) {
    MatchNames(words, weight, &stems, &names);
    for (const std::string& word : words) {
      if (word.size() < 2 || IsStopWord(word)) continue;
      AddCharacterGrams(StripInflection(word), &grams);
      stems.emplace_back(Stem(word), weight);
    }
  }
  for (const uint32_t document : names.touched()) {
    board.Add(document, kNameWeight * names[document]);
  }
  spellings_.Score(grams, kSpellingWeight, &board);
  descriptions_.Score(stems, kDescriptionWeight, &board);
  Expand(scratch);
  return board;
}

}  // namespace gesta::align
