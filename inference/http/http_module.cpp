// libgesta_http.so: HTTP by libcurl's multi interface.
#include "gesta/http_module.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// One request on its way.
struct Exchange {
  uint64_t id = 0;
  Easy easy;
  std::unique_ptr<curl_slist, ListDeleter> headers;
  std::string request_body;
  std::string body;
  uint64_t max_body_bytes = 0;
  uint64_t body_bytes = 0;
  bool too_large = false;
  bool aborted = false;
  int64_t retry_after_ms = -1;
  int32_t (*on_body)(void*, const char*, size_t) = nullptr;
  void* user = nullptr;
  char error[CURL_ERROR_SIZE] = {};
};

std::string_view View(const GestaHttpSpan& span) { return {span.data, span.size}; }
GestaHttpSpan Span(std::string_view text) { return {text.data(), text.size()}; }

size_t OnBody(char* data, size_t, size_t size, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  exchange.body_bytes += size;
  if (exchange.body_bytes > exchange.max_body_bytes) {
    exchange.too_large = true;
    return CURL_WRITEFUNC_ERROR;
  }
  if (exchange.on_body) {
    long status = 0;
    curl_easy_getinfo(exchange.easy.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status == 200 || status == 206) {
      if (exchange.on_body(exchange.user, data, size) == 0) return size;
      exchange.aborted = true;
      return CURL_WRITEFUNC_ERROR;
    }
  }
  try {
    exchange.body.append(data, size);
  } catch (const std::bad_alloc&) {
    exchange.too_large = true;
    return CURL_WRITEFUNC_ERROR;
  }
  return size;
}

// Retry-After holds seconds or a date (RFC 9110).
int64_t ParseRetryAfter(std::string_view value) {
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (error == std::errc() && end != value.data()) {
    return std::clamp<int64_t>(seconds, 0, 1'000'000) * 1000;
  }
  const time_t date = curl_getdate(std::string(value).c_str(), nullptr);
  if (date < 0) return -1;
  return std::max<int64_t>(0, static_cast<int64_t>(date - time(nullptr))) * 1000;
}

size_t OnHeader(char* data, size_t, size_t size, void* user) {
  constexpr std::string_view kName = "retry-after:";
  std::string_view line(data, size);
  auto& exchange = *static_cast<Exchange*>(user);
  if (line.substr(0, 5) == "HTTP/") exchange.retry_after_ms = -1;  // of a redirect
  if (line.size() < kName.size()) return size;
  for (size_t i = 0; i < kName.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(line[i])) != kName[i]) return size;
  }
  line.remove_prefix(kName.size());
  while (!line.empty() && std::isspace(static_cast<unsigned char>(line.front()))) {
    line.remove_prefix(1);
  }
  while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back()))) {
    line.remove_suffix(1);
  }
  exchange.retry_after_ms = ParseRetryAfter(line);
  return size;
}

// Requests to this machine do not go through a proxy, whatever the environment says of others.
std::string WithoutProxy() {
  std::string hosts = "localhost,127.0.0.1,::1";
  for (const char* name : {"no_proxy", "NO_PROXY"}) {
    const char* more = std::getenv(name);
    if (more && *more) return std::string(more) == "*" ? "*" : hosts + "," + more;
  }
  return hosts;
}

int32_t Outcome(const Exchange& exchange, CURLcode code) {
  if (exchange.too_large) return kGestaHttpTooLarge;
  if (exchange.aborted) return kGestaHttpAborted;
  switch (code) {
    case CURLE_OK:
      return kGestaHttpDone;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return kGestaHttpNoServer;
    case CURLE_OPERATION_TIMEDOUT:
      return kGestaHttpTimeout;
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
      return kGestaHttpBroken;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_TOO_MANY_REDIRECTS:
      return kGestaHttpInvalid;
    default:
      return kGestaHttpFailed;
  }
}

}  // namespace

struct GestaHttpSession {
  CURLM* multi = nullptr;
  std::unordered_map<CURL*, std::unique_ptr<Exchange>> running;
  std::unique_ptr<Exchange> finished;  // whose body was given last
  std::string message;

  ~GestaHttpSession() {
    CancelAll();
    if (multi) curl_multi_cleanup(multi);
  }
  void CancelAll() {
    for (const auto& [easy, exchange] : running) curl_multi_remove_handle(multi, easy);
    running.clear();
  }
};

