// Ctrl-C while something runs: it stops that, not the process.
#ifndef GESTA_SHELL_INTERRUPT_H_
#define GESTA_SHELL_INTERRUPT_H_

#include <signal.h>

#include <atomic>

namespace gesta {
class Connection;
}

namespace gesta::shell {

// While it lives, SIGINT cancels `connection`'s statement (null: only Flag() tells). One at
// a time in a process. With `second_ends`, a second SIGINT ends the process as it normally would.
class InterruptScope {
 public:
  InterruptScope(Connection* connection, bool second_ends);
  ~InterruptScope();
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;

  // Whether SIGINT came since the scope began, for work that looks at a flag.
  static const std::atomic<bool>* Flag();

 private:
  struct sigaction former_;
};

}  // namespace gesta::shell

#endif  // GESTA_SHELL_INTERRUPT_H_
