// Makes statements that are well formed and mostly meaningful out of arbitrary bytes, for fuzzing
// and for tests that compare two ways of running the same statement.
#ifndef GESTA_TESTS_SUPPORT_STATEMENT_MAKER_H_
#define GESTA_TESTS_SUPPORT_STATEMENT_MAKER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gesta::test {

// The graph that the statements speak of: labels A and B, types R and S, properties x (small
// integers), s (strings), k (unique among B). Each element is a statement.
std::vector<std::string> StatementMakerGraph();

class StatementMaker {
 public:
  // `data` is borrowed. Every choice uses up a byte; without bytes the first choice is taken, which
  // always leads to an end.
  StatementMaker(const uint8_t* data, size_t size) : data_(data), size_(size) {}

  std::string Make();

  // Whether the rows of the statement are the same, as a multiset, in whatever order operators give
  // theirs.
  bool deterministic() const { return deterministic_; }

 private:
  enum class Kind { kNode, kRelationship, kPath, kInteger, kList, kAny };
  struct Variable {
    std::string name;
    Kind kind;
  };

  size_t Pick(size_t choices);
  bool Chance(size_t one_in) { return Pick(one_in) == one_in - 1; }
  std::string NewName(Kind kind);
  std::optional<Variable> Known(Kind kind);  // a variable of the scope

  std::string SingleQuery(size_t depth);
  std::string ReadingClause(size_t depth);
  std::string Match(size_t depth);
  std::string Patterns(size_t depth);
  std::string Pattern(size_t depth);
  std::string NodePattern();
  std::string RelationshipPattern(bool create);
  std::string Properties();
  std::string Where(size_t depth);
  std::string With(size_t depth);
  std::string Return(size_t depth);
  std::string Order(const std::vector<std::string>& names);
  std::string Aggregate();
  std::string Update(size_t depth);
  std::string Subquery(size_t depth);

  std::string Predicate(size_t depth);
  std::string Integer(size_t depth);
  std::string List(size_t depth);
  std::string Any(size_t depth);

  const uint8_t* data_;
  size_t size_;
  size_t next_ = 0;
  size_t names_ = 0;
  std::vector<Variable> scope_;
  bool deterministic_ = true;
};

}  // namespace gesta::test

#endif  // GESTA_TESTS_SUPPORT_STATEMENT_MAKER_H_
