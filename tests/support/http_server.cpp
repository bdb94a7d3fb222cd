#include "support/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace gesta::test {
namespace {

constexpr int kTickMs = 20;  // how often threads look whether they should stop

bool SendAll(int socket, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

std::string Lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// The lines before the empty one.
HttpRequest ParseHead(const std::string& head) {
  HttpRequest request;
  size_t begin = head.find("\r\n");
  const std::string first = head.substr(0, begin);
  const size_t space = first.find(' ');
  request.method = first.substr(0, space);
  request.path = first.substr(space + 1, first.rfind(' ') - space - 1);
  while (begin != std::string::npos && begin + 2 < head.size()) {
    const size_t end = head.find("\r\n", begin + 2);
    const std::string line = head.substr(begin + 2, end - begin - 2);
    const size_t colon = line.find(':');
    if (colon != std::string::npos) {
      const size_t value = line.find_first_not_of(' ', colon + 1);
      request.headers[Lower(line.substr(0, colon))] =
          value == std::string::npos ? "" : line.substr(value);
    }
    begin = end;
  }
  return request;
}

}  // namespace

HttpServer::HttpServer(Handler handler, uint16_t port) : handler_(std::move(handler)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener_, 128) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return;
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

HttpServer::~HttpServer() {
  stopping_ = true;
  if (acceptor_.joinable()) acceptor_.join();
  close(listener_);
  std::vector<std::thread> workers;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
    workers.swap(workers_);
  }
  for (std::thread& worker : workers) worker.join();
}

void HttpServer::Accept() {
  while (!stopping_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (poll(&waiting, 1, kTickMs) <= 0) continue;
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) continue;
    const std::lock_guard<std::mutex> lock(mutex_);
    sockets_.push_back(socket);
    workers_.emplace_back([this, socket] { Serve(socket); });
  }
}

void HttpServer::Serve(int socket) {
  std::string input;
  bool open = true;
  while (open && !stopping_) {
    const size_t head_end = input.find("\r\n\r\n");
    if (head_end != std::string::npos) {
      HttpRequest request = ParseHead(input.substr(0, head_end + 2));
      const size_t length = std::strtoul(request.headers["content-length"].c_str(), nullptr, 10);
      if (input.size() >= head_end + 4 + length) {
        request.body = input.substr(head_end + 4, length);
        input.erase(0, head_end + 4 + length);
        open = Answer(socket, request);
        continue;
      }
    }
    char buffer[16384];
    pollfd waiting{socket, POLLIN, 0};
    if (poll(&waiting, 1, kTickMs) <= 0) continue;
    const ssize_t got = recv(socket, buffer, sizeof buffer, 0);
    if (got <= 0) break;
    input.append(buffer, static_cast<size_t>(got));
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  sockets_.erase(std::find(sockets_.begin(), sockets_.end(), socket));
  close(socket);
}

// False: the connection ends.
bool HttpServer::Answer(int socket, const HttpRequest& request) {
  ++requests_;
  const uint64_t now = ++at_once_;
  uint64_t most = most_at_once_;
  while (now > most && !most_at_once_.compare_exchange_weak(most, now)) {
  }
  const HttpReply reply = handler_(request);
  const auto wait = [this](std::chrono::milliseconds time) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (!stopping_ && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::min(time, std::chrono::milliseconds(kTickMs)));
    }
  };
  wait(reply.delay);
  bool open = !reply.hang_up;
  if (open) {
    std::string head = "HTTP/1.1 " + std::to_string(reply.status) + " Reply\r\n";
    for (const std::string& header : reply.headers) head += header + "\r\n";
    head += "Content-Length: " + std::to_string(reply.body.size()) + "\r\n\r\n";
    open = SendAll(socket, head);
  }
  const std::string_view body = std::string_view(reply.body).substr(0, reply.cut_after);
  if (open && reply.drip.count() == 0) open = SendAll(socket, body);
  for (size_t i = 0; open && reply.drip.count() > 0 && i < body.size() && !stopping_; ++i) {
    open = SendAll(socket, body.substr(i, 1));
    wait(reply.drip);
  }
  --at_once_;
  return open && body.size() == reply.body.size();
}

}  // namespace gesta::test
