#include "gesta/detection_evaluation.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "evaluate/detection_data.h"
#include "gesta/detection.h"
#include "models/inference_client.h"

namespace gesta {
namespace {

using detection::Detection;
using evaluate::DetectionClass;
using evaluate::DetectionData;
using evaluate::DetectionVideo;
using ByClass = std::vector<std::vector<Detection>>;  // by place among the classes

constexpr size_t kBatchClips = 4096;
constexpr const char* kExtensions[] = {".pkl", ".pt", ".pth"};

Status Invalid(std::string message) {
  return Status(StatusCode::kInvalidArgument, std::move(message));
}

Status CheckOptions(const DetectionEvaluationOptions& options) {
  if (options.model.empty() == !options.detections) {
    return Invalid("an evaluation needs either networks or a file of detections");
  }
  if (options.alpha && !std::isfinite(*options.alpha)) return Invalid("alpha is not finite");
  if (options.kmax && *options.kmax < 1) return Invalid("kmax is below 1");
  for (const double threshold : options.tiou) {
    if (!(threshold > 0 && threshold <= 1)) {
      return Invalid("a tIoU threshold is above 0 and at most 1, not " + std::to_string(threshold));
    }
  }
  return Status::Ok();
}

Result<std::string> FindNetwork(const std::string& folder, const std::string& name) {
  for (const char* extension : kExtensions) {
    std::string path = (std::filesystem::path(folder) / (name + extension)).string();
    std::error_code error;
    if (std::filesystem::exists(path, error)) return path;
  }
  return Status(StatusCode::kNotFound, "there is no " + name + ".pkl in '" + folder + "'",
                "the folder holds the state_dicts encoder.pkl and fine_level_classifier.pkl");
}

// Scores videos' stored clip features, and finds segments in the scores.
class Scorer {
 public:
  Scorer(Transaction& transaction, const DetectionData& data,
         const DetectionEvaluationOptions& options, detection::DetectOptions detect)
      : transaction_(transaction), data_(data), options_(options), detect_(detect) {}

  // Sets evaluation->videos_without_features.
  Result<ByClass> Run(DetectionEvaluation* evaluation) {
    GESTA_RETURN_IF_ERROR(FindSpace());
    GESTA_ASSIGN_OR_RETURN(const std::string encoder, FindNetwork(options_.model, "encoder"));
    GESTA_ASSIGN_OR_RETURN(const std::string classifier,
                           FindNetwork(options_.model, "fine_level_classifier"));
    GESTA_ASSIGN_OR_RETURN(const Network network,
                           Network::Open({encoder, classifier}, options_.device));
    GESTA_RETURN_IF_ERROR(CheckSizes(network));
    for (size_t i = 0; i < data_.videos.size(); ++i) {
      GESTA_RETURN_IF_ERROR(Load(i));
      if (rows_.size() >= kBatchClips * space_->dimension || i + 1 == data_.videos.size()) {
        GESTA_RETURN_IF_ERROR(ScoreBatch(network));
      }
      if (options_.progress) options_.progress(i + 1, data_.videos.size());
    }
    evaluation->videos_without_features = without_features_;
    if (without_features_ == data_.videos.size()) {
      return Status(
          StatusCode::kNotFound,
          "no video of the split has clip features in the embedding space '" + space_->name + "'");
    }
    return std::move(detections_);
  }

 private:
  struct Part {  // of a batch: one video
    size_t video = 0;
    size_t clips = 0;
    double clips_per_second = 0;
  };

  Status FindSpace() {
    const std::string& name = options_.space.empty() ? data_.clip_space : options_.space;
    if (name.empty()) {
      return Status(StatusCode::kNotFound,
                    "the dataset '" + options_.dataset + "' has no clip features",
                    "'gesta ingest haan' stores a features.npy beside the annotations");
    }
    space_ = transaction_.FindSpace(name);
    if (space_ != nullptr) return Status::Ok();
    return Status(StatusCode::kNotFound, "there is no embedding space named '" + name + "'");
  }

  // The classifier gives a score for each class index from 0.
  Status CheckSizes(const Network& network) {
    if (network.inputs() != space_->dimension) {
      return Status(StatusCode::kBadData, "the encoder takes " + std::to_string(network.inputs()) +
                                              " features a clip, and those of '" + space_->name +
                                              "' have " + std::to_string(space_->dimension));
    }
    const auto last = static_cast<size_t>(data_.classes.back().index);
    if (network.outputs() == last + 1) return Status::Ok();
    return Status(StatusCode::kBadData, "the classifier scores " +
                                            std::to_string(network.outputs()) +
                                            " classes, and the dataset '" + options_.dataset +
                                            "' has " + std::to_string(last + 1));
  }

