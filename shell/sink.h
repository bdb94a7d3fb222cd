// Where output goes: a buffered file, or a string in tests.
#ifndef GESTA_SHELL_SINK_H_
#define GESTA_SHELL_SINK_H_

#include <cstdio>
#include <string>
#include <string_view>

namespace gesta::shell {

class Sink {
 public:
  virtual ~Sink() = default;
  virtual void Write(std::string_view text) = 0;
  // Hands everything on. False when something could not be written (a full disk, a closed pipe).
  virtual bool Flush() = 0;
};

class FileSink : public Sink {
 public:
  explicit FileSink(FILE* file) : file_(file) {}  // borrows the file
  void Write(std::string_view text) override {
    ok_ &= std::fwrite(text.data(), 1, text.size(), file_) == text.size();
  }
  bool Flush() override { return std::fflush(file_) == 0 && ok_; }

 private:
  FILE* file_;
  bool ok_ = true;
};

class StringSink : public Sink {
 public:
  void Write(std::string_view text) override { text_ += text; }
  bool Flush() override { return true; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace gesta::shell

#endif  // GESTA_SHELL_SINK_H_
