#include "jobs/part_states.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace gesta::ingest {
namespace {

using Names = std::array<std::vector<std::string>, kBodyParts.size()>;

// Without each part's last one, "no_interaction".
const Names& PublishedNames() {
  static const Names names = {{
      {"stand on", "tread on", "walk with", "walk to", "run with", "run to", "dribble", "kick",
       "jump down", "jump with", "walk away", "crawl", "dance", "fall down", "martial art"},
      {"walk with", "walk to", "run with", "run to", "jump with", "is close with", "straddle",
       "jump down", "walk away", "bend", "kneel", "crawl", "dance", "martial art"},
      {"sit on", "sit in", "sit beside", "be close with", "bend"},
      {"hold",
       "carry",
       "reach for",
       "touch",
       "put on",
       "twist",
       "wear",
       "throw",
       "throw out",
       "write on",
       "point with",
       "point to",
       "use something to point to",
       "press",
       "squeeze",
       "scratch",
       "pinch",
       "gesture to",
       "push",
       "pull",
       "pull with something",
       "wash",
       "wash with something",
       "hold in both hands",
       "lift",
       "raise(over head)",
       "feed",
       "cut with something",
       "catch with something",
       "pour into",
       "crawl",
       "dance",
       "martial art"},
      {"shoulder carry", "be close to", "hug", "swing", "crawl", "dance", "martial art"},
      {"eat", "inspect", "talk with something", "talk to", "be close with", "kiss",
       "put something over head", "lick", "blow", "drink with", "smell", "wear", "listen"},
  }};
  return names;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

PartStates::PartStates(const Names& names) {
  std::map<std::string, int64_t> published;
  int64_t next = 0;
  for (size_t part = 0; part < kBodyParts.size(); ++part) {
    for (const std::string& name : PublishedNames()[part]) {
      published.emplace(fmt::format("{}: {}", kBodyParts[part], name), next++);
    }
    published.emplace(fmt::format("{}: no_interaction", kBodyParts[part]), next++);
  }
  for (size_t part = 0; part < kBodyParts.size(); ++part) {
    begin_[part] = states_.size();
    for (const std::string& name : names[part]) {
      PartState state;
      state.name = fmt::format("{}: {}", kBodyParts[part], name);
      state.part = part;
      const auto known = published.find(state.name);
      state.index = known != published.end() ? known->second : next++;
      states_.push_back(std::move(state));
    }
  }
  begin_.back() = states_.size();
}

PartStates PartStates::Published() { return PartStates(PublishedNames()); }

Result<PartStates> PartStates::FromLabelMap(const std::string& path) {
  GESTA_ASSIGN_OR_RETURN(std::vector<readers::LabelMapEntry> entries, readers::ReadLabelMap(path));
  if (entries.size() > kMaxStates) {
    return Status(StatusCode::kBadData, fmt::format("{}: has {} states; at most {} are supported",
                                                    path, entries.size(), kMaxStates));
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const auto& a, const auto& b) { return a.id < b.id; });
  Names names;
  for (const readers::LabelMapEntry& entry : entries) {
    const size_t colon = entry.name.find(':');
    const std::string_view part = Trim(std::string_view(entry.name).substr(0, colon));
    const auto at = std::find(kBodyParts.begin(), kBodyParts.end(), part);
    const std::string_view state = colon == std::string::npos
                                       ? std::string_view()
                                       : Trim(std::string_view(entry.name).substr(colon + 1));
    if (at == kBodyParts.end() || state.empty()) {
      return Status(
          StatusCode::kBadData,
          fmt::format("{}: line {}: '{}' is no state of a body part", path, entry.line, entry.name),
          fmt::format("states are named 'part: state'; the parts are {}",
                      fmt::join(kBodyParts, ", ")));
    }
    names[static_cast<size_t>(at - kBodyParts.begin())].emplace_back(state);
  }
  return PartStates(names);
}

bool PartStates::Parse(size_t part, std::string_view field, Set* states,
                       std::string* problem) const {
  if (field.empty() || field == "-1") return true;
  for (size_t at = 0; at <= field.size();) {
    const size_t end = std::min(field.find('_', at), field.size());
    const char* first = field.data() + at;
    const char* last = field.data() + end;
    int number = 0;
    const auto [stop, error] = std::from_chars(first, last, number);
    if (error != std::errc() || stop != last) {
      *problem =
          fmt::format("{}: '{}' is no list of states such as 3 or 3_17", kBodyParts[part], field);
      return false;
    }
    if (number < -1 || number >= static_cast<int>(count(part))) {
      *problem = fmt::format("{}: the state {} is out of range (0 to {}, -1 for none)",
                             kBodyParts[part], number, static_cast<int>(count(part)) - 1);
      return false;
    }
    if (number >= 0) states->set(begin_[part] + static_cast<size_t>(number));
    at = end + 1;
  }
  return true;
}

}  // namespace gesta::ingest
