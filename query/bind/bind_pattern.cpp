// Binding of patterns: MATCH, MERGE, CREATE.
#include <algorithm>

#include "bind/binder_impl.h"

namespace gesta {
namespace {

const StaticType kNodeType = StaticType::Of(ValueType::kNode);
const StaticType kRelType = StaticType::Of(ValueType::kRelationship);
const StaticType kRelListType = StaticType::ListOf(kRelType);

// The names of `labels` if it is one name or a conjunction of names.
bool SimpleLabels(const ast::LabelExpr& labels, std::vector<std::string>* names) {
  using Kind = ast::LabelExpr::Kind;
  if (labels.kind == Kind::kName) {
    names->push_back(labels.name);
    return true;
  }
  if (labels.kind != Kind::kAnd) return false;
  return std::all_of(labels.operands.begin(), labels.operands.end(),
                     [&](const ast::LabelExpr& operand) { return SimpleLabels(operand, names); });
}

// The names of `types` if it is one name or a disjunction of names.
bool SimpleTypes(const ast::LabelExpr& types, std::vector<std::string>* names) {
  using Kind = ast::LabelExpr::Kind;
  if (types.kind == Kind::kName) {
    if (std::find(names->begin(), names->end(), types.name) == names->end()) {
      names->push_back(types.name);
    }
    return true;
  }
  if (types.kind != Kind::kOr) return false;
  return std::all_of(types.operands.begin(), types.operands.end(),
                     [&](const ast::LabelExpr& operand) { return SimpleTypes(operand, names); });
}

Direction BoundDirection(ast::PatternDirection direction) {
  switch (direction) {
    case ast::PatternDirection::kRight:
      return Direction::kOut;
    case ast::PatternDirection::kLeft:
      return Direction::kIn;
    case ast::PatternDirection::kBoth:
      break;
  }
  return Direction::kBoth;
}

BoundPatternNode* FindNode(BoundPattern* pattern, Slot slot) {
  for (BoundPatternNode& node : pattern->nodes) {
    if (node.slot == slot) return &node;
  }
  return nullptr;
}

Status ParameterAsProperties(const ast::ExprPtr& properties, const char* clause) {
  if (!properties || !std::holds_alternative<ast::Parameter>(properties->node)) return {};
  return SyntaxError(properties->place, "InvalidParameterUse",
                     std::string("a parameter cannot stand for all properties in ") + clause,
                     "name the properties: {name: $value}");
}

}  // namespace

PatternParts PartsOf(const ast::Pattern& pattern) {
  PatternParts parts;
  for (const ast::PatternPart& part : pattern) parts.push_back(&part);
  return parts;
}

Result<BoundMatch> Binder::BindMatch(const ast::Match& match, Scope* scope) {
  BoundMatch bound;
  bound.optional = match.optional;
  GESTA_RETURN_IF_ERROR(
      BindPattern(PartsOf(match.pattern), false, scope, &bound.pattern, &bound.predicates));
  if (match.where) GESTA_RETURN_IF_ERROR(BindPredicate(*match.where, *scope, &bound.predicates));
  return bound;
}

Result<Slot> Binder::BindPatternNode(const ast::NodePattern& node, Scope* scope, Slot clause_start,
                                     BoundPattern* bound) {
  Slot slot = kNoSlot;
  if (!node.variable.empty()) {
    if (const Binding* binding = scope->Find(node.variable)) {
      if (!binding->type.MayBe(ValueType::kNode)) {
        return SyntaxError(node.place, "VariableTypeConflict",
                           QuoteName(node.variable) + " is not a node");
      }
      slot = binding->slot;
      Use(slot);
    }
  }
  if (slot == kNoSlot) {
    slot = NewSlot(node.variable);
    if (!node.variable.empty()) scope->Add(node.variable, slot, kNodeType);
  }
  BoundPatternNode* entry = FindNode(bound, slot);
  if (entry == nullptr) {
    bound->nodes.push_back({slot, slot < clause_start, {}});
    entry = &bound->nodes.back();
  }
  std::vector<std::string> names;
  if (node.labels && SimpleLabels(*node.labels, &names)) {
    for (std::string& name : names) {
      if (std::find(entry->labels.begin(), entry->labels.end(), name) == entry->labels.end()) {
        entry->labels.push_back(std::move(name));
      }
    }
  }
  return slot;
}

Status Binder::BindPatternRel(const ast::RelationshipPattern& rel, Slot from, Slot to,
                              ast::PathKind kind, Scope* scope, std::set<std::string>* seen,
                              BoundPattern* bound) {
  BoundPatternRel entry;
  entry.from = from;
  entry.to = to;
  entry.direction = BoundDirection(rel.direction);
  entry.length = rel.length;
  if (kind != ast::PathKind::kPlain) entry.shortest = kind;
  bool list = rel.length.has_value();
  if (!rel.variable.empty()) {
    if (const Binding* binding = scope->Find(rel.variable)) {
      const StaticType& type = binding->type;
      bool fits = list ? type.MayBe(ValueType::kList) &&
                             (type.mask == ~0u || type.element == 0 || type.element == ~0u ||
                              (type.element & kRelType.mask) != 0)
                       : type.MayBe(ValueType::kRelationship);
      if (!fits) {
        return SyntaxError(rel.place, "VariableTypeConflict",
                           QuoteName(rel.variable) + (list ? " is not a list of relationships"
                                                           : " is not a relationship"));
      }
      if (!seen->insert(rel.variable).second) {
        return SyntaxError(rel.place, "RelationshipUniquenessViolation",
                           "relationship " + QuoteName(rel.variable) +
                               " stands twice in the pattern; relationships of one MATCH differ");
      }
      entry.slot = binding->slot;
      entry.bound = true;
      Use(entry.slot);
    } else {
      seen->insert(rel.variable);
    }
  }
  if (entry.slot == kNoSlot) {
    entry.slot = NewSlot(rel.variable);
    if (!rel.variable.empty()) scope->Add(rel.variable, entry.slot, list ? kRelListType : kRelType);
  }
  if (rel.types && !SimpleTypes(*rel.types, &entry.types)) entry.types.clear();
  bound->rels.push_back(std::move(entry));
  return {};
}

Status Binder::BindPattern(const PatternParts& parts, bool for_merge, Scope* scope,
                           BoundPattern* bound, std::vector<BoundExprPtr>* predicates) {
  const Slot clause_start = static_cast<Slot>(slot_names_.size());
  std::set<std::string> seen;
  std::vector<Slot> node_slots;  // of all parts' nodes, in order
  for (const ast::PatternPart* part : parts) {
    std::vector<Slot> elements;
    const size_t first_rel = bound->rels.size();
    for (size_t i = 0; i < part->nodes.size(); ++i) {
      if (for_merge) {
        GESTA_RETURN_IF_ERROR(ParameterAsProperties(part->nodes[i].properties, "MERGE"));
      } else {
        GESTA_RETURN_IF_ERROR(ParameterAsProperties(part->nodes[i].properties, "MATCH"));
      }
      // Relationship variables are declared in the order of the text: (a)-[r]-(b).
      GESTA_ASSIGN_OR_RETURN(Slot node,
                             BindPatternNode(part->nodes[i], scope, clause_start, bound));
      node_slots.push_back(node);
      if (i > 0) {
        const ast::RelationshipPattern& rel = part->relationships[i - 1];
        GESTA_RETURN_IF_ERROR(ParameterAsProperties(rel.properties, for_merge ? "MERGE" : "MATCH"));
        GESTA_RETURN_IF_ERROR(
            BindPatternRel(rel, elements.back(), node, part->kind, scope, &seen, bound));
        elements.push_back(bound->rels.back().slot);
      }
      elements.push_back(node);
    }
    if (part->variable.empty()) continue;
    if (scope->Find(part->variable)) {
      return SyntaxError(part->place, "VariableAlreadyBound",
                         QuoteName(part->variable) + " is already defined");
    }
    Slot path = NewSlot(part->variable);
    scope->Add(part->variable, path, StaticType::Of(ValueType::kPath));
    if (part->kind != ast::PathKind::kPlain) {
      bound->rels[first_rel].path = path;
    } else {
      bound->paths.push_back({path, std::move(elements)});
    }
  }
  return BindElementPredicates(parts, *scope, node_slots, bound, predicates);
}

Status Binder::BindElementPredicates(const PatternParts& parts, const Scope& scope,
                                     const std::vector<Slot>& node_slots, BoundPattern* bound,
                                     std::vector<BoundExprPtr>* predicates) {
  size_t node_index = 0;
  size_t rel_index = 0;
  auto equalities = [&](const ast::ExprPtr& properties, Slot slot) -> Status {
    if (!properties) return {};
    for (const auto& [key, value] : std::get<ast::MapLiteral>(properties->node).entries) {
      GESTA_ASSIGN_OR_RETURN(BoundExprPtr right, BindValue(*value, scope));
      const ast::Place& place = value->place;
      predicates->push_back(
          Make(place, BoundBinary{ast::BinaryOp::kEqual,
                                  Make(place, BoundProperty{Make(place, BoundSlot{slot}), key}),
                                  std::move(right)}));
    }
    return {};
  };
  for (const ast::PatternPart* part : parts) {
    for (const ast::NodePattern& node : part->nodes) {
      Slot slot = node_slots[node_index++];
      std::vector<std::string> names;
      if (node.labels && !SimpleLabels(*node.labels, &names)) {
        predicates->push_back(
            Make(node.place, BoundLabelTest{Make(node.place, BoundSlot{slot}), *node.labels}));
      }
      GESTA_RETURN_IF_ERROR(equalities(node.properties, slot));
      if (node.where) GESTA_RETURN_IF_ERROR(BindPredicate(*node.where, scope, predicates));
    }
    for (const ast::RelationshipPattern& rel : part->relationships) {
      BoundPatternRel& entry = bound->rels[rel_index++];
      std::vector<std::string> names;
      bool simple = !rel.types || SimpleTypes(*rel.types, &names);
      if (entry.length || entry.shortest) {
        if (!simple) {
          return SyntaxError(rel.place, "InvalidRelationshipPattern",
                             "a variable-length relationship takes types joined by | only");
        }
        if (rel.properties) {
          for (const auto& [key, value] : std::get<ast::MapLiteral>(rel.properties->node).entries) {
            GESTA_ASSIGN_OR_RETURN(BoundExprPtr right, BindValue(*value, scope));
            entry.each.emplace_back(key, std::move(right));
          }
        }
      } else {
        if (!simple) {
          predicates->push_back(
              Make(rel.place, BoundLabelTest{Make(rel.place, BoundSlot{entry.slot}), *rel.types}));
        }
        GESTA_RETURN_IF_ERROR(equalities(rel.properties, entry.slot));
      }
      if (rel.where) GESTA_RETURN_IF_ERROR(BindPredicate(*rel.where, scope, predicates));
    }
  }
  return {};
}

Result<BoundProperties> Binder::BindProperties(const ast::ExprPtr& properties, const Scope& scope) {
  BoundProperties bound;
  if (!properties) return bound;
  if (const auto* map = std::get_if<ast::MapLiteral>(&properties->node)) {
    for (const auto& [key, value] : map->entries) {
      GESTA_ASSIGN_OR_RETURN(BoundExprPtr expr, BindValue(*value, scope));
      bound.entries.emplace_back(key, std::move(expr));
    }
    return bound;
  }
  GESTA_ASSIGN_OR_RETURN(bound.map, BindValue(*properties, scope));
  return bound;
}

Result<BoundCreate> Binder::BindCreate(const PatternParts& parts, bool for_merge, Scope* scope) {
  // For MERGE the pattern has been bound before: its variables are in scope and `for_merge` lets
  // them stand.
  BoundCreate create;
  std::set<std::string> made;  // nodes that this clause creates
  auto already = [&](const ast::Place& place, const std::string& name) {
    return SyntaxError(place, "VariableAlreadyBound", QuoteName(name) + " is already defined",
                       "a variable that exists can only be named, as (" + name + ")");
  };
  // Nodes are created before relationships: their properties see earlier nodes only. Those of MERGE
  // see nothing of their own pattern.
  const Scope before = *scope;
  Scope node_scope = *scope;
  for (const ast::PatternPart* part : parts) {
    if (part->kind != ast::PathKind::kPlain) {
      return SyntaxError(part->place, "UnexpectedSyntax", "a shortest path cannot be created");
    }
    std::vector<Slot> elements;
    std::vector<Slot> nodes;
    for (const ast::NodePattern& node : part->nodes) {
      if (node.where) {
        return SyntaxError(node.where->place, "UnexpectedSyntax", "WHERE cannot stand in CREATE");
      }
      bool bare = !node.labels && !node.properties;
      const Binding* known = node.variable.empty() ? nullptr : scope->Find(node.variable);
      if (known != nullptr) {
        if (!known->type.MayBe(ValueType::kNode)) {
          return SyntaxError(node.place, "VariableTypeConflict",
                             QuoteName(node.variable) + " is not a node");
        }
        if (!bare || part->nodes.size() == 1) return already(node.place, node.variable);
        Use(known->slot);
        nodes.push_back(known->slot);
        continue;
      }
      BoundCreateNode entry;
      entry.slot = NewSlot(node.variable);
      if (node.labels && !SimpleLabels(*node.labels, &entry.labels)) {
        return SyntaxError(node.place, "UnexpectedSyntax",
                           "a created node takes plain labels only, as in (:A:B)");
      }
      GESTA_ASSIGN_OR_RETURN(entry.properties,
                             BindProperties(node.properties, for_merge ? before : node_scope));
      nodes.push_back(entry.slot);
      if (!node.variable.empty()) {
        scope->Add(node.variable, entry.slot, kNodeType);
        node_scope.Add(node.variable, entry.slot, kNodeType);
      }
      create.nodes.push_back(std::move(entry));
    }
    elements.push_back(nodes[0]);
    for (size_t i = 0; i < part->relationships.size(); ++i) {
      const ast::RelationshipPattern& rel = part->relationships[i];
      if (rel.length) {
        return SyntaxError(rel.place, "CreatingVarLength",
                           "a variable-length relationship cannot be created");
      }
      if (!rel.variable.empty() && scope->Find(rel.variable)) {
        return already(rel.place, rel.variable);
      }
      std::vector<std::string> types;
      if (!rel.types || !SimpleTypes(*rel.types, &types) || types.size() != 1) {
        return SyntaxError(rel.place, "NoSingleRelationshipType",
                           "a relationship is created with exactly one type", "write -[:TYPE]->");
      }
      if (rel.direction == ast::PatternDirection::kBoth && !for_merge) {
        return SyntaxError(rel.place, "RequiresDirectedRelationship",
                           "a relationship is created with a direction",
                           "write (a)-[:" + types[0] + "]->(b)");
      }
      if (rel.where) {
        return SyntaxError(rel.where->place, "UnexpectedSyntax", "WHERE cannot stand in CREATE");
      }
      BoundCreateRel entry;
      entry.slot = NewSlot(rel.variable);
      entry.type = types[0];
      bool left = rel.direction == ast::PatternDirection::kLeft;
      entry.from = left ? nodes[i + 1] : nodes[i];
      entry.to = left ? nodes[i] : nodes[i + 1];
      GESTA_ASSIGN_OR_RETURN(entry.properties,
                             BindProperties(rel.properties, for_merge ? before : *scope));
      if (!rel.variable.empty()) scope->Add(rel.variable, entry.slot, kRelType);
      elements.push_back(entry.slot);
      elements.push_back(nodes[i + 1]);
      create.rels.push_back(std::move(entry));
    }
    if (!part->variable.empty()) {
      if (scope->Find(part->variable)) return already(part->place, part->variable);
      Slot path = NewSlot(part->variable);
      scope->Add(part->variable, path, StaticType::Of(ValueType::kPath));
      create.paths.push_back({path, std::move(elements)});
    }
  }
  return create;
}

Result<BoundMerge> Binder::BindMerge(const ast::Merge& merge, Scope* scope) {
  BoundMerge bound;
  const ast::PatternPart& part = merge.pattern;
  const Scope before = *scope;
  // What may be created is checked as in CREATE (on a copy of the scope), what is matched as in
  // MATCH.
  for (const ast::NodePattern& node : part.nodes) {
    GESTA_RETURN_IF_ERROR(ParameterAsProperties(node.properties, "MERGE"));
  }
  for (const ast::RelationshipPattern& rel : part.relationships) {
    GESTA_RETURN_IF_ERROR(ParameterAsProperties(rel.properties, "MERGE"));
  }
  Scope create_scope = before;
  GESTA_ASSIGN_OR_RETURN(bound.create, BindCreate({&part}, /*for_merge=*/true, &create_scope));
  GESTA_RETURN_IF_ERROR(
      BindPattern({&part}, /*for_merge=*/true, scope, &bound.pattern, &bound.predicates));
  // The created parts get the slots of the matched ones, so that later clauses see one variable.
  std::vector<std::pair<Slot, Slot>> renamed;  // created -> matched
  size_t element = 0;
  auto matched = [&](Slot created) {
    for (const auto& [from, to] : renamed) {
      if (from == created) return to;
    }
    return created;
  };
  // Nodes in the order of the text; a node that was known before keeps its slot.
  std::vector<Slot> match_order;
  if (bound.pattern.rels.empty()) {
    match_order.push_back(bound.pattern.nodes[0].slot);
  } else {
    match_order.push_back(bound.pattern.rels[0].from);
    for (const BoundPatternRel& rel : bound.pattern.rels) match_order.push_back(rel.to);
  }
  for (size_t i = 0; i < part.nodes.size(); ++i) {
    const std::string& name = part.nodes[i].variable;
    if (!name.empty() && before.Find(name)) continue;
    bool repeated = false;
    for (size_t j = 0; j < i && !name.empty(); ++j) repeated |= part.nodes[j].variable == name;
    if (repeated) continue;
    renamed.emplace_back(bound.create.nodes[element++].slot, match_order[i]);
  }
  for (size_t i = 0; i < bound.create.rels.size(); ++i) {
    renamed.emplace_back(bound.create.rels[i].slot, bound.pattern.rels[i].slot);
  }
  for (BoundCreateNode& node : bound.create.nodes) node.slot = matched(node.slot);
  for (BoundCreateRel& rel : bound.create.rels) {
    rel.slot = matched(rel.slot);
    rel.from = matched(rel.from);
    rel.to = matched(rel.to);
  }
  // A named path is built after matching or creating, from the same slots.
  bound.create.paths = bound.pattern.paths;
  GESTA_ASSIGN_OR_RETURN(bound.on_create, BindSetItems(merge.on_create, *scope));
  GESTA_ASSIGN_OR_RETURN(bound.on_match, BindSetItems(merge.on_match, *scope));
  return bound;
}

}  // namespace gesta
