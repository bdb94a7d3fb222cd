// Alignment on a device of the inference module.
#ifndef GESTA_QUERY_MODELS_DEVICE_ALIGN_H_
#define GESTA_QUERY_MODELS_DEVICE_ALIGN_H_

#include <string>
#include <vector>

#include "gesta/align.h"
#include "gesta/status.h"

namespace gesta {

// ModelProvider::HasDevice and AlignPairs of the models of this machine.
bool HasAlignDevice(const std::string& device);
Status AlignOnDevice(const std::string& device, const std::vector<alignment::Matrix>& sequences,
                     const std::vector<alignment::Matrix>& decompositions,
                     const std::vector<alignment::Pair>& pairs,
                     const alignment::AlignOptions& options,
                     std::vector<alignment::Alignment>* results);

}  // namespace gesta

#endif  // GESTA_QUERY_MODELS_DEVICE_ALIGN_H_
