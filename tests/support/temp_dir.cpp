#include "support/temp_dir.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace gesta::test {

TempDir::TempDir() {
  const std::string parent = access("/dev/shm", W_OK) == 0
                                 ? std::string("/dev/shm")
                                 : std::filesystem::temp_directory_path().string();
  path_ = parent + "/gesta-test-XXXXXX";
  if (mkdtemp(path_.data()) == nullptr) std::abort();  // no place to test in
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace gesta::test
