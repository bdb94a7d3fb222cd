#include "jobs/haan_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_set>

#include "gesta/format/npy.h"
#include "jobs/video_graph.h"

namespace gesta::ingest {
namespace {

namespace fs = std::filesystem;
using format::Datum;
using format::Document;
using format::NdArray;
using Pair = std::array<double, 2>;

constexpr const char* kNames = "video_names.npy";
constexpr const char* kLabels = "labels.npy";
constexpr const char* kSegments = "segments.npy";
constexpr const char* kRatios = "sec2clip_ratios.npy";
constexpr const char* kHierarchy = "fine_to_coarse_mappings.json";
constexpr const char* kFeatures = "features.npy";

std::string In(const std::string& folder, const char* name) {
  return (fs::path(folder) / name).string();
}

Status BadFile(const std::string& path, const std::string& what) {
  return Status(StatusCode::kBadData, fmt::format("{}: {}", path, what));
}

// One numpy file with an entry for each video.
class Column {
 public:
  static Result<Column> Read(std::string path) {
    GESTA_ASSIGN_OR_RETURN(Document document, format::ReadNpy(path));
    const NdArray& array = document.root().array();
    if (array.shape().empty()) return BadFile(path, "is a single value, not a value a video");
    return Column(std::move(path), std::move(document));
  }

  const std::string& path() const { return path_; }
  const NdArray& array() const { return document_.root().array(); }
  size_t size() const { return static_cast<size_t>(array().shape()[0]); }
  Document TakeDocument() { return std::move(document_); }

  // Entry i as a text; none: it is something else.
  std::optional<std::string> Text(size_t i) const {
    if (array().shape().size() != 1) return {};
    if (array().type() == format::ElementType::kUnicode) return array().Text(i);
    if (array().type() != format::ElementType::kObject) return {};
    const Datum& value = array().Object(i);
    if (!value.is_string()) return {};
    return std::string(value.text());
  }

  // Entry i as a list of pairs of numbers. numpy writes lists that all have the same length as one
  // array with three axes.
  std::optional<std::vector<Pair>> Pairs(size_t i) const {
    const NdArray& all = array();
    std::vector<Pair> pairs;
    if (all.shape().size() == 3 && all.shape()[2] == 2) {
      const auto rows = static_cast<size_t>(all.shape()[1]);
      for (size_t row = 0; row < rows; ++row) {
        const size_t at = (i * rows + row) * 2;
        pairs.emplace_back();
        for (size_t k = 0; k < 2; ++k) {
          if (all.type() == format::ElementType::kObject && !all.Object(at + k).is_number()) {
            return {};
          }
          pairs.back()[k] = all.numeric() ? all.Float(at + k) : all.Object(at + k).number();
        }
      }
      return pairs;
    }
    if (all.shape().size() != 1 || all.type() != format::ElementType::kObject) return {};
    const Datum& entry = all.Object(i);
    if (entry.is_array()) return PairsOfArray(entry.array());
    if (!entry.is_sequence()) return {};
    for (const Datum& item : entry.items()) {
      pairs.emplace_back();
      if (item.is_array() && item.array().numeric() && item.array().size() == 2) {
        pairs.back() = {item.array().Float(0), item.array().Float(1)};
      } else if (item.is_sequence() && item.size() == 2 && item[0].is_number() &&
                 item[1].is_number()) {
        pairs.back() = {item[0].number(), item[1].number()};
      } else {
        return {};
      }
    }
    return pairs;
  }

 private:
  Column(std::string path, Document document)
      : path_(std::move(path)), document_(std::move(document)) {}

  static std::optional<std::vector<Pair>> PairsOfArray(const NdArray& array) {
    std::vector<Pair> pairs;
    if (array.size() == 0) return pairs;
    if (!array.numeric() || array.shape().size() != 2 || array.shape()[1] != 2) return {};
    for (size_t at = 0; at < array.size(); at += 2) {
      pairs.push_back({array.Float(at), array.Float(at + 1)});
    }
    return pairs;
  }

