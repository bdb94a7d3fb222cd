// Helpers of tests that use models: the tiny checkpoints, and environment variables for a while.
#ifndef GESTA_TESTS_MODELS_SUPPORT_H_
#define GESTA_TESTS_MODELS_SUPPORT_H_

#include <array>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

namespace gesta::test {

// The folder of one of the tiny checkpoints of tests/inference/models.
inline std::string TestModel(const std::string& name) {
  return std::string(GESTA_SOURCE_DIR) + "/tests/inference/models/" + name;
}

// An environment variable that has its former value again at the end.
class Environment {
 public:
  Environment(const char* name, const std::string& value) : name_(name) {
    if (const char* former = std::getenv(name)) former_ = former;
    setenv(name, value.c_str(), /*overwrite=*/1);
  }
  ~Environment() {
    if (former_) {
      setenv(name_, former_->c_str(), /*overwrite=*/1);
    } else {
      unsetenv(name_);
    }
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  const char* name_;
  std::optional<std::string> former_;
};

// Models are registered in `folder` as long as it lives.
class ModelFolder : public Environment {
 public:
  explicit ModelFolder(const std::string& folder) : Environment("GESTA_MODEL_DIR", folder) {}
};

// What a command prints, without the last line break.
inline std::string CommandOutput(const std::string& command) {
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  if (!pipe) return output;
  std::array<char, 4096> buffer;
  while (std::fgets(buffer.data(), buffer.size(), pipe)) output += buffer.data();
  pclose(pipe);
  if (!output.empty() && output.back() == '\n') output.pop_back();
  return output;
}

}  // namespace gesta::test

#endif  // GESTA_TESTS_MODELS_SUPPORT_H_
