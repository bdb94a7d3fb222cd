// Colour and bold type, where a terminal is there and the user has not declined (NO_COLOR).
#ifndef GESTA_SHELL_STYLE_H_
#define GESTA_SHELL_STYLE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "gesta/status.h"

namespace gesta::shell {

// Whether escape sequences may be written to `fd`.
bool ColourAllowed(int fd);

// "error: …" for a person, the word in red when `colour`. Ends with a line break.
std::string ErrorText(const Status& status, bool colour);

// Writes ErrorText to standard error, with "gesta: " in front.
void PrintError(const Status& status);

// An integer with a comma after every third digit.
std::string GroupDigits(uint64_t number);

}  // namespace gesta::shell

#endif  // GESTA_SHELL_STYLE_H_
