#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <thread>

#include "gesta/format/digest.h"
#include "gesta/format/json.h"
#include "gesta/model_hub.h"
#include "hub/hub_files.h"
#include "llm/http_session.h"

namespace gesta {

namespace fs = std::filesystem;
using format::Digest;
using hub::HubFile;

namespace {

constexpr uint64_t kLongestList = uint64_t{64} << 20;
constexpr int64_t kIdleMilliseconds = 60'000;
constexpr std::chrono::milliseconds kFirstWait{500};

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

// What arrives of a file's body.
struct Receiver {
  std::FILE* out = nullptr;
  uint64_t done = 0;
  bool failed = false;
};

class Fetcher {
 public:
  Fetcher(std::unique_ptr<HttpSession> session, std::string repository, std::string folder,
          const FetchOptions& options)
      : session_(std::move(session)),
        repository_(std::move(repository)),
        folder_(std::move(folder)),
        options_(options) {}

  Status Run() {
    // A branch may move while files are fetched, and between two attempts: all come of one commit.
    const std::string api = options_.hub + "/api/models/" + repository_;
    const std::string about = api + "/revision/" + options_.revision;
    GESTA_ASSIGN_OR_RETURN(const std::string revision, GetText(about));
    GESTA_ASSIGN_OR_RETURN(const auto described, format::ParseJson(revision, about));
    const format::Datum* commit = described.root().Find("sha");
    if (!commit || !commit->is_string()) {
      return Status(StatusCode::kBadData, about + ": names no commit");
    }
    const std::string tree = fmt::format("{}/tree/{}?recursive=true", api, commit->text());
    GESTA_ASSIGN_OR_RETURN(const std::string list, GetText(tree));
    GESTA_ASSIGN_OR_RETURN(const auto files, format::ParseJson(list, tree));
    GESTA_ASSIGN_OR_RETURN(const auto needed, hub::NeededFiles(files.root(), tree));
    for (const HubFile& file : needed) {
      GESTA_RETURN_IF_ERROR(FetchFile(file, fmt::format("{}/{}/resolve/{}/{}", options_.hub,
                                                        repository_, commit->text(), file.path)));
    }
    return Status::Ok();
  }

 private:
  struct Answer {
    int32_t outcome = 0;
    int32_t status = 0;
    std::string body;
    std::string message;
  };

  Status Interrupted() const {
    return options_.check_interrupt ? options_.check_interrupt() : Status::Ok();
  }

  // One exchange. Errors of it are in the answer; a Status that is not ok ends everything.
  Result<Answer> Exchange(const std::string& url, uint64_t offset, Receiver* receiver,
                          const HubFile* file) {
    GestaHttpRequest request{};
    const std::string range = fmt::format("Range: bytes={}-", offset);
    const GestaHttpSpan header = HttpSpan(range);
    request.method = HttpSpan("GET");
    request.url = HttpSpan(url);
    request.headers = &header;
    request.header_count = offset > 0 ? 1 : 0;
    request.idle_timeout_ms = kIdleMilliseconds;
    request.max_body_bytes = receiver ? uint64_t{1} << 46 : kLongestList;
    request.follow_redirects = 1;
    if (receiver) {
      request.user = receiver;
      request.on_body = [](void* user, const char* data, size_t size) -> int32_t {
        auto& own = *static_cast<Receiver*>(user);
        own.failed = std::fwrite(data, 1, size, own.out) != size;
        own.done += size;
        return own.failed ? 1 : 0;
      };
    }
    GESTA_RETURN_IF_ERROR(session_->Start(1, request));
    GestaHttpResponse response{};
    while (!session_->Wait(100, &response)) {
      if (Status status = Interrupted(); !status.ok()) {
        session_->CancelAll();
        return status;
      }
      if (receiver && options_.progress) {
        options_.progress(file->path, receiver->done, file->size);
      }
    }
    return Answer{response.outcome, response.status, std::string(HttpText(response.body)),
                  std::string(HttpText(response.message))};
  }

  // Whether it may go better the next time.
  static bool MayPass(const Answer& answer) {
    if (answer.outcome == kGestaHttpDone) return answer.status == 429 || answer.status >= 500;
    return answer.outcome == kGestaHttpTimeout || answer.outcome == kGestaHttpBroken ||
           answer.outcome == kGestaHttpNoServer || answer.outcome == kGestaHttpFailed;
  }

  static Status Failure(const std::string& url, const Answer& answer) {
    if (answer.outcome != kGestaHttpDone) {
      return Status(answer.outcome == kGestaHttpNoServer ? StatusCode::kNotFound : StatusCode::kIo,
                    fmt::format("{}: {}", url, answer.message),
                    "what has come stays: the same command goes on from there");
    }
    if (answer.status == 401 || answer.status == 403 || answer.status == 404) {
      return Status(StatusCode::kNotFound,
                    fmt::format("{}: there is no such repository, or it is not open to everybody "
                                "(status {})",
                                url, answer.status));
    }
    return Status(StatusCode::kIo,
                  fmt::format("{}: the server answers with status {}", url, answer.status));
  }

