// Fetching checkpoints from a model hub (the Hugging Face hub's HTTP interface).
#ifndef GESTA_MODEL_HUB_H_
#define GESTA_MODEL_HUB_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"

namespace gesta {

// A model that `gesta model fetch` knows by a short name.
struct KnownModel {
  std::string_view name;
  std::string_view repository;
  std::string_view summary;
};
const std::vector<KnownModel>& KnownModels();

struct FetchOptions {
  std::string hub = "https://huggingface.co";
  std::string revision = "main";  // a branch, tag or commit
  int retries = 5;                // of each request
  // Called with a file, its bytes that are there and all of them; may be empty.
  std::function<void(const std::string& file, uint64_t done, uint64_t total)> progress;
  std::function<Status()> check_interrupt;
};

// Brings the files of `repository` ("owner/name") that a model needs into `folder`. Files that are
// there and have the right hash are not fetched again, and one that was begun goes on where it
// ended. Every file is checked against the hub's hash of it before it gets its name. kNotFound: no
// server or no such repository; kCorruption: bytes that do not have the hash; kIo.
Status FetchModel(const std::string& repository, const std::string& folder,
                  const FetchOptions& options = {});

}  // namespace gesta

#endif  // GESTA_MODEL_HUB_H_
