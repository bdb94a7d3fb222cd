// Runs the cases of .test files.
#ifndef GESTA_TESTS_CYPHER_TEST_RUNNER_H_
#define GESTA_TESTS_CYPHER_TEST_RUNNER_H_

#include <cstddef>
#include <string>

#include "cypher/test_file.h"
#include "gesta/status.h"

namespace gesta::test {

struct CaseOptions {
  bool optimize = true;
  size_t batch_rows = 1024;
  size_t threads = 0;   // of a statement, however few rows there are; 0: as the database chooses
  bool cached = false;  // parts of the graph cache are built at the first look-up
  bool reopen = false;  // close and open the store before each statement outside a transaction
};

// Ok when every expectation holds; otherwise a message with the line. `folder` must not exist.
Status RunTestCase(const TestCase& test, const CaseOptions& options, const std::string& folder);

// Whether rows are the expected ones; a message that shows both when they are not.
Status CompareRows(const Expectation& expected, const std::vector<std::string>& columns,
                   const std::vector<std::vector<Value>>& rows);

}  // namespace gesta::test

#endif  // GESTA_TESTS_CYPHER_TEST_RUNNER_H_
