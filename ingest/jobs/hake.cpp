// The jobs `hake-ava` and `hake-dio`: what persons in boxes do in the videos of AVA, with the
// states of their bodies' parts, and with the objects that they act on (box_rows.h, box_loader.h).
//
// Both make parts of the same dataset: loaded one after the other they join on video, time, person
// and box. The files are read twice: first to check every row, so that a refused job writes
// nothing, then to write, a bulk load for a few hundred thousand rows. A step is a row.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <set>

#include "jobs/box_loader.h"
#include "jobs/box_rows.h"
#include "jobs/job.h"
#include "jobs/knowledge_graph.h"
#include "jobs/part_states.h"
#include "jobs/video_graph.h"
#include "readers/csv_reader.h"
#include "readers/json.h"
#include "readers/label_map.h"

namespace gesta::ingest {
namespace {

using readers::ReadState;

constexpr std::string_view kDefaultDataset = "AVA";
constexpr int64_t kAvaActions = 80;  // numbered from 1
// Bounds what a load keeps in memory: about 1 KiB a row.
constexpr size_t kRowsPerBatchChange = 16;

bool EndsWith(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

bool IsCsv(std::string_view name) { return EndsWith(name, ".csv") || EndsWith(name, ".csv.gz"); }

struct InputFile {
  std::string path;
  std::string name;  // inside the input
};

// The split that a file's name tells, e.g. "train"; "" for none.
std::string SplitOf(const std::string& name) {
  for (const char* split : {"train", "val", "test"}) {
    if (name.find(split) != std::string::npos) return split;
  }
  return "";
}

std::string RoleOf(const std::string& split) { return split == "val" ? "validation" : split; }

struct HakeFiles {
  std::vector<InputFile> rows;
  std::vector<InputFile> part_states;   // at most one
  std::vector<InputFile> action_lists;  // label maps
  std::vector<InputFile> excluded;      // excluded timestamps
  std::vector<InputFile> action_map;    // at most one
};

// -- finding the files --

class FileFinder {
 public:
  explicit FileFinder(const IngestOptions& options) : options_(options) {}

  Result<HakeFiles> Find(const std::vector<std::string>& row_prefixes, std::string_view job) {
    namespace fs = std::filesystem;
    std::error_code error;
    const fs::file_status status = fs::status(options_.path, error);
    if (error || !fs::exists(status)) {
      return Status(StatusCode::kNotFound, fmt::format("there is no file '{}'", options_.path));
    }
    HakeFiles files;
    const bool folder = fs::is_directory(status);
    const fs::path root = folder ? fs::path(options_.path) : fs::path(options_.path).parent_path();
    GESTA_RETURN_IF_ERROR(
        Collect(root.empty() ? "." : root.string(), folder, row_prefixes, &files));
    if (!folder) {
      files.rows = {{options_.path, fs::path(options_.path).filename().string()}};
    } else if (files.rows.empty()) {
      return Status(StatusCode::kNotFound,
                    fmt::format("'{}' has no file for the job '{}'", options_.path, job),
                    fmt::format("files named {}*.csv are looked for; or give one file",
                                fmt::join(row_prefixes, "*.csv or ")));
    }
    GESTA_RETURN_IF_ERROR(Given("part-states", &files.part_states));
    GESTA_RETURN_IF_ERROR(Given("action-list", &files.action_lists));
    GESTA_RETURN_IF_ERROR(Given("excluded", &files.excluded));
    GESTA_RETURN_IF_ERROR(Given("action-map", &files.action_map));
    if (files.part_states.size() > 1) {
      return Status(StatusCode::kInvalidArgument,
                    fmt::format("there are several lists of states: {} and {}",
                                files.part_states[0].name, files.part_states[1].name),
                    "say which with --part-states FILE");
    }
    return files;
  }

 private:
  // Beside a single file only what lies in its folder is used.
  static Status Collect(const std::string& root, bool below,
                        const std::vector<std::string>& row_prefixes, HakeFiles* files) {
    namespace fs = std::filesystem;
    constexpr int kMaxDepth = 3;
    std::error_code error;
    std::map<std::string, std::string> found;  // name inside the input -> path
    for (fs::recursive_directory_iterator at(root, error), end; !error && at != end;
         at.increment(error)) {
      if (at->is_directory(error)) {
        if (!below || at.depth() >= kMaxDepth) at.disable_recursion_pending();
        continue;
      }
      found.emplace(at->path().lexically_relative(root).string(), at->path().string());
    }
    if (error) {
      return Status(StatusCode::kIo,
                    fmt::format("cannot read the folder '{}': {}", root, error.message()));
    }
    for (const auto& [name, path] : found) {
      const std::string base = fs::path(name).filename().string();
      if (EndsWith(base, ".pbtxt")) {
        if (base.find("part_state") != std::string::npos) {
          files->part_states.push_back({path, name});
        } else if (base.find("action_list") != std::string::npos) {
          files->action_lists.push_back({path, name});
        }
      } else if (IsCsv(base) && base.find("excluded_timestamps") != std::string::npos) {
        files->excluded.push_back({path, name});
      } else if (IsCsv(base) &&
                 std::any_of(row_prefixes.begin(), row_prefixes.end(),
                             [&](const std::string& p) { return base.rfind(p, 0) == 0; })) {
        files->rows.push_back({path, name});
      }
    }
    return Status::Ok();
  }

  // Files that an option names take the place of those that were found.
  Status Given(const char* option, std::vector<InputFile>* files) const {
    const std::string value = Option(options_, option);
    if (value.empty()) return Status::Ok();
    files->clear();
    for (size_t at = 0; at <= value.size();) {
      const size_t end = std::min(value.find(',', at), value.size());
      const std::string path = value.substr(at, end - at);
      std::error_code error;
      if (!std::filesystem::is_regular_file(path, error)) {
        return Status(StatusCode::kNotFound,
                      fmt::format("--{}: there is no file '{}'", option, path));
      }
      files->push_back({path, fmt::format("{} {}", option, files->size())});
      at = end + 1;
    }
    return Status::Ok();
  }

  const IngestOptions& options_;
};

// -- what lies beside the rows --

// A file's numbers of actions -> the dataset's.
using ActionMap = std::map<int64_t, int64_t>;

Status AddToMap(const std::string& place, std::string_view from, std::string_view to,
                ActionMap* map) {
  int64_t number = 0;
  int64_t action = 0;
  if (!ParseWhole(from, &number) || !ParseWhole(to, &action)) {
    return Status(StatusCode::kBadData, fmt::format("{}: '{}' and '{}' are not the numbers of two "
                                                    "actions",
                                                    place, from, to));
  }
  if (!map->emplace(number, action).second) {
    return Status(StatusCode::kBadData,
                  fmt::format("{}: the action {} stands here a second time", place, number));
  }
  return Status::Ok();
}

// A JSON object {"6": 47, …}, or CSV rows "6,47" with or without a header.
Result<ActionMap> ReadActionMap(const std::string& path) {
  ActionMap map;
  if (EndsWith(path, ".json")) {
    GESTA_ASSIGN_OR_RETURN(const format::Document document, readers::ReadJson(path));
    const format::Datum& root = document.root();
    if (!root.is_dict()) {
      return Status(StatusCode::kBadData, fmt::format("{}: is no JSON object", path));
    }
    for (const format::Datum::Entry& entry : root.entries()) {
      if (!entry.key->is_string() || !entry.value->is_int()) {
        return Status(StatusCode::kBadData,
                      fmt::format("{}: entries such as \"6\": 47 are expected", path));
      }
      GESTA_RETURN_IF_ERROR(
          AddToMap(path, entry.key->text(), std::to_string(entry.value->integer()), &map));
    }
    return map;
  }
  readers::CsvOptions options;
  options.header = false;
  GESTA_ASSIGN_OR_RETURN(readers::CsvReader reader, readers::CsvReader::Open(path, options));
  while (true) {
    const ReadState state = reader.Next();
    if (state == ReadState::kEnd) return map;
    if (state != ReadState::kRecord) return reader.status();
    const std::string place = fmt::format("{}: line {}", path, reader.line_number());
    if (reader.fields().size() != 2) {
      return Status(StatusCode::kBadData, fmt::format("{}: two columns are expected", place),
                    "the first is the file's number of an action, the second the dataset's");
    }
    int64_t number = 0;
    if (reader.line_number() == 1 && !ParseWhole(reader.fields()[0], &number)) continue;
    GESTA_RETURN_IF_ERROR(AddToMap(place, reader.fields()[0], reader.fields()[1], &map));
  }
}

// Videos with the seconds that evaluations leave out: rows "video,seconds".
Status ReadExcluded(const std::string& path, std::map<std::string, std::set<int64_t>>* excluded) {
  readers::CsvOptions options;
  options.header = false;
  GESTA_ASSIGN_OR_RETURN(readers::CsvReader reader, readers::CsvReader::Open(path, options));
  while (true) {
    const ReadState state = reader.Next();
    if (state == ReadState::kEnd) return Status::Ok();
    if (state != ReadState::kRecord) return reader.status();
    int64_t second = 0;
    const bool pair = reader.fields().size() == 2 && !reader.fields()[0].empty();
    if (pair && ParseWhole(reader.fields()[1], &second) && second >= 0) {
      (*excluded)[std::string(reader.fields()[0])].insert(second);
    } else if (reader.line_number() > 1 || !pair) {
      return Status(StatusCode::kBadData,
                    fmt::format("{}: line {}: a video and a time in seconds are expected", path,
                                reader.line_number()));
    }
  }
}

// -- the job --

class Hake final : public Job {
 public:
  Hake(const IngestOptions& options, HakeFiles files, BoxRowReader::Columns columns)
      : files_(std::move(files)),
        columns_(columns),
        load_rows_(std::max<size_t>(options.batch_changes * kRowsPerBatchChange, 1)) {
    claim_.name = Option(options, "dataset");
    if (claim_.name.empty()) claim_.name = kDefaultDataset;
    claim_.join = Flag(options, "join");
    claim_.facts.emplace_back("modality", Value::String("video"));
  }

  Status Identify(InputIdentity* identity) override {
    for (const auto* list : {&files_.rows, &files_.part_states, &files_.action_lists,
                             &files_.excluded, &files_.action_map}) {
      for (const InputFile& file : *list) {
        GESTA_RETURN_IF_ERROR(identity->AddFile(file.path, file.name));
      }
    }
    return Status::Ok();
  }

  Status Read(JobContext& context) override {
    if (!files_.part_states.empty()) {
      GESTA_ASSIGN_OR_RETURN(states_, PartStates::FromLabelMap(files_.part_states[0].path));
    }
    GESTA_RETURN_IF_ERROR(ReadActionLists(context));
    if (!files_.action_map.empty()) {
      GESTA_ASSIGN_OR_RETURN(action_map_, ReadActionMap(files_.action_map[0].path));
    }
    for (const InputFile& file : files_.excluded) {
      GESTA_RETURN_IF_ERROR(ReadExcluded(file.path, &excluded_));
    }
    for (const InputFile& file : files_.rows) GESTA_RETURN_IF_ERROR(CheckFile(file, context));
    for (const auto& [number, text] : actions_) {
      if (!text.empty()) continue;
      context.oddities.Add("actions without a text: no label map names them",
                           std::to_string(number));
    }
    return Status::Ok();
  }

  uint64_t steps() const override {
    uint64_t steps = 1;
    for (const uint64_t rows : records_) steps += rows;
    return steps;
  }

  Status Write(GraphWriter& writer, JobContext& context) override {
    GESTA_RETURN_IF_ERROR(Prepare(writer));
    for (size_t i = 0; i < files_.rows.size(); ++i) {
      GESTA_RETURN_IF_ERROR(LoadFile(writer, i));
    }
    GESTA_RETURN_IF_ERROR(writer.MergeLoads());
    if (!writer.SkipStep()) {
      GESTA_RETURN_IF_ERROR(WriteExcluded(writer, context));
      GESTA_RETURN_IF_ERROR(writer.EndStep(0));
    }
    const auto note = [&](const char* what, uint64_t count) {
      if (count > 0) context.oddities.Add(what, {}, count);
    };
    note("rows that repeat a box and its action (their states are added)", counts_.repeated);
    note("rows whose box differs by up to 0.001 from the one that it is", counts_.moved);
    note("person boxes that the store had (rows are joined with them)", counts_.found);
    return Status::Ok();
  }

 private:
  Status ReadActionLists(JobContext& context) {
    for (const InputFile& file : files_.action_lists) {
      GESTA_ASSIGN_OR_RETURN(const std::vector<readers::LabelMapEntry> entries,
                             readers::ReadLabelMap(file.path));
      for (const readers::LabelMapEntry& entry : entries) {
        if (entry.id < 0 || entry.id > kMaxAction) {
          return Status(StatusCode::kBadData,
                        fmt::format("{}: line {}: the id {} is out of range (0 to {})", file.path,
                                    entry.line, entry.id, kMaxAction));
        }
        const auto [at, fresh] = actions_.try_emplace(entry.id, entry.name);
        if (!fresh && at->second != entry.name) {
          context.oddities.Add(
              "actions that the label maps name differently (the first text counts)",
              fmt::format("{}: '{}' and '{}'", entry.id, at->second, entry.name));
        }
        last_action_ = std::max(last_action_, entry.id);
      }
    }
    return Status::Ok();
  }

  // What the row's action and object are in the graph; the status of a bad row.
  Status Place(const std::string& path, const BoxRowReader& reader, int64_t* action) const {
    const BoxRow& row = reader.row();
    *action = -1;
    if (!row.action) return Status::Ok();
    *action = *row.action;
    if (!files_.action_map.empty()) {
      const auto at = action_map_.find(*row.action);
      if (at == action_map_.end()) {
        return Status(StatusCode::kBadData,
                      fmt::format("{}: line {}: action: {} is not in the action map '{}'", path,
                                  reader.line_number(), *row.action, files_.action_map[0].path));
      }
      *action = at->second;
    }
    if (*action >= 1 && *action <= last_action_) return Status::Ok();
    if (*action == 0 && actions_.count(0) > 0) return Status::Ok();
    return Status(StatusCode::kBadData,
                  fmt::format("{}: line {}: action: there is no action {} (1 to {})", path,
                              reader.line_number(), *action, last_action_));
  }

  Status CheckFile(const InputFile& file, JobContext& context) {
    GESTA_ASSIGN_OR_RETURN(BoxRowReader reader, BoxRowReader::Open(file.path, columns_, states_));
    uint64_t records = 0;
    std::set<int64_t> used;
    while (true) {
      if (records % 4096 == 0) {
        GESTA_RETURN_IF_ERROR(
            context.report("checking", reader.source().position(), reader.source().file_size()));
      }
      const ReadState state = reader.Next();
      if (state == ReadState::kEnd) break;
      if (state == ReadState::kFailed) return reader.status();
      ++records;
      if (state == ReadState::kBadRecord) {
        GESTA_RETURN_IF_ERROR(context.bad_rows.Add(reader.status()));
        continue;
      }
      int64_t action = 0;
      if (const Status placed = Place(file.path, reader, &action); !placed.ok()) {
        GESTA_RETURN_IF_ERROR(context.bad_rows.Add(placed));
        continue;
      }
      if (action >= 0) used.insert(action);
      if (reader.row().has_object) AddClass(reader.row(), context);
    }
    for (const int64_t action : used) actions_.try_emplace(action, "");
    records_.push_back(records);
    return Status::Ok();
  }

  void AddClass(const BoxRow& row, JobContext& context) {
    const auto [at, fresh] = classes_.try_emplace(std::string(row.object_name), row.object_class);
    if (fresh || !row.object_class || at->second == row.object_class) return;
    if (!at->second) {
      at->second = row.object_class;
      return;
    }
    context.oddities.Add(
        "rows whose object class has another number than before",
        fmt::format("'{}': {} and {}", row.object_name, *at->second, *row.object_class));
  }

  // The dataset, its actions, the states and the classes: few nodes, written as other jobs do.
  Status Prepare(GraphWriter& writer) {
    GESTA_ASSIGN_OR_RETURN(KnowledgeGraph graph, KnowledgeGraph::Open(writer, "hake"));
    GESTA_ASSIGN_OR_RETURN(VideoGraph videos, VideoGraph::Open(graph));
    GESTA_ASSIGN_OR_RETURN(boxes_, BoxGraph::Open(writer));
    for (const auto& [number, text] : actions_) {
      const auto place = static_cast<size_t>(number);
      if (claim_.labels.size() <= place) {
        claim_.labels.resize(place + 1);
        claim_.missing.resize(place + 1, true);
      }
      claim_.labels[place] = text;
      claim_.missing[place] = text.empty();
    }
    GESTA_ASSIGN_OR_RETURN(const Dataset dataset, graph.Claim(claim_));
    boxes_.dataset = dataset.name;
    boxes_.dataset_node = dataset.node;
    for (const auto& [number, text] : actions_) {
      GESTA_ASSIGN_OR_RETURN(const FoundNode action,
                             graph.Action(dataset, kLabelLevel, number, text));
      action_places_.emplace(number, static_cast<uint32_t>(boxes_.actions.size()));
      boxes_.actions.push_back(action.id);
    }
    std::vector<NodeId> parts;
    for (const std::string_view name : kBodyParts) {
      GESTA_ASSIGN_OR_RETURN(const FoundNode part, graph.BodyPart(std::string(name)));
      parts.push_back(part.id);
    }
    for (const PartState& state : states_.all()) {
      GESTA_ASSIGN_OR_RETURN(const FoundNode node,
                             graph.PartState(state.name, state.index, parts[state.part]));
      boxes_.states.push_back(node.id);
    }
    GESTA_ASSIGN_OR_RETURN(const NodeIdentity object_class,
                           writer.RequireIdentity("ObjectClass", {"name"}));
    GESTA_ASSIGN_OR_RETURN(const NameId index, writer.Key("index"));
    for (const auto& [name, number] : classes_) {
      std::vector<Property> properties;
      if (number) properties.push_back({index, Value::Integer(*number)});
      GESTA_ASSIGN_OR_RETURN(const FoundNode node,
                             writer.Upsert(object_class, {Value::String(name)}, properties));
      class_places_.emplace(name, static_cast<uint32_t>(boxes_.classes.size()));
      boxes_.classes.push_back(node.id);
    }
    for (const InputFile& file : files_.rows) {
      const std::string split = SplitOf(std::filesystem::path(file.name).filename().string());
      std::optional<NodeId> node;
      if (!split.empty()) {
        GESTA_ASSIGN_OR_RETURN(node, videos.Split(dataset, split, RoleOf(split)));
      }
      splits_.push_back(node);
    }
    return Status::Ok();
  }

  Status LoadFile(GraphWriter& writer, size_t file) {
    const uint64_t skipped = writer.SkipSteps(records_[file]);
    if (skipped == records_[file]) return Status::Ok();
    const std::string& path = files_.rows[file].path;
    GESTA_ASSIGN_OR_RETURN(BoxRowReader reader, BoxRowReader::Open(path, columns_, states_));
    std::optional<BoxLoader> rows;
    rows.emplace(boxes_, splits_[file]);
    uint64_t records = 0;  // of the load that is being collected
    for (uint64_t record = 0; record < records_[file]; ++record) {
      const ReadState state = reader.Next();
      if (state == ReadState::kFailed) return reader.status();
      if (state == ReadState::kEnd) {
        return Status(StatusCode::kBadData,
                      fmt::format("{}: the file became shorter while it was read", path));
      }
      if (record < skipped) continue;
      int64_t action = 0;
      const bool good = state == ReadState::kRecord && Place(path, reader, &action).ok();
      // A video's rows come into one load where that is possible: the next one would have to read
      // what this one wrote.
      const bool full = rows->rows() >= load_rows_;
      if (full && (rows->rows() >= 2 * load_rows_ || (good && !rows->SameVideo(reader.row())))) {
        GESTA_RETURN_IF_ERROR(EndLoad(writer, &*rows, records));
        rows.emplace(boxes_, splits_[file]);
        records = 0;
      }
      ++records;
      if (!good) continue;
      const BoxRow& row = reader.row();
      rows->Add(row, action < 0 ? BoxLoader::kNone : action_places_.at(action),
                row.has_object ? class_places_.at(std::string(row.object_name)) : BoxLoader::kNone);
    }
    return EndLoad(writer, &*rows, records);
  }

  Status EndLoad(GraphWriter& writer, BoxLoader* rows, uint64_t records) {
    BulkLoadOptions options;
    options.one_of_many = true;
    GESTA_ASSIGN_OR_RETURN(const std::unique_ptr<BulkLoader> loader, writer.BeginLoad(options));
    GESTA_ASSIGN_OR_RETURN(const std::unique_ptr<Transaction> store, writer.ReadStore());
    GESTA_RETURN_IF_ERROR(rows->Write(*loader, *store, &counts_));
    return writer.EndLoad(*loader, records, rows->rows());
  }

  Status WriteExcluded(GraphWriter& writer, JobContext& context) {
    GESTA_ASSIGN_OR_RETURN(const NameId key, writer.Key("excluded"));
    for (const auto& [video, seconds] : excluded_) {
      GESTA_ASSIGN_OR_RETURN(
          const std::optional<NodeId> node,
          writer.Find(boxes_.video, {Value::String(boxes_.dataset), Value::String(video)}));
      if (!node) {
        context.oddities.Add("videos with excluded times that have no rows", video);
        continue;
      }
      List list;
      for (const int64_t second : seconds) list.push_back(Value::Integer(second));
      GESTA_RETURN_IF_ERROR(writer.SetNodeProperties(
          *node, {{key, Value::MakeList(std::move(list))}}, IfFound::kOverwrite));
    }
    return Status::Ok();
  }

  static constexpr int64_t kMaxAction = 100'000;

  const HakeFiles files_;
  const BoxRowReader::Columns columns_;
  const size_t load_rows_;
  DatasetClaim claim_;
  PartStates states_ = PartStates::Published();
  std::map<int64_t, std::string> actions_;  // by number; "": no text
  int64_t last_action_ = kAvaActions;
  ActionMap action_map_;
  std::map<std::string, std::set<int64_t>> excluded_;      // by video
  std::map<std::string, std::optional<int64_t>> classes_;  // numbers by name
  std::vector<uint64_t> records_;                          // of each file
  BoxGraph boxes_;
  std::map<int64_t, uint32_t> action_places_;  // in boxes_.actions
  std::unordered_map<std::string, uint32_t> class_places_;
  std::vector<std::optional<NodeId>> splits_;  // of each file
  BoxCounts counts_;
};

std::vector<IngestOptionInfo> CommonOptions() {
  return {{"dataset", "NAME", "the dataset's name (AVA)"},
          {"action-list", "FILE[,FILE…]",
           "label maps that name the actions (*action_list*.pbtxt beside the rows)"},
          JoinOption(),
          BadRowsOption()};
}

Result<std::unique_ptr<Job>> MakeHakeAva(const IngestOptions& options) {
  GESTA_ASSIGN_OR_RETURN(HakeFiles files, FileFinder(options).Find({"video_pasta"}, "hake-ava"));
  return std::unique_ptr<Job>(
      std::make_unique<Hake>(options, std::move(files), BoxRowReader::Columns::kStates));
}

Result<std::unique_ptr<Job>> MakeHakeDio(const IngestOptions& options) {
  GESTA_ASSIGN_OR_RETURN(HakeFiles files,
                         FileFinder(options).Find({"DIO_", "hake_ava_"}, "hake-dio"));
  files.excluded.clear();
  return std::unique_ptr<Job>(
      std::make_unique<Hake>(options, std::move(files), BoxRowReader::Columns::kObjects));
}

}  // namespace

JobKind HakeAvaJob() {
  IngestJobInfo info{"hake-ava", "FOLDER|FILE",
                     "body-part states of persons in AVA's videos: video_pasta_*.csv",
                     CommonOptions()};
  info.options.push_back({"part-states", "FILE",
                          "label map of the states (*part_state*.pbtxt beside the rows, else the "
                          "published 87)"});
  info.options.push_back({"excluded", "FILE[,FILE…]",
                          "times left out of evaluations (*excluded_timestamps*.csv beside the "
                          "rows)"});
  return {std::move(info), MakeHakeAva};
}

JobKind HakeDioJob() {
  IngestJobInfo info{"hake-dio", "FOLDER|FILE",
                     "objects that persons in AVA's videos act on: DIO_*.csv, hake_ava_*.csv",
                     CommonOptions()};
  info.options.push_back(
      {"part-states", "FILE", "label map of the states, for files that have them (as hake-ava)"});
  info.options.push_back({"action-map", "FILE",
                          "CSV rows 'number,action' or JSON {\"number\": action}: what the file's "
                          "action numbers are in AVA"});
  return {std::move(info), MakeHakeDio};
}

}  // namespace gesta::ingest
