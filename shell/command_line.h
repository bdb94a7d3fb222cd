// The gesta command line: one subcommand a file, cmd_*.cpp.
#ifndef GESTA_SHELL_COMMAND_LINE_H_
#define GESTA_SHELL_COMMAND_LINE_H_

namespace gesta::shell {

// Parses and runs a command line; the result is the process's exit status: 0 for success, 1 when
// something failed, 2 for wrong usage.
int RunCommandLine(int argc, char** argv);

}  // namespace gesta::shell

#endif  // GESTA_SHELL_COMMAND_LINE_H_
