// The gesta command.
#include "command_line.h"

int main(int argc, char** argv) { return gesta::shell::RunCommandLine(argc, argv); }
