// What modules' C functions have in common: texts and errors in structures of a fixed size.
#ifndef GESTA_INFERENCE_MODULE_GUARDED_H_
#define GESTA_INFERENCE_MODULE_GUARDED_H_

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <string_view>

#include "gesta/status.h"

namespace gesta::module {

// Cuts what does not fit; always ends with a zero byte.
template <size_t kSize>
void CopyText(std::string_view text, char (&out)[kSize]) {
  const size_t size = std::min(text.size(), kSize - 1);
  std::memcpy(out, text.data(), size);
  out[size] = '\0';
}

// What an exception means in a module.
struct ExceptionTexts {
  const char* no_memory;  // the message of std::bad_alloc
  StatusCode code;        // of other standard exceptions; their first line is the message
  const char* unknown;    // the message of whatever else is thrown
};

// Runs a function that gives a Status; whatever it throws becomes one. Gives 0, or 1 and fills in
// `error` (int32_t code, char message[], char hint[]).
template <typename Error, typename Function>
int32_t Guarded(const ExceptionTexts& texts, Error* error, Function function) {
  Status status;
  try {
    status = function();
  } catch (const std::bad_alloc&) {
    status = Status(StatusCode::kMemoryBudget, texts.no_memory);
  } catch (const std::exception& exception) {
    const std::string text = exception.what();
    status = Status(texts.code, text.substr(0, text.find('\n')));
  } catch (...) {
    status = Status(StatusCode::kInternal, texts.unknown);
  }
  if (status.ok()) return 0;
  error->code = static_cast<int32_t>(status.code());
  CopyText(status.message(), error->message);
  CopyText(status.info().hint, error->hint);
  return 1;
}

}  // namespace gesta::module

#endif  // GESTA_INFERENCE_MODULE_GUARDED_H_