namespace {

bool SetUp(const GestaHttpRequest& request, Exchange* exchange) {
  CURL* easy = exchange->easy.get();
  bool ok = true;
  const auto set = [&](CURLoption option, auto value) {
    ok = ok && curl_easy_setopt(easy, option, value) == CURLE_OK;
  };
  set(CURLOPT_URL, std::string(View(request.url)).c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, request.follow_redirects ? 1L : 0L);
  set(CURLOPT_MAXREDIRS, 10L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_NOPROXY, WithoutProxy().c_str());
  set(CURLOPT_USERAGENT, "gesta");
  // Whatever libcurl can unpack; files come as they are.
  set(CURLOPT_ACCEPT_ENCODING, exchange->on_body ? nullptr : "");
  if (request.timeout_ms > 0) set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout_ms));
  if (request.connect_timeout_ms > 0) {
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout_ms));
  }
  if (request.idle_timeout_ms > 0) {
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>((request.idle_timeout_ms + 999) / 1000));
  }
  const std::string method(View(request.method));
  if (method == "POST") {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(exchange->request_body.size()));
    set(CURLOPT_POSTFIELDS, exchange->request_body.data());
  } else if (method != "GET") {
    set(CURLOPT_CUSTOMREQUEST, method.c_str());
  }
  set(CURLOPT_HTTPHEADER, exchange->headers.get());
  set(CURLOPT_WRITEFUNCTION, OnBody);
  set(CURLOPT_WRITEDATA, exchange);
  set(CURLOPT_HEADERFUNCTION, OnHeader);
  set(CURLOPT_HEADERDATA, exchange);
  set(CURLOPT_ERRORBUFFER, exchange->error);
  return ok;
}

GestaHttpSession* Open() {
  // libcurl wants to be initialised once a process, by one thread.
  static std::once_flag once;
  static CURLcode initialised = CURLE_FAILED_INIT;
  try {
    std::call_once(once, [] { initialised = curl_global_init(CURL_GLOBAL_DEFAULT); });
    if (initialised != CURLE_OK) return nullptr;
    auto session = std::make_unique<GestaHttpSession>();
    session->multi = curl_multi_init();
    return session->multi ? session.release() : nullptr;
  } catch (...) {
    return nullptr;
  }
}

void Close(GestaHttpSession* session) { delete session; }

int32_t Start(GestaHttpSession* session, uint64_t id, const GestaHttpRequest* request) {
  try {
    auto exchange = std::make_unique<Exchange>();
    exchange->id = id;
    exchange->easy.reset(curl_easy_init());
    if (!exchange->easy) return 1;
    exchange->request_body = View(request->body);
    exchange->max_body_bytes = request->max_body_bytes;
    exchange->on_body = request->on_body;
    exchange->user = request->user;
    const auto add_header = [&](const std::string& line) {
      curl_slist* longer = curl_slist_append(exchange->headers.get(), line.c_str());
      if (!longer) return false;
      (void)exchange->headers.release();
      exchange->headers.reset(longer);
      return true;
    };
    for (size_t i = 0; i < request->header_count; ++i) {
      if (!add_header(std::string(View(request->headers[i])))) return 1;
    }
    // Or servers are asked first whether they want the body.
    if (!add_header("Expect:")) return 1;
    if (!SetUp(*request, exchange.get())) return 1;
    CURL* easy = exchange->easy.get();
    session->running.emplace(easy, std::move(exchange));
    if (curl_multi_add_handle(session->multi, easy) != CURLM_OK) {
      session->running.erase(easy);
      return 1;
    }
    return 0;
  } catch (...) {
    return 1;
  }
}

// The next request that has ended, if one has.
bool TakeFinished(GestaHttpSession* session, GestaHttpResponse* response) {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(session->multi, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    CURL* easy = message->easy_handle;
    const auto found = session->running.find(easy);
    curl_multi_remove_handle(session->multi, easy);
    if (found == session->running.end()) continue;
    session->finished = std::move(found->second);
    session->running.erase(found);
    Exchange& exchange = *session->finished;
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    session->message = exchange.error[0] != 0 ? exchange.error : curl_easy_strerror(code);
    response->id = exchange.id;
    response->outcome = Outcome(exchange, code);
    response->status = static_cast<int32_t>(status);
    response->retry_after_ms = exchange.retry_after_ms;
    response->body = Span(exchange.body);
    response->message = Span(session->message);
    return true;
  }
  return false;
}

int32_t Wait(GestaHttpSession* session, int64_t timeout_ms, GestaHttpResponse* response) {
  try {
    session->finished.reset();
    int running = 0;
    curl_multi_perform(session->multi, &running);
    if (TakeFinished(session, response)) return 1;
    curl_multi_poll(session->multi, nullptr, 0, static_cast<int>(timeout_ms), nullptr);
    curl_multi_perform(session->multi, &running);
    return TakeFinished(session, response) ? 1 : 0;
  } catch (...) {
    return 0;
  }
}

void CancelAll(GestaHttpSession* session) {
  session->finished.reset();
  session->CancelAll();
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const GestaHttpModule* gesta_http_module(
    uint32_t version) {
  static constexpr GestaHttpModule kModule = {
      GESTA_HTTP_MODULE_VERSION, Open, Close, Start, Wait, CancelAll};
  return version == GESTA_HTTP_MODULE_VERSION ? &kModule : nullptr;
}
