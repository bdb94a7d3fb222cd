// The entry point of gesta_unit_tests.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
