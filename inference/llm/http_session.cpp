#include "llm/http_session.h"

#include "gesta/module_loader.h"

namespace gesta {

Result<std::unique_ptr<HttpSession>> HttpSession::Open() {
  GESTA_ASSIGN_OR_RETURN(void* const address,
                         LoadModuleSymbol("libgesta_http.so", "gesta_http_module",
                                          "sending requests over the network"));
  const auto table = reinterpret_cast<decltype(&gesta_http_module)>(address);
  const GestaHttpModule* module = table(GESTA_HTTP_MODULE_VERSION);
  if (!module) {
    return Status(StatusCode::kUnsupported,
                  "the module libgesta_http.so belongs to another version of this program",
                  "install the module that came with this program");
  }
  GestaHttpSession* session = module->open();
  if (!session) return Status(StatusCode::kIo, "the HTTP library cannot be started");
  return std::unique_ptr<HttpSession>(new HttpSession(module, session));
}

Status HttpSession::Start(uint64_t id, const GestaHttpRequest& request) {
  if (module_->start(session_, id, &request) == 0) return {};
  return Status(StatusCode::kIo, "the HTTP library cannot take a request");
}

}  // namespace gesta
