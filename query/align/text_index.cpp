#include "align/text_index.h"

#include "align/english.h"

namespace gesta::align {
namespace {

constexpr float kWordShare = 0.35f;
constexpr float kSpellingShare = 1 - kWordShare;

void TakeApart(std::string_view text, Features* stems, Features* grams) {
  stems->clear();
  grams->clear();
  for (const std::string& word : SplitWords(text)) {
    if (!IsStopWord(word)) stems->emplace_back(Stem(word), 1.0f);
    AddCharacterGrams(word, grams);
  }
}

}  // namespace

TextIndex::TextIndex(const std::vector<std::string>& texts) {
  Features stems;
  Features grams;
  for (const std::string& text : texts) {
    TakeApart(text, &stems, &grams);
    words_.Add(stems);
    spellings_.Add(grams);
  }
  words_.Finish();
  spellings_.Finish();
}

void TextIndex::Search(std::string_view text, ScoreBoard* board) const {
  board->Clear();
  Features stems;
  Features grams;
  TakeApart(text, &stems, &grams);
  words_.Score(stems, kWordShare, board);
  spellings_.Score(grams, kSpellingShare, board);
}

}  // namespace gesta::align