  std::string path_;
  Document document_;
};

// A class number in [0, count); none: it is something else.
std::optional<int64_t> ClassOf(double number, size_t count) {
  if (!(number >= 0 && number < static_cast<double>(count)) || std::floor(number) != number) {
    return {};
  }
  return static_cast<int64_t>(number);
}

// What keeps clip features from being stored: "" or e.g. "clip 3 is all zeros".
std::string ClipProblem(const std::vector<float>& rows, size_t dimension) {
  for (size_t at = 0; at < rows.size(); at += dimension) {
    bool zero = true;
    for (size_t k = at; k < at + dimension; ++k) {
      if (!std::isfinite(rows[k])) {
        return fmt::format("clip {} has the feature {}", at / dimension, rows[k]);
      }
      zero = zero && rows[k] == 0;
    }
    if (zero) return fmt::format("clip {} is all zeros", at / dimension);
  }
  return "";
}

class FolderReader {
 public:
  FolderReader(std::string folder, JobContext& context)
      : folder_(std::move(folder)), context_(context) {}

  Result<HaanFolder> Read() {
    GESTA_ASSIGN_OR_RETURN(result_.coarse, ReadClassHierarchy(In(folder_, kHierarchy)));
    GESTA_ASSIGN_OR_RETURN(const Column names, Column::Read(In(folder_, kNames)));
    GESTA_ASSIGN_OR_RETURN(const Column labels, Column::Read(In(folder_, kLabels)));
    GESTA_ASSIGN_OR_RETURN(const Column segments, Column::Read(In(folder_, kSegments)));
    GESTA_ASSIGN_OR_RETURN(const Column ratios, Column::Read(In(folder_, kRatios)));
    for (const Column* column : {&labels, &segments, &ratios}) {
      if (column->size() == names.size()) continue;
      return BadFile(column->path(), fmt::format("has {} entries, but there are {} videos",
                                                 column->size(), names.size()));
    }
    if (!ratios.array().numeric() || ratios.array().shape().size() != 1) {
      return BadFile(ratios.path(), "is no list of numbers");
    }
    // Listed whatever their numbers, so that nobody has to ask.
    context_.oddities.Add(kEmpty, {}, 0);
    context_.oddities.Add(kRepeated, {}, 0);
    rows_.resize(names.size());
    for (size_t i = 0; i < names.size(); ++i) {
      if (i % 256 == 0) GESTA_RETURN_IF_ERROR(context_.report("reading", i, names.size()));
      GESTA_RETURN_IF_ERROR(ReadVideo(i, names, labels, segments, ratios));
    }
    GESTA_RETURN_IF_ERROR(ReadFeatures(names.size()));
    return std::move(result_);
  }

 private:
  static constexpr std::string_view kEmpty = "segments whose end is not after their start (kept)";
  static constexpr std::string_view kRepeated =
      "segments that repeat one of the same video, class and time (kept)";

  Status BadVideo(const Column& column, size_t i, const std::string& what) {
    return context_.bad_rows.Add(fmt::format("{}: entry {}", column.path(), i), what);
  }

  Status ReadVideo(size_t i, const Column& names, const Column& labels, const Column& segments,
                   const Column& ratios) {
    const auto name = names.Text(i);
    if (!name || name->empty()) return BadVideo(names, i, "is no video's name");
    if (!seen_.insert(*name).second) {
      return BadVideo(names, i, fmt::format("the video '{}' is there already", *name));
    }
    const double ratio = ratios.array().Float(i);
    if (!std::isfinite(ratio) || ratio <= 0) {
      return BadVideo(ratios, i, fmt::format("{} clips in a second", ratio));
    }
    const auto classes = labels.Pairs(i);
    if (!classes) return BadVideo(labels, i, "is no list of [coarse class, fine class]");
    const auto times = segments.Pairs(i);
    if (!times) return BadVideo(segments, i, "is no list of [start, end]");
    if (classes->size() != times->size()) {
      return BadVideo(labels, i,
                      fmt::format("the video '{}' has {} labels and {} segments", *name,
                                  classes->size(), times->size()));
    }
    HaanVideo video;
    video.name = *name;
    video.clips_per_second = ratio;
    std::set<std::tuple<int64_t, double, double>> known;
    for (size_t k = 0; k < times->size(); ++k) {
      GESTA_RETURN_IF_ERROR(
          ReadSegment(i, k, labels, segments, (*classes)[k], (*times)[k], &video, &known));
    }
    rows_[i] = result_.videos.size() + 1;
    result_.videos.push_back(std::move(video));
    return Status::Ok();
  }

