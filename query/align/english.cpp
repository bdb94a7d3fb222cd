#include "align/english.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "align/english_tables.h"
#include "functions/text.h"

namespace gesta::align {
namespace {

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
// Bytes of other scripts count as letters.
bool IsLetter(char c) { return IsUpper(c) || IsLower(c) || static_cast<unsigned char>(c) >= 0x80; }
bool IsVowel(char c) { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u'; }

bool EndsWith(std::string_view word, std::string_view suffix) {
  return word.size() >= suffix.size() && word.substr(word.size() - suffix.size()) == suffix;
}

bool HasDoubledConsonant(std::string_view stem) {
  return stem.size() > 2 && stem[stem.size() - 1] == stem[stem.size() - 2] && !IsVowel(stem.back());
}

void AddOnce(std::string form, std::vector<std::string>* forms) {
  if (std::find(forms->begin(), forms->end(), form) == forms->end()) {
    forms->push_back(std::move(form));
  }
}

// What may stand where a suffix was cut off: the stem, with an e, with its consonant single again,
// with y for i.
void AddStemForms(std::string_view stem, size_t least, std::vector<std::string>* forms) {
  if (stem.size() < least) return;
  AddOnce(std::string(stem), forms);
  AddOnce(std::string(stem) + "e", forms);
  if (HasDoubledConsonant(stem)) AddOnce(std::string(stem.substr(0, stem.size() - 1)), forms);
  if (stem.back() == 'i') AddOnce(std::string(stem.substr(0, stem.size() - 1)) + "y", forms);
}

// "goes went gone" lines as a map from each form to the base.
std::unordered_map<std::string_view, std::string_view> ReadIrregular() {
  std::unordered_map<std::string_view, std::string_view> bases;
  for (const std::string_view line : kIrregularVerbs) {
    const size_t end = line.find(' ');
    const std::string_view base = line.substr(0, end);
    for (size_t at = end; at != std::string_view::npos;) {
      const size_t next = line.find(' ', at + 1);
      bases.emplace(line.substr(at + 1, next - at - 1), base);
      at = next;
    }
  }
  return bases;
}

std::string_view IrregularBase(std::string_view word) {
  static const auto bases = ReadIrregular();
  const auto found = bases.find(word);
  return found == bases.end() ? std::string_view() : found->second;
}

// Suffixes that make nouns and adjectives from verbs, and what stood in their place; where only an
// empty text is listed the stem is varied as for inflections.
struct Derivation {
  std::string_view suffix;
  std::array<std::string_view, 5> replacements;  // unused ones are "-"
};
constexpr std::string_view kNone = "-";
constexpr Derivation kDerivations[] = {
    {"ification", {"ify", kNone, kNone, kNone, kNone}},
    {"ization", {"ize", kNone, kNone, kNone, kNone}},
    {"isation", {"ise", "ize", kNone, kNone, kNone}},
    {"ation", {"ate", "e", "", kNone, kNone}},
    {"ition", {"ite", "e", kNone, kNone, kNone}},
    {"ption", {"be", "ive", kNone, kNone, kNone}},
    {"tion", {"t", "te", kNone, kNone, kNone}},
    {"sion", {"d", "de", "t", "s", "se"}},
    {"ysis", {"yze", "yse", kNone, kNone, kNone}},
    {"ance", {"", "e", kNone, kNone, kNone}},
    {"ence", {"", "e", kNone, kNone, kNone}},
};
constexpr std::string_view kDerivedEndings[] = {"er",   "or",  "ist",  "ment", "ant", "al",
                                                "age",  "ery", "ry",   "y",    "ary", "ure",
                                                "able", "ive", "less", "ful",  "ism"};

}  // namespace

std::vector<std::string> SplitWords(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(text::ToLower(word));
    word.clear();
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (!IsLetter(c)) {
      const bool possessive = c == '\'' && !word.empty() && i + 1 < text.size() &&
                              (text[i + 1] == 's' || text[i + 1] == 'S') &&
                              (i + 2 == text.size() || !IsLetter(text[i + 2]));
      if (possessive) ++i;
      end_word();
      continue;
    }
    if (IsUpper(c) && !word.empty()) {
      const bool after_lower = !IsUpper(text[i - 1]);
      const bool last_of_capitals =
          IsUpper(text[i - 1]) && i + 1 < text.size() && IsLower(text[i + 1]);
      if (after_lower || last_of_capitals) end_word();
    }
    word += c;
  }
  end_word();
  return words;
}

bool IsStopWord(std::string_view word) {
  static const std::unordered_set<std::string_view> words(std::begin(kStopWords),
                                                          std::end(kStopWords));
  return words.count(word) > 0;
}

bool IsParticle(std::string_view word) {
  return std::find(std::begin(kParticles), std::end(kParticles), word) != std::end(kParticles);
}

std::vector<std::string> InflectionBases(std::string_view word) {
  std::vector<std::string> bases;
  bases.emplace_back(word);
  const std::string_view irregular = IrregularBase(word);
  if (!irregular.empty()) AddOnce(std::string(irregular), &bases);
  const size_t size = word.size();
  if (EndsWith(word, "ing") && size > 4) {
    AddStemForms(word.substr(0, size - 3), 2, &bases);
    if (EndsWith(word, "ying")) AddOnce(std::string(word.substr(0, size - 4)) + "ie", &bases);
  } else if (EndsWith(word, "ed") && size > 3) {
    AddStemForms(word.substr(0, size - 2), 2, &bases);
  } else if (EndsWith(word, "s") && !EndsWith(word, "ss") && size > 2) {
    if (EndsWith(word, "ies") && size > 3) {
      AddOnce(std::string(word.substr(0, size - 3)) + "y", &bases);
    }
    if (EndsWith(word, "es") && size > 3) AddOnce(std::string(word.substr(0, size - 2)), &bases);
    AddOnce(std::string(word.substr(0, size - 1)), &bases);
  }
  return bases;
}

std::vector<std::string> DerivationBases(std::string_view word) {
  std::vector<std::string> bases;
  if (EndsWith(word, "s") && !EndsWith(word, "ss") && !EndsWith(word, "is")) word.remove_suffix(1);
  for (const std::string_view ending : kDerivedEndings) {
    if (EndsWith(word, ending)) {
      AddStemForms(word.substr(0, word.size() - ending.size()), 3, &bases);
    }
  }
  for (const Derivation& derivation : kDerivations) {
    if (!EndsWith(word, derivation.suffix)) continue;
    const std::string_view stem = word.substr(0, word.size() - derivation.suffix.size());
    if (stem.size() < 2) continue;
    for (const std::string_view replacement : derivation.replacements) {
      if (replacement != kNone) AddOnce(std::string(stem) + std::string(replacement), &bases);
    }
  }
  return bases;
}

std::vector<std::string_view> NounVerbs(std::string_view word) {
  static const auto table = [] {
    std::unordered_map<std::string_view, std::string_view> verbs;
    for (const auto& [noun, list] : kNounVerbs) verbs.emplace(noun, list);
    return verbs;
  }();
  std::vector<std::string_view> verbs;
  auto found = table.find(word);
  if (found == table.end() && EndsWith(word, "s")) {
    found = table.find(word.substr(0, word.size() - 1));
  }
  if (found == table.end()) return verbs;
  for (std::string_view rest = found->second; !rest.empty();) {
    const size_t end = std::min(rest.find(' '), rest.size());
    verbs.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return verbs;
}

std::string StripInflection(std::string_view word) {
  const std::string_view irregular = IrregularBase(word);
  std::string stem(irregular.empty() ? word : irregular);
  for (const std::string_view suffix : {"ing", "ed", "es", "s"}) {
    if (!EndsWith(stem, suffix) || EndsWith(stem, "ss") || stem.size() - suffix.size() < 3) {
      continue;
    }
    stem.resize(stem.size() - suffix.size());
    const bool natural = EndsWith(stem, "ll") || EndsWith(stem, "ss") || EndsWith(stem, "zz") ||
                         EndsWith(stem, "ff");
    if (HasDoubledConsonant(stem) && !natural) stem.pop_back();
    break;
  }
  return stem;
}

std::string Stem(std::string_view word) {
  std::string stem = StripInflection(word);
  if (stem.size() > 3 && stem.back() == 'e') stem.pop_back();
  if (stem.size() > 3 && stem.back() == 'i') stem.back() = 'y';
  return stem;
}

}  // namespace gesta::align
