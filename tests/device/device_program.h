// The parts of gesta_device.
#ifndef GESTA_TESTS_DEVICE_DEVICE_PROGRAM_H_
#define GESTA_TESTS_DEVICE_DEVICE_PROGRAM_H_

#include <cstddef>
#include <string>

#include "align/data.h"

namespace gesta::test {

// Compares a device with the processor; prints what failed and a closing line. The exit status.
int TestDevice(const std::string& device);

// Prints a table: whole alignments beside the matrix products alone.
int MeasureDevice(const std::string& device, size_t pairs, const bench::Measuring& how);

// The same for the encoders, where they were built.
int TestEncoders(const std::string& device);
int MeasureEncoder(const std::string& device, const std::string& folder,
                   const bench::Measuring& how);

}  // namespace gesta::test

#endif  // GESTA_TESTS_DEVICE_DEVICE_PROGRAM_H_