  Status ReadSegment(size_t i, size_t k, const Column& labels, const Column& segments,
                     const Pair& classes, const Pair& times, HaanVideo* video,
                     std::set<std::tuple<int64_t, double, double>>* known) {
    const auto fine = ClassOf(classes[1], result_.coarse.size());
    if (!fine) {
      return BadVideo(labels, i,
                      fmt::format("segment {}: {} is no fine class from 0 to {}", k, classes[1],
                                  result_.coarse.size() - 1));
    }
    const HaanSegment segment{static_cast<int64_t>(k), *fine, times[0], times[1]};
    if (!std::isfinite(segment.start) || !std::isfinite(segment.end) || segment.start < 0 ||
        segment.end < 0) {
      return BadVideo(segments, i,
                      fmt::format("segment {}: [{}, {}] is no time", k, times[0], times[1]));
    }
    const auto where = [&] {
      return fmt::format("{} segment {} [{}, {}]", video->name, k, times[0], times[1]);
    };
    const int64_t coarse = result_.coarse[static_cast<size_t>(*fine)];
    if (classes[0] != static_cast<double>(coarse)) {
      context_.oddities.Add(
          "segments with another coarse class than their fine class has (ignored)",
          fmt::format("{}: {} instead of {}", where(), classes[0], coarse));
    }
    if (!(segment.end > segment.start)) context_.oddities.Add(kEmpty, where());
    if (!known->emplace(*fine, segment.start, segment.end).second) {
      context_.oddities.Add(kRepeated, where());
    }
    video->segments.push_back(segment);
    return Status::Ok();
  }

  Status ReadFeatures(size_t count) {
    const std::string path = In(folder_, kFeatures);
    std::error_code error;
    if (!fs::exists(path, error)) return Status::Ok();
    GESTA_RETURN_IF_ERROR(context_.report("reading features", 0, 0));
    GESTA_ASSIGN_OR_RETURN(Column features, Column::Read(path));
    if (features.size() != count) {
      return BadFile(
          path, fmt::format("has {} entries, but there are {} videos", features.size(), count));
    }
    const NdArray& all = features.array();
    std::vector<float> values;
    // Videos with equally many clips may lie in one array.
    const bool joined = all.numeric() && all.shape().size() == 3 && all.size() > 0;
    if (!joined && (all.type() != format::ElementType::kObject || all.shape().size() != 1)) {
      return BadFile(path, "is no list with an array of clips x features for each video");
    }
    for (size_t i = 0; i < count; ++i) {
      if (rows_[i] == 0) continue;  // a bad row
      const NdArray& clips = joined ? all : all.Object(i).array();
      const std::vector<int64_t>& shape = clips.shape();
      const bool fits = joined || (clips.numeric() && shape.size() == 2 && clips.size() > 0);
      if (fits && result_.dimension == 0) result_.dimension = static_cast<size_t>(shape.back());
      if (!fits || static_cast<size_t>(shape.back()) != result_.dimension) {
        GESTA_RETURN_IF_ERROR(BadVideo(
            features, i,
            fits ? fmt::format("has {} features a clip, others {}", shape.back(), result_.dimension)
                 : std::string("is no array of clips x features")));
        continue;
      }
      HaanVideo& video = result_.videos[rows_[i] - 1];
      video.clips = static_cast<size_t>(shape[joined ? 1 : 0]);
      video.first_clip = joined ? i * video.clips : 0;
      values.resize(video.clips * result_.dimension);
      clips.CopyFloats(video.first_clip * result_.dimension, values.size(), values.data());
      const std::string problem = ClipProblem(values, result_.dimension);
      if (problem.empty()) {
        video.features = &clips;
      } else {
        GESTA_RETURN_IF_ERROR(BadVideo(features, i, problem));
      }
    }
    result_.features = features.TakeDocument();
    return Status::Ok();
  }

  const std::string folder_;
  JobContext& context_;
  HaanFolder result_;
  std::unordered_set<std::string> seen_;
  std::vector<size_t> rows_;  // by entry: its video's place, from 1; 0: a bad row
};

}  // namespace

Result<std::vector<std::string>> FindHaanFiles(const std::string& folder) {
  std::vector<std::string> paths;
  for (const char* name : {kNames, kLabels, kSegments, kRatios, kHierarchy, kFeatures}) {
    std::string path = In(folder, name);
    std::error_code error;
    if (fs::exists(path, error)) {
      paths.push_back(std::move(path));
    } else if (name != kFeatures) {
      return Status(StatusCode::kNotFound, fmt::format("there is no {}", path),
                    fmt::format("the folder must hold {}, {}, {}, {} and {}, and may hold {}",
                                kNames, kLabels, kSegments, kRatios, kHierarchy, kFeatures));
    }
  }
  return paths;
}

Result<HaanFolder> ReadHaanFolder(const std::string& folder, JobContext& context) {
  return FolderReader(folder, context).Read();
}

}  // namespace gesta::ingest
