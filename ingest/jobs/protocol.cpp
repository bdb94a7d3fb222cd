#include "jobs/protocol.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "readers/json.h"

namespace gesta::ingest {
namespace {

using format::Datum;

constexpr const char* kFields[] = {"training_videos", "alpha", "kmax", "tiou", "report"};

// As published with HAAN (hierarchical atomic action network).
std::vector<Protocol> BuiltIn() {
  return {{"FineGym",
           3775,
           0.1,
           2,
           {0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5},
           {0.1, 0.2, 0.3, 0.4, 0.5}},
          {"FineAction",
           8440,
           -0.8,
           4,
           {0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95},
           {0.5, 0.75, 0.95}}};
}

bool IsProtocol(const Datum& object) {
  return std::any_of(std::begin(kFields), std::end(kFields),
                     [&](const char* field) { return object.Find(field) != nullptr; });
}

Status BadField(const std::string& place, const char* field, const char* needs, const Datum& got) {
  return Status(StatusCode::kBadData,
                fmt::format("{}: {} is {}, not {}", place, field, got.ToString(60), needs));
}

Status ReadThresholds(const std::string& place, const char* field, const Datum& object,
                      std::vector<double>* thresholds) {
  const Datum* list = object.Find(field);
  if (list == nullptr) return Status::Ok();
  for (const Datum& item : list->items()) {
    const bool good = item.is_number() && item.number() > 0 && item.number() <= 1;
    if (!good) return BadField(place, field, "a list of numbers above 0 and up to 1", *list);
    thresholds->push_back(item.number());
  }
  if (thresholds->empty()) return BadField(place, field, "a list of thresholds", *list);
  return Status::Ok();
}

Result<Protocol> Parse(const std::string& place, const Datum& object) {
  Protocol protocol;
  if (const Datum* videos = object.Find("training_videos")) {
    if (!videos->is_int() || videos->integer() < 0) {
      return BadField(place, "training_videos", "a number of videos", *videos);
    }
    protocol.training_videos = static_cast<uint64_t>(videos->integer());
  }
  if (const Datum* alpha = object.Find("alpha")) {
    if (!alpha->is_number() || !std::isfinite(alpha->number())) {
      return BadField(place, "alpha", "a number", *alpha);
    }
    protocol.alpha = alpha->number();
  }
  if (const Datum* kmax = object.Find("kmax")) {
    if (!kmax->is_int() || kmax->integer() < 1) {
      return BadField(place, "kmax", "a whole number from 1", *kmax);
    }
    protocol.kmax = kmax->integer();
  }
  GESTA_RETURN_IF_ERROR(ReadThresholds(place, "tiou", object, &protocol.tiou));
  GESTA_RETURN_IF_ERROR(ReadThresholds(place, "report", object, &protocol.report));
  return protocol;
}

Value Floats(const std::vector<double>& numbers) {
  List list;
  for (const double number : numbers) list.push_back(Value::Float(number));
  return Value::MakeList(std::move(list));
}

}  // namespace

std::vector<std::string> ProtocolNames() {
  std::vector<std::string> names;
  for (Protocol& protocol : BuiltIn()) names.push_back(std::move(protocol.name));
  return names;
}

bool IsProtocolName(const std::string& name) {
  const std::vector<std::string> names = ProtocolNames();
  return std::find(names.begin(), names.end(), name) != names.end();
}

Result<Protocol> ReadProtocol(const std::string& name_or_path, const std::string& dataset) {
  for (Protocol& protocol : BuiltIn()) {
    if (protocol.name == name_or_path) return std::move(protocol);
  }
  auto document = readers::ReadJson(name_or_path);
  if (!document.ok()) {
    if (document.status().code() != StatusCode::kNotFound) return document.status();
    return Status(StatusCode::kNotFound,
                  fmt::format("there is no protocol and no file '{}'", name_or_path),
                  fmt::format("the protocols are {}; a file describes another one",
                              fmt::join(ProtocolNames(), ", ")));
  }
  const Datum& root = document->root();
  if (!root.is_dict()) {
    return Status(StatusCode::kBadData, fmt::format("{}: is no JSON object", name_or_path));
  }
  if (IsProtocol(root)) {
    GESTA_ASSIGN_OR_RETURN(Protocol protocol, Parse(name_or_path, root));
    protocol.name = std::filesystem::path(name_or_path).stem().string();
    return protocol;
  }
  std::vector<std::string> names;
  const Datum* chosen = root.Find(dataset);
  std::string name = dataset;
  for (const Datum::Entry& entry : root.entries()) {
    if (!entry.value->is_dict() || !IsProtocol(*entry.value)) continue;
    names.emplace_back(entry.key->text());
    if (chosen == nullptr && root.size() == 1) {
      chosen = entry.value;
      name = entry.key->text();
    }
  }
  if (chosen == nullptr || !chosen->is_dict()) {
    return Status(StatusCode::kBadData,
                  names.empty() ? fmt::format("{}: has no evaluation settings", name_or_path)
                                : fmt::format("{}: has settings for {}, and none for '{}'",
                                              name_or_path, fmt::join(names, ", "), dataset),
                  fmt::format("a protocol is an object with {}", fmt::join(kFields, ", ")));
  }
  GESTA_ASSIGN_OR_RETURN(Protocol protocol,
                         Parse(fmt::format("{}: '{}'", name_or_path, name), *chosen));
  protocol.name = std::move(name);
  return protocol;
}

Facts ProtocolFacts(const Protocol& protocol) {
  Facts facts = {{"protocol", Value::String(protocol.name)}};
  if (protocol.alpha) facts.emplace_back("protocol_alpha", Value::Float(*protocol.alpha));
  if (protocol.kmax) facts.emplace_back("protocol_kmax", Value::Integer(*protocol.kmax));
  if (!protocol.tiou.empty()) facts.emplace_back("protocol_tiou", Floats(protocol.tiou));
  if (!protocol.report.empty()) facts.emplace_back("protocol_report", Floats(protocol.report));
  return facts;
}

}  // namespace gesta::ingest
