// Scripts: text with several statements, taken apart without parsing the statements.
#ifndef GESTA_SCRIPT_H_
#define GESTA_SCRIPT_H_

#include <string_view>
#include <vector>

namespace gesta {

// One statement of a script: its text and where it starts.
struct StatementText {
  std::string_view text;   // without the ';'; borrows from the script
  int line = 1;            // the script line its first character stands on
  bool terminated = true;  // false: the script ended before a ';'
};

// Splits a script at the semicolons that are not inside strings, names or comments. Parts that hold
// only blanks and comments are left out.
std::vector<StatementText> SplitScript(std::string_view script);

}  // namespace gesta

#endif  // GESTA_SCRIPT_H_
