// What is measured: one entry a row of the report.
#ifndef GESTA_BENCH_GRAPH_CASES_H_
#define GESTA_BENCH_GRAPH_CASES_H_

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "graph/social_graph.h"

namespace gesta::bench {

enum class Mode {
  kRead,
  kAutocommit,      // every statement commits, and the commit waits for the disk
  kOneTransaction,  // all statements of a measurement in one transaction
};

// A statement as each side spells it.
struct Spelling {
  Spelling() = default;
  Spelling(std::string both) : gesta(both), kuzu(std::move(both)) {}  // NOLINT: mostly they agree
  Spelling(const char* both) : Spelling(std::string(both)) {}         // NOLINT
  Spelling(std::string gesta, std::string kuzu) : gesta(std::move(gesta)), kuzu(std::move(kuzu)) {}
  std::string gesta;
  std::string kuzu;
};

struct Case {
  std::string name;   // for --only
  std::string title;  // for the report
  Mode mode = Mode::kRead;
  Spelling statement;
  // Statements in one measurement, each with parameters of its own.
  size_t executions = 1;
  // The parameters of the n-th execution over all measurements.
  std::function<nlohmann::json(uint64_t n)> parameters;
  // The peer gets each execution's text with the parameters written into it, not prepared: Kuzu's
  // module gives small integers small types, and then looks ids up by scanning.
  bool peer_literals = false;
  bool ordered = false;  // the rows' order is part of the result
  // After a measurement that writes: a query whose result must be equal on both sides.
  std::string check;
  // The report shows the time of one statement instead of all.
  bool per_statement = false;
};

std::vector<Case> ReadCases(const GraphSize& size);
std::vector<Case> WriteCases(const GraphSize& size);

// What each side must know before the data is loaded, and before the write cases.
std::vector<std::string> GestaLoadSchema();
std::vector<std::string> GestaWriteSchema();
std::vector<std::string> KuzuLoadSchema();
std::vector<std::string> KuzuWriteSchema();

}  // namespace gesta::bench

#endif  // GESTA_BENCH_GRAPH_CASES_H_
