#include "plan/effects.h"

#include <algorithm>

#include "plan/walk_plan.h"

namespace gesta::plan {
namespace {

void ReadLabels(const ast::LabelExpr& labels, Effects* effects) {
  switch (labels.kind) {
    case ast::LabelExpr::Kind::kName:
      effects->reads_labels.Add(labels.name);
      return;
    case ast::LabelExpr::Kind::kAny:
      effects->reads_labels.AddAll();
      return;
    default:
      for (const ast::LabelExpr& operand : labels.operands) ReadLabels(operand, effects);
  }
}

void ReadEverything(Effects* effects) {
  effects->reads_nodes = true;
  effects->reads_labels.AddAll();
  effects->reads_types.AddAll();
  effects->reads_keys.AddAll();
}

void WriteEverything(Effects* effects) {
  effects->writes_nodes = true;
  effects->new_labels.AddAll();
  effects->writes_labels.AddAll();
  effects->writes_types.AddAll();
  effects->writes_keys.AddAll();
}

void ReadTypes(const std::vector<std::string>& types, Effects* effects) {
  if (types.empty()) {
    effects->reads_types.AddAll();
  } else {
    effects->reads_types.Add(types);
  }
}

void ReadEach(const std::vector<std::pair<std::string, BoundExprPtr>>& each, Effects* effects) {
  for (const auto& entry : each) effects->reads_keys.Add(entry.first);
}

void CreateEntities(const BoundCreate& create, Effects* effects) {
  for (const BoundCreateNode& node : create.nodes) {
    effects->writes_nodes = true;
    effects->new_labels.Add(node.labels);
  }
  for (const BoundCreateRel& rel : create.rels) effects->writes_types.Add(rel.type);
  const auto reads_map = [](const BoundProperties& properties) {
    return properties.map && !std::holds_alternative<BoundParameter>(properties.map->node);
  };
  const auto any = [&](const auto& items) {
    return std::any_of(items.begin(), items.end(),
                       [&](const auto& item) { return reads_map(item.properties); });
  };
  if (any(create.nodes) || any(create.rels)) effects->reads_keys.AddAll();
}

void SetItems(const std::vector<BoundSetItem>& items, Effects* effects) {
  for (const BoundSetItem& item : items) {
    switch (item.kind) {
      case ast::SetItem::Kind::kProperty:
        effects->writes_keys.Add(item.key);
        break;
      case ast::SetItem::Kind::kReplace:
      case ast::SetItem::Kind::kMerge:
        effects->writes_keys.AddAll();
        // SET a = b copies another entity's properties.
        if (!std::holds_alternative<BoundMap>(item.value->node) &&
            !std::holds_alternative<BoundParameter>(item.value->node)) {
          effects->reads_keys.AddAll();
        }
        break;
      case ast::SetItem::Kind::kLabels:
        effects->writes_labels.Add(item.labels);
        break;
    }
  }
}

void ReadExpr(const BoundExpr& root, Effects* effects) {
  VisitExpr(root, [&](const BoundExpr& expr) {
    if (const auto* property = std::get_if<BoundProperty>(&expr.node)) {
      effects->reads_keys.Add(property->key);
    } else if (const auto* test = std::get_if<BoundLabelTest>(&expr.node)) {
      ReadLabels(test->labels, effects);
    } else if (std::holds_alternative<BoundSubscript>(expr.node)) {
      effects->reads_keys.AddAll();
    } else if (const auto* map = std::get_if<BoundMapProjection>(&expr.node)) {
      if (map->all) effects->reads_keys.AddAll();
    } else if (const auto* call = std::get_if<BoundCall>(&expr.node)) {
      if (call->function->volatility == Volatility::kGraph) {
        effects->reads_labels.AddAll();
        effects->reads_keys.AddAll();
      }
    } else if (const auto* subquery = std::get_if<BoundSubquery>(&expr.node)) {
      if (subquery->plan) {
        effects->Add(EffectsBelow(*subquery->plan->root));
      } else {
        ReadEverything(effects);
      }
    }
  });
}

struct OpEffects {
  Effects* effects;

