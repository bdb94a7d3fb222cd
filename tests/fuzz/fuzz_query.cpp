// The whole way of a query, from text to rows: the input's bytes choose a statement (or are one),
// which is run with and without the optimizer on the same small graph.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "support/plan_comparison.h"
#include "support/statement_maker.h"

namespace {

using gesta::test::PlanComparison;
using gesta::test::StatementMaker;

constexpr size_t kRunsBetweenChecks = 20'000;

[[noreturn]] void Fail(std::string_view statement, const std::string& why) {
  std::fprintf(stderr, "%.*s\n%s\n", static_cast<int>(statement.size()), statement.data(),
               why.c_str());
  std::abort();
}

PlanComparison& Databases() {
  static const std::unique_ptr<PlanComparison> databases = [] {
    auto made = PlanComparison::Make(gesta::test::StatementMakerGraph());
    if (!made.ok()) Fail("", made.status().ToString());
    return *std::move(made);
  }();
  return *databases;
}

// Statements as they are typed may do what cannot be undone or waits for somebody.
bool MayRun(std::string_view text) {
  for (const std::string_view word :
       {"BEGIN", "COMMIT", "ROLLBACK", "INDEX", "CONSTRAINT", "rand", "uuid", "LIMIT", "SKIP"}) {
    for (size_t at = 0; at + word.size() <= text.size(); ++at) {
      size_t same = 0;
      while (same < word.size() && ((text[at + same] ^ word[same]) & ~0x20) == 0) ++same;
      if (same == word.size()) return false;
    }
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static size_t runs = 0;
  if (size == 0) return 0;
  std::string statement;
  bool compare_rows = false;
  if (data[0] >= 0xf0) {
    statement.assign(reinterpret_cast<const char*>(data + 1), size - 1);
    if (!MayRun(statement)) return 0;
  } else {
    StatementMaker maker(data, size);
    statement = maker.Make();
    compare_rows = maker.deterministic();
  }
  const std::string wrong = Databases().Run(statement, compare_rows);
  if (!wrong.empty()) Fail(statement, wrong);
  if (++runs % kRunsBetweenChecks == 0) {
    const std::string problems = Databases().CheckStores();
    if (!problems.empty()) Fail(statement, problems);
  }
  return 0;
}
