// .test files: statements with their expected results, as data. tests/README.md shows the format.
#ifndef GESTA_TESTS_CYPHER_TEST_FILE_H_
#define GESTA_TESTS_CYPHER_TEST_FILE_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"
#include "gesta/value.h"

namespace gesta::test {

enum class ExpectationKind { kOk, kRows, kEffects, kError };

// One "=>" line and the table below it.
struct Expectation {
  ExpectationKind kind = ExpectationKind::kOk;
  int line = 0;
  // kRows
  bool in_order = false;
  bool ignore_list_order = false;
  std::vector<std::string> columns;
  std::vector<std::vector<Value>> rows;
  // kEffects
  std::map<std::string, uint64_t> effects;
  // kError: empty parts match everything
  std::string error_type;
  std::string error_detail;
  std::string error_phase;  // "compile time", "runtime"
  std::string error_text;   // part of the message or hint
};

struct TestStatement {
  std::string text;
  int line = 0;
  std::map<std::string, Value> parameters;  // set before it
  std::vector<Expectation> expectations;
};

// Runs on a fresh store.
struct TestCase {
  std::string title;
  int line = 0;
  std::vector<TestStatement> statements;
};

// Errors: kBadData with the line.
Result<std::vector<TestCase>> ParseTestFile(std::string_view text);

}  // namespace gesta::test

#endif  // GESTA_TESTS_CYPHER_TEST_FILE_H_