  Status Wait(int attempt) const {
    const auto until = std::chrono::steady_clock::now() + kFirstWait * (1 << std::min(attempt, 6));
    while (std::chrono::steady_clock::now() < until) {
      GESTA_RETURN_IF_ERROR(Interrupted());
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return Status::Ok();
  }

  Result<std::string> GetText(const std::string& url) {
    for (int attempt = 0;; ++attempt) {
      GESTA_ASSIGN_OR_RETURN(Answer answer, Exchange(url, 0, nullptr, nullptr));
      if (answer.outcome == kGestaHttpDone && answer.status == 200) return std::move(answer.body);
      if (!MayPass(answer) || attempt >= options_.retries) return Failure(url, answer);
      GESTA_RETURN_IF_ERROR(Wait(attempt));
    }
  }

  // Whether the file at `path` has the hub's hash.
  Result<bool> HasHash(const std::string& path, const HubFile& file) const {
    std::error_code error;
    if (fs::file_size(path, error) != file.size || error) return false;
    const bool large = file.sha256.size() == 64;
    GESTA_ASSIGN_OR_RETURN(
        const format::FileDigest digest,
        format::DigestFile(path, large ? Digest::Kind::kSha256 : Digest::Kind::kSha1,
                           /*git_blob=*/!large, options_.check_interrupt));
    return digest.hex == (large ? file.sha256 : file.git_sha1);
  }

  Status FetchFile(const HubFile& file, const std::string& url) {
    const std::string path = folder_ + "/" + file.path;
    std::error_code error;
    fs::create_directories(fs::path(path).parent_path(), error);
    GESTA_ASSIGN_OR_RETURN(const bool there, HasHash(path, file));
    if (there) return Status::Ok();
    const std::string part = path + ".part";
    bool whole = false;  // the server gives no ranges, or what was there had the wrong bytes
    for (int attempt = 0;; ++attempt) {
      const uint64_t have = whole ? 0 : fs::file_size(part, error);
      uint64_t offset = error || have > file.size ? 0 : have;
      error.clear();
      Answer answer;
      if (offset < file.size || file.size == 0) {
        GESTA_ASSIGN_OR_RETURN(answer, Receive(file, url, part, offset));
      } else {
        answer.status = 206;  // all of it came before
      }
      if (answer.outcome == kGestaHttpDone && answer.status == 200 && offset > 0) {
        whole = true;  // the range was ignored: its bytes were put behind the others
        continue;
      }
      const bool arrived =
          answer.outcome == kGestaHttpDone && (answer.status == 200 || answer.status == 206);
      if (arrived) {
        GESTA_ASSIGN_OR_RETURN(const bool right, HasHash(part, file));
        if (right) break;
        fs::remove(part, error);
        if (offset == 0) {
          return Status(
              StatusCode::kCorruption,
              fmt::format("{}: what came does not have the hash that the hub gives", url));
        }
        whole = true;
        continue;
      }
      if (!MayPass(answer) || attempt >= options_.retries) return Failure(url, answer);
      GESTA_RETURN_IF_ERROR(Wait(attempt));
    }
    fs::rename(part, path, error);
    if (error) return Status(StatusCode::kIo, fmt::format("{}: {}", path, error.message()));
    return Status::Ok();
  }

  Result<Answer> Receive(const HubFile& file, const std::string& url, const std::string& part,
                         uint64_t offset) {
    const File out(std::fopen(part.c_str(), offset > 0 ? "ab" : "wb"));
    if (!out) return Status(StatusCode::kIo, part + ": cannot be written");
    Receiver receiver{out.get(), offset, false};
    GESTA_ASSIGN_OR_RETURN(Answer answer, Exchange(url, offset, &receiver, &file));
    if (receiver.failed || std::fflush(out.get()) != 0) {
      return Status(StatusCode::kIo, part + ": cannot be written; is the disk full?");
    }
    return answer;
  }

  std::unique_ptr<HttpSession> session_;
  std::string repository_;
  std::string folder_;
  const FetchOptions& options_;
};

}  // namespace

const std::vector<KnownModel>& KnownModels() {
  static const std::vector<KnownModel> kModels = {
      {"minilm", "sentence-transformers/all-MiniLM-L6-v2", "texts, 384 numbers, 90 MB"},
      {"mpnet", "sentence-transformers/all-mpnet-base-v2", "texts, 768 numbers, 440 MB"},
      {"clip", "openai/clip-vit-base-patch32", "texts and images, 512 numbers, 600 MB"},
      {"clip-b16", "openai/clip-vit-base-patch16", "texts and images, 512 numbers, 600 MB"},
      {"clip-l14", "openai/clip-vit-large-patch14", "texts and images, 768 numbers, 1.7 GB"},
      {"siglip", "google/siglip-base-patch16-224", "texts and images, 768 numbers, 810 MB"},
      {"siglip-so400m", "google/siglip-so400m-patch14-384",
       "texts and images, 1152 numbers, 3.5 GB"},
      {"siglip2", "google/siglip2-base-patch16-224", "texts and images, 768 numbers, 1.5 GB"},
      {"siglip2-so400m", "google/siglip2-so400m-patch14-384",
       "texts and images, 1152 numbers, 4.5 GB"}};
  return kModels;
}

Status FetchModel(const std::string& repository, const std::string& folder,
                  const FetchOptions& options) {
  const size_t slash = repository.find('/');
  if (slash == 0 || slash == std::string::npos || slash + 1 == repository.size() ||
      repository.find_first_of(" ?#%\\") != std::string::npos ||
      repository.find("..") != std::string::npos) {
    return Status(StatusCode::kInvalidArgument,
                  fmt::format("'{}' is no repository; they are named owner/name", repository));
  }
  GESTA_ASSIGN_OR_RETURN(auto session, HttpSession::Open());
  return Fetcher(std::move(session), repository, folder, options).Run();
}

}  // namespace gesta
