#include "load/oddities.h"

#include <algorithm>

namespace gesta::ingest {

void Oddities::Add(std::string_view what, std::string example, uint64_t count) {
  auto at = std::find_if(list_.begin(), list_.end(),
                         [&](const IngestOddity& oddity) { return oddity.what == what; });
  if (at == list_.end()) at = list_.insert(at, {std::string(what), 0, {}});
  at->count += count;
  if (!example.empty() && at->examples.size() < kMaxExamples) {
    at->examples.push_back(std::move(example));
  }
}

}  // namespace gesta::ingest
