// The files of the published ActAlign scripts (Aghdam et al. 2025): samples with their subactions,
// and the embeddings of frames, subactions and options.
//
//   generated_subactions.json      a list of samples: id, youtube_id, domain, action, question,
//                                  cleaned_options, correct_answer_index, and subactions, an object
//                                  "OPTION in DOMAIN" -> phrases. Options may lack theirs.
//   encoded_subactions.npy         a list for each of these samples: a matrix (subactions x
//                                  dimension) for each option that has subactions
//   video_embeddings.npy           frames x dimension for each row of processed_dataset.npy (each
//                                  sample, where that file is not there), or None
//   processed_dataset.npy          rows of youtube_id, id, action, domain, question, answer (from
//                                  1), choices_str, choice_descriptions, processed_video_path,
//                                  video_frames
//   processed_dataset_missing.npy  the same, or rows of youtube_id, id and an error: videos that
//                                  could not be read
//   option_embeddings.npy          options x dimension for each row, as video_embeddings.npy
//
// Only the first must be there.
#ifndef GESTA_INGEST_JOBS_ACTALIGN_FILES_H_
#define GESTA_INGEST_JOBS_ACTALIGN_FILES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gesta/format/document.h"
#include "gesta/status.h"
#include "jobs/job.h"
#include "jobs/nested_array.h"

namespace gesta::ingest {

struct ActAlignOption {
  std::string text;
  std::vector<std::string> phrases;      // empty: it has no subactions
  std::optional<Nested> phrase_vectors;  // a row for each phrase
};

struct ActAlignSample {
  std::string id;
  std::string youtube_id;
  std::string domain;
  std::string action;
  std::string question;  // empty: the row is of a video alone
  std::vector<ActAlignOption> options;
  int64_t correct = -1;    // -1: not known
  bool generated = false;  // it is in generated_subactions.json
  std::optional<Nested> frames;
  std::optional<Nested> option_vectors;  // a row for each option
  std::string uri;
  std::string descriptions;  // of the choices
  std::string error;         // why the video is missing
};

class ActAlignFiles {
 public:
  // Which of the files there are, in the order above. kNotFound: not even the first.
  static Result<std::vector<std::string>> List(const std::string& folder);

  // Reads and checks everything. Files that contradict each other are refused (kBadData); samples
  // that are wrong are bad rows, matrices that are wrong are left out as such.
  static Result<ActAlignFiles> Read(const std::string& folder, JobContext& context);

  // Those of generated_subactions.json first, in its order.
  const std::vector<ActAlignSample>& samples() const { return samples_; }
  size_t dimension() const { return dimension_; }  // 0: there are no vectors

 private:
  Status ReadGenerated(JobContext& context);
  Status ReadProcessed(JobContext& context);
  Status ReadMissing(JobContext& context);
  Status ReadSubactionVectors(JobContext& context);
  Status ReadRows(const std::string& file, std::optional<Nested> ActAlignSample::*to,
                  JobContext& context);
  // The row of the table, as a sample whose options have no subactions. False: it has none of the
  // forms that the scripts write.
  static bool ReadRow(const Nested& row, ActAlignSample* sample);
  // Whether a matrix has `rows` rows (0: any number), the dimension of the others and can be
  // compared. Otherwise a bad row that says where.
  Result<bool> CheckMatrix(const Nested& matrix, size_t rows, const std::string& file,
                           const std::string& what, JobContext& context);
  Result<const format::Datum*> Load(const std::string& file);
  bool Has(const std::string& file) const;
  std::string Path(const std::string& file) const { return folder_ + "/" + file; }

  std::string folder_;
  std::vector<std::string> present_;
  // What the samples refer to; moving a document leaves its values where they are.
  std::vector<format::Document> documents_;
  std::vector<ActAlignSample> samples_;
  std::vector<size_t> rows_;  // of processed_dataset.npy: the sample of each
  bool has_rows_ = false;
  size_t dimension_ = 0;
  std::vector<float> scratch_;
};

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_JOBS_ACTALIGN_FILES_H_
