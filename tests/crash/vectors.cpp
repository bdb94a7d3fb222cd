#include "crash/vectors.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <thread>

#include "crash/writing_process.h"

namespace gesta::crash {
namespace {

using Vector = VectorWorkload::Vector;

constexpr size_t kCentres = 50;
constexpr size_t kK = 10;
constexpr const char* kSpace = "s";

// Near one of the centres.
Vector MakeVector(uint64_t seed, std::mt19937_64& random) {
  std::mt19937_64 centre(seed + random() % kCentres);
  std::normal_distribution<float> normal;
  Vector vector(VectorWorkload::kDimension);
  for (float& element : vector) element = normal(centre) + 0.3f * normal(random);
  return vector;
}

Status Failed(std::string what) { return Status(StatusCode::kInternal, std::move(what)); }

double Cosine(const Vector& a, const Vector& b) {
  double dot = 0;
  double aa = 0;
  double bb = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    dot += static_cast<double>(a[i]) * b[i];
    aa += static_cast<double>(a[i]) * a[i];
    bb += static_cast<double>(b[i]) * b[i];
  }
  return dot / std::sqrt(aa * bb);
}

// One step as one commit.
Status Write(Store& store, const std::vector<VectorWorkload::Change>& changes, bool first) {
  TransactionOptions options;
  options.take_slot = true;
  GESTA_ASSIGN_OR_RETURN(const auto t, store.Begin(options));
  if (first) {
    SpaceInfo info;
    info.name = kSpace;
    info.dimension = VectorWorkload::kDimension;
    GESTA_RETURN_IF_ERROR(t->CreateSpace(info).status());
    for (NodeId node = 0; node < VectorWorkload::kNodes; ++node) {
      GESTA_ASSIGN_OR_RETURN(const NodeId made, t->CreateNode({}, {}));
      if (made != node) return Failed("the store is not new");
    }
  }
  const uint32_t space = t->FindSpace(kSpace)->id;
  for (const auto& [node, vector] : changes) {
    GESTA_RETURN_IF_ERROR(vector ? t->SetVector(space, node, vector->data(), vector->size())
                                 : t->RemoveVector(space, node));
  }
  return t->Commit();
}

Result<std::vector<VectorHit>> Search(Store& store, const Vector& query, bool exact) {
  TransactionOptions options;
  options.read_only = true;
  GESTA_ASSIGN_OR_RETURN(const auto t, store.Begin(options));
  VectorSearch search;
  search.k = kK;
  search.exact = exact;
  return t->SearchVectors(t->FindSpace(kSpace)->id, query.data(), query.size(), search);
}

// Whether the store has exactly these vectors.
Result<bool> Holds(Transaction& t, uint32_t space, const std::map<NodeId, Vector>& expected) {
  GESTA_ASSIGN_OR_RETURN(const auto records, t.ListVectors(space));
  if (records.size() != expected.size()) return false;
  for (const VectorRecord& record : records) {
    const auto found = expected.find(record.node);
    if (found == expected.end()) return false;
    GESTA_ASSIGN_OR_RETURN(const auto vector, t.GetVector(space, record.node));
    if (!vector || *vector != found->second) return false;
  }
  return true;
}

Status CheckSearches(Store& store, const VectorWorkload& workload) {
  constexpr uint64_t kQueries = 10;
  size_t good = 0;
  for (uint64_t n = 0; n < kQueries; ++n) {
    const Vector query = workload.Query(n);
    std::vector<double> scores;
    for (const auto& [node, vector] : workload.expected()) scores.push_back(Cosine(query, vector));
    std::sort(scores.rbegin(), scores.rend());
    const double last = scores[kK - 1] - 1e-5;
    for (const bool exact : {true, false}) {
      GESTA_ASSIGN_OR_RETURN(const auto hits, Search(store, query, exact));
      if (hits.size() != kK) return Failed(fmt::format("a search found {} nodes", hits.size()));
      size_t right = 0;
      for (const VectorHit& hit : hits) {
        const auto found = workload.expected().find(hit.node);
        if (found == workload.expected().end()) {
          return Failed(fmt::format("a search found node {}, which has no vector", hit.node));
        }
        if (std::fabs(Cosine(query, found->second) - hit.score) > 1e-5) {
          return Failed(fmt::format("a search found an old vector of node {}", hit.node));
        }
        right += hit.score >= last ? 1 : 0;
      }
      if (exact && right != kK) return Failed("an exact search missed a node");
      if (!exact) good += right;
    }
  }
  if (good * 100 >= kQueries * kK * 95) return {};
  return Failed(fmt::format("searches found {} of {} nodes", good, kQueries * kK));
}

// Moves the workload to where the store is: at the acknowledged step or one further.
Status Verify(const std::string& path, VectorWorkload* workload) {
  GESTA_ASSIGN_OR_RETURN(const auto store, Store::Open(path, {}));
  GESTA_ASSIGN_OR_RETURN(const auto problems, store->Check(5));
  if (!problems.empty()) return Failed("check: " + problems.front().what);
  {
    TransactionOptions options;
    options.read_only = true;
    GESTA_ASSIGN_OR_RETURN(const auto t, store->Begin(options));
    const SpaceInfo* space = t->FindSpace(kSpace);
    if (space == nullptr) {
      return workload->position() == 0 ? Status() : Failed("the embedding space is gone");
    }
    bool holds = false;
    if (workload->position() > 0) {
      GESTA_ASSIGN_OR_RETURN(holds, Holds(*t, space->id, workload->expected()));
    }
    if (!holds) {
      workload->Next();
      GESTA_ASSIGN_OR_RETURN(holds, Holds(*t, space->id, workload->expected()));
    }
    if (!holds) {
      return Failed(fmt::format("the vectors are not those after step {} or the one before",
                                workload->position()));
    }
  }
  return CheckSearches(*store, *workload);
}

}  // namespace

