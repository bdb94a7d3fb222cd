// The entry point of gesta_unit_tests.
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#include <cstdlib>

int main(int argc, char** argv) {
  // Modules lie beside the command, not beside this program.
  setenv("GESTA_MODULE_DIR", GESTA_MODULES, /*overwrite=*/0);
  // Tests find their servers themselves.
  for (const char* name : {"GESTA_LLM_URL", "GESTA_LLM_MODEL", "GESTA_LLM_KEY_FILE",
                           "GESTA_LLM_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_KEY"}) {
    unsetenv(name);
  }
  return Catch::Session().run(argc, argv);
}
