// Workload: what the writers of the crash test do, and what the graph must look like afterwards.
//
// A writer's work is an endless sequence of steps that follows from a seed: the same seed gives the
// same steps, in whatever process. Each step is one commit, one transaction that is rolled back, or
// one statement that fails. A model of the graph moves along, so that the state after any number of
// steps is known. Writers share the store and keep to their own nodes.
#ifndef GESTA_TESTS_CRASH_WORKLOAD_H_
#define GESTA_TESTS_CRASH_WORKLOAD_H_

#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/database.h"

namespace gesta::crash {

struct Statement {
  std::string text;
  Parameters parameters;
  StatusCode expected = StatusCode::kOk;
};

struct Step {
  enum class Kind { kAutocommit, kTransaction, kRolledBack, kFlush };
  Kind kind = Kind::kAutocommit;
  std::vector<Statement> statements;  // one for kAutocommit, none for kFlush
};

// One line for each node, relationship, index and constraint of a writer.
using State = std::multiset<std::string>;

class Workload {
 public:
  Workload(uint64_t seed, int writer);

  // The label of the writer's nodes.
  const std::string& label() const { return label_; }
  // How many steps were taken.
  uint64_t position() const { return position_; }
  // How many of them were commits.
  uint64_t commits() const { return commits_; }
  Step Next();
  void SkipTo(uint64_t position);
  State Expected() const;

 private:
  struct Node {
    std::set<std::string> labels;
    Map properties;
  };
  struct Relationship {
    int64_t from = 0;
    int64_t to = 0;
    std::string type;
    int64_t n = 0;
  };
  struct Graph {
    std::map<int64_t, Node> nodes;  // by the property `id`
    std::vector<Relationship> relationships;
    std::set<std::string> schema;

    bool Connected(int64_t id) const;
    void Delete(int64_t id);  // with its relationships
  };

  Step MakeStep();
  uint64_t Below(uint64_t n) { return random_() % n; }
  std::string Text(std::string_view statement) const;  // with the writer's label for ENTRY
  int64_t NewId();
  int64_t AnyId();  // of a node; precondition: there is one
  Value AnyText();

  Statement Write();  // any of the following up to DeleteSome
  Statement Create();
  Statement CreateAfter();
  Statement Connect();
  Statement MergeRelationship();
  Statement MergeNode();
  Statement SetProperties();
  Statement ReplaceProperties();
  Statement Disconnect();
  Statement DeleteNode(bool detach);
  Statement CreateMany();
  Statement DeleteSome();
  Statement CreateDuplicate();
  Statement ChangeIndex();

  std::string label_;
  std::mt19937_64 random_;
  uint64_t position_ = 0;
  uint64_t commits_ = 0;
  int64_t next_id_ = 0;
  Graph graph_;
};

// The lines of a writer's part of a store, to compare with Workload::Expected.
Result<State> ReadState(Database& database, const std::string& label);

}  // namespace gesta::crash

#endif  // GESTA_TESTS_CRASH_WORKLOAD_H_
