#include "align/alignment_run.h"

#include <chrono>

#include "align/mapping_graph.h"

namespace gesta::align {
namespace {

Value DateTimeNow() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto nanos = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
  DateTimeData data;
  data.epoch_seconds = nanos / 1'000'000'000;
  data.nanos = static_cast<int32_t>(nanos % 1'000'000'000);
  return Value::DateTime(std::move(data));
}

}  // namespace

Status AlignmentRun::Start(const std::string& method, const std::string& model,
                           const std::string& parameters) {
  NamedProperties properties = {{"id", Value::String(id_)},
                                {"method", Value::String(method)},
                                {"parameters", Value::String(parameters)},
                                {"started", DateTimeNow()},
                                {"state", Value::String("running")}};
  if (!model.empty()) properties.emplace_back("model", Value::String(model));
  GESTA_ASSIGN_OR_RETURN(const NameId label,
                         transaction_->GetOrCreateName(NameKind::kLabel, kRunLabel));
  GESTA_ASSIGN_OR_RETURN(const std::vector<Property> made, ToProperties(*transaction_, properties));
  GESTA_ASSIGN_OR_RETURN(node_, transaction_->CreateNode({label}, made));
  return {};
}

Status AlignmentRun::Finish() {
  GESTA_ASSIGN_OR_RETURN(const std::vector<Property> made,
                         ToProperties(*transaction_, {{"state", Value::String("finished")},
                                                      {"finished", DateTimeNow()}}));
  for (const Property& property : made) {
    GESTA_RETURN_IF_ERROR(transaction_->SetNodeProperty(node_, property.key, property.value));
  }
  return journal_.Flush();
}

}  // namespace gesta::align
