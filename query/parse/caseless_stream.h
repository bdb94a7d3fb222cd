// CaselessStream: the characters the lexer sees, ASCII letters in upper case.
#ifndef GESTA_QUERY_PARSE_CASELESS_STREAM_H_
#define GESTA_QUERY_PARSE_CASELESS_STREAM_H_

#include <string>

#include "CharStream.h"

namespace gesta::parse {

// Keywords are caseless because the lexer never sees a lower-case ASCII letter; the tokens' texts
// are taken from the source, so strings and names keep their case.
class CaselessStream : public antlr4::CharStream {
 public:
  explicit CaselessStream(const std::u32string& characters) : characters_(characters) {}

  void consume() override { ++at_; }
  size_t LA(ssize_t i) override {
    const ssize_t position = static_cast<ssize_t>(at_) + (i > 0 ? i - 1 : i);
    if (i == 0 || position < 0) return 0;
    if (static_cast<size_t>(position) >= characters_.size()) return antlr4::IntStream::EOF;
    const char32_t c = characters_[static_cast<size_t>(position)];
    return c >= U'a' && c <= U'z' ? c - U'a' + U'A' : c;
  }
  ssize_t mark() override { return -1; }
  void release(ssize_t /*marker*/) override {}
  size_t index() override { return at_; }
  void seek(size_t index) override { at_ = index; }
  size_t size() override { return characters_.size(); }
  std::string getSourceName() const override { return "statement"; }
  // The parser slices the source text itself; ANTLR asks only for its own messages, which nobody
  // sees.
  std::string getText(const antlr4::misc::Interval& /*interval*/) override { return {}; }
  std::string toString() const override { return {}; }

 private:
  const std::u32string& characters_;
  size_t at_ = 0;
};

}  // namespace gesta::parse

#endif  // GESTA_QUERY_PARSE_CASELESS_STREAM_H_