  // Appends the video's features to the batch.
  Status Load(size_t video) {
    const NodeId node = data_.videos[video].node;
    GESTA_ASSIGN_OR_RETURN(const auto info, transaction_.GetSequenceInfo(space_->id, node));
    if (!info) {
      ++without_features_;
      return Status::Ok();
    }
    double rate = data_.videos[video].clips_per_second;
    if (!(rate > 0) && info->step > 0) rate = 1 / info->step;
    if (!(rate > 0)) {
      return Status(
          StatusCode::kBadData,
          "how many clips a second of the video '" + data_.videos[video].id + "' has is not known",
          "set its property clips_per_second");
    }
    GESTA_RETURN_IF_ERROR(
        transaction_.GetSequence(space_->id, node, 0, info->frames, &rows_).status());
    batch_.push_back({video, static_cast<size_t>(info->frames), rate});
    return Status::Ok();
  }

  Status ScoreBatch(const Network& network) {
    if (batch_.empty()) return Status::Ok();
    GESTA_RETURN_IF_ERROR(network.Run(rows_.data(), rows_.size() / space_->dimension, &scores_));
    ByClass by_output;
    const float* scores = scores_.data();
    for (const Part& part : batch_) {
      detection::Detect(scores, part.clips, network.outputs(), part.clips_per_second, part.video,
                        detect_, &by_output);
      scores += part.clips * network.outputs();
    }
    detections_.resize(data_.classes.size());
    for (size_t c = 0; c < data_.classes.size(); ++c) {
      const auto& found = by_output[static_cast<size_t>(data_.classes[c].index)];
      detections_[c].insert(detections_[c].end(), found.begin(), found.end());
    }
    batch_.clear();
    rows_.clear();
    return Status::Ok();
  }

