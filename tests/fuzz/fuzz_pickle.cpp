// libFuzzer target: no bytes may crash, hang or exhaust the memory of the pickle reader.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "gesta/format/pickle.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace gesta::format;
  Limits limits;
  limits.max_extra_bytes = 32 << 20;
  limits.max_values = 1'000'000;
  limits.max_tree_size = 10'000'000;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto document = ParsePickle(FileBuffer::CopyOf(bytes), "fuzz", limits);
  if (document.ok()) (void)document->root().ToString(10'000);
  return 0;
}
