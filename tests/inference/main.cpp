#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#include <cstdlib>

int main(int argc, char** argv) {
  setenv("GESTA_MODULE_DIR", GESTA_MODULES, /*overwrite=*/0);
  return Catch::Session().run(argc, argv);
}
