#include "jobs/vector_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace gesta::ingest {
namespace {

// FNV-1a over the numbers' bits; never 0, which means unknown.
uint64_t HashOf(const std::vector<float>& rows) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const float number : rows) {
    uint32_t bits;
    std::memcpy(&bits, &number, sizeof bits);
    hash = (hash ^ bits) * 0x100000001b3u;
  }
  return hash == 0 ? 1 : hash;
}

Status Conflict(const SpaceInfo& space, const std::string& why) {
  return Status(StatusCode::kConflict, fmt::format("the embedding space '{}' {}", space.name, why),
                "give the space another name with --space");
}

}  // namespace

bool NearlyEqual(const std::vector<float>& a, const std::vector<float>& b, VectorElement element) {
  if (a.size() != b.size()) return false;
  const double tolerance = element == VectorElement::kFloat16 ? 2e-3 : 1e-5;
  double largest = 0;
  double difference = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    largest = std::max<double>(largest, std::fabs(a[i]));
    difference = std::max<double>(difference, std::fabs(a[i] - b[i]));
  }
  return difference <= tolerance * largest;
}

Result<VectorWriter> VectorWriter::Open(GraphWriter& writer, SpaceInfo space,
                                        const std::vector<std::string>& labels) {
  for (const std::string& label : labels) {
    GESTA_ASSIGN_OR_RETURN(const NameId id, writer.Label(label));
    space.labels.push_back(id);
  }
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, writer.transaction());
  const SpaceInfo* found = transaction->FindSpace(space.name);
  if (found == nullptr) {
    GESTA_ASSIGN_OR_RETURN(space, transaction->CreateSpace(std::move(space)));
    return VectorWriter(&writer, std::move(space));
  }
  if (found->dimension != space.dimension) {
    return Conflict(*found, fmt::format("has vectors of {} numbers, and the input has {}",
                                        found->dimension, space.dimension));
  }
  for (const NameId label : space.labels) {
    const auto& allowed = found->labels;
    if (allowed.empty() || std::find(allowed.begin(), allowed.end(), label) != allowed.end()) {
      continue;
    }
    return Conflict(
        *found, fmt::format("takes no vectors of :{}", transaction->Name(NameKind::kLabel, label)));
  }
  const auto differs = [](const std::optional<double>& there, const std::optional<double>& given) {
    return given && there != given;
  };
  if (differs(found->logit_scale, space.logit_scale) ||
      differs(found->logit_bias, space.logit_bias)) {
    return Conflict(*found, "has another logit scale or bias");
  }
  return VectorWriter(&writer, *found);
}

Result<bool> VectorWriter::HasOther(NodeId node, const float* vector) {
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, writer_->transaction());
  GESTA_ASSIGN_OR_RETURN(const auto there, transaction->GetVector(space_.id, node));
  return there && !NearlyEqual(*there, {vector, vector + space_.dimension}, space_.element);
}

Status VectorWriter::SetVector(NodeId node, const float* vector) {
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, writer_->transaction());
  GESTA_ASSIGN_OR_RETURN(const auto there, transaction->GetVector(space_.id, node));
  if (there) return Status::Ok();
  writer_->CountBytes(space_.dimension * sizeof(float));
  return transaction->SetVector(space_.id, node, vector, space_.dimension);
}

Status VectorWriter::SetSequence(NodeId node, SequenceInfo info, const std::vector<float>& rows) {
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, writer_->transaction());
  info.source = HashOf(rows);
  GESTA_ASSIGN_OR_RETURN(const auto there, transaction->GetSequenceInfo(space_.id, node));
  if (there && there->source == info.source && there->frames == info.frames) return Status::Ok();
  if (there) {
    return Status(StatusCode::kConstraint,
                  fmt::format("it has another sequence in the embedding space '{}'", space_.name),
                  "give another space with --space, or another dataset with --dataset");
  }
  writer_->CountBytes(rows.size() * sizeof(float));
  return transaction->SetSequence(space_.id, node, info, rows.data());
}

}  // namespace gesta::ingest