  Transaction& transaction_;
  const DetectionData& data_;
  const DetectionEvaluationOptions& options_;
  const detection::DetectOptions detect_;
  const SpaceInfo* space_ = nullptr;
  std::vector<Part> batch_;
  std::vector<float> rows_;    // features of the batch
  std::vector<float> scores_;  // of the batch: clips x outputs
  ByClass detections_;
  uint64_t without_features_ = 0;
};

Result<ByClass> Given(const DetectionData& data, const std::vector<DetectedSegment>& given) {
  std::unordered_map<std::string, size_t> videos;
  for (size_t i = 0; i < data.videos.size(); ++i) videos.emplace(data.videos[i].id, i);
  std::unordered_map<int64_t, size_t> classes;
  for (size_t i = 0; i < data.classes.size(); ++i) classes.emplace(data.classes[i].index, i);
  ByClass detections(data.classes.size());
  for (const DetectedSegment& segment : given) {
    const std::string where = segment.place.empty() ? "a detection" : segment.place;
    const auto video = videos.find(segment.video);
    if (video == videos.end()) {
      return Status(StatusCode::kBadData,
                    where + ": the video '" + segment.video + "' is not in the split");
    }
    const auto place = classes.find(segment.label);
    if (place == classes.end()) {
      return Status(StatusCode::kBadData,
                    where + ": the dataset has no class " + std::to_string(segment.label));
    }
    Detection detection;
    detection.video = video->second;
    detection.start = segment.start;
    detection.end = segment.end;
    detection.score = segment.score;
    detections[place->second].push_back(detection);
  }
  return detections;
}

double Mean(const std::vector<double>& values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// Adds up the members' precisions; Finish() makes means of them.
class GroupMean {
 public:
  GroupMean(size_t thresholds, std::string text) {
    group_.text = std::move(text);
    group_.all.at.assign(thresholds, 0);
    group_.present_only.at.assign(thresholds, 0);
  }

  void Add(const DetectionEvaluation::Class& member) {
    ++group_.classes;
    group_.segments += member.segments;
    group_.detections += member.detections;
    AddTo(member, &group_.all);
    if (member.segments == 0) return;
    ++group_.present;
    AddTo(member, &group_.present_only);
  }

  DetectionEvaluation::Group Finish() {
    Divide(group_.classes, &group_.all);
    Divide(group_.present, &group_.present_only);
    return std::move(group_);
  }

 private:
  static void AddTo(const DetectionEvaluation::Class& member, DetectionMetrics* sums) {
    for (size_t k = 0; k < sums->at.size(); ++k) sums->at[k] += member.precision.at[k];
  }
  static void Divide(uint64_t by, DetectionMetrics* sums) {
    for (double& value : sums->at) value = by > 0 ? value / static_cast<double>(by) : 0;
    sums->average = Mean(sums->at);
  }

  DetectionEvaluation::Group group_;
};

// Precisions of all classes and their means.
void Measure(const DetectionData& data, const ByClass& detections, DetectionEvaluation* result) {
  GroupMean total(result->tiou.size(), "");
  std::map<int64_t, GroupMean> coarse;
  for (size_t c = 0; c < data.classes.size(); ++c) {
    const DetectionClass& given = data.classes[c];
    DetectionEvaluation::Class measured;
    measured.index = given.index;
    measured.text = given.text;
    measured.coarse = given.coarse;
    measured.segments = given.truth.size();
    measured.detections = detections[c].size();
    measured.precision.at = detection::AveragePrecision(detections[c], given.truth, result->tiou);
    for (double& value : measured.precision.at) value *= 100;
    measured.precision.average = Mean(measured.precision.at);
    total.Add(measured);
    if (given.coarse) {
      coarse.try_emplace(*given.coarse, result->tiou.size(), given.coarse_text)
          .first->second.Add(measured);
    }
    result->classes.push_back(std::move(measured));
  }
  result->total = total.Finish();
  for (auto& [index, mean] : coarse) result->coarse.emplace(index, mean.Finish());
}

void KeepDetections(const DetectionData& data, ByClass* detections, DetectionEvaluation* result) {
  for (size_t c = 0; c < data.classes.size(); ++c) {
    std::stable_sort((*detections)[c].begin(), (*detections)[c].end(),
                     [](const Detection& a, const Detection& b) { return a.score > b.score; });
    for (const Detection& one : (*detections)[c]) {
      result->detections.push_back(
          {data.videos[one.video].id, data.classes[c].index, one.start, one.end, one.score, {}});
    }
  }
}

// The thresholds that are shown to people: those of `report` that were measured, or all.
std::vector<double> Reported(const std::vector<double>& measured,
                             const std::vector<double>& report) {
  std::vector<double> shown;
  for (const double threshold : measured) {
    if (std::find(report.begin(), report.end(), threshold) != report.end()) {
      shown.push_back(threshold);
    }
  }
  return shown.empty() ? measured : shown;
}

}  // namespace

Result<DetectionEvaluation> EvaluateDetection(Database& database,
                                              const DetectionEvaluationOptions& options) {
  GESTA_RETURN_IF_ERROR(CheckOptions(options));
  const std::unique_ptr<Connection> connection = database.Connect();
  GESTA_ASSIGN_OR_RETURN(
      DetectionData data,
      evaluate::ReadDetectionData(*connection, options.dataset, options.split, options.level));
  DetectionEvaluation result;
  result.tiou = !options.tiou.empty() ? options.tiou
                : !data.tiou.empty()
                    ? data.tiou
                    : std::vector<double>{0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5};
  result.report = Reported(result.tiou, data.report);
  result.alpha = options.alpha ? *options.alpha : data.alpha.value_or(0.1);
  result.kmax = options.kmax ? *options.kmax : std::max<int64_t>(data.kmax.value_or(2), 1);
  result.videos = data.videos.size();
  for (DetectionClass& one : data.classes) {
    const auto is_empty = [](const detection::Segment& s) { return !(s.end > s.start); };
    const auto begin = std::stable_partition(
        one.truth.begin(), one.truth.end(),
        [&](const detection::Segment& segment) { return !is_empty(segment); });
    result.empty_segments += static_cast<uint64_t>(one.truth.end() - begin);
    if (options.drop_empty) one.truth.erase(begin, one.truth.end());
  }
  ByClass detections;
  if (options.detections) {
    GESTA_ASSIGN_OR_RETURN(detections, Given(data, *options.detections));
  } else {
    TransactionOptions reading;
    reading.read_only = true;
    GESTA_ASSIGN_OR_RETURN(const auto transaction, database.store().Begin(reading));
    const detection::DetectOptions detect{result.alpha, static_cast<size_t>(result.kmax)};
    GESTA_ASSIGN_OR_RETURN(detections, Scorer(*transaction, data, options, detect).Run(&result));
  }
  Measure(data, detections, &result);
  if (options.keep_detections) KeepDetections(data, &detections, &result);
  return result;
}

}  // namespace gesta
