// What the reference libraries gave: the JSON files of models/.
#ifndef GESTA_TESTS_INFERENCE_EXPECTED_H_
#define GESTA_TESTS_INFERENCE_EXPECTED_H_

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "gesta/format/json.h"

namespace gesta::test {

inline std::string ModelFolder(const std::string& name) {
  return std::string(GESTA_TEST_MODELS) + "/" + name;
}

inline format::Document ReadExpected(const std::string& path) {
  auto document = format::ReadJsonFile(path);
  INFO(document.status().ToString());
  REQUIRE(document.ok());
  return std::move(*document);
}

inline const format::Datum& Member(const format::Datum& object, std::string_view key) {
  const format::Datum* value = object.Find(key);
  INFO(key);
  REQUIRE(value != nullptr);
  return *value;
}

inline std::vector<std::string> Texts(const format::Datum& list) {
  std::vector<std::string> texts;
  for (const format::Datum& text : list.items()) texts.emplace_back(text.text());
  return texts;
}

}  // namespace gesta::test

#endif  // GESTA_TESTS_INFERENCE_EXPECTED_H_