std::vector<VectorWorkload::Change> VectorWorkload::Next() {
  std::mt19937_64 random(seed_ * 1'000'003 + position_);
  std::vector<Change> changes;
  if (position_ == 0) {
    for (NodeId node = 0; node < kNodes; node += 1 + (node % 7 == 0)) {
      changes.emplace_back(node, MakeVector(seed_, random));
    }
  } else {
    std::map<NodeId, std::optional<Vector>> chosen;
    for (size_t n = 1 + random() % 200; n > 0; --n) {
      const NodeId node = random() % kNodes;
      const bool remove = random() % 5 == 0;
      chosen[node] = remove ? std::nullopt : std::optional(MakeVector(seed_, random));
    }
    changes.assign(chosen.begin(), chosen.end());
  }
  for (const auto& [node, vector] : changes) {
    if (vector) {
      expected_[node] = *vector;
    } else {
      expected_.erase(node);
    }
  }
  ++position_;
  return changes;
}

void VectorWorkload::SkipTo(uint64_t position) {
  while (position_ < position) Next();
}

Vector VectorWorkload::Query(uint64_t n) const {
  std::mt19937_64 random(seed_ + 77 * n + position_);
  return MakeVector(seed_, random);
}

Status VectorRound(Run& run, VectorWorkload* workload) {
  uint64_t acknowledged = workload->position();
  WritingProcess process([&](size_t, uint64_t position) { acknowledged = position; });
  GESTA_RETURN_IF_ERROR(
      process.Start({"write-vectors", run.path, "--seed", std::to_string(run.seed), "--position",
                     std::to_string(acknowledged)}));
  // Rounds that end before the index is there would say little.
  const bool early = run.Below(5) == 0;
  const auto longest_us = static_cast<uint64_t>(early ? 40 : run.longest_ms) * 1000;
  const std::chrono::microseconds life(run.Below(longest_us + 1));
  if (!early && !process.AwaitFirst()) return Failed("the process ended before its first step");
  GESTA_RETURN_IF_ERROR(process.KillAt(std::chrono::steady_clock::now() + life));
  workload->SkipTo(acknowledged);
  // A process that was killed before there was a store leaves none.
  if (acknowledged == 0 && access(run.path.c_str(), F_OK) != 0) return {};
  return Verify(run.path, workload);
}

int WriteVectorsUntilKilled(const std::string& path, uint64_t seed, uint64_t position) {
  const auto store = Store::Open(path, {});
  if (!store.ok()) {
    fmt::print(stderr, "opening: {}\n", store.status().ToString());
    return 1;
  }
  VectorWorkload workload(seed);
  workload.SkipTo(position);
  std::atomic<bool> stop{false};
  std::vector<std::thread> others;
  const auto fail = [&](const char* what, const Status& status) {
    fmt::print(stderr, "{}: {}\n", what, status.ToString());
    stop = true;
  };
  const auto start_others = [&] {
    others.emplace_back([&] {
      for (uint64_t n = 0; !stop; ++n) {
        const VectorWorkload queries(seed);
        const auto hits = Search(**store, queries.Query(n), n % 8 == 0);
        if (!hits.ok()) fail("searching", hits.status());
      }
    });
    others.emplace_back([&] {
      while (!stop) {
        const Status built = (*store)->BuildVectorIndex(kSpace, &stop);
        if (!built.ok() && !stop) fail("building", built);
      }
    });
  };
  if (position > 0) start_others();
  while (!stop) {
    const bool first = workload.position() == 0;
    const Status written = Write(**store, workload.Next(), first);
    if (!written.ok()) {
      fail("writing", written);
      break;
    }
    if (first) start_others();
    const std::string line = fmt::format("0 {}\n", workload.position());
    if (write(STDOUT_FILENO, line.data(), line.size()) <= 0) stop = true;
  }
  for (std::thread& other : others) other.join();
  return 1;
}

}  // namespace gesta::crash
