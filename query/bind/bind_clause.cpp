// Binding of queries and clauses.
#include <algorithm>
#include <type_traits>

#include "bind/binder_impl.h"
#include "parse/edit_distance.h"

namespace gesta {
namespace {

bool IsUpdating(const ast::Clause& clause) {
  return std::visit(
      [](const auto& n) {
        using T = std::decay_t<decltype(n)>;
        return std::is_same_v<T, ast::Create> || std::is_same_v<T, ast::Merge> ||
               std::is_same_v<T, ast::Set> || std::is_same_v<T, ast::Remove> ||
               std::is_same_v<T, ast::Delete> || std::is_same_v<T, ast::Foreach> ||
               std::is_same_v<T, ast::MapClause>;
      },
      clause.node);
}

// The static type that a procedure's signature gives a field.
StaticType FieldType(std::string_view type) {
  auto starts = [&](std::string_view prefix) { return type.substr(0, prefix.size()) == prefix; };
  if (starts("INTEGER")) return StaticType::Of(ValueType::kInteger);
  if (starts("FLOAT")) return StaticType::Of(ValueType::kFloat);
  if (starts("NUMBER")) return {kNumberBits, ~0u};
  if (starts("STRING")) return StaticType::Of(ValueType::kString);
  if (starts("BOOLEAN")) return StaticType::Of(ValueType::kBoolean);
  if (starts("LIST")) return StaticType::Of(ValueType::kList);
  if (starts("MAP")) return StaticType::Of(ValueType::kMap);
  if (starts("NODE")) return StaticType::Of(ValueType::kNode);
  if (starts("RELATIONSHIP")) return StaticType::Of(ValueType::kRelationship);
  if (starts("PATH")) return StaticType::Of(ValueType::kPath);
  return StaticType::Any();
}

}  // namespace

Result<BoundStatement> BindStatement(const ast::Statement& statement, const BindContext& context) {
  return Binder(statement, context).Bind(statement);
}

Result<BoundStatement> Binder::Bind(const ast::Statement& statement) {
  BoundStatement bound;
  bound.explain = statement.explain;
  GESTA_ASSIGN_OR_RETURN(bound.query, BindQuery(std::get<ast::Query>(statement.node), Scope(),
                                                /*subquery=*/false));
  bound.slot_count = static_cast<Slot>(slot_names_.size());
  bound.writes = writes_;
  bound.slot_names = std::move(slot_names_);
  for (size_t i = 0; i < bound.slot_names.size(); ++i) {
    if (bound.slot_names[i].empty()) bound.slot_names[i] = "  " + std::to_string(i);
  }
  bound.parameters = std::move(parameters_);
  return bound;
}

Result<BoundQuery> Binder::BindQuery(const ast::Query& query, Scope scope, bool subquery) {
  BoundQuery bound;
  for (size_t i = 1; i < query.union_all.size(); ++i) {
    if (query.union_all[i] != query.union_all[0]) {
      return SyntaxError(query.parts[i + 1].clauses.front().place, "InvalidClauseComposition",
                         "UNION and UNION ALL cannot be mixed in one query");
    }
  }
  bound.union_all = query.union_all;
  for (size_t i = 0; i < query.parts.size(); ++i) {
    std::vector<std::string> columns;
    std::vector<StaticType> types;
    GESTA_ASSIGN_OR_RETURN(BoundSingleQuery single,
                           BindSingle(query.parts[i], scope, subquery, &columns, &types));
    if (i == 0) {
      bound.columns = columns;
    } else if (columns != bound.columns) {
      // The same names in another order are matched by name.
      std::vector<Slot> ordered;
      for (const std::string& name : bound.columns) {
        auto at = std::find(columns.begin(), columns.end(), name);
        if (at != columns.end()) ordered.push_back(single.result[at - columns.begin()]);
      }
      if (columns.size() != bound.columns.size() || ordered.size() != bound.columns.size()) {
        return SyntaxError(query.parts[i].clauses.front().place, "DifferentColumnsInUnion",
                           "the parts of a UNION must have the same columns");
      }
      single.result = std::move(ordered);
    }
    bound.parts.push_back(std::move(single));
  }
  if (bound.parts.size() == 1) {
    bound.result = bound.parts[0].result;
  } else {
    for (const std::string& name : bound.columns) bound.result.push_back(NewSlot(name));
  }
  return bound;
}

Status Binder::CheckComposition(const ast::SingleQuery& single, bool subquery) const {
  for (size_t i = 0; i < single.clauses.size(); ++i) {
    const ast::Clause& clause = single.clauses[i];
    bool last = i + 1 == single.clauses.size();
    if (std::holds_alternative<ast::Return>(clause.node) && !last) {
      return SyntaxError(single.clauses[i + 1].place, "InvalidClauseComposition",
                         "nothing can follow RETURN", "use WITH to go on");
    }
    if (!last || subquery) continue;
    bool ends = IsUpdating(clause) || std::holds_alternative<ast::Return>(clause.node) ||
                std::holds_alternative<ast::Call>(clause.node);
    if (const auto* call = std::get_if<ast::CallSubquery>(&clause.node)) {
      // A unit subquery may end a query.
      const auto& inner = call->query->parts.front().clauses;
      ends = inner.empty() || !std::holds_alternative<ast::Return>(inner.back().node);
    }
    if (!ends) {
      return SyntaxError(clause.place, "InvalidClauseComposition",
                         "a query cannot end with this clause",
                         "add RETURN, or a clause that changes the graph");
    }
  }
  return {};
}

Result<BoundSingleQuery> Binder::BindSingle(const ast::SingleQuery& single, Scope scope,
                                            bool subquery, std::vector<std::string>* columns,
                                            std::vector<StaticType>* types) {
  GESTA_RETURN_IF_ERROR(CheckComposition(single, subquery));
  BoundSingleQuery bound;
  for (const ast::Clause& clause : single.clauses) {
    bool standalone = single.clauses.size() == 1 && !subquery;
    GESTA_ASSIGN_OR_RETURN(BoundClause one,
                           BindClause(clause, &scope, standalone, columns, &bound.result, types));
    bound.clauses.push_back(std::move(one));
  }
  return bound;
}

Result<BoundClause> Binder::BindClause(const ast::Clause& clause, Scope* scope, bool standalone,
                                       std::vector<std::string>* columns, std::vector<Slot>* result,
                                       std::vector<StaticType>* types) {
  BoundClause bound;
  bound.place = clause.place;
  if (IsUpdating(clause)) writes_ = true;
  if (const auto* n = std::get_if<ast::Match>(&clause.node)) {
    GESTA_ASSIGN_OR_RETURN(bound.node, BindMatch(*n, scope));
  } else if (const auto* n = std::get_if<ast::Unwind>(&clause.node)) {
    auto pattern = BindExpr(*n->list, *scope);
    if (!pattern.ok()) return pattern.status();
    if (scope->Find(n->variable)) {
      return SyntaxError(clause.place, "VariableAlreadyBound",
                         QuoteName(n->variable) + " is already defined");
    }
    Slot slot = NewSlot(n->variable);
    scope->Add(n->variable, slot, pattern->type.Element());
    bound.node = BoundUnwind{std::move(pattern->expr), slot};
  } else if (const auto* n = std::get_if<ast::With>(&clause.node)) {
    GESTA_ASSIGN_OR_RETURN(bound.node,
                           BindProjection(n->projection, false, n->where, clause.place, scope));
  } else if (const auto* n = std::get_if<ast::Return>(&clause.node)) {
    GESTA_ASSIGN_OR_RETURN(BoundProjection projection,
                           BindProjection(n->projection, true, nullptr, clause.place, scope));
    for (const BoundItem& item : projection.items) {
      columns->push_back(item.name);
      result->push_back(item.slot);
    }
    for (const Binding& binding : scope->bindings()) types->push_back(binding.type);
    bound.node = std::move(projection);
  } else if (const auto* n = std::get_if<ast::Create>(&clause.node)) {
    GESTA_ASSIGN_OR_RETURN(bound.node, BindCreate(PartsOf(n->pattern), false, scope));
  } else if (const auto* n = std::get_if<ast::Merge>(&clause.node)) {
    GESTA_ASSIGN_OR_RETURN(bound.node, BindMerge(*n, scope));
  } else if (const auto* n = std::get_if<ast::Set>(&clause.node)) {
    GESTA_ASSIGN_OR_RETURN(auto items, BindSetItems(n->items, *scope));
    bound.node = BoundSet{std::move(items)};
  } else if (const auto* n = std::get_if<ast::Remove>(&clause.node)) {
    GESTA_ASSIGN_OR_RETURN(bound.node, BindRemove(*n, *scope));
  } else if (const auto* n = std::get_if<ast::Delete>(&clause.node)) {
    GESTA_ASSIGN_OR_RETURN(bound.node, BindDelete(*n, *scope));
  } else if (const auto* n = std::get_if<ast::Call>(&clause.node)) {
    GESTA_ASSIGN_OR_RETURN(bound.node,
                           BindCall(*n, clause.place, scope, standalone, columns, result));
  } else if (const auto* n = std::get_if<ast::CallSubquery>(&clause.node)) {
    GESTA_ASSIGN_OR_RETURN(bound.node, BindCallSubquery(*n, clause.place, scope));
  } else if (const auto* n = std::get_if<ast::Foreach>(&clause.node)) {
    GESTA_ASSIGN_OR_RETURN(bound.node, BindForeach(*n, *scope));
  } else if (const auto* n = std::get_if<ast::LoadCsv>(&clause.node)) {
    BoundLoadCsv load;
    load.with_headers = n->with_headers;
    load.field_terminator = n->field_terminator;
    GESTA_ASSIGN_OR_RETURN(load.url, BindValue(*n->url, *scope));
    if (scope->Find(n->variable)) {
      return SyntaxError(clause.place, "VariableAlreadyBound",
                         QuoteName(n->variable) + " is already defined");
    }
    load.slot = NewSlot(n->variable);
    scope->Add(n->variable, load.slot,
               StaticType::Of(n->with_headers ? ValueType::kMap : ValueType::kList));
    bound.node = std::move(load);
  } else if (const auto* n = std::get_if<ast::Align>(&clause.node)) {
    GESTA_ASSIGN_OR_RETURN(bound.node, BindAlign(*n, scope));
  } else {
    GESTA_ASSIGN_OR_RETURN(bound.node, BindMap(std::get<ast::MapClause>(clause.node), scope));
  }
  return bound;
}

Status Binder::CheckEntity(const Typed& target, const ast::Place& place,
                           std::string_view what) const {
  if (target.type.MayBeAny(StaticType::Bit(ValueType::kNode) |
                           StaticType::Bit(ValueType::kRelationship))) {
    return {};
  }
  return SyntaxError(place, "InvalidArgumentType",
                     std::string(what) + " takes a node or a relationship");
}

Result<BoundSetItem> Binder::BindSetItem(const ast::SetItem& item, const Scope& scope) {
  BoundSetItem bound;
  bound.kind = item.kind;
  bound.key = item.key;
  bound.labels = item.labels;
  Restore<bool> pattern(allow_pattern_, false);
  GESTA_ASSIGN_OR_RETURN(Typed target, BindExpr(*item.target, scope));
  GESTA_RETURN_IF_ERROR(CheckEntity(target, item.place, "SET"));
  bound.target = std::move(target.expr);
  if (item.value) {
    GESTA_ASSIGN_OR_RETURN(bound.value, BindValue(*item.value, scope));
  }
  return bound;
}

Result<std::vector<BoundSetItem>> Binder::BindSetItems(const std::vector<ast::SetItem>& items,
                                                       const Scope& scope) {
  std::vector<BoundSetItem> bound;
  for (const ast::SetItem& item : items) {
    GESTA_ASSIGN_OR_RETURN(BoundSetItem one, BindSetItem(item, scope));
    bound.push_back(std::move(one));
  }
  return bound;
}

Result<BoundRemove> Binder::BindRemove(const ast::Remove& remove, const Scope& scope) {
  BoundRemove bound;
  for (const ast::RemoveItem& item : remove.items) {
    GESTA_ASSIGN_OR_RETURN(Typed target, BindExpr(*item.target, scope));
    GESTA_RETURN_IF_ERROR(CheckEntity(target, item.place, "REMOVE"));
    bound.items.push_back({item.kind, std::move(target.expr), item.key, item.labels});
  }
  return bound;
}

Result<BoundDelete> Binder::BindDelete(const ast::Delete& clause, const Scope& scope) {
  BoundDelete bound;
  bound.detach = clause.detach;
  for (const ast::ExprPtr& target : clause.targets) {
    if (std::holds_alternative<ast::LabelTest>(target->node)) {
      return SyntaxError(target->place, "InvalidDelete", "DELETE removes entities, not labels",
                         "use REMOVE n:Label to take a label off");
    }
    GESTA_ASSIGN_OR_RETURN(Typed typed, BindExpr(*target, scope));
    if (!typed.type.MayBeAny(StaticType::Bit(ValueType::kNode) |
                             StaticType::Bit(ValueType::kRelationship) |
                             StaticType::Bit(ValueType::kPath))) {
      return SyntaxError(target->place, "InvalidArgumentType",
                         "DELETE takes nodes, relationships and paths");
    }
    bound.targets.push_back(std::move(typed.expr));
  }
  return bound;
}

Result<BoundProcedureCall> Binder::BindCall(const ast::Call& call, const ast::Place& place,
                                            Scope* scope, bool standalone,
                                            std::vector<std::string>* columns,
                                            std::vector<Slot>* result) {
  const Procedure* procedure = context_.procedures->Find(call.procedure);
  if (procedure == nullptr) {
    std::string hint;
    size_t best = 4;
    for (const auto& known : context_.procedures->procedures()) {
      size_t distance = EditDistance(call.procedure, known->name);
      if (distance < best) {
        best = distance;
        hint = "did you mean " + known->name + "?";
      }
    }
    return CompileError(place, "ProcedureError", "ProcedureNotFound",
                        "there is no procedure " + call.procedure, hint);
  }
  if (procedure->writes) writes_ = true;
  BoundProcedureCall bound;
  bound.procedure = procedure;
  if (call.arguments) {
    size_t count = call.arguments->size();
    if (count < procedure->required_arguments || count > procedure->arguments.size()) {
      return SyntaxError(place, "InvalidNumberOfArguments",
                         procedure->name + " does not take " + std::to_string(count) +
                             (count == 1 ? " argument" : " arguments"),
                         procedure->Signature());
    }
    for (size_t i = 0; i < count; ++i) {
      const ast::Expr& argument = *(*call.arguments)[i];
      Restore<bool> aggregates(allow_aggregates_, false);
      GESTA_ASSIGN_OR_RETURN(Typed typed, BindExpr(argument, *scope));
      StaticType wanted = FieldType(procedure->arguments[i].type);
      uint32_t accepted = wanted.mask;
      // An integer is a fine float.
      if (accepted == StaticType::Bit(ValueType::kFloat)) accepted = kNumberBits;
      if (!typed.type.MayBeAny(accepted)) {
        return SyntaxError(argument.place, "InvalidArgumentType",
                           "argument " + procedure->arguments[i].name + " of " + procedure->name +
                               " is of type " + procedure->arguments[i].type,
                           procedure->Signature());
      }
      bound.arguments.push_back(std::move(typed.expr));
    }
  } else {
    if (!standalone && !procedure->arguments.empty()) {
      return SyntaxError(place, "InvalidArgumentPassingMode",
                         "inside a query a procedure is called with its arguments in brackets",
                         procedure->Signature());
    }
    for (const ProcedureField& field : procedure->arguments) {
      if (std::find(parameters_.begin(), parameters_.end(), field.name) == parameters_.end()) {
        parameters_.push_back(field.name);
      }
      bound.arguments.push_back(Make(place, BoundParameter{field.name}));
    }
  }
  if (call.yield_star && !standalone) {
    return SyntaxError(place, "UnexpectedSyntax",
                       "YIELD * can be used only where CALL is the whole statement",
                       "name the columns");
  }
  auto add = [&](size_t field, const std::string& name, const ast::Place& at) -> Status {
    if (scope->Find(name)) {
      return SyntaxError(at, "VariableAlreadyBound", QuoteName(name) + " is already defined",
                         "rename the column with AS");
    }
    Slot slot = NewSlot(name);
    scope->Add(name, slot, FieldType(procedure->results[field].type));
    bound.yield.emplace_back(field, slot);
    if (standalone) {
      columns->push_back(name);
      result->push_back(slot);
    }
    return {};
  };
  if (call.has_yield && !call.yield_star) {
    for (const ast::YieldItem& item : call.yield) {
      auto field = std::find_if(procedure->results.begin(), procedure->results.end(),
                                [&](const ProcedureField& f) { return f.name == item.name; });
      if (field == procedure->results.end()) {
        return SyntaxError(item.place, "UndefinedVariable",
                           procedure->name + " has no result column " + QuoteName(item.name),
                           procedure->Signature());
      }
      GESTA_RETURN_IF_ERROR(
          add(static_cast<size_t>(field - procedure->results.begin()), item.alias, item.place));
    }
  } else if (standalone) {
    for (size_t i = 0; i < procedure->results.size(); ++i) {
      GESTA_RETURN_IF_ERROR(add(i, procedure->results[i].name, place));
    }
  }
  if (call.where) GESTA_RETURN_IF_ERROR(BindPredicate(*call.where, *scope, &bound.where));
  return bound;
}

Result<BoundCallSubquery> Binder::BindCallSubquery(const ast::CallSubquery& call,
                                                   const ast::Place& place, Scope* scope) {
  Scope inner;
  if (call.imports) {
    for (const std::string& name : *call.imports) {
      const Binding* binding = scope->Find(name);
      if (binding == nullptr) return Undefined(place, name, *scope);
      inner.Add(binding->name, binding->slot, binding->type);
    }
  } else {
    // Each part may begin with WITH of outer variables; the others stay invisible to it. A part
    // that does not begin so sees none.
    for (const ast::SingleQuery& part : call.query->parts) {
      const auto* with = std::get_if<ast::With>(&part.clauses.front().node);
      if (with == nullptr) continue;
      for (const Binding& binding : scope->bindings()) {
        if (inner.Find(binding.name)) continue;
        bool named = with->projection.star;
        for (const ast::ProjectionItem& item : with->projection.items) {
          const auto* variable = std::get_if<ast::Variable>(&item.expr->node);
          named |= variable != nullptr && variable->name == binding.name;
        }
        if (named) inner.Add(binding.name, binding.slot, binding.type);
      }
    }
  }
  Restore<const Scope*> enclosing(enclosing_, nullptr);  // what it sees it imports
  frames_.push_back({static_cast<Slot>(slot_names_.size()), {}});
  auto query = BindQuery(*call.query, inner, /*subquery=*/true);
  Frame frame = std::move(frames_.back());
  frames_.pop_back();
  if (!query.ok()) return query.status();
  for (Slot slot : frame.arguments) Use(slot);
  BoundCallSubquery bound;
  bound.query = std::make_unique<BoundQuery>(std::move(*query));
  bound.query->arguments = std::move(frame.arguments);
  bound.returns_rows = !bound.query->columns.empty();
  for (size_t i = 0; i < bound.query->columns.size(); ++i) {
    const std::string& name = bound.query->columns[i];
    if (scope->Find(name)) {
      return SyntaxError(place, "VariableAlreadyBound",
                         "the subquery's column " + QuoteName(name) + " is already defined outside",
                         "rename it with AS");
    }
    scope->Add(name, bound.query->result[i], StaticType::Any());
  }
  return bound;
}

Result<BoundForeach> Binder::BindForeach(const ast::Foreach& foreach, const Scope& scope) {
  BoundForeach bound;
  GESTA_ASSIGN_OR_RETURN(Typed list, BindExpr(*foreach.list, scope));
  if (!list.type.MayBe(ValueType::kList)) {
    return SyntaxError(foreach.list->place, "InvalidArgumentType", "a list is expected after IN");
  }
  bound.list = std::move(list.expr);
  bound.slot = NewSlot(foreach.variable);
  Scope inner = scope;
  inner.Add(foreach.variable, bound.slot, list.type.Element());
  for (const ast::Clause& clause : foreach.updates) {
    std::vector<std::string> columns;
    std::vector<Slot> result;
    std::vector<StaticType> types;
    GESTA_ASSIGN_OR_RETURN(BoundClause one,
                           BindClause(clause, &inner, false, &columns, &result, &types));
    bound.updates.push_back(std::move(one));
  }
  return bound;
}

Result<BoundAlign> Binder::BindAlign(const ast::Align& align, Scope* scope) {
  BoundAlign bound;
  GESTA_ASSIGN_OR_RETURN(bound.source, BindValue(*align.source, *scope));
  for (const ast::AlignerCall& aligner : align.aligners) {
    BoundAligner call{aligner.name, nullptr, aligner.place};
    if (aligner.options) {
      GESTA_ASSIGN_OR_RETURN(call.options, BindValue(*aligner.options, *scope));
    }
    bound.aligners.push_back(std::move(call));
  }
  GESTA_ASSIGN_OR_RETURN(bound.top, BindCount(align.top, "TOP"));
  const std::string& name = align.target.variable;
  if (!name.empty() && scope->Find(name)) {
    return SyntaxError(align.target.place, "VariableAlreadyBound",
                       QuoteName(name) + " is already defined", "ALIGN binds a new variable");
  }
  Slot clause_start = static_cast<Slot>(slot_names_.size());
  BoundPattern pattern;
  GESTA_ASSIGN_OR_RETURN(bound.target,
                         BindPatternNode(align.target, scope, clause_start, &pattern));
  bound.labels = std::move(pattern.nodes.front().labels);
  if (align.target.labels && bound.labels.empty()) {
    bound.predicates.push_back(Make(
        align.target.place,
        BoundLabelTest{Make(align.target.place, BoundSlot{bound.target}), *align.target.labels}));
  }
  if (align.target.properties) {
    GESTA_ASSIGN_OR_RETURN(BoundProperties properties,
                           BindProperties(align.target.properties, *scope));
    const ast::Place& place = align.target.properties->place;
    if (properties.map) {
      return SyntaxError(place, "InvalidParameterUse",
                         "a parameter cannot stand for all properties in ALIGN");
    }
    for (auto& [key, value] : properties.entries) {
      bound.predicates.push_back(Make(
          place, BoundBinary{ast::BinaryOp::kEqual,
                             Make(place, BoundProperty{Make(place, BoundSlot{bound.target}), key}),
                             std::move(value)}));
    }
  }
  if (align.target.where) {
    GESTA_RETURN_IF_ERROR(BindPredicate(*align.target.where, *scope, &bound.predicates));
  }
  for (const ast::YieldItem& item : align.yield) {
    if (item.name != "score" && item.name != "rank" && item.name != "method" &&
        item.name != "flag") {
      return SyntaxError(item.place, "UndefinedVariable",
                         "ALIGN does not yield " + QuoteName(item.name),
                         "it yields score, rank, method and flag");
    }
    if (scope->Find(item.alias)) {
      return SyntaxError(item.place, "VariableAlreadyBound",
                         QuoteName(item.alias) + " is already defined", "rename it with AS");
    }
    Slot slot = NewSlot(item.alias);
    ValueType type = item.name == "score"  ? ValueType::kFloat
                     : item.name == "rank" ? ValueType::kInteger
                                           : ValueType::kString;
    scope->Add(item.alias, slot, StaticType::Of(type));
    bound.yield.emplace_back(item.name, slot);
  }
  return bound;
}

Result<BoundMapClause> Binder::BindMap(const ast::MapClause& map, Scope* scope) {
  const ast::PatternPart& part = map.pattern;
  for (const ast::NodePattern& node : part.nodes) {
    if (node.variable.empty() || !scope->Find(node.variable)) {
      return node.variable.empty() ? SyntaxError(node.place, "UndefinedVariable",
                                                 "MAP joins two nodes that are known before",
                                                 "name them, as in MAP (a)-[:MAPS_TO]->(v)")
                                   : Undefined(node.place, node.variable, *scope);
    }
  }
  GESTA_ASSIGN_OR_RETURN(BoundCreate create, BindCreate({&part}, false, scope));
  BoundCreateRel& made = create.rels.front();
  BoundMapClause bound;
  bound.rel = made.slot;
  bound.from = made.from;
  bound.to = made.to;
  bound.type = std::move(made.type);
  bound.properties = std::move(made.properties);
  for (const ast::SetItem& item : map.set) {
    if (item.target) {
      GESTA_ASSIGN_OR_RETURN(BoundSetItem one, BindSetItem(item, *scope));
      bound.set.push_back(std::move(one));
      continue;
    }
    // SET key = value: the mapping's own property.
    GESTA_ASSIGN_OR_RETURN(BoundExprPtr value, BindValue(*item.value, *scope));
    bound.properties.entries.emplace_back(item.key, std::move(value));
  }
  return bound;
}

}  // namespace gesta
