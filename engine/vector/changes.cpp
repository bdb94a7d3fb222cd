#include "vector/changes.h"

#include "store/coding.h"

namespace gesta::vector {

std::string EncodeChanges(const std::vector<Change>& changes) {
  std::string bytes;
  store::AppendVarint(&bytes, changes.size());
  NodeId previous = 0;
  for (const Change& change : changes) {
    store::AppendVarint(&bytes, (change.node - previous) << 1 | (change.removed ? 1 : 0));
    previous = change.node;
  }
  return bytes;
}

bool DecodeChanges(std::string_view bytes, std::vector<Change>* changes) {
  store::ByteReader reader(bytes);
  const uint64_t n = reader.Varint();
  if (!reader.ok() || n > reader.left()) return false;
  changes->clear();
  changes->reserve(n);
  NodeId node = 0;
  for (uint64_t i = 0; i < n; ++i) {
    const uint64_t step = reader.Varint();
    node += step >> 1;
    changes->push_back({node, (step & 1) != 0});
  }
  return reader.ok() && reader.left() == 0;
}

}  // namespace gesta::vector
