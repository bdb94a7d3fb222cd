// HttpSession: the HTTP module's table (gesta/http_module.h) as an object.
#ifndef GESTA_INFERENCE_LLM_HTTP_SESSION_H_
#define GESTA_INFERENCE_LLM_HTTP_SESSION_H_

#include <memory>
#include <string_view>

#include "gesta/http_module.h"
#include "gesta/status.h"

namespace gesta {

inline GestaHttpSpan HttpSpan(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view HttpText(const GestaHttpSpan& span) { return {span.data, span.size}; }

// Belongs to one thread at a time.
class HttpSession {
 public:
  // Opens the module at the first call. The module's own errors (gesta/module_loader.h).
  static Result<std::unique_ptr<HttpSession>> Open();
  ~HttpSession() { module_->close(session_); }
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  Status Start(uint64_t id, const GestaHttpRequest& request);
  // False: nothing has ended within the time.
  bool Wait(int64_t timeout_ms, GestaHttpResponse* response) {
    return module_->wait(session_, timeout_ms, response) != 0;
  }
  void CancelAll() { module_->cancel_all(session_); }

 private:
  HttpSession(const GestaHttpModule* module, GestaHttpSession* session)
      : module_(module), session_(session) {}

  const GestaHttpModule* const module_;
  GestaHttpSession* const session_;
};

}  // namespace gesta

#endif  // GESTA_INFERENCE_LLM_HTTP_SESSION_H_
