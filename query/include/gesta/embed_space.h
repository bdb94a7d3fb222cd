// Embedding the nodes of a space: a job that goes on where it was stopped.
#ifndef GESTA_EMBED_SPACE_H_
#define GESTA_EMBED_SPACE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "gesta/database.h"
#include "gesta/status.h"

namespace gesta {

struct EmbedSpaceOptions {
  bool all = false;           // also nodes whose vector is up to date
  size_t batch_size = 0;      // EncodeOptions::batch_size
  std::string device;         // EncodeOptions::device
  std::string precision;      // EncodeOptions::precision
  size_t chunk_nodes = 2048;  // nodes whose vectors are committed together
  // Called with the number of nodes done and of those that need a vector; may be empty.
  std::function<void(uint64_t done, uint64_t total)> progress;
  const std::atomic<bool>* cancel =
      nullptr;  // borrowed; when it is set the job ends with kCancelled
};

struct EmbedSpaceSummary {
  uint64_t nodes = 0;     // that the space is for
  uint64_t embedded = 0;  // new, or their text or the model changed
  uint64_t unchanged = 0;
  uint64_t without_text = 0;
  uint64_t removed = 0;      // vectors of nodes that have no text any more
  bool new_version = false;  // the model is another version than the one before
};

// Gives every node of the space that has a text its vector by the space's model. What is new or has
// changed since the last time is embedded: beside each vector is a hash of the text, the padding
// and the model's version. Commits chunk after chunk, so that a job that was stopped or killed has
// kept all but its last chunk. kNotFound: no such space, or no model of it.
Result<EmbedSpaceSummary> EmbedSpace(Database& database, const std::string& space,
                                     const EmbedSpaceOptions& options = {});

}  // namespace gesta

#endif  // GESTA_EMBED_SPACE_H_
