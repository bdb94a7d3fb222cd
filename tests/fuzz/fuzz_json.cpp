// libFuzzer target: no bytes may crash or hang the JSON reader.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "readers/json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto document = gesta::readers::ParseJson(text, "fuzz");
  if (document.ok()) (void)document->root().ToString(10'000);
  return 0;
}