  template <typename T>
  void operator()(const T&) const {}
  void operator()(const OpNodeScan&) const { effects->reads_nodes = true; }
  void operator()(const OpLabelScan& n) const { effects->reads_labels.Add(n.label); }
  void operator()(const OpIndexSeek& n) const {
    if (n.from != kNoSlot) {
      effects->reads_types.Add(n.label);
    } else {
      effects->reads_labels.Add(n.label);
    }
    effects->reads_keys.Add(n.properties);
  }
  void operator()(const OpCountStore& n) const {
    if (n.relationships) {
      ReadTypes(n.names, effects);
      for (const std::string& label : {n.start_label, n.end_label}) {
        if (!label.empty()) effects->reads_labels.Add(label);
      }
    } else if (n.names.empty()) {
      effects->reads_nodes = true;
    } else {
      effects->reads_labels.Add(n.names);
    }
  }
  void operator()(const OpNodeByIds&) const { effects->reads_nodes = true; }
  void operator()(const OpRelationshipScan& n) const { ReadTypes(n.types, effects); }
  void operator()(const OpExpand& n) const { ReadTypes(n.types, effects); }
  void operator()(const OpVarExpand& n) const {
    ReadTypes(n.types, effects);
    ReadEach(n.each, effects);
  }
  void operator()(const OpShortestPath& n) const {
    ReadTypes(n.types, effects);
    ReadEach(n.each, effects);
  }
  void operator()(const OpCreate& n) const { CreateEntities(n.create, effects); }
  void operator()(const OpMerge& n) const {
    CreateEntities(n.create, effects);
    SetItems(n.on_create, effects);
    SetItems(n.on_match, effects);
  }
  void operator()(const OpSet& n) const { SetItems(n.items, effects); }
  void operator()(const OpRemove& n) const {
    for (const BoundRemoveItem& item : n.items) {
      if (item.kind == ast::RemoveItem::Kind::kProperty) {
        effects->writes_keys.Add(item.key);
      } else {
        effects->writes_labels.Add(item.labels);
      }
    }
  }
  void operator()(const OpDelete&) const { WriteEverything(effects); }
  void operator()(const OpProcedureCall& n) const {
    ReadEverything(effects);
    if (n.procedure->writes) WriteEverything(effects);
  }
  void operator()(const OpAlign&) const { ReadEverything(effects); }
  void operator()(const OpMapRelationship& n) const {
    effects->reads_types.Add(n.map.type);
    effects->writes_types.Add(n.map.type);
    effects->writes_types.Add("RUN");
    effects->writes_nodes = true;  // the run it belongs to
    effects->new_labels.Add("AlignmentRun");
    effects->writes_keys.AddAll();
  }
};

}  // namespace

bool NameSet::Overlaps(const NameSet& other) const {
  if (empty() || other.empty()) return false;
  if (all_ || other.all_) return true;
  return std::any_of(names_.begin(), names_.end(), [&](const std::string& name) {
    return other.names_.find(name) != other.names_.end();
  });
}

bool Effects::Reads() const {
  return reads_nodes || !reads_labels.empty() || !reads_types.empty() || !reads_keys.empty();
}

bool Effects::Writes() const {
  return writes_nodes || !new_labels.empty() || !writes_labels.empty() || !writes_types.empty() ||
         !writes_keys.empty();
}

void Effects::Add(const Effects& other) {
  reads_nodes = reads_nodes || other.reads_nodes;
  reads_labels.Add(other.reads_labels);
  reads_types.Add(other.reads_types);
  reads_keys.Add(other.reads_keys);
  writes_nodes = writes_nodes || other.writes_nodes;
  new_labels.Add(other.new_labels);
  writes_labels.Add(other.writes_labels);
  writes_types.Add(other.writes_types);
  writes_keys.Add(other.writes_keys);
}

void Effects::ClearReads() {
  reads_nodes = false;
  reads_labels = {};
  reads_types = {};
  reads_keys = {};
}

void Effects::ClearWrites() {
  writes_nodes = false;
  new_labels = {};
  writes_labels = {};
  writes_types = {};
  writes_keys = {};
}

bool Effects::Sees(const Effects& reader, const Effects& writer) {
  return (reader.reads_nodes && writer.writes_nodes) ||
         reader.reads_labels.Overlaps(writer.new_labels) ||
         reader.reads_labels.Overlaps(writer.writes_labels) ||
         reader.reads_types.Overlaps(writer.writes_types) ||
         reader.reads_keys.Overlaps(writer.writes_keys);
}

bool Effects::Collide(const Effects& a, const Effects& b) {
  return a.writes_labels.Overlaps(b.writes_labels) || a.writes_keys.Overlaps(b.writes_keys);
}

Effects EffectsOf(LogicalOp& op) {
  Effects effects;
  std::visit(OpEffects{&effects}, op.node);
  ForEachExpr(op, [&](BoundExprPtr& expr) { ReadExpr(*expr, &effects); });
  return effects;
}

Effects EffectsBelow(LogicalOp& op) {
  Effects effects = EffectsOf(op);
  for (LogicalOpPtr& child : op.children) effects.Add(EffectsBelow(*child));
  return effects;
}

}  // namespace gesta::plan
