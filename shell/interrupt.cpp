#include "interrupt.h"

#include "gesta/database.h"

namespace gesta::shell {
namespace {

// A signal handler has no argument of its own: these two are how it knows what to stop.
std::atomic<Connection*> running{nullptr};
std::atomic<bool> interrupted{false};

void OnInterrupt(int) {
  interrupted.store(true);
  if (Connection* connection = running.load()) connection->Cancel();
}

}  // namespace

InterruptScope::InterruptScope(Connection* connection, bool second_ends) {
  interrupted.store(false);
  running.store(connection);
  struct sigaction action = {};
  action.sa_handler = OnInterrupt;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  if (second_ends) action.sa_flags |= static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, &former_);
}

InterruptScope::~InterruptScope() {
  sigaction(SIGINT, &former_, nullptr);
  running.store(nullptr);
}

const std::atomic<bool>* InterruptScope::Flag() { return &interrupted; }

}  // namespace gesta::shell
