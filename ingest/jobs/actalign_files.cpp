#include "jobs/actalign_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <unordered_map>

#include "gesta/format/npy.h"
#include "jobs/question_graph.h"
#include "readers/json.h"

namespace gesta::ingest {
namespace {

using format::Datum;

constexpr char kGenerated[] = "generated_subactions.json";
constexpr char kSubactionVectors[] = "encoded_subactions.npy";
constexpr char kFrames[] = "video_embeddings.npy";
constexpr char kProcessed[] = "processed_dataset.npy";
constexpr char kMissing[] = "processed_dataset_missing.npy";
constexpr char kOptionVectors[] = "option_embeddings.npy";

// Columns of processed_dataset.npy.
constexpr const char* kColumns[] = {"youtube_id",
                                    "id",
                                    "action",
                                    "domain",
                                    "question",
                                    "answer",
                                    "choices_str",
                                    "choice_descriptions",
                                    "processed_video_path",
                                    "video_frames"};
enum Column {
  kYoutubeId,
  kId,
  kAction,
  kDomain,
  kQuestion,
  kAnswer,
  kChoices,
  kDescriptions,
  kUri
};

std::string TextOf(const Datum* datum) { return datum == nullptr ? "" : Nested(*datum).Text(); }

// The phrases of an option; false when they are none.
bool ReadPhrases(const Datum& list, std::vector<std::string>* phrases) {
  if (!list.is_sequence()) return false;
  for (const Datum& phrase : list.items()) {
    if (!phrase.is_string()) return false;
    phrases->emplace_back(phrase.text());
  }
  return true;
}

}  // namespace

Result<std::vector<std::string>> ActAlignFiles::List(const std::string& folder) {
  std::vector<std::string> present;
  for (const char* file :
       {kGenerated, kSubactionVectors, kFrames, kProcessed, kMissing, kOptionVectors}) {
    std::error_code error;
    if (std::filesystem::is_regular_file(folder + "/" + file, error)) present.emplace_back(file);
  }
  if (!present.empty() && present.front() == kGenerated) return present;
  return Status(StatusCode::kNotFound, fmt::format("there is no {} in '{}'", kGenerated, folder),
                "give the folder with the files of the ActAlign scripts");
}

Result<ActAlignFiles> ActAlignFiles::Read(const std::string& folder, JobContext& context) {
  ActAlignFiles files;
  files.folder_ = folder;
  GESTA_ASSIGN_OR_RETURN(files.present_, List(folder));
  GESTA_RETURN_IF_ERROR(files.ReadGenerated(context));
  // Before rows without subactions follow: these vectors are of the generated samples.
  if (files.Has(kSubactionVectors)) GESTA_RETURN_IF_ERROR(files.ReadSubactionVectors(context));
  if (files.Has(kProcessed)) GESTA_RETURN_IF_ERROR(files.ReadProcessed(context));
  if (files.Has(kFrames)) {
    GESTA_RETURN_IF_ERROR(files.ReadRows(kFrames, &ActAlignSample::frames, context));
  }
  if (files.Has(kOptionVectors)) {
    GESTA_RETURN_IF_ERROR(files.ReadRows(kOptionVectors, &ActAlignSample::option_vectors, context));
  }
  if (files.Has(kMissing)) GESTA_RETURN_IF_ERROR(files.ReadMissing(context));
  for (const char* file : {kSubactionVectors, kFrames}) {
    if (!files.Has(file)) context.oddities.Add("files that are not there", file);
  }
  return files;
}

bool ActAlignFiles::Has(const std::string& file) const {
  return std::find(present_.begin(), present_.end(), file) != present_.end();
}

Result<const Datum*> ActAlignFiles::Load(const std::string& file) {
  const std::string path = Path(file);
  if (file == kGenerated) {
    GESTA_ASSIGN_OR_RETURN(format::Document document, readers::ReadJson(path));
    documents_.push_back(std::move(document));
  } else {
    GESTA_ASSIGN_OR_RETURN(format::Document document, format::ReadNpy(path));
    documents_.push_back(std::move(document));
  }
  return &documents_.back().root();
}

Status ActAlignFiles::ReadGenerated(JobContext& context) {
  GESTA_ASSIGN_OR_RETURN(const Datum* const root, Load(kGenerated));
  if (!root->is_sequence()) {
    return Status(StatusCode::kBadData, fmt::format("{} is no list of samples", Path(kGenerated)));
  }
  for (size_t i = 0; i < root->items().size(); ++i) {
    GESTA_RETURN_IF_ERROR(context.report("reading", i, root->items().size()));
    const Datum& from = root->items()[i];
    const std::string place = fmt::format("{}: sample {}", Path(kGenerated), i);
    ActAlignSample sample;
    sample.generated = true;
    sample.id = TextOf(from.Find("id"));
    sample.youtube_id = TextOf(from.Find("youtube_id"));
    sample.domain = TextOf(from.Find("domain"));
    sample.action = TextOf(from.Find("action"));
    sample.question = TextOf(from.Find("question"));
    if (sample.id.empty()) sample.id = sample.youtube_id;
    const Datum* options = from.Find("cleaned_options");
    std::vector<std::string> texts;
    if (sample.id.empty() || options == nullptr || !ReadPhrases(*options, &texts) ||
        texts.empty()) {
      GESTA_RETURN_IF_ERROR(context.bad_rows.Add(place, "has no id or no cleaned_options"));
      sample = {};  // keeps its place: the other files count samples
      samples_.push_back(std::move(sample));
      continue;
    }
    const Datum* subactions = from.Find("subactions");
    for (std::string& text : texts) {
      ActAlignOption option;
      const Datum* phrases =
          subactions == nullptr ? nullptr : subactions->Find(text + " in " + sample.domain);
      if (phrases == nullptr || !ReadPhrases(*phrases, &option.phrases) || option.phrases.empty()) {
        option.phrases.clear();
        context.oddities.Add("options without subactions",
                             fmt::format("'{}' of sample '{}'", text, sample.id));
      }
      option.text = std::move(text);
      sample.options.push_back(std::move(option));
    }
    const Datum* correct = from.Find("correct_answer_index");
    const int64_t answer = correct == nullptr ? -1 : correct->integer();
    if (answer >= 0 && answer < static_cast<int64_t>(sample.options.size())) {
      sample.correct = answer;
    } else {
      context.oddities.Add("samples whose answer is none of their options",
                           fmt::format("'{}'", sample.id));
    }
    samples_.push_back(std::move(sample));
  }
  return Status::Ok();
}

Status ActAlignFiles::ReadSubactionVectors(JobContext& context) {
  GESTA_ASSIGN_OR_RETURN(const Datum* const root, Load(kSubactionVectors));
  const Nested all(*root);
  if (all.size() != samples_.size()) {
    return Status(StatusCode::kBadData,
                  fmt::format("{} has {} samples and {} has {}", Path(kSubactionVectors),
                              all.size(), Path(kGenerated), samples_.size()),
                  "both must be of one run of the scripts");
  }
  for (size_t i = 0; i < samples_.size(); ++i) {
    GESTA_RETURN_IF_ERROR(context.report("reading", i, samples_.size()));
    ActAlignSample& sample = samples_[i];
    const Nested matrices = all[i];
    std::vector<ActAlignOption*> options;
    for (ActAlignOption& option : sample.options) {
      if (!option.phrases.empty()) options.push_back(&option);
    }
    if (matrices.size() != options.size()) {
      if (sample.options.empty()) continue;  // counted already
      GESTA_RETURN_IF_ERROR(
          context.bad_rows.Add(fmt::format("{}: sample {}", Path(kSubactionVectors), i),
                               fmt::format("has {} matrices for {} options with subactions",
                                           matrices.size(), options.size())));
      continue;
    }
    for (size_t k = 0; k < options.size(); ++k) {
      const std::string what = fmt::format("sample {}, matrix {}", i, k);
      GESTA_ASSIGN_OR_RETURN(const bool good, CheckMatrix(matrices[k], options[k]->phrases.size(),
                                                          kSubactionVectors, what, context));
      if (good) options[k]->phrase_vectors = matrices[k];
    }
  }
  return Status::Ok();
}

bool ActAlignFiles::ReadRow(const Nested& row, ActAlignSample* sample) {
  constexpr size_t kWithError = 3;  // youtube_id, id, error
  const bool named = !row.has_items();
  if (named && row.Find("id") == nullptr && row.Find("youtube_id") == nullptr) return false;
  if (!named && row.size() < kWithError) return false;
  const bool only_error = !named && row.size() == kWithError;
  const auto text = [&](Column column) -> std::string {
    if (named) return TextOf(row.Find(kColumns[column]));
    if (only_error && column > kId) return "";
    return column < row.size() ? row[column].Text() : "";
  };
  sample->youtube_id = text(kYoutubeId);
  sample->id = text(kId);
  if (sample->id.empty()) sample->id = sample->youtube_id;
  if (sample->id.empty()) return false;
  sample->action = text(kAction);
  sample->domain = text(kDomain);
  sample->question = text(kQuestion);
  sample->uri = text(kUri);
  sample->descriptions = text(kDescriptions);
  sample->error = named ? TextOf(row.Find("error")) : (only_error ? row[2].Text() : "");
  for (std::string& choice : CleanChoices(text(kChoices))) {
    sample->options.push_back({std::move(choice), {}, {}});
  }
  const std::string answer = text(kAnswer);
  int64_t number = 0;
  std::from_chars(answer.data(), answer.data() + answer.size(), number);
  if (number >= 1 && number <= static_cast<int64_t>(sample->options.size())) {
    sample->correct = number - 1;
  }
  return true;
}

Status ActAlignFiles::ReadProcessed(JobContext& context) {
  GESTA_ASSIGN_OR_RETURN(const Datum* const root, Load(kProcessed));
  const Nested rows(*root);
  std::unordered_map<std::string, size_t> by_id;
  for (size_t i = 0; i < samples_.size(); ++i) by_id.emplace(samples_[i].id, i);
  has_rows_ = true;
  for (size_t i = 0; i < rows.size(); ++i) {
    GESTA_RETURN_IF_ERROR(context.report("reading", i, rows.size()));
    ActAlignSample sample;
    if (!ReadRow(rows[i], &sample)) {
      GESTA_RETURN_IF_ERROR(context.bad_rows.Add(fmt::format("{}: row {}", Path(kProcessed), i),
                                                 "has no id, or not the ten columns"));
      rows_.push_back(samples_.size());
      samples_.emplace_back();
      continue;
    }
    const auto [known, fresh] = by_id.emplace(sample.id, samples_.size());
    rows_.push_back(known->second);
    if (fresh) {
      context.oddities.Add("videos without generated subactions", fmt::format("'{}'", sample.id));
      samples_.push_back(std::move(sample));
      continue;
    }
    ActAlignSample& into = samples_[known->second];
    into.uri = std::move(sample.uri);
    into.descriptions = std::move(sample.descriptions);
  }
  return Status::Ok();
}

Status ActAlignFiles::ReadMissing(JobContext& context) {
  GESTA_ASSIGN_OR_RETURN(const Datum* const root, Load(kMissing));
  const Nested rows(*root);
  for (size_t i = 0; i < rows.size(); ++i) {
    ActAlignSample sample;
    if (!ReadRow(rows[i], &sample)) {
      GESTA_RETURN_IF_ERROR(context.bad_rows.Add(fmt::format("{}: row {}", Path(kMissing), i),
                                                 "has no id, or not the columns of the scripts"));
      continue;
    }
    const bool known = std::any_of(samples_.begin(), samples_.end(),
                                   [&](const auto& other) { return other.id == sample.id; });
    if (known) continue;
    if (sample.error.empty()) sample.error = "the scripts could not read the video";
    context.oddities.Add("videos that the scripts could not read", sample.error);
    samples_.push_back(std::move(sample));
  }
  return Status::Ok();
}

Status ActAlignFiles::ReadRows(const std::string& file, std::optional<Nested> ActAlignSample::*to,
                               JobContext& context) {
  GESTA_ASSIGN_OR_RETURN(const Datum* const root, Load(file));
  const Nested all(*root);
  const size_t rows = has_rows_ ? rows_.size() : samples_.size();
  if (all.size() != rows) {
    return Status(StatusCode::kBadData,
                  fmt::format("{} has {} rows and {} has {}", Path(file), all.size(),
                              Path(has_rows_ ? kProcessed : kGenerated), rows),
                  has_rows_ ? "both must be of one run of the scripts"
                            : fmt::format("{} would tell which row is whose: put it beside them",
                                          kProcessed));
  }
  for (size_t i = 0; i < rows; ++i) {
    GESTA_RETURN_IF_ERROR(context.report("reading", i, rows));
    ActAlignSample& sample = samples_[has_rows_ ? rows_[i] : i];
    const Nested matrix = all[i];
    if (matrix.is_null()) {
      context.oddities.Add(fmt::format("rows of {} that are None", file),
                           fmt::format("'{}'", sample.id));
      continue;
    }
    const size_t wanted = to == &ActAlignSample::option_vectors ? sample.options.size() : 0;
    if (sample.id.empty()) continue;  // counted already
    GESTA_ASSIGN_OR_RETURN(const bool good,
                           CheckMatrix(matrix, wanted, file, fmt::format("row {}", i), context));
    if (good) sample.*to = matrix;
  }
  return Status::Ok();
}

Result<bool> ActAlignFiles::CheckMatrix(const Nested& matrix, size_t rows, const std::string& file,
                                        const std::string& what, JobContext& context) {
  const auto bad = [&](const std::string& why) -> Result<bool> {
    GESTA_RETURN_IF_ERROR(context.bad_rows.Add(fmt::format("{}: {}", Path(file), what), why));
    return false;
  };
  size_t columns = 0;
  if (!matrix.ReadMatrix(&scratch_, &columns)) return bad("is no matrix of numbers");
  if (dimension_ == 0) dimension_ = columns;
  if (columns != dimension_) {
    return bad(fmt::format("has {} columns, and what came before it {}", columns, dimension_));
  }
  const size_t found = scratch_.size() / columns;
  if (rows != 0 && found != rows) return bad(fmt::format("has {} rows instead of {}", found, rows));
  for (size_t row = 0; row < found; ++row) {
    bool zero = true;
    for (size_t i = 0; i < columns; ++i) {
      const float number = scratch_[row * columns + i];
      if (!std::isfinite(number)) {
        return bad(fmt::format("holds {} in row {}, column {}", number, row, i));
      }
      zero = zero && number == 0;
    }
    if (zero) return bad(fmt::format("has length 0 in row {}", row));
  }
  return true;
}

}  // namespace gesta::ingest
