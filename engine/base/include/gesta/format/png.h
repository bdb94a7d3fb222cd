// Pictures as PNG files (ISO/IEC 15948): 8 bits for each of red, green and blue, no transparency.
#ifndef GESTA_FORMAT_PNG_H_
#define GESTA_FORMAT_PNG_H_

#include <cstdint>
#include <string>

namespace gesta::format {

// `pixels`: width x height x 3 bytes (red, green, blue), row after row. Neither side may be 0.
std::string EncodePng(uint32_t width, uint32_t height, const uint8_t* pixels);

}  // namespace gesta::format

#endif  // GESTA_FORMAT_PNG_H_
