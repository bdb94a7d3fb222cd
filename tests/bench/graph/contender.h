// A database that takes part: it loads the graph, opens it, and runs statements with their times.
#ifndef GESTA_BENCH_GRAPH_CONTENDER_H_
#define GESTA_BENCH_GRAPH_CONTENDER_H_

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "gesta/status.h"
#include "graph/cases.h"

namespace gesta::bench {

struct Measurement {
  double seconds = 0;  // from the first statement's start to the last row in the caller's hands
  // What the database itself says it needed to run them; 0 when it does not say.
  double inside_seconds = 0;
  std::vector<nlohmann::json> results;  // rows (arrays) of each execution
};

class Contender {
 public:
  virtual ~Contender() = default;
  virtual std::string name() const = 0;

  // The store's file or folder below `folder`.
  virtual std::string StorePath(const std::string& folder) const = 0;
  // Makes a new store in `folder` from the CSV files in `csv` and closes it; returns the seconds.
  virtual Result<double> Load(const std::string& csv, const std::string& folder) = 0;
  // Opens the store in `folder`. `shared`: for reading only.
  virtual Status Open(const std::string& folder, bool shared) = 0;
  virtual Status Close() = 0;
  virtual Status PrepareToWrite() = 0;

  virtual Result<Measurement> Run(const Case& what,
                                  const std::vector<nlohmann::json>& parameters) = 0;
  // The rows of a query that is not measured.
  virtual Result<nlohmann::json> Ask(const std::string& query) = 0;
};

std::unique_ptr<Contender> MakeGesta();
// Kuzu through its Python module. `python`: an interpreter that has it; `script`: kuzu_peer.py.
Result<std::unique_ptr<Contender>> StartKuzu(const std::string& python, const std::string& script);

}  // namespace gesta::bench

#endif  // GESTA_BENCH_GRAPH_CONTENDER_H_
