#include "load/frame_pipeline.h"

#include <algorithm>
#include <new>
#include <utility>

namespace gesta::ingest {
namespace {

size_t BytesOf(const FrameBatch& batch) {
  size_t bytes = 0;
  for (const DecodedFrame& frame : batch.frames) bytes += frame.pixels.size();
  return bytes;
}

}  // namespace

FramePipeline::FramePipeline(std::vector<VideoRequest> requests, const Options& options)
    : requests_(std::move(requests)), options_(options), thread_([this] { Run(); }) {}

FramePipeline::~FramePipeline() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool FramePipeline::Next(FrameBatch* batch) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return !ready_.empty() || ended_; });
  if (ready_.empty()) return false;
  *batch = std::move(ready_.front());
  ready_.pop_front();
  bytes_ -= BytesOf(*batch);
  lock.unlock();
  changed_.notify_all();
  return true;
}

bool FramePipeline::Push(FrameBatch batch) {
  const size_t bytes = BytesOf(batch);
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock,
                [&] { return stop_ || ready_.empty() || bytes_ + bytes <= options_.bytes_ahead; });
  if (stop_) return false;
  bytes_ += bytes;
  ready_.push_back(std::move(batch));
  lock.unlock();
  changed_.notify_all();
  return true;
}

void FramePipeline::Decode(size_t video) {
  FrameBatch batch;
  batch.video = video;
  const auto fail = [&](Status status) {
    FrameBatch failed;
    failed.video = video;
    failed.last = true;
    failed.status = std::move(status);
    Push(std::move(failed));
  };
  Result<VideoFrames> opened = VideoFrames::Open(requests_[video]);
  if (!opened.ok()) return fail(opened.status());
  batch.info = opened->info();
  while (true) {
    GestaVideoFrame frame{};
    const Result<bool> more = opened->Next(&frame);
    if (!more.ok()) return fail(more.status());
    if (!*more) break;
    if (batch.frames.size() >= std::max<size_t>(1, options_.batch_frames)) {
      FrameBatch full;
      full.video = video;
      full.info = batch.info;
      full.frames = std::exchange(batch.frames, {});
      if (!Push(std::move(full))) return;
    }
    const size_t bytes = size_t{3} * frame.width * frame.height;
    batch.frames.push_back(
        {frame.index, frame.time, frame.width, frame.height, {frame.pixels, frame.pixels + bytes}});
  }
  batch.last = true;
  Push(std::move(batch));
}

void FramePipeline::Run() {
  for (size_t video = 0; video < requests_.size(); ++video) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (stop_) break;
    }
    try {
      Decode(video);
    } catch (const std::bad_alloc&) {
      FrameBatch failed;
      failed.video = video;
      failed.last = true;
      failed.status = Status(StatusCode::kMemoryBudget,
                             requests_[video].path + ": too little memory for its frames");
      Push(std::move(failed));
    }
  }
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
}

}  // namespace gesta::ingest
