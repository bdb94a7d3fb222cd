// The folder of a dataset as the HAAN project (hierarchical atomic action network) publishes it:
// numpy files with one entry a video, and the hierarchy of the classes.
//
//   video_names.npy               texts
//   labels.npy                    lists of [coarse class, fine class], one for each segment
//   segments.npy                  lists of [start, end] in seconds, likewise
//   sec2clip_ratios.npy           clips in a second
//   fine_to_coarse_mappings.json  {"fine class": coarse class, …}
//   features.npy                  clips x dimension for each video; may be missing
#ifndef GESTA_INGEST_JOBS_HAAN_FOLDER_H_
#define GESTA_INGEST_JOBS_HAAN_FOLDER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "gesta/format/document.h"
#include "gesta/status.h"
#include "jobs/job.h"

namespace gesta::ingest {

struct HaanSegment {
  int64_t ordinal = 0;  // its place in the file's list of the video
  int64_t fine = 0;
  double start = 0;  // seconds
  double end = 0;
};

struct HaanVideo {
  std::string name;
  double clips_per_second = 0;
  std::vector<HaanSegment> segments;
  // Clip features: rows [first_clip, first_clip + clips) of an array with `dimension` columns.
  const format::NdArray* features = nullptr;  // null: none
  size_t first_clip = 0;
  size_t clips = 0;
};

struct HaanFolder {
  std::vector<HaanVideo> videos;
  std::vector<int64_t> coarse;  // by fine class
  size_t dimension = 0;         // of a clip's features; 0: the folder has none
  format::Document features;    // holds what the videos point to
};

// The files of `folder` that there are, as full paths. kNotFound: one is missing that must be
// there.
Result<std::vector<std::string>> FindHaanFiles(const std::string& folder);

// Reads and checks everything. Rows that cannot be used (classes that the hierarchy lacks, times
// that are no numbers, features that do not fit) go to context.bad_rows and are left out; what is
// odd but kept is listed in context.oddities.
Result<HaanFolder> ReadHaanFolder(const std::string& folder, JobContext& context);

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_JOBS_HAAN_FOLDER_H_
