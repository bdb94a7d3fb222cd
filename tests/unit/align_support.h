// A small knowledge graph for the tests of ALIGN and MAP, reached through the public API.
#ifndef GESTA_TESTS_ALIGN_SUPPORT_H_
#define GESTA_TESTS_ALIGN_SUPPORT_H_

#include <string>
#include <vector>

#include "gesta/database.h"
#include "store_test_support.h"

namespace gesta::test {

class AlignGraph {
 public:
  explicit AlignGraph(DatabaseOptions options = {})
      : database_(Must(Database::Open(directory_ / "kb", options))),
        connection_(database_->Connect()) {
    Run("UNWIND [['run', 'run-51.3.2', 'move fast by using the feet'],"
        " ['jog', 'run-51.3.2', 'run for exercise'],"
        " ['walk', 'walk-51.4', 'use the feet to advance'],"
        " ['eat', 'eat-39.1', 'take in solid food'],"
        " ['devour', 'eat-39.1', 'eat greedily'],"
        " ['take_off', 'remove-10.1', 'remove clothes'],"
        " ['burn', 'destroy-44', 'destroy by fire']] AS row "
        "MERGE (c:VerbClass {name: row[1]}) "
        "CREATE (:Verb {lemma: row[0], class: row[1], definition: row[2]})-[:MEMBER_OF]->(c)");
    // A and B are one family.
    Run("UNWIND [['A', 'fam'], ['B', 'fam'], ['C', null]] AS row "
        "CREATE (:Dataset {name: row[0], family: row[1], mapping: 'old'})");
    Run("UNWIND [['A', 'run fast', ['run', 'jog']], ['A', 'eat an apple', ['eat']],"
        " ['B', 'run very fast', ['run', 'walk']], ['B', 'eat apples', ['devour', 'eat']],"
        " ['C', 'fast run', ['walk']], ['C', 'set fire', ['burn']]] AS row "
        "MATCH (d:Dataset {name: row[0]}) "
        "CREATE (a:Action {text: row[1], dataset: row[0]})-[:IN]->(d) "
        "WITH a, row UNWIND range(0, size(row[2]) - 1) AS i "
        "MATCH (v:Verb {lemma: row[2][i]}) "
        "CREATE (a)-[:MAPS_TO {method: 'old', rank: i + 1, preferred: true}]->(v)");
  }

  Database& database() { return *database_; }
  Connection& connection() { return *connection_; }

  Result<std::vector<std::vector<Value>>> Try(const std::string& statement,
                                              const Parameters& parameters = {}) {
    GESTA_ASSIGN_OR_RETURN(const std::unique_ptr<QueryResult> result,
                           connection_->Execute(statement, parameters));
    return result->FetchAll();
  }
  // The rows, each as its values' texts joined by spaces.
  std::vector<std::string> Run(const std::string& statement, const Parameters& parameters = {}) {
    INFO(statement);
    std::vector<std::string> rows;
    for (const std::vector<Value>& values : Must(Try(statement, parameters))) {
      std::string text;
      for (const Value& value : values) text += (text.empty() ? "" : " ") + ToText(value, false);
      rows.push_back(text);
    }
    return rows;
  }
  ErrorInfo Error(const std::string& statement, const Parameters& parameters = {}) {
    INFO(statement);
    const auto rows = Try(statement, parameters);
    REQUIRE_FALSE(rows.ok());
    return rows.status().info();
  }
  // All relationships with their properties, for before-and-after comparisons.
  std::vector<std::string> Mappings() {
    return Run(
        "MATCH (a)-[m:MAPS_TO]->(v) RETURN coalesce(a.text, ''), coalesce(v.lemma, v.name), "
        "properties(m) AS p ORDER BY a.text, coalesce(v.lemma, v.name), toString(p.method)");
  }

 private:
  TempDirectory directory_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace gesta::test

#endif  // GESTA_TESTS_ALIGN_SUPPORT_H_
