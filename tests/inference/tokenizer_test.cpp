// Token ids of 500 hard strings, as the reference tokenizers give them.
#include "text/tokenizer.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "expected.h"
#include "support/temp_dir.h"

namespace gesta::test {
namespace {

namespace fs = std::filesystem;
using text::TokenId;

// Compares all strings and reports the first few that differ.
void CompareIds(const text::Tokenizer& tokenizer, const format::Datum& expected,
                size_t max_tokens) {
  const format::Document strings = ReadExpected(ModelFolder("strings.json"));
  REQUIRE(strings.root().size() == 500);
  REQUIRE(expected.size() == 500);
  size_t different = 0;
  for (size_t i = 0; i < strings.root().size(); ++i) {
    const auto ids = tokenizer.Encode(strings.root()[i].text(), max_tokens);
    REQUIRE(ids.ok());
    std::vector<TokenId> wanted;
    for (const format::Datum& id : expected[i].items()) {
      wanted.push_back(static_cast<TokenId>(id.integer()));
    }
    if (*ids != wanted && ++different <= 5) {
      CAPTURE(i, std::string(strings.root()[i].text()));
      CHECK(*ids == wanted);
    }
  }
  CHECK(different == 0);
}

void CheckFamily(const std::string& name, const std::string& folder) {
  const format::Document expected = ReadExpected(ModelFolder(name) + "/expected.json");
  const auto kind = text::FindTokenizerKind(folder);
  REQUIRE(kind.ok());
  const auto tokenizer = text::LoadTokenizer(folder, *kind);
  INFO(tokenizer.status().ToString());
  REQUIRE(tokenizer.ok());
  CompareIds(**tokenizer, Member(expected.root(), "ids"),
             static_cast<size_t>(Member(expected.root(), "max_tokens").integer()));
}

void CheckFamily(const std::string& name) { CheckFamily(name, ModelFolder(name)); }

TEST_CASE("WordPiece gives BERT's ids") { CheckFamily("bert"); }
TEST_CASE("WordPiece gives the ids of a BERT with case and a plain list of tokens") {
  CheckFamily("bert-cls");
}
TEST_CASE("WordPiece gives MPNet's ids") { CheckFamily("mpnet"); }
TEST_CASE("byte pairs give CLIP's ids") { CheckFamily("clip"); }
TEST_CASE("SentencePiece gives SigLIP's ids") { CheckFamily("siglip"); }
TEST_CASE("byte pairs give the ids of SigLIP 2") { CheckFamily("siglip2"); }

TEST_CASE("CLIP's older files give the same ids") {
  const TempDir dir;
  for (const char* file : {"vocab.json", "merges.txt", "tokenizer_config.json"}) {
    fs::copy_file(ModelFolder("clip") + "/" + file, dir.path() + "/" + file);
  }
  CheckFamily("clip", dir.path());
}

TEST_CASE("SigLIP 2 works with its SentencePiece model alone") {
  const TempDir dir;
  for (const char* file : {"tokenizer.model", "tokenizer_config.json"}) {
    fs::copy_file(ModelFolder("siglip2") + "/" + file, dir.path() + "/" + file);
  }
  const format::Document expected = ReadExpected(ModelFolder("siglip2") + "/expected_model.json");
  const auto tokenizer = text::LoadTokenizer(dir.path(), text::TokenizerKind::kGemma);
  INFO(tokenizer.status().ToString());
  REQUIRE(tokenizer.ok());
  CompareIds(**tokenizer, Member(expected.root(), "ids"), 16);
}

TEST_CASE("tokenizer files that are no use are refused with their name") {
  const TempDir dir;
  CHECK(text::FindTokenizerKind(dir.path()).status().code() == StatusCode::kUnsupported);
  const auto write = [&](const std::string& name, const std::string& content) {
    std::ofstream(dir.path() + "/" + name, std::ios::binary) << content;
  };
  write("vocab.txt", "[CLS]\n[SEP]\n");
  auto tokenizer = text::LoadTokenizer(dir.path(), text::TokenizerKind::kWordPiece);
  REQUIRE_FALSE(tokenizer.ok());
  CHECK(std::string(tokenizer.status().message()).find("[PAD]") != std::string::npos);
  write("tokenizer.json", "{\"model\": {\"vocab\": {\"a\": -1}}");
  CHECK(text::LoadTokenizer(dir.path(), text::TokenizerKind::kWordPiece).status().code() ==
        StatusCode::kBadData);
  write("spiece.model", "no model");
  tokenizer = text::LoadTokenizer(dir.path(), text::TokenizerKind::kSiglip);
  CHECK(tokenizer.status().code() == StatusCode::kBadData);
}

}  // namespace
}  // namespace gesta::test
