// gesta_device test | bench: alignment, and the encoders where they were built, on a device of
// LibTorch.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <thread>

#include "align/device/device_align.h"
#include "device/device_program.h"

int main(int argc, char** argv) {
  CLI::App app("Aligning videos with subactions on a device");
  app.require_subcommand(1);
  std::string device = "cuda";
  size_t pairs = 2000;
  gesta::bench::Measuring how;
  how.threads = std::max(1u, std::thread::hardware_concurrency());
  CLI::App* const test = app.add_subcommand("test", "compare the device with the processor");
  CLI::App* const bench = app.add_subcommand("bench", "print how fast it is");
  for (CLI::App* const command : {test, bench}) {
    command->add_option("--device", device, "cpu, cuda, cuda:1, …")->capture_default_str();
  }
  bench->add_option("--pairs", pairs, "pairs of a row")->capture_default_str();
  bench->add_option("--runs", how.runs, "measurements, of which the median counts");
  bench->add_option("--threads", how.threads, "threads that copy rows, and of the processor");
#ifdef GESTA_DEVICE_ENCODERS
  std::string model;
  bench->add_option("--model", model, "a checkpoint's folder: how fast it is instead");
#endif
  CLI11_PARSE(app, argc, argv);

  if (!gesta::alignment::HasDevice(device)) {
    // Not a failure: the suite runs where no GPU is, and ctest counts this line as a skipped test.
    fmt::print("skipped: there is no device '{}'\n", device);
    return 0;
  }
#ifdef GESTA_DEVICE_ENCODERS
  if (test->parsed()) {
    const int aligned = gesta::test::TestDevice(device);
    return std::max(aligned, gesta::test::TestEncoders(device));
  }
  if (!model.empty()) return gesta::test::MeasureEncoder(device, model, how);
#endif
  if (test->parsed()) return gesta::test::TestDevice(device);
  return gesta::test::MeasureDevice(device, pairs, how);
}
