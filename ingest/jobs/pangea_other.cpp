// The Pangea project's files beside label lists and published mappings: collected mappings, the
// class tree, which classes are used, and sample rows.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "gesta/format/pickle.h"
#include "jobs/pangea_folder.h"
#include "readers/json.h"

namespace gesta::ingest {
namespace {

using format::Datum;
using format::Document;

Status BadFile(const std::string& path, std::string what) {
  return Status(StatusCode::kBadData, fmt::format("{}: {}", path, what));
}

// The texts of a list, a tuple or an array of texts; false for anything else.
bool ReadTexts(const Datum& datum, std::vector<std::string>* texts) {
  if (datum.is_string()) {  // a single one
    texts->emplace_back(datum.text());
    return true;
  }
  if (datum.is_array()) {
    const format::NdArray& array = datum.array();
    const format::ElementType type = array.type();
    for (size_t i = 0; i < array.size(); ++i) {
      if (type == format::ElementType::kObject) {
        if (!array.Object(i).is_string()) return false;
        texts->emplace_back(array.Object(i).text());
      } else if (type == format::ElementType::kUnicode) {
        texts->push_back(array.Text(i));
      } else {
        return false;
      }
    }
    return true;
  }
  if (!datum.is_sequence() && datum.kind() != format::DatumKind::kSet) return false;
  for (const Datum& item : datum.items()) {
    if (!item.is_string()) return false;
    texts->emplace_back(item.text());
  }
  return true;
}

bool ReadIntegers(const Datum& datum, std::vector<int64_t>* numbers) {
  if (datum.is_array() && datum.array().numeric() && !IsFloating(datum.array().type())) {
    for (size_t i = 0; i < datum.array().size(); ++i) numbers->push_back(datum.array().Int(i));
    return true;
  }
  if (!datum.is_sequence()) return false;
  for (const Datum& item : datum.items()) {
    if (!item.is_int()) return false;
    numbers->push_back(item.integer());
  }
  return true;
}

// {"DATASET//label": ["class", "class", …]}. The dataset's name ends at the first "//"; the label
// may hold more of them. A dataset without a list gets its labels from here, in the file's order.
Status ReadCollected(const std::string& path, JobContext& context, PangeaFolder* folder) {
  GESTA_ASSIGN_OR_RETURN(const Document document, readers::ReadJson(path));
  if (!document.root().is_dict()) return BadFile(path, "is no object");
  std::unordered_map<std::string, std::unordered_map<std::string, std::vector<size_t>>> rows;
  const auto label_rows = [&](const PangeaDataset& dataset) -> auto& {
    auto [at, fresh] = rows.try_emplace(dataset.name);
    if (fresh) {
      for (size_t i = 0; i < dataset.labels.size(); ++i) {
        at->second[dataset.labels[i].text].push_back(i);
      }
    }
    return at->second;
  };
  for (const Datum::Entry& entry : document.root().entries()) {
    const std::string key(entry.key->text());
    const size_t slashes = key.find("//");
    std::vector<std::string> classes;
    if (slashes == std::string::npos || slashes == 0 || slashes + 2 == key.size() ||
        !entry.value->is_sequence() || !ReadTexts(*entry.value, &classes)) {
      GESTA_RETURN_IF_ERROR(context.bad_rows.Add(
          path, fmt::format("'{}' is not \"DATASET//label\": [class names]", key)));
      continue;
    }
    const std::string name = key.substr(0, slashes);
    const std::string text = key.substr(slashes + 2);
    PangeaDataset* dataset = folder->Find(name);
    if (dataset == nullptr) {
      folder->datasets.emplace_back();
      dataset = &folder->datasets.back();
      dataset->name = name;
    }
    auto& by_text = label_rows(*dataset);
    if (!dataset->has_list && by_text.count(text) == 0) {
      by_text[text].push_back(dataset->labels.size());
      dataset->labels.emplace_back();
      dataset->labels.back().text = text;
    }
    const auto at = by_text.find(text);
    if (at == by_text.end()) {
      context.oddities.Add("collected labels that their dataset's list does not have (left out)",
                           key);
      continue;
    }
    for (const size_t row : at->second) {
      for (const std::string& class_name : classes) {
        ++dataset->labels[row].collected[class_name];
      }
    }
  }
  return Status::Ok();
}

Status ReadTopology(const std::string& path, PangeaTopology* topology) {
  GESTA_ASSIGN_OR_RETURN(const Document document, format::ReadPickle(path));
  const Datum* objects = document.root().Find("objects");
  const Datum* tree = document.root().Find("Father2Son");
  std::vector<std::string> classes;
  if (objects == nullptr || tree == nullptr || !tree->is_dict() || !ReadTexts(*objects, &classes)) {
    return BadFile(path, "has no list 'objects' of names and dict 'Father2Son'");
  }
  if (!topology->classes.empty() && topology->classes != classes) {
    return BadFile(path, "its 'objects' differ from those of another verbnet_topology file");
  }
  topology->classes = std::move(classes);
  for (const Datum::Entry& entry : tree->entries()) {
    std::vector<std::string> children;
    if (!entry.key->is_string() || !ReadTexts(*entry.value, &children)) {
      return BadFile(path, fmt::format("Father2Son has the entry {}: {}, not name: [names]",
                                       entry.key->ToString(), entry.value->ToString()));
    }
    for (std::string& child : children) {
      if (child == entry.key->text()) continue;  // a root that is its own father
      topology->parents.emplace_back(std::move(child), std::string(entry.key->text()));
    }
  }
  return Status::Ok();
}

Status ReadNodeIndex(const std::string& path, JobContext& context, PangeaTopology* topology) {
  GESTA_ASSIGN_OR_RETURN(const Document document, format::ReadPickle(path));
  std::vector<int64_t> used;
  if (!ReadIntegers(document.root(), &used)) {
    return BadFile(path, "is no list of integers");
  }
  if (topology->classes.empty()) {
    context.oddities.Add("files of used classes without a verbnet_topology file (left out)", path);
    return Status::Ok();
  }
  topology->used.resize(topology->classes.size());
  for (const int64_t index : used) {
    if (index < 0 || index >= static_cast<int64_t>(topology->classes.size())) {
      return BadFile(path, fmt::format("has the index {}, and there are {} classes", index,
                                       topology->classes.size()));
    }
    topology->used[static_cast<size_t>(index)] = true;
  }
  return Status::Ok();
}

// A list of (dataset, image, labels, classes). A pickle of another shape is left out.
Status ReadSamples(const std::string& path, JobContext& context, PangeaFolder* folder) {
  GESTA_ASSIGN_OR_RETURN(const Document document, format::ReadPickle(path));
  const auto read = [](const Datum& row, PangeaSample* sample) {
    if (!row.is_sequence() || row.size() != 4 || !row[0].is_string() || !row[1].is_string()) {
      return false;
    }
    sample->dataset = row[0].text();
    sample->image = row[1].text();
    return !sample->dataset.empty() && !sample->image.empty() &&
           ReadTexts(row[2], &sample->labels) && ReadTexts(row[3], &sample->classes);
  };
  const Datum& root = document.root();
  PangeaSample sample;
  if (!root.is_sequence() || root.size() == 0 || !read(root[0], &sample)) {
    context.oddities.Add("pickles that are no list of (dataset, image, labels, nodes) (left out)",
                         path);
    return Status::Ok();
  }
  for (size_t i = 0; i < root.size(); ++i) {
    sample = {};
    if (!read(root[i], &sample)) {
      GESTA_RETURN_IF_ERROR(context.bad_rows.Add(
          fmt::format("{}: row {}", path, i),
          fmt::format("{} is not (dataset, image, labels, nodes)", root[i].ToString())));
      continue;
    }
    folder->samples.push_back(std::move(sample));
  }
  return Status::Ok();
}

}  // namespace

Status ReadOtherPangeaFiles(const PangeaFiles& files, JobContext& context, PangeaFolder* folder) {
  for (const std::string& path : files.collected) {
    GESTA_RETURN_IF_ERROR(ReadCollected(path, context, folder));
  }
  for (const std::string& path : files.topologies) {
    GESTA_RETURN_IF_ERROR(ReadTopology(path, &folder->topology));
  }
  for (const std::string& path : files.node_indices) {
    GESTA_RETURN_IF_ERROR(ReadNodeIndex(path, context, &folder->topology));
  }
  for (const std::string& path : files.samples) {
    GESTA_RETURN_IF_ERROR(ReadSamples(path, context, folder));
  }
  return Status::Ok();
}

}  // namespace gesta::ingest
