#include "jobs/video_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>

#include "readers/csv_reader.h"
#include "readers/json.h"
#include "readers/json_lines_reader.h"

namespace gesta::ingest {
namespace {

namespace fs = std::filesystem;
using format::Datum;

// FNV-1a.
class Hash {
 public:
  void Add(std::string_view bytes) {
    for (const char byte : bytes) {
      state_ = (state_ ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
    }
    state_ = (state_ ^ 0xff) * 0x100000001b3u;
  }
  template <typename Number>
  void AddNumber(Number number) {
    char bytes[sizeof number];
    std::memcpy(bytes, &number, sizeof number);
    Add({bytes, sizeof bytes});
  }
  // Never 0, which means unknown.
  uint64_t value() const { return state_ == 0 ? 1 : state_; }

 private:
  uint64_t state_ = 0xcbf29ce484222325u;
};

std::string Ending(const std::string& path) {
  std::string ending = fs::path(path).extension().string();
  for (char& c : ending) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return ending;
}

bool IsOneOf(std::string_view text, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// Files of sound are named too: who has them among the videos is told.
bool IsVideoName(const std::string& path) {
  return IsOneOf(Ending(path), {".mp4", ".m4v", ".mov", ".avi", ".mkv",  ".webm", ".mpg", ".mpeg",
                                ".wmv", ".flv", ".3gp", ".ts",  ".mts",  ".m2ts", ".ogv", ".vob",
                                ".wav", ".mp3", ".m4a", ".aac", ".flac", ".ogg",  ".opus"});
}

bool IsImageName(const std::string& path) {
  return IsOneOf(Ending(path), {".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".ppm"});
}

Value ToValue(const Datum& datum) {
  switch (datum.kind()) {
    case format::DatumKind::kBool:
      return Value::Boolean(datum.boolean());
    case format::DatumKind::kInt:
      return Value::Integer(datum.integer());
    case format::DatumKind::kFloat:
      return Value::Float(datum.number());
    case format::DatumKind::kString:
      return datum.text().empty() ? Value() : Value::String(datum.text());
    default:
      return {};
  }
}

class JsonRecord final : public Record {
 public:
  JsonRecord(const Datum& object, std::string place) : object_(object), place_(std::move(place)) {}

  std::string place() const override { return place_; }
  std::vector<std::string> Names() const override {
    std::vector<std::string> names;
    for (const Datum::Entry& entry : object_.entries()) names.emplace_back(entry.key->text());
    return names;
  }
  Value Get(std::string_view name) const override {
    const Datum* found = object_.Find(name);
    return found == nullptr ? Value() : ToValue(*found);
  }
  Result<const Datum*> Nested(std::string_view name) override {
    const Datum* found = object_.Find(name);
    if (found == nullptr || found->is_null()) return static_cast<const Datum*>(nullptr);
    if (!found->is_string()) return found;
    if (found->text().empty()) return static_cast<const Datum*>(nullptr);
    GESTA_ASSIGN_OR_RETURN(nested_, readers::ParseJson(found->text(), place_));
    return &nested_.root();
  }

 private:
  const Datum& object_;
  const std::string place_;
  format::Document nested_;
};

class CsvRecord final : public Record {
 public:
  CsvRecord(const readers::CsvReader& reader, std::string place)
      : reader_(reader), place_(std::move(place)) {}

  std::string place() const override { return place_; }
  std::vector<std::string> Names() const override { return reader_.header(); }
  Value Get(std::string_view name) const override {
    const std::optional<size_t> column = reader_.Column(name);
    if (!column || reader_.fields()[*column].empty()) return {};
    return Value::String(reader_.fields()[*column]);
  }
  Result<const Datum*> Nested(std::string_view name) override {
    const Value text = Get(name);
    if (text.IsNull()) return static_cast<const Datum*>(nullptr);
    GESTA_ASSIGN_OR_RETURN(nested_, readers::ParseJson(text.AsString(), place_));
    return nested_.root().is_null() ? nullptr : &nested_.root();
  }

 private:
  const readers::CsvReader& reader_;
  const std::string place_;
  format::Document nested_;
};

// A bad row is counted; other errors end the reading.
Status Visit(Record& record, JobContext& context, const std::function<Status(Record&)>& visit) {
  Status status = visit(record);
  if (status.code() != StatusCode::kBadData) return status;
  return context.bad_rows.Add(status.WithContext(record.place()));
}

Status ReadCsv(const std::string& path, char delimiter, JobContext& context,
               const std::function<Status(Record&)>& visit) {
  readers::CsvOptions options;
  options.delimiter = delimiter;
  GESTA_ASSIGN_OR_RETURN(readers::CsvReader reader, readers::CsvReader::Open(path, options));
  while (true) {
    const readers::ReadState state = reader.Next();
    if (state == readers::ReadState::kEnd) return Status::Ok();
    if (state == readers::ReadState::kFailed) return reader.status();
    if (state == readers::ReadState::kBadRecord) {
      GESTA_RETURN_IF_ERROR(context.bad_rows.Add(reader.status()));
      continue;
    }
    CsvRecord record(reader, fmt::format("{}:{}", path, reader.line_number()));
    GESTA_RETURN_IF_ERROR(Visit(record, context, visit));
  }
}

Status ReadJsonLines(const std::string& path, JobContext& context,
                     const std::function<Status(Record&)>& visit) {
  GESTA_ASSIGN_OR_RETURN(readers::JsonLinesReader reader, readers::JsonLinesReader::Open(path));
  while (true) {
    const readers::ReadState state = reader.Next();
    if (state == readers::ReadState::kEnd) return Status::Ok();
    if (state == readers::ReadState::kFailed) return reader.status();
    if (state == readers::ReadState::kBadRecord) {
      GESTA_RETURN_IF_ERROR(context.bad_rows.Add(reader.status()));
      continue;
    }
    const std::string place = fmt::format("{}:{}", path, reader.line_number());
    if (!reader.value().is_dict()) {
      GESTA_RETURN_IF_ERROR(context.bad_rows.Add(place, "is no object"));
      continue;
    }
    JsonRecord record(reader.value(), place);
    GESTA_RETURN_IF_ERROR(Visit(record, context, visit));
  }
}

Status ReadJsonList(const std::string& path, JobContext& context,
                    const std::function<Status(Record&)>& visit) {
  GESTA_ASSIGN_OR_RETURN(const format::Document document, readers::ReadJson(path));
  if (!document.root().is_sequence()) {
    return Status(StatusCode::kBadData, fmt::format("{}: is no list of objects", path));
  }
  size_t i = 0;
  for (const Datum& object : document.root().items()) {
    const std::string place = fmt::format("{}: entry {}", path, i++);
    if (!object.is_dict()) {
      GESTA_RETURN_IF_ERROR(context.bad_rows.Add(place, "is no object"));
      continue;
    }
    JsonRecord record(object, place);
    GESTA_RETURN_IF_ERROR(Visit(record, context, visit));
  }
  return Status::Ok();
}

// The coordinate of a vertex, cut to what a picture may have.
bool ReadVertex(const Datum& vertex, double* x, double* y) {
  const Datum* at_x = vertex.is_dict() ? vertex.Find("x") : &vertex[0];
  const Datum* at_y = vertex.is_dict() ? vertex.Find("y") : &vertex[1];
  if (at_x == nullptr || at_y == nullptr || !at_x->is_number() || !at_y->is_number()) return false;
  *x = std::clamp(at_x->number(), 0.0, 1e6);
  *y = std::clamp(at_y->number(), 0.0, 1e6);
  return true;
}

Status BadRegions(const std::string& what) {
  return Status(StatusCode::kBadData, "frames_to_obfuscate: " + what);
}

Result<GestaVideoRegion> ReadRegion(const Datum& instruction) {
  const Datum* poly = instruction.Find("bounding_poly");
  const Datum* vertices = poly == nullptr ? nullptr : poly->Find("vertices");
  if (vertices == nullptr || !vertices->is_sequence() || vertices->size() == 0) {
    return BadRegions("a region has no bounding_poly with vertices");
  }
  double left = 1e6;
  double top = 1e6;
  double right = 0;
  double bottom = 0;
  for (const Datum& vertex : vertices->items()) {
    double x = 0;
    double y = 0;
    if (!ReadVertex(vertex, &x, &y)) return BadRegions("a vertex is no [x, y]");
    left = std::min(left, x);
    top = std::min(top, y);
    right = std::max(right, x);
    bottom = std::max(bottom, y);
  }
  GestaVideoRegion region{};
  region.left = static_cast<int32_t>(left);
  region.top = static_cast<int32_t>(top);
  region.right = static_cast<int32_t>(right);
  region.bottom = static_cast<int32_t>(bottom);
  return region;
}

template <typename Number>
Status ReadOption(const IngestOptions& options, const char* name, Number least, Number* to) {
  const std::string text = Option(options, name);
  if (text.empty()) return Status::Ok();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *to);
  if (error == std::errc() && end == text.data() + text.size() && *to >= least) return Status::Ok();
  return Status(StatusCode::kInvalidArgument,
                fmt::format("--{} takes a number from {}, not '{}'", name, least, text));
}

}  // namespace

std::vector<IngestOptionInfo> SamplingOptions() {
  return {{"every", "N", "every N-th frame"},
          {"fps", "F", "F frames a second"},
          {"count", "N", "N frames, the middles of equal parts"},
          {"start", "S", "from that second on"},
          {"end", "S", "up to that second"},
          {"image-fps", "F", "frames per second of folders with images"},
          {"blur", "N", "side in pixels of the Gaussian kernel for blurred regions (15)"}};
}

Result<VideoRequest> ReadSampling(const IngestOptions& options) {
  VideoRequest request;
  GESTA_RETURN_IF_ERROR(ReadOption<uint64_t>(options, "every", 1, &request.every));
  GESTA_RETURN_IF_ERROR(ReadOption<double>(options, "fps", 1e-6, &request.fps));
  GESTA_RETURN_IF_ERROR(ReadOption<uint64_t>(options, "count", 1, &request.count));
  GESTA_RETURN_IF_ERROR(ReadOption<double>(options, "start", 0, &request.start));
  GESTA_RETURN_IF_ERROR(ReadOption<double>(options, "end", 0, &request.end));
  GESTA_RETURN_IF_ERROR(ReadOption<double>(options, "image-fps", 1e-6, &request.folder_fps));
  GESTA_RETURN_IF_ERROR(ReadOption<int32_t>(options, "blur", 1, &request.blur));
  if ((request.every > 0) + (request.fps > 0) + (request.count > 0) > 1) {
    return Status(StatusCode::kInvalidArgument, "give one of --every, --fps and --count");
  }
  if (request.blur % 2 == 0) {
    return Status(StatusCode::kInvalidArgument,
                  fmt::format("--blur takes an odd number, not {}", request.blur));
  }
  return request;
}

std::string Record::Text(const std::vector<std::string_view>& names) const {
  for (const std::string_view name : names) {
    const Value value = Get(name);
    if (!value.IsNull()) return ToText(value, /*quote=*/false);
  }
  return "";
}

Result<std::optional<double>> Record::Number(const std::vector<std::string_view>& names) const {
  std::optional<double> number;
  for (const std::string_view name : names) {
    const Value value = Get(name);
    if (value.IsNull()) continue;
    if (value.IsNumber()) return std::optional<double>(value.AsNumber());
    const std::string text = ToText(value, /*quote=*/false);
    number.emplace();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
    if (error == std::errc() && end == text.data() + text.size() && std::isfinite(*number)) {
      return number;
    }
    return Status(StatusCode::kBadData, fmt::format("{} is no number: '{}'", name, text));
  }
  return number;
}

bool IsRecordFile(const std::string& path) {
  return IsOneOf(Ending(path), {".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".gz"});
}

Status ReadRecords(const std::string& path, JobContext& context,
                   const std::function<Status(Record&)>& visit) {
  std::string ending = Ending(path);
  if (ending == ".gz") ending = Ending(fs::path(path).stem().string());
  if (ending == ".csv") return ReadCsv(path, ',', context, visit);
  if (ending == ".tsv") return ReadCsv(path, '\t', context, visit);
  if (ending == ".json") return ReadJsonList(path, context, visit);
  return ReadJsonLines(path, context, visit);
}

Result<std::vector<GestaVideoRegion>> ReadRegions(const Datum& frames) {
  std::vector<GestaVideoRegion> regions;
  if (!frames.is_dict()) return BadRegions("is no object of frames");
  for (const Datum::Entry& entry : frames.entries()) {
    const std::string_view key = entry.key->text();
    uint64_t frame = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), frame);
    if (error != std::errc() || end != key.data() + key.size()) {
      return BadRegions(fmt::format("'{}' is no number of a frame", key));
    }
    if (entry.value->is_null()) continue;
    if (!entry.value->is_sequence()) return BadRegions("a frame has no list of regions");
    for (const Datum& instruction : entry.value->items()) {
      GESTA_ASSIGN_OR_RETURN(GestaVideoRegion region, ReadRegion(instruction));
      region.frame = frame;
      regions.push_back(region);
    }
  }
  std::stable_sort(regions.begin(), regions.end(),
                   [](const auto& a, const auto& b) { return a.frame < b.frame; });
  return regions;
}

Result<std::vector<std::string>> FindVideos(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    if (fs::exists(path, error)) return std::vector<std::string>{path};
    return Status(StatusCode::kNotFound, fmt::format("there is no file or folder '{}'", path));
  }
  std::vector<std::string> videos;
  std::vector<std::string> image_folders;
  std::vector<std::string> with_videos;  // folders
  const auto look_at = [&](const fs::path& file) {
    const std::string folder = file.parent_path().string();
    if (IsVideoName(file.string())) {
      videos.push_back(file.string());
      with_videos.push_back(folder);
    } else if (IsImageName(file.string())) {
      image_folders.push_back(folder);
    }
  };
  for (fs::recursive_directory_iterator at(path, error), end; !error && at != end;
       at.increment(error)) {
    std::error_code ignored;
    if (at->is_regular_file(ignored)) look_at(at->path());
  }
  if (error) return Status(StatusCode::kIo, fmt::format("{}: {}", path, error.message()));
  std::sort(with_videos.begin(), with_videos.end());
  std::sort(image_folders.begin(), image_folders.end());
  image_folders.erase(std::unique(image_folders.begin(), image_folders.end()), image_folders.end());
  for (std::string& folder : image_folders) {
    if (std::binary_search(with_videos.begin(), with_videos.end(), folder)) continue;
    videos.push_back(std::move(folder));
  }
  std::sort(videos.begin(), videos.end());
  if (!videos.empty()) return videos;
  return Status(StatusCode::kBadData, fmt::format("there are no videos in '{}'", path),
                "videos are files such as .mp4, .avi, .mkv and .webm, and folders with images");
}

uint64_t FingerprintOf(const std::string& path) {
  Hash hash;
  std::error_code error;
  if (fs::is_directory(path, error)) {
    std::vector<std::pair<std::string, uint64_t>> files;
    for (fs::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
      if (!IsImageName(at->path().string())) continue;
      files.emplace_back(at->path().filename().string(), at->file_size(error));
    }
    std::sort(files.begin(), files.end());
    for (const auto& [name, size] : files) {
      hash.Add(name);
      hash.AddNumber(size);
    }
    return error ? 0 : hash.value();
  }
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return 0;
  // Reading whole films to know them again would take longer than anything else.
  constexpr std::streamoff kPart = 64 << 10;
  const std::streamoff size = file.tellg();
  hash.AddNumber(static_cast<uint64_t>(size));
  std::string bytes(static_cast<size_t>(std::min(size, kPart)), '\0');
  for (const std::streamoff from : {std::streamoff{0}, size / 2, size - std::min(size, kPart)}) {
    file.clear();
    file.seekg(from);
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    hash.Add({bytes.data(), static_cast<size_t>(std::max<std::streamsize>(0, file.gcount()))});
  }
  return hash.value();
}

uint64_t SourceHash(const VideoRequest& request, std::string_view model_version) {
  Hash hash;
  hash.Add(model_version);
  hash.AddNumber(FingerprintOf(request.path));
  for (const double number : {request.folder_fps, request.start, request.end, request.fps}) {
    hash.AddNumber(number);
  }
  hash.AddNumber(request.every);
  hash.AddNumber(request.count);
  for (const GestaVideoRegion& region : request.regions) {
    hash.AddNumber(region.frame);
    for (const int32_t side : {region.left, region.top, region.right, region.bottom}) {
      hash.AddNumber(side);
    }
  }
  if (!request.regions.empty()) hash.AddNumber(request.blur);
  return hash.value();
}

}  // namespace gesta::ingest
