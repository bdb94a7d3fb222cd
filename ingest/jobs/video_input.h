// What jobs on videos read: which files, which frames of them, and what else is known of each.
#ifndef GESTA_INGEST_JOBS_VIDEO_INPUT_H_
#define GESTA_INGEST_JOBS_VIDEO_INPUT_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gesta/format/document.h"
#include "gesta/status.h"
#include "gesta/value.h"
#include "gesta/video_frames.h"
#include "jobs/job.h"

namespace gesta::ingest {

struct VideoInput {
  std::string id;
  VideoRequest request;
  std::vector<std::pair<std::string, Value>> properties;  // of the video, beside the usual ones
};

// Sampling and blur of every video of a job: the options every, fps, count, start, end, blur and
// image-fps, which SamplingOptions describes.
Result<VideoRequest> ReadSampling(const IngestOptions& options);
std::vector<IngestOptionInfo> SamplingOptions();

// A record of a CSV, TSV or JSON Lines file, or of a JSON file with a list of objects.
class Record {
 public:
  virtual ~Record() = default;
  virtual std::string place() const = 0;  // file and line, for messages
  virtual std::vector<std::string> Names() const = 0;
  // Null for what is missing, empty or null; a nested value of JSON is not given.
  virtual Value Get(std::string_view name) const = 0;
  // A nested value, of a CSV field as JSON text. Null: there is none. Valid until the next call.
  virtual Result<const format::Datum*> Nested(std::string_view name) = 0;

  // The first of these that the record has, as text; "".
  std::string Text(const std::vector<std::string_view>& names) const;
  // kBadData: it is no number.
  Result<std::optional<double>> Number(const std::vector<std::string_view>& names) const;
};

// Calls visit for every record; its errors that are kBadData are bad rows.
Status ReadRecords(const std::string& path, JobContext& context,
                   const std::function<Status(Record&)>& visit);
bool IsRecordFile(const std::string& path);  // by its name

// Regions to blur: an object from a frame's number to a list of objects, each with
// bounding_poly.vertices, a list of [x, y] or {x, y}; the rectangle around them is blurred. Frames
// are those of the file, from 0. kBadData.
Result<std::vector<GestaVideoRegion>> ReadRegions(const format::Datum& frames);

// The files below a folder that are videos, or sound, by their names, and folders with images and
// no videos, ascending by path; or the one that the path is.
Result<std::vector<std::string>> FindVideos(const std::string& path);

// What tells a file (or a folder of images) from another one with the same name: size and parts of
// its content. 0: it cannot be read.
uint64_t FingerprintOf(const std::string& path);
// And what its frames' vectors depend on, beside the model.
uint64_t SourceHash(const VideoRequest& request, std::string_view model_version);

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_JOBS_VIDEO_INPUT_H_
