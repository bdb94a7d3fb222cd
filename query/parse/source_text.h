// SourceText: a statement's text with its character positions, and how errors point into it.
#ifndef GESTA_QUERY_PARSE_SOURCE_TEXT_H_
#define GESTA_QUERY_PARSE_SOURCE_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"

namespace gesta::parse {

// What goes wrong below ParseStatement is thrown as this and caught there; it never leaves the
// parser.
struct SyntaxFailure {
  Status status;
};

class SourceText {
 public:
  // Borrows `text`. Throws SyntaxFailure where it is not UTF-8.
  explicit SourceText(std::string_view text);

  std::string_view text() const { return text_; }
  // The text in code points, for the lexer.
  const std::u32string& characters() const { return characters_; }
  // The byte at which the character starts; characters().size() gives the text's end.
  uint32_t ByteOfCharacter(size_t character) const {
    return offsets_.empty() ? static_cast<uint32_t>(character) : offsets_[character];
  }

  // A SyntaxError at a byte of the text. `detail` is openCypher's.
  SyntaxFailure Error(std::string detail, std::string message, size_t byte,
                      std::string hint = {}) const;

 private:
  void Decode();

  std::string_view text_;
  std::u32string characters_;
  std::vector<uint32_t> offsets_;  // empty for ASCII, where characters are bytes
};

// Appends the UTF-8 bytes of a code point.
void AppendUtf8(char32_t code_point, std::string* out);

}  // namespace gesta::parse

#endif  // GESTA_QUERY_PARSE_SOURCE_TEXT_H_
