// English words as labels write them: taking a text apart, finding the base forms a word can come
// from, and stems for comparing words.
//
// Nothing here needs a dictionary: base forms are guesses ("running" gives run, runn, runne), and
// the caller keeps those that it knows as verbs. Other languages pass through unchanged.
#ifndef GESTA_QUERY_ALIGN_ENGLISH_H_
#define GESTA_QUERY_ALIGN_ENGLISH_H_

#include <string>
#include <string_view>
#include <vector>

namespace gesta::align {

// The words of a label in lower case, split at CamelCase humps, underscores, slashes, hyphens,
// digits and all other punctuation; numbers are left out, and so is a possessive 's.
std::vector<std::string> SplitWords(std::string_view text);

// Articles, prepositions, pronouns, auxiliaries and words like "somebody": they say nothing about
// the action. (make, do, have and use are verbs of their own and no stop words.)
bool IsStopWord(std::string_view word);

// off, up, away …: words that form phrasal verbs (take off).
bool IsParticle(std::string_view word);

// The forms that `word` can be an inflection of, itself first: "carries" gives carries, carry,
// carri, carrie. Irregular verbs are known.
std::vector<std::string> InflectionBases(std::string_view word);

// The verbs that a noun or adjective can be made from: "explosion" gives explode among others,
// "climber" gives climb.
std::vector<std::string> DerivationBases(std::string_view word);

// Verbs that say what a noun without a verb of its own stands for: "arson" gives burn and ignite.
std::vector<std::string_view> NounVerbs(std::string_view word);

// The word without an inflection's ending: "stirring" and "stirs" give "stir", "slicing" gives
// "slic", "slice" stays.
std::string StripInflection(std::string_view word);

// One form for all inflections of a word, not always a word itself: "slice", "slices" and "slicing"
// give "slic".
std::string Stem(std::string_view word);

}  // namespace gesta::align

#endif  // GESTA_QUERY_ALIGN_ENGLISH_H_
