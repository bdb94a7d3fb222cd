// The tests; and the process that a test kills: --embed STORE KIND PATH SPACE FRAMES runs a job
// that ends it after so many frames.
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>

#include "color_encoder.h"

int main(int count, char** arguments) {
  setenv("GESTA_MODULE_DIR", GESTA_MODULES, /*overwrite=*/0);
  if (count == 7 && std::strcmp(arguments[1], "--embed") == 0) {
    gesta::test::Embedded embedded;
    embedded.die_after = std::strtoull(arguments[6], nullptr, 10);
    auto store = gesta::Store::Open(arguments[2], gesta::StoreOptions());
    if (!store.ok()) return 2;
    const auto summary = gesta::RunIngest(
        **store,
        gesta::test::JobOptions(arguments[3], arguments[4], {{"space", arguments[5]}}, &embedded));
    return summary.ok() ? 0 : 3;
  }
  return Catch::Session().run(count, arguments);
}
