#include <algorithm>

#include "align/aligner.h"
#include "align/cache.h"
#include "align/clip_published_aligner.h"
#include "align/fused_aligner.h"
#include "align/lexical_aligner.h"
#include "align/llm_aligner.h"
#include "align/neighbours_aligner.h"
#include "align/spaces.h"
#include "functions/errors.h"
#include "video/video_aligners.h"

namespace gesta {

AlignerRegistry::AlignerRegistry() : cache_(std::make_unique<AlignmentCache>()) {}
AlignerRegistry::~AlignerRegistry() = default;
AlignerRegistry::AlignerRegistry(AlignerRegistry&&) noexcept = default;
AlignerRegistry& AlignerRegistry::operator=(AlignerRegistry&&) noexcept = default;

AlignerRegistry AlignerRegistry::BuiltIn() {
  AlignerRegistry registry;
  registry.Add(align::MakeLexicalAligner());
  registry.Add(align::MakeNeighboursAligner());
  registry.Add(align::MakeFusedAligner());
  registry.Add(align::MakeClipPublishedAligner());
  registry.Add(align::MakeLlmAligner());
  registry.Add(video::MakeDtwAligner());
  registry.Add(video::MakeMeanPoolAligner());
  return registry;
}

void AlignerRegistry::Add(std::unique_ptr<Aligner> aligner) {
  aligners_.push_back(std::move(aligner));
}

const Aligner* AlignerRegistry::Find(std::string_view name) const {
  const auto found = std::find_if(aligners_.begin(), aligners_.end(),
                                  [name](const auto& aligner) { return aligner->name() == name; });
  return found == aligners_.end() ? nullptr : found->get();
}

// A name that is near to an aligner's is a misspelling; any other could be a model's.
Result<const Aligner*> AlignerRegistry::Get(std::string_view name) const {
  if (const Aligner* aligner = Find(name)) return aligner;
  const std::string nearest = NearestName(name, Names());
  if (!nearest.empty()) {
    return StatementError(StatusCode::kNotFound, "SemanticError", "UnknownAligner",
                          "there is no aligner " + QuoteName(name),
                          "did you mean " + nearest + "?");
  }
  const Status missing = align::MissingSpace(std::string(name));
  return StatementError(
      StatusCode::kNotFound, "SemanticError", "UnknownAligner",
      "there is no aligner " + QuoteName(name) + ", and " + std::string(missing.message()),
      missing.info().hint);
}

std::vector<std::string> AlignerRegistry::Names() const {
  std::vector<std::string> names;
  for (const auto& aligner : aligners_) names.emplace_back(aligner->name());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace gesta
