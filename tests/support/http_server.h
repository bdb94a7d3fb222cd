// HttpServer: a web server on this machine for tests of clients, which can misbehave as it is told.
#ifndef GESTA_TESTS_SUPPORT_HTTP_SERVER_H_
#define GESTA_TESTS_SUPPORT_HTTP_SERVER_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace gesta::test {

struct HttpRequest {
  std::string method;
  std::string path;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

struct HttpReply {
  int status = 200;
  std::vector<std::string> headers;  // "Name: value"
  std::string body;
  std::chrono::milliseconds delay{0};  // before anything is sent
  // Misbehaviour: the connection ends after so many bytes of the body although more were announced.
  size_t cut_after = SIZE_MAX;
  // The body comes a byte at a time with so long in between.
  std::chrono::milliseconds drip{0};
  bool hang_up = false;  // the connection ends without a reply
};

// Answers every request with what `handler` says, one thread a connection. Stops when destroyed.
class HttpServer {
 public:
  using Handler = std::function<HttpReply(const HttpRequest& request)>;

  // Any free port of 127.0.0.1, or the one given; port() is 0 when it could not be had.
  explicit HttpServer(Handler handler, uint16_t port = 0);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  uint64_t requests() const { return requests_; }
  // How many requests were being answered at once at most.
  uint64_t most_at_once() const { return most_at_once_; }

 private:
  void Accept();
  void Serve(int socket);
  bool Answer(int socket, const HttpRequest& request);

  const Handler handler_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<uint64_t> requests_{0};
  std::atomic<uint64_t> at_once_{0};
  std::atomic<uint64_t> most_at_once_{0};
  std::thread acceptor_;
  std::mutex mutex_;  // guards the two below
  std::vector<std::thread> workers_;
  std::vector<int> sockets_;
};

}  // namespace gesta::test

#endif  // GESTA_TESTS_SUPPORT_HTTP_SERVER_H_
