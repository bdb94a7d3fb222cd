// How wide text is on a terminal.
#ifndef GESTA_SHELL_PRINT_TEXT_WIDTH_H_
#define GESTA_SHELL_PRINT_TEXT_WIDTH_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace gesta::shell {

// Terminal columns of one line of UTF-8: wide characters count two, combining marks none. A byte
// that is no UTF-8 counts one.
size_t DisplayWidth(std::string_view text);

// `text` cut to at most `width` columns, with … as the last one where something was cut off.
std::string CutToWidth(std::string_view text, size_t width);

// `text` on one line and harmless to the terminal: line breaks and tabs become spaces, other
// control characters and bytes that are no UTF-8 become the replacement character.
std::string OneLine(std::string_view text);

// Columns of the terminal behind `fd`; `otherwise` when it is none.
size_t TerminalWidth(int fd, size_t otherwise);

}  // namespace gesta::shell

#endif  // GESTA_SHELL_PRINT_TEXT_WIDTH_H_
