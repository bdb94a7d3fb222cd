// Which files of a repository a model needs.
#ifndef GESTA_INFERENCE_HUB_HUB_FILES_H_
#define GESTA_INFERENCE_HUB_HUB_FILES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "gesta/format/document.h"
#include "gesta/status.h"

namespace gesta::hub {

struct HubFile {
  std::string path;  // within the repository, and within the folder
  uint64_t size = 0;
  std::string sha256;    // of large files
  std::string git_sha1;  // of small ones, as git hashes blobs
};

// From the hub's list of a repository's files: configs, tokenizers, and the weights in the format
// that is read fastest. kBadData: not such a list, or one that names files outside of the folder;
// kUnsupported: no weights among them.
Result<std::vector<HubFile>> NeededFiles(const format::Datum& list, const std::string& source);

}  // namespace gesta::hub

#endif  // GESTA_INFERENCE_HUB_HUB_FILES_H_
