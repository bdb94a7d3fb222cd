// The single printers, for MakePrinter.
#ifndef GESTA_SHELL_PRINT_PRINTERS_H_
#define GESTA_SHELL_PRINT_PRINTERS_H_

#include <memory>

#include "print/printer.h"

namespace gesta::shell {

std::unique_ptr<Printer> MakeTablePrinter(const PrintOptions& options, Sink& sink);
std::unique_ptr<Printer> MakeCsvPrinter(Sink& sink);
std::unique_ptr<Printer> MakeJsonPrinter(Sink& sink, bool lines);
std::unique_ptr<Printer> MakeMarkdownPrinter(Sink& sink);
std::unique_ptr<Printer> MakeLinePrinter(Sink& sink);

}  // namespace gesta::shell

#endif  // GESTA_SHELL_PRINT_PRINTERS_H_
