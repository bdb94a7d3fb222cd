#include "export/line_sorter.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <queue>

namespace gesta::ingest {
namespace {

constexpr size_t kReadBytes = 64 << 10;  // at least; ahead of each part while merging

Status TemporaryFailed() {
  return Status(
      StatusCode::kIo,
      std::string("the temporary file for sorting cannot be used: ") + std::strerror(errno),
      "TMPDIR says where temporary files are made");
}

}  // namespace

Status LineSorter::Add(std::string_view line) {
  lines_.emplace_back(text_.size(), line.size());
  text_.append(line);
  text_.push_back('\n');
  const size_t used = text_.size() + lines_.size() * sizeof lines_[0];
  return used < memory_bytes_ ? Status::Ok() : Spill();
}

void LineSorter::Sort() {
  const std::string_view text = text_;
  std::sort(lines_.begin(), lines_.end(), [text](const auto& a, const auto& b) {
    return text.substr(a.first, a.second) < text.substr(b.first, b.second);
  });
}

Status LineSorter::Spill() {
  if (!file_) {
    const char* folder = std::getenv("TMPDIR");
    std::string name = std::string(folder != nullptr ? folder : "/tmp") + "/gesta-sort-XXXXXX";
    const int fd = ::mkstemp(name.data());
    if (fd < 0) return TemporaryFailed();
    ::unlink(name.c_str());
    file_.reset(::fdopen(fd, "w+b"));
    if (!file_) return TemporaryFailed();
  }
  Sort();
  Part part;
  part.at = file_bytes_;
  for (const auto& [at, size] : lines_) {
    if (std::fwrite(text_.data() + at, 1, size + 1, file_.get()) != size + 1) {
      return TemporaryFailed();
    }
    file_bytes_ += size + 1;
  }
  part.end = file_bytes_;
  parts_.push_back(std::move(part));
  text_.clear();
  lines_.clear();
  return Status::Ok();
}

Result<bool> LineSorter::Advance(Part* part, size_t buffer_bytes) {
  size_t end;
  while ((end = part->bytes.find('\n', part->next)) == std::string::npos) {
    if (part->at == part->end) return false;
    part->bytes.erase(0, part->next);
    part->next = 0;
    const size_t before = part->bytes.size();
    const auto more = static_cast<size_t>(std::min<uint64_t>(buffer_bytes, part->end - part->at));
    part->bytes.resize(before + more);
    const ssize_t got = ::pread(fileno(file_.get()), part->bytes.data() + before, more,
                                static_cast<off_t>(part->at));
    if (got <= 0) return TemporaryFailed();
    part->bytes.resize(before + static_cast<size_t>(got));
    part->at += static_cast<uint64_t>(got);
  }
  part->line = std::string_view(part->bytes).substr(part->next, end - part->next);
  part->next = end + 1;
  return true;
}

Status LineSorter::Merge(const std::function<Status(std::string_view)>& take) {
  GESTA_RETURN_IF_ERROR(Spill());
  if (std::fflush(file_.get()) != 0) return TemporaryFailed();
  text_ = {};
  lines_ = {};
  const size_t buffer = std::max(memory_bytes_ / parts_.size(), kReadBytes);
  const auto later = [](const Part* a, const Part* b) { return a->line > b->line; };
  std::priority_queue<Part*, std::vector<Part*>, decltype(later)> heads(later);
  for (Part& part : parts_) {
    GESTA_ASSIGN_OR_RETURN(const bool found, Advance(&part, buffer));
    if (found) heads.push(&part);
  }
  while (!heads.empty()) {
    Part* const first = heads.top();
    heads.pop();
    GESTA_RETURN_IF_ERROR(take(first->line));
    GESTA_ASSIGN_OR_RETURN(const bool found, Advance(first, buffer));
    if (found) heads.push(first);
  }
  return Status::Ok();
}

Status LineSorter::Finish(const std::function<Status(std::string_view line)>& take) {
  if (file_) return Merge(take);
  Sort();
  for (const auto& [at, size] : lines_) {
    GESTA_RETURN_IF_ERROR(take(std::string_view(text_).substr(at, size)));
  }
  text_ = {};
  lines_ = {};
  return Status::Ok();
}

}  // namespace gesta::ingest
