// Helpers of the store's tests: a directory that cleans up after itself, and short forms of the
// calls that every test makes.
#ifndef GESTA_TESTS_STORE_TEST_SUPPORT_H_
#define GESTA_TESTS_STORE_TEST_SUPPORT_H_

#include <stdlib.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "gesta/store.h"

namespace gesta::test {

class TempDirectory {
 public:
  TempDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "gesta-store-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline void RequireOk(const Status& status) {
  INFO(status.ToString());
  REQUIRE(status.ok());
}

template <typename T>
T Must(Result<T> result) {
  RequireOk(result.status());
  return std::move(result).value();
}

inline std::unique_ptr<Store> OpenStore(const std::string& path, StoreOptions options = {}) {
  return Must(Store::Open(path, options));
}

inline std::unique_ptr<Transaction> Write(Store& store) {
  TransactionOptions options;
  options.take_slot = true;
  return Must(store.Begin(options));
}

inline std::unique_ptr<Transaction> Read(Store& store) {
  TransactionOptions options;
  options.read_only = true;
  return Must(store.Begin(options));
}

inline NameId Label(Transaction& t, std::string_view name) {
  return Must(t.GetOrCreateName(NameKind::kLabel, name));
}
inline NameId Type(Transaction& t, std::string_view name) {
  return Must(t.GetOrCreateName(NameKind::kType, name));
}
inline NameId Key(Transaction& t, std::string_view name) {
  return Must(t.GetOrCreateName(NameKind::kProperty, name));
}

inline std::vector<uint64_t> Drain(Result<std::unique_ptr<IdCursor>> cursor, size_t step = 3) {
  std::unique_ptr<IdCursor> open = Must(std::move(cursor));
  std::vector<uint64_t> ids;
  std::vector<uint64_t> part(step);
  while (const size_t n = Must(open->Next(part.data(), step))) {
    ids.insert(ids.end(), part.begin(), part.begin() + n);
  }
  return ids;
}

// The relationships found, as sorted ids.
inline std::vector<RelId> Expanded(Transaction& t, NodeId node, Direction direction,
                                   const std::vector<NameId>& types = {},
                                   std::optional<NodeId> other = {}) {
  std::vector<Edge> edges;
  RequireOk(t.Expand(node, direction, types, other, &edges));
  std::vector<RelId> ids;
  for (const Edge& edge : edges) ids.push_back(edge.rel);
  std::sort(ids.begin(), ids.end());
  return ids;
}

inline void RequireConsistent(Store& store) {
  const auto problems = Must(store.Check(10));
  for (const CheckProblem& problem : problems) UNSCOPED_INFO(problem.what);
  REQUIRE(problems.empty());
}

}  // namespace gesta::test

#endif  // GESTA_TESTS_STORE_TEST_SUPPORT_H_
