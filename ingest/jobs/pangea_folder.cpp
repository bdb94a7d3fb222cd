#include "jobs/pangea_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "gesta/choice_prompt.h"
#include "gesta/format/file.h"
#include "gesta/format/pickle.h"
#include "readers/line_reader.h"

namespace gesta::ingest {
namespace {

namespace fs = std::filesystem;
using format::Datum;
using format::Document;

constexpr const char* kListsFolder = "dataset_labels";
constexpr const char* kAlignmentsFolder = "dataset_labels_align_result";
constexpr const char* kMappingFile = "map_label2verb_clip+gpt.pkl";
constexpr const char* kSimilarityFile = "map_label2verb_clip.pkl";

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

bool EndsWith(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

// The N of PREFIX_N.txt.
std::optional<uint64_t> NumberedFile(std::string_view name, std::string_view prefix) {
  if (!StartsWith(name, prefix) || !EndsWith(name, ".txt")) return {};
  name.remove_prefix(prefix.size());
  name.remove_suffix(4);
  uint64_t number = 0;
  const auto [at, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || at != name.data() + name.size()) return {};
  return number;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

Status BadFile(const std::string& path, std::string what) {
  return Status(StatusCode::kBadData, fmt::format("{}: {}", path, what));
}

void FindAlignment(const fs::path& folder, PangeaFiles* files) {
  PangeaFiles::Alignment alignment;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (name == kMappingFile) alignment.mapping = entry.path().string();
    if (name == kSimilarityFile) alignment.similarity = entry.path().string();
    if (const auto n = NumberedFile(name, "prompt_")) {
      alignment.prompts[*n] = entry.path().string();
    }
    if (const auto n = NumberedFile(name, "answer_")) {
      alignment.answers[*n] = entry.path().string();
    }
  }
  if (!alignment.mapping.empty() || !alignment.similarity.empty() || !alignment.answers.empty()) {
    files->alignments.emplace(folder.filename().string(), std::move(alignment));
  }
}

void FindOther(const fs::path& path, PangeaFiles* files) {
  const std::string name = path.filename().string();
  const std::string folder = path.parent_path().filename().string();
  const bool pickle = EndsWith(name, ".pkl") || EndsWith(name, ".pickle");
  if (StartsWith(name, "Label2Node") && EndsWith(name, ".json")) {
    files->collected.push_back(path.string());
  } else if (pickle && StartsWith(name, "verbnet_topology")) {
    files->topologies.push_back(path.string());
  } else if (pickle && (StartsWith(name, "mapping_node_index") || folder == "mapping_node_index")) {
    files->node_indices.push_back(path.string());
  } else if (pickle) {
    files->samples.push_back(path.string());
  }
}

// -- the published mappings --

// What map_label2verb_clip+gpt.pkl holds.
struct PublishedMapping {
  struct Row {
    uint64_t index;
    std::string text;
    std::vector<std::pair<std::string, std::string>> pairs;  // class, lemma
  };
  std::vector<Row> rows;
  std::vector<PangeaVerb> verbs;
};

// "LEMMA. The definition is: DEFINITION. The lexname is: LEXNAME. "
bool SplitVerbText(std::string_view text, PangeaVerb* verb) {
  constexpr std::string_view kDefinition = ". The definition is: ";
  constexpr std::string_view kLexname = ". The lexname is: ";
  const size_t definition = text.find(kDefinition);
  const size_t lexname = text.rfind(kLexname);
  if (definition == std::string_view::npos || lexname == std::string_view::npos) return false;
  const size_t begin = definition + kDefinition.size();
  if (lexname < begin || text.substr(0, definition) != verb->lemma) return false;
  verb->definition = text.substr(begin, lexname - begin);
  text.remove_prefix(lexname + kLexname.size());
  while (!text.empty() && (text.back() == ' ' || text.back() == '.')) text.remove_suffix(1);
  verb->lexname = text;
  return true;
}

// A (class, lemma) tuple.
bool ReadPair(const Datum& datum, std::string* class_name, std::string* lemma) {
  if (!datum.is_sequence() || datum.size() != 2) return false;
  if (!datum[0].is_string() || !datum[1].is_string()) return false;
  *class_name = datum[0].text();
  *lemma = datum[1].text();
  return !class_name->empty() && !lemma->empty();
}

Status ReadVerbs(const std::string& path, const Datum& root, std::vector<PangeaVerb>* verbs) {
  const Datum* pairs = root.Find("node_verb_list");
  const Datum* texts = root.Find("verb_text_list");
  if (pairs == nullptr || texts == nullptr || !pairs->is_sequence() || !texts->is_sequence() ||
      pairs->size() != texts->size()) {
    return BadFile(path, "has no lists 'node_verb_list' and 'verb_text_list' of one length");
  }
  for (size_t i = 0; i < pairs->size(); ++i) {
    PangeaVerb verb;
    if (!ReadPair((*pairs)[i], &verb.class_name, &verb.lemma)) {
      return BadFile(path, fmt::format("node_verb_list[{}] is {}, not a (class, verb) pair", i,
                                       (*pairs)[i].ToString()));
    }
    if (!SplitVerbText((*texts)[i].text(), &verb)) {
      return BadFile(path, fmt::format("verb_text_list[{}] is {}, not \"{}. The definition is: …. "
                                       "The lexname is: ….\"",
                                       i, (*texts)[i].ToString(), verb.lemma));
    }
    verbs->push_back(std::move(verb));
  }
  return Status::Ok();
}

Result<PublishedMapping> ReadMapping(const std::string& path) {
  GESTA_ASSIGN_OR_RETURN(const Document document, format::ReadPickle(path));
  const Datum& root = document.root();
  const Datum* labels = root.Find("Label2Verb");
  if (labels == nullptr || !labels->is_dict()) return BadFile(path, "has no dict 'Label2Verb'");
  PublishedMapping mapping;
  GESTA_RETURN_IF_ERROR(ReadVerbs(path, root, &mapping.verbs));
  for (const Datum::Entry& entry : labels->entries()) {
    const Datum& key = *entry.key;
    if (!key.is_sequence() || key.size() != 2 || !key[0].is_int() || key[0].integer() < 0 ||
        !key[1].is_string() || !entry.value->is_sequence()) {
      return BadFile(path,
                     fmt::format("Label2Verb has the entry {}: {}, not (index, text): [pairs]",
                                 key.ToString(), entry.value->ToString()));
    }
    PublishedMapping::Row row;
    row.index = static_cast<uint64_t>(key[0].integer());
    row.text = key[1].text();
    for (const Datum& item : entry.value->items()) {
      std::string class_name, lemma;
      if (!ReadPair(item, &class_name, &lemma)) {
        return BadFile(path, fmt::format("label {} is mapped to {}, not to a (class, verb) pair",
                                         row.index, item.ToString()));
      }
      row.pairs.emplace_back(std::move(class_name), std::move(lemma));
    }
    mapping.rows.push_back(std::move(row));
  }
  return mapping;
}

// -- one dataset --

class DatasetReader {
 public:
  DatasetReader(const PangeaFiles& files, JobContext& context, PangeaFolder* folder)
      : files_(files), context_(context), oddities_(context.oddities), folder_(folder) {}

  Status Read(const std::string& name) {
    dataset_ = {};
    dataset_.name = name;
    GESTA_RETURN_IF_ERROR(ReadList());
    const auto alignment = files_.alignments.find(name);
    if (alignment != files_.alignments.end()) {
      if (!alignment->second.mapping.empty()) {
        GESTA_RETURN_IF_ERROR(ReadPublished(alignment->second.mapping));
      }
      GESTA_RETURN_IF_ERROR(ReadExchanges(alignment->second));
      if (!alignment->second.similarity.empty()) {
        GESTA_RETURN_IF_ERROR(ReadSimilarities(alignment->second.similarity));
      }
    }
    CountTexts();
    if (dataset_.labels.empty()) return Status::Ok();
    dataset_.has_list = true;
    folder_->datasets.push_back(std::move(dataset_));
    return Status::Ok();
  }

 private:
  std::string Place(uint64_t index) const { return fmt::format("{} {}", dataset_.name, index); }
  std::string Place(uint64_t index, std::string_view text) const {
    return fmt::format("{} {} '{}'", dataset_.name, index, text);
  }

  Status ReadList() {
    const auto path = files_.label_lists.find(dataset_.name);
    if (path == files_.label_lists.end()) return Status::Ok();
    GESTA_ASSIGN_OR_RETURN(auto reader, readers::LineReader::Open(path->second));
    while (true) {
      const readers::ReadState state = reader.Next();
      if (state == readers::ReadState::kEnd) break;
      if (state != readers::ReadState::kRecord) return reader.status();
      dataset_.labels.emplace_back();
      dataset_.labels.back().text = Trim(reader.line());
    }
    // A list may end in blank lines; a blank line inside would be a label without a text.
    while (!dataset_.labels.empty() && dataset_.labels.back().text.empty()) {
      dataset_.labels.pop_back();
    }
    for (size_t i = 0; i < dataset_.labels.size(); ++i) {
      if (dataset_.labels[i].text.empty()) {
        return BadFile(path->second, fmt::format("line {}: a label without a text", i + 1));
      }
    }
    return Status::Ok();
  }

  Status ReadPublished(const std::string& path) {
    GESTA_ASSIGN_OR_RETURN(PublishedMapping mapping, ReadMapping(path));
    GESTA_RETURN_IF_ERROR(TakeVerbs(path, std::move(mapping.verbs)));
    if (dataset_.labels.empty()) {  // no label list: the mapping's own texts
      for (const auto& row : mapping.rows) {
        if (row.index > mapping.rows.size() * 2 + 1000) {
          return BadFile(path, fmt::format("label index {} is far past the {} labels", row.index,
                                           mapping.rows.size()));
        }
        if (row.index >= dataset_.labels.size()) dataset_.labels.resize(row.index + 1);
        dataset_.labels[row.index].text = Trim(row.text);
      }
    }
    for (const auto& row : mapping.rows) {
      if (row.index >= dataset_.labels.size()) {
        return BadFile(path, fmt::format("maps label {}, and the label list has {} lines",
                                         row.index, dataset_.labels.size()));
      }
      PangeaLabel& label = dataset_.labels[row.index];
      if (label.text != Trim(row.text)) {
        return BadFile(path, fmt::format("label {} is '{}' here and '{}' in the label list",
                                         row.index, row.text, label.text));
      }
      uint32_t rank = 0;
      for (const auto& [class_name, lemma] : row.pairs) {
        ++rank;
        const auto verb = verb_index_.find(class_name + '\n' + lemma);
        if (verb == verb_index_.end()) {
          return BadFile(path, fmt::format("label {} is mapped to ({}, {}), which node_verb_list "
                                           "does not have",
                                           row.index, class_name, lemma));
        }
        if (std::count(label.published.begin(), label.published.end(), verb->second) > 0) {
          oddities_.Add("published picks that repeat one of the same label (kept once)",
                        Place(row.index, label.text) + " " + lemma);
          continue;
        }
        label.published.push_back(verb->second);
        label.published_ranks.push_back(rank);
      }
    }
    return Status::Ok();
  }

  // All mappings must number the verbs alike: answers and similarities refer to the numbers.
  Status TakeVerbs(const std::string& path, std::vector<PangeaVerb> verbs) {
    std::vector<PangeaVerb>& known = folder_->verbs;
    if (!known.empty()) {
      const auto same = [](const PangeaVerb& a, const PangeaVerb& b) {
        return a.class_name == b.class_name && a.lemma == b.lemma;
      };
      if (std::equal(known.begin(), known.end(), verbs.begin(), verbs.end(), same)) {
        return Status::Ok();
      }
      return BadFile(path, "its list of verbs differs from that of the datasets before it");
    }
    known = std::move(verbs);
    std::unordered_map<std::string, uint32_t> texts;
    for (uint32_t i = 0; i < known.size(); ++i) {
      const PangeaVerb& verb = known[i];
      if (!verb_index_.emplace(verb.class_name + '\n' + verb.lemma, i).second) {
        return BadFile(
            path, fmt::format("node_verb_list has ({}, {}) twice", verb.class_name, verb.lemma));
      }
      ++texts[verb.lemma + '\n' + verb.definition + '\n' + verb.lexname];
    }
    for (const PangeaVerb& verb : known) {
      const uint32_t sharing = texts[verb.lemma + '\n' + verb.definition + '\n' + verb.lexname];
      if (sharing < 2) continue;
      oddities_.Add("verbs that share lemma and definition with one of another class",
                    fmt::format("{} of {}", verb.lemma, verb.class_name));
    }
    return Status::Ok();
  }

  Status ReadExchanges(const PangeaFiles::Alignment& alignment) {
    for (const auto& [index, path] : alignment.answers) {
      GESTA_RETURN_IF_ERROR(context_.report("reading", ++files_read_, 0));
      if (index >= dataset_.labels.size()) {
        return BadFile(path, fmt::format("answers for label {}, and there are {} labels", index,
                                         dataset_.labels.size()));
      }
      ModelExchange exchange;
      GESTA_ASSIGN_OR_RETURN(exchange.answer, ReadText(path));
      const auto prompt = alignment.prompts.find(index);
      if (prompt != alignment.prompts.end()) {
        GESTA_ASSIGN_OR_RETURN(exchange.prompt, ReadText(prompt->second));
        GESTA_RETURN_IF_ERROR(Reparse(prompt->second, index, exchange));
      } else {
        oddities_.Add("answers without a prompt (not read again)", Place(index));
      }
      dataset_.labels[index].exchange = std::move(exchange);
    }
    return Status::Ok();
  }

  static Result<std::string> ReadText(const std::string& path) {
    GESTA_ASSIGN_OR_RETURN(const format::FileBuffer bytes, format::ReadWholeFile(path));
    const std::string problem = readers::TextProblem(bytes.view());
    if (!problem.empty()) return BadFile(path, problem);
    return std::string(bytes.view());
  }

  Status Reparse(const std::string& path, uint64_t index, const ModelExchange& exchange) {
    const std::vector<llm::Candidate> candidates = llm::ParseCandidates(exchange.prompt);
    std::unordered_set<uint32_t> offered;
    for (const llm::Candidate& candidate : candidates) {
      const bool known = candidate.number < folder_->verbs.size() &&
                         folder_->verbs[candidate.number].lemma == candidate.name;
      if (!known && !folder_->verbs.empty()) {
        return BadFile(path, fmt::format("offers '{}. {}', which is not the verb of that number",
                                         candidate.number, candidate.name));
      }
      offered.insert(candidate.number);
    }
    if (folder_->verbs.empty()) return Status::Ok();
    PangeaLabel& label = dataset_.labels[index];
    llm::AnswerPicks picks = llm::ParseAnswerLines(exchange.answer, candidates);
    label.has_robust = true;
    label.robust = std::move(picks.picks);
    const std::string place = Place(index, label.text);
    if (picks.renumbered) oddities_.Add("answers that number their picks from 1", place);
    if (picks.unnumbered) oddities_.Add("answers without numbers", place);
    for (const std::string& verb : picks.never_offered) {
      oddities_.Add("verbs in answers that were never offered (no pick in the robust reading)",
                    fmt::format("{}: {}", place, verb));
    }
    if (picks.contradictions > 0) {
      oddities_.Add("answer lines whose number and verb are two candidates (the verb counts)",
                    place, picks.contradictions);
    }
    CompareReadings(label, offered, place);
    return Status::Ok();
  }

  void CompareReadings(const PangeaLabel& label, const std::unordered_set<uint32_t>& offered,
                       const std::string& place) {
    if (label.published.empty()) return;
    uint64_t outside = 0, only_published = 0, only_robust = 0;
    for (const uint32_t verb : label.published) {
      if (offered.count(verb) == 0) ++outside;
      if (std::count(label.robust.begin(), label.robust.end(), verb) == 0) ++only_published;
    }
    for (const uint32_t verb : label.robust) {
      if (std::count(label.published.begin(), label.published.end(), verb) == 0) ++only_robust;
    }
    if (outside > 0) {
      oddities_.Add("labels with published picks outside of the offered candidates", place);
      oddities_.Add("published picks outside of the offered candidates", {}, outside);
    }
    if (only_published + only_robust > 0) {
      oddities_.Add("labels whose robust reading differs from the published one",
                    fmt::format("{}: {} picks only published, {} only robust", place,
                                only_published, only_robust));
      oddities_.Add("picks only in the published reading", {}, only_published);
      oddities_.Add("picks only in the robust reading", {}, only_robust);
    }
  }

  Status ReadSimilarities(const std::string& path) {
    GESTA_ASSIGN_OR_RETURN(dataset_.similarity, format::ReadPickle(path));
    const format::NdArray* matrix = dataset_.similarities();
    if (matrix == nullptr) return BadFile(path, "has no numeric matrix 'map_label2verb'");
    std::vector<PangeaVerb> verbs;
    GESTA_RETURN_IF_ERROR(ReadVerbs(path, dataset_.similarity.root(), &verbs));
    if (folder_->verbs.empty() || !verb_index_.empty()) {
      GESTA_RETURN_IF_ERROR(TakeVerbs(path, std::move(verbs)));
    }
    const std::vector<int64_t>& shape = matrix->shape();
    if (shape.size() != 2 || shape[0] != static_cast<int64_t>(dataset_.labels.size()) ||
        shape[1] != static_cast<int64_t>(folder_->verbs.size())) {
      return BadFile(path, fmt::format("'map_label2verb' is not of {} labels x {} verbs",
                                       dataset_.labels.size(), folder_->verbs.size()));
    }
    return Status::Ok();
  }

  // Texts repeat inside a dataset, and a repeated text may have been answered differently.
  void CountTexts() {
    std::map<std::string_view, std::vector<size_t>> rows;
    for (size_t i = 0; i < dataset_.labels.size(); ++i) {
      const std::string& text = dataset_.labels[i].text;
      rows[text].push_back(i);
      if (!text.empty() && text.back() == ',') {
        oddities_.Add("labels that end in a comma (kept)", Place(i, text));
      }
    }
    uint64_t repeating = 0, differing = 0;
    const std::vector<size_t>* most = nullptr;
    std::string different;
    for (const auto& [text, same] : rows) {
      if (same.size() < 2) continue;
      repeating += same.size();
      if (most == nullptr || same.size() > most->size() ||
          (same.size() == most->size() && same.front() < most->front())) {
        most = &same;
      }
      const PangeaLabel& first = dataset_.labels[same.front()];
      if (std::all_of(same.begin(), same.end(), [&](size_t row) {
            return dataset_.labels[row].published == first.published;
          })) {
        continue;
      }
      differing += same.size();
      if (different.empty()) different = Place(same.front(), text);
    }
    if (repeating > 0) {
      oddities_.Add("labels whose text repeats inside their dataset",
                    fmt::format("{}: {} rows, {} distinct texts, '{}' {} times", dataset_.name,
                                dataset_.labels.size(), rows.size(),
                                dataset_.labels[most->front()].text, most->size()),
                    repeating);
    }
    if (differing > 0) {
      oddities_.Add("labels that share a text and have different published picks",
                    fmt::format("{}: {} rows, e.g. {}", dataset_.name, differing, different),
                    differing);
    }
  }

  const PangeaFiles& files_;
  JobContext& context_;
  Oddities& oddities_;
  PangeaFolder* folder_;
  PangeaDataset dataset_;
  std::unordered_map<std::string, uint32_t> verb_index_;  // by class and lemma
  uint64_t files_read_ = 0;
};

}  // namespace

const format::NdArray* PangeaDataset::similarities() const {
  const Datum* matrix = similarity.root().Find("map_label2verb");
  return matrix != nullptr && matrix->is_array() && matrix->array().numeric() ? &matrix->array()
                                                                              : nullptr;
}

PangeaDataset* PangeaFolder::Find(const std::string& name) {
  const auto at = std::find_if(datasets.begin(), datasets.end(),
                               [&](const PangeaDataset& dataset) { return dataset.name == name; });
  return at == datasets.end() ? nullptr : &*at;
}

std::vector<std::string> PangeaFiles::All() const {
  std::vector<std::string> all;
  for (const auto& [name, path] : label_lists) all.push_back(path);
  for (const auto& [name, alignment] : alignments) {
    for (const std::string& path : {alignment.mapping, alignment.similarity}) {
      if (!path.empty()) all.push_back(path);
    }
    for (const auto* numbered : {&alignment.prompts, &alignment.answers}) {
      for (const auto& [index, path] : *numbered) all.push_back(path);
    }
  }
  for (const auto* list : {&collected, &topologies, &node_indices, &samples}) {
    all.insert(all.end(), list->begin(), list->end());
  }
  std::sort(all.begin(), all.end());
  return all;
}

Result<PangeaFiles> FindPangeaFiles(const std::string& root) {
  std::error_code error;
  if (!fs::is_directory(root, error)) {
    return Status(fs::exists(root, error) ? StatusCode::kInvalidArgument : StatusCode::kNotFound,
                  fmt::format("'{}' is no folder", root),
                  "give the folder that holds dataset_labels and dataset_labels_align_result");
  }
  PangeaFiles files;
  files.root = root;
  fs::recursive_directory_iterator walk(root, error), end;
  for (; !error && walk != end; walk.increment(error)) {
    const fs::path& path = walk->path();
    const std::string folder = path.parent_path().filename().string();
    if (walk->is_directory(error)) {
      if (folder != kAlignmentsFolder) continue;
      FindAlignment(path, &files);
      walk.disable_recursion_pending();
    } else if (folder == kListsFolder && path.extension() == ".txt") {
      files.label_lists.emplace(path.stem().string(), path.string());
    } else if (walk->is_regular_file(error)) {
      FindOther(path, &files);
    }
  }
  if (error) {
    return Status(StatusCode::kIo, fmt::format("cannot list '{}': {}", root, error.message()));
  }
  for (auto* list : {&files.collected, &files.topologies, &files.node_indices, &files.samples}) {
    std::sort(list->begin(), list->end());
  }
  if (files.All().empty()) {
    return Status(StatusCode::kNotFound, fmt::format("'{}' holds no files of Pangea", root),
                  "it should hold dataset_labels/DATASET.txt or "
                  "dataset_labels_align_result/DATASET/map_label2verb_clip+gpt.pkl");
  }
  return files;
}

Result<PangeaFolder> ReadPangeaFolder(const PangeaFiles& files, JobContext& context) {
  PangeaFolder folder;
  std::vector<std::string> names;
  for (const auto& [name, path] : files.label_lists) names.push_back(name);
  for (const auto& [name, alignment] : files.alignments) names.push_back(name);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  DatasetReader reader(files, context, &folder);
  for (const std::string& name : names) {
    GESTA_RETURN_IF_ERROR(reader.Read(name));
  }
  GESTA_RETURN_IF_ERROR(ReadOtherPangeaFiles(files, context, &folder));
  return folder;
}

}  // namespace gesta::ingest
