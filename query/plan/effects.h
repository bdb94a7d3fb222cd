// Effects: what an operator reads of the graph and what it changes, for the planner's barriers.
//
// A clause sees the graph as the previous clause left it. Operators pull rows in small batches, so
// a write could be seen by a read below it that is still running, and a read could miss what a
// write below it has yet to do. Where that matters the planner puts an OpEager between the two.
#ifndef GESTA_QUERY_PLAN_EFFECTS_H_
#define GESTA_QUERY_PLAN_EFFECTS_H_

#include <set>
#include <string>
#include <vector>

#include "plan/logical.h"

namespace gesta::plan {

// A set of names, or all of them.
class NameSet {
 public:
  void Add(const std::string& name) { names_.insert(name); }
  void AddAll() { all_ = true; }
  void Add(const std::vector<std::string>& names) { names_.insert(names.begin(), names.end()); }
  void Add(const NameSet& other) {
    all_ = all_ || other.all_;
    names_.insert(other.names_.begin(), other.names_.end());
  }
  bool Overlaps(const NameSet& other) const;
  bool empty() const { return !all_ && names_.empty(); }

 private:
  bool all_ = false;
  std::set<std::string> names_;
};

struct Effects {
  // Reads.
  bool reads_nodes = false;  // finds nodes whatever their labels
  NameSet reads_labels;      // finds or tests nodes by labels
  NameSet reads_types;       // finds relationships
  NameSet reads_keys;        // reads properties of these keys
  // Writes.
  bool writes_nodes = false;  // nodes come or go
  NameSet new_labels;         // of created nodes
  NameSet writes_labels;      // set or removed on nodes that exist
  NameSet writes_types;       // relationships of these types come or go
  NameSet writes_keys;        // set or removed on entities that exist

  bool Reads() const;
  bool Writes() const;
  void Add(const Effects& other);
  void ClearReads();
  void ClearWrites();

  // Whether `reader` sees a difference when `writer` has run before it or not.
  static bool Sees(const Effects& reader, const Effects& writer);
  // Whether the result depends on which of two writers is first.
  static bool Collide(const Effects& a, const Effects& b);
};

// Of the operator itself, with the subplans of its expressions; its children's are not included.
Effects EffectsOf(LogicalOp& op);

// Of the operator and all below it.
Effects EffectsBelow(LogicalOp& op);

}  // namespace gesta::plan

#endif  // GESTA_QUERY_PLAN_EFFECTS_H_
