// A folder of a test's own, removed with everything in it at the end.
#ifndef GESTA_TESTS_SUPPORT_TEMP_DIR_H_
#define GESTA_TESTS_SUPPORT_TEMP_DIR_H_

#include <string>

namespace gesta::test {

class TempDir {
 public:
  TempDir();  // in /dev/shm where that can be written, else in the system's folder for such things
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace gesta::test

#endif  // GESTA_TESTS_SUPPORT_TEMP_DIR_H_
