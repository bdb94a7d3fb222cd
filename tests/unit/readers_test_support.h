// Small files for the tests of the readers.
#ifndef GESTA_TESTS_UNIT_READERS_TEST_SUPPORT_H_
#define GESTA_TESTS_UNIT_READERS_TEST_SUPPORT_H_

#include <stdlib.h>
#include <zlib.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "gesta/status.h"

namespace gesta::readers {

// A file with these bytes in a folder of its own, removed with it.
class TestFile {
 public:
  TestFile(const std::string& name, const std::string& bytes) {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "gesta-readers-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    path_ = (folder_ / name).string();
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  ~TestFile() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  TestFile(const TestFile&) = delete;
  TestFile& operator=(const TestFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::filesystem::path folder_;
  std::string path_;
};

// The message with only the file's name of a path in front.
inline std::string WithoutFolder(const Status& status) {
  const std::string message(status.message());
  const size_t colon = message.find(':');
  const size_t slash = message.rfind('/', colon);
  return colon == std::string::npos || slash == std::string::npos ? message
                                                                  : message.substr(slash + 1);
}

inline std::string Gzipped(const std::string& text) {
  const TestFile file("packed.gz", "");
  const gzFile out = ::gzopen(file.path().c_str(), "wb6");
  REQUIRE(::gzwrite(out, text.data(), static_cast<unsigned>(text.size())) ==
          static_cast<int>(text.size()));
  ::gzclose(out);
  std::ifstream in(file.path(), std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace gesta::readers

#endif  // GESTA_TESTS_UNIT_READERS_TEST_SUPPORT_H_
