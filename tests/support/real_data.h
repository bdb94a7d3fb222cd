// The folder of real data that tests tagged [real] read. It is no part of the project: it is too
// large, and its data sets have licences of their own. Who has it names it in GESTA_REAL_DATA.
#ifndef GESTA_TESTS_SUPPORT_REAL_DATA_H_
#define GESTA_TESTS_SUPPORT_REAL_DATA_H_

#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

namespace gesta::test {

// A path below it, e.g. "data/pangea"; "" where there is no such folder: the test then ends, and
// the note that is left makes ctest report it as skipped.
inline std::string RealData(const std::string& path = "") {
  const char* const root = std::getenv("GESTA_REAL_DATA");
  if (root != nullptr && *root != '\0') return std::string(root) + "/" + path;
  // Without the data there is nothing to test, and a build that lacks it is no broken one.
  WARN("skipped: GESTA_REAL_DATA is not set");
  return "";
}

}  // namespace gesta::test

#endif  // GESTA_TESTS_SUPPORT_REAL_DATA_H_
