// Ctrl-C while something runs: it stops that, not the process.
#ifndef GESTA_SHELL_INTERRUPT_H_
#define GESTA_SHELL_INTERRUPT_H_

#include <signal.h>

namespace gesta {
class Connection;
}

namespace gesta::shell {

// While it lives, SIGINT cancels `connection`'s statement (null: only Interrupted() tells). One at
// a time in a process. With `second_ends`, a second SIGINT ends the process as it normally would.
class InterruptScope {
 public:
  InterruptScope(Connection* connection, bool second_ends);
  ~InterruptScope();
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;

  // Whether SIGINT came since the scope began.
  static bool Interrupted();

 private:
  struct sigaction former_;
};

}  // namespace gesta::shell

#endif  // GESTA_SHELL_INTERRUPT_H_
