// Shared modules: parts whose libraries take long to load (tensors, HTTP), opened when they are
// first used.
#ifndef GESTA_MODULE_LOADER_H_
#define GESTA_MODULE_LOADER_H_

#include <string>

#include "gesta/status.h"

namespace gesta {

// The address of `symbol` in the module `file` ("libgesta_http.so"), which stays open until the
// process ends. It is looked for in $GESTA_MODULE_DIR, and if that is not set beside the
// executable, beside the library that holds this function, and in lib/gesta of either's parent
// folder. kNotFound: no such file, with the folders that were searched and what `purpose` ("asking
// a language model") needs; kUnsupported: it cannot be opened or has no such symbol. Thread-safe.
Result<void*> LoadModuleSymbol(const std::string& file, const std::string& symbol,
                               const std::string& purpose);

}  // namespace gesta

#endif  // GESTA_MODULE_LOADER_H_
