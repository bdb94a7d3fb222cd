// Each worker is a child with two pipes: job numbers go down one, answers (a length and a text)
// come up the other. The parent polls; a worker that ends or overruns is replaced.
#include "support/worker_pool.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>

namespace gesta::test {
namespace {

using Clock = std::chrono::steady_clock;

bool WriteAll(int fd, const void* data, size_t n) {
  const char* at = static_cast<const char*>(data);
  while (n > 0) {
    const ssize_t written = write(fd, at, n);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    at += written;
    n -= static_cast<size_t>(written);
  }
  return true;
}

bool ReadAll(int fd, void* data, size_t n) {
  char* at = static_cast<char*>(data);
  while (n > 0) {
    const ssize_t got = read(fd, at, n);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    at += got;
    n -= static_cast<size_t>(got);
  }
  return true;
}

struct Worker {
  pid_t pid = -1;
  int to = -1;
  int from = -1;
  bool busy = false;
  size_t job = 0;
  Clock::time_point started;
};

class Pool {
 public:
  Pool(size_t jobs, const PoolOptions& options, const std::function<std::string(size_t)>& run,
       const std::function<void(const JobResult&)>& done)
      : jobs_(jobs), options_(options), run_(run), done_(done) {}

  bool Run() {
    workers_.resize(options_.workers == 0 ? 1 : options_.workers);
    while (true) {
      for (Worker& worker : workers_) {
        if (!worker.busy && next_ < jobs_ && !Give(worker)) return false;
      }
      std::vector<pollfd> polled;
      std::vector<Worker*> running;
      int wait = -1;
      for (Worker& worker : workers_) {
        if (!worker.busy) continue;
        polled.push_back({worker.from, POLLIN, 0});
        running.push_back(&worker);
        const int left = Left(worker);
        if (wait < 0 || left < wait) wait = left;
      }
      if (running.empty()) break;
      if (poll(polled.data(), polled.size(), wait) < 0 && errno != EINTR) return false;
      for (size_t i = 0; i < running.size(); ++i) {
        if (polled[i].revents != 0) {
          Collect(*running[i]);
        } else if (Left(*running[i]) == 0) {
          Finish(*running[i], JobEnd::kTimedOut, {});
          End(*running[i], SIGKILL);
        }
      }
    }
    for (Worker& worker : workers_) End(worker, 0);
    return true;
  }

 private:
  int Left(const Worker& worker) const {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        worker.started + options_.timeout - Clock::now());
    return left.count() < 0 ? 0 : static_cast<int>(left.count());
  }

  bool Start(Worker& worker) {
    int down[2];
    int up[2];
    if (pipe(down) != 0) return false;
    if (pipe(up) != 0) return false;
    const pid_t pid = fork();
    if (pid < 0) return false;
    if (pid == 0) {
      close(down[1]);
      close(up[0]);
      for (const Worker& other : workers_) {  // or a sibling's pipe would never close
        if (other.to >= 0) close(other.to);
        if (other.from >= 0) close(other.from);
      }
      if (options_.quiet && freopen("/dev/null", "w", stderr) == nullptr) _exit(1);
      Serve(down[0], up[1]);
    }
    close(down[0]);
    close(up[1]);
    worker.pid = pid;
    worker.to = down[1];
    worker.from = up[0];
    return true;
  }

  [[noreturn]] void Serve(int in, int out) {
    uint64_t job;
    while (ReadAll(in, &job, sizeof job)) {
      const std::string answer = run_(job);
      const uint64_t size = answer.size();
      if (!WriteAll(out, &size, sizeof size) || !WriteAll(out, answer.data(), size)) break;
    }
    _exit(0);
  }

  bool Give(Worker& worker) {
    if (worker.pid < 0 && !Start(worker)) return false;
    worker.job = next_++;
    worker.busy = true;
    worker.started = Clock::now();
    const uint64_t job = worker.job;
    WriteAll(worker.to, &job, sizeof job);  // a dead worker shows when its answer is read
    return true;
  }

  void Collect(Worker& worker) {
    uint64_t size = 0;
    std::string answer;
    if (ReadAll(worker.from, &size, sizeof size)) {
      answer.resize(size);
      if (ReadAll(worker.from, answer.data(), size)) {
        Finish(worker, JobEnd::kDone, std::move(answer));
        return;
      }
    }
    Worker ended = worker;
    const int status = End(worker, 0);
    Finish(ended, JobEnd::kCrashed,
           WIFSIGNALED(status)
               ? std::string("the process died: ") + strsignal(WTERMSIG(status))
               : "the process ended with status " + std::to_string(WEXITSTATUS(status)));
  }

  void Finish(Worker& worker, JobEnd end, std::string output) {
    worker.busy = false;
    JobResult result;
    result.job = worker.job;
    result.end = end;
    result.output = std::move(output);
    result.time =
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - worker.started);
    done_(result);
  }

  // Ends a worker, by closing its pipe or by a signal; returns its wait status.
  static int End(Worker& worker, int with_signal) {
    if (worker.pid < 0) return 0;
    close(worker.to);
    close(worker.from);
    if (with_signal != 0) kill(worker.pid, with_signal);
    int status = 0;
    while (waitpid(worker.pid, &status, 0) < 0 && errno == EINTR) {
    }
    worker = Worker();
    return status;
  }

  const size_t jobs_;
  const PoolOptions options_;
  const std::function<std::string(size_t)>& run_;
  const std::function<void(const JobResult&)>& done_;
  std::vector<Worker> workers_;
  size_t next_ = 0;
};

}  // namespace

bool RunInWorkers(size_t jobs, const PoolOptions& options,
                  const std::function<std::string(size_t)>& run,
                  const std::function<void(const JobResult&)>& done) {
  // A worker may be gone when a job is written to it.
  struct sigaction ignore = {};
  struct sigaction former;
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, &former);
  const bool ok = Pool(jobs, options, run, done).Run();
  sigaction(SIGPIPE, &former, nullptr);
  return ok;
}

}  // namespace gesta::test
