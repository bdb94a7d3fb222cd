// An open store, and how its answers are shown: what `gesta query` and the shell have in common.
#ifndef GESTA_SHELL_SESSION_H_
#define GESTA_SHELL_SESSION_H_

#include <memory>
#include <string>
#include <string_view>

#include "gesta/database.h"
#include "gesta/script.h"
#include "gesta/status.h"
#include "print/printer.h"
#include "sink.h"

namespace gesta::shell {

struct SessionOptions {
  OutputMode mode = OutputMode::kTable;
  bool timing = false;
  bool footers = false;      // a line about each result: rows, changes, time
  bool progress = false;     // on standard error, for statements that take long
  bool second_ends = false;  // a second Ctrl-C ends the process
};

class Session {
 public:
  static Result<std::unique_ptr<Session>> Open(const std::string& path,
                                               const DatabaseOptions& options);

  // Runs one statement and writes its rows to `sink`.
  Status Run(std::string_view statement, const SessionOptions& options, Sink& sink);

  // Runs one statement of a script. Errors name `name` and the script's line.
  Status RunOfScript(const StatementText& statement, std::string_view name,
                     const SessionOptions& options, Sink& sink);

  // Runs the statements of a script one after the other, up to the first that fails.
  Status RunScript(std::string_view script, std::string_view name, const SessionOptions& options,
                   Sink& sink);

  Database& database() { return *database_; }
  Connection& connection() { return *connection_; }
  Parameters& parameters() { return parameters_; }
  const std::string& path() const { return path_; }

 private:
  Session() = default;

  std::string path_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Connection> connection_;  // after database_: goes first
  Parameters parameters_;
};

// What a statement did, e.g. "2 nodes created, 4 properties set"; empty when it changed nothing.
std::string ChangesText(const Transaction::Changes& changes);

// A whole file; "-" is standard input. kIo when it cannot be read.
Result<std::string> ReadScript(const std::string& path);

}  // namespace gesta::shell

#endif  // GESTA_SHELL_SESSION_H_
