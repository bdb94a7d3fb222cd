#include "store/row_writer.h"

#include "store/row.h"

namespace gesta::store {

RowWriter::RowWriter(TableSet* tables) : tables_(tables), thread_([this] { Run(); }) {
  nodes_.family = Family::kNode;
  rels_.family = Family::kRel;
}

RowWriter::~RowWriter() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::string* RowWriter::Next(Family family, uint64_t id) {
  Chunk& chunk = ChunkOf(family);
  if (chunk.ends.empty()) {
    chunk.first = id;
    chunk.bytes.reserve(kChunkBytes + kChunkBytes / 16);
  }
  return &chunk.bytes;
}

Status RowWriter::EndRow(Family family) {
  Chunk& chunk = ChunkOf(family);
  chunk.ends.push_back(chunk.bytes.size());
  return chunk.bytes.size() < kChunkBytes ? Status::Ok() : Submit(&chunk);
}

Status RowWriter::Submit(Chunk* chunk) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [&] { return waiting_.size() < kMaxWaiting || !status_.ok(); });
  if (!status_.ok()) return status_;
  const Family family = chunk->family;
  waiting_.push_back(std::move(*chunk));
  *chunk = Chunk();
  chunk->family = family;
  changed_.notify_all();
  return Status::Ok();
}

Status RowWriter::Finish() {
  for (Chunk* chunk : {&nodes_, &rels_}) {
    if (!chunk->ends.empty()) GESTA_RETURN_IF_ERROR(Submit(chunk));
  }
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [&] { return (waiting_.empty() && !writing_) || !status_.ok(); });
  GESTA_RETURN_IF_ERROR(status_);
  return type_members_.WriteTypes(tables_);
}

void RowWriter::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stop_ || !waiting_.empty(); });
    if (stop_) return;
    const Chunk chunk = std::move(waiting_.front());
    waiting_.pop_front();
    writing_ = true;
    lock.unlock();
    changed_.notify_all();
    const Status status = Write(chunk);
    lock.lock();
    writing_ = false;
    if (status_.ok()) status_ = status;
    changed_.notify_all();
  }
}

Status RowWriter::Write(const Chunk& chunk) {
  const std::string_view bytes = chunk.bytes;
  size_t begin = 0;
  for (size_t i = 0; i < chunk.ends.size(); ++i) {
    const std::string_view row = bytes.substr(begin, chunk.ends[i] - begin);
    GESTA_RETURN_IF_ERROR(tables_->Add(chunk.family, Key().U64(chunk.first + i), row));
    if (chunk.family == Family::kRel) type_members_.Add(RelType(row), chunk.first + i);
    begin = chunk.ends[i];
  }
  if (type_members_.size() > kMaxRanges) return type_members_.WriteTypes(tables_);
  return Status::Ok();
}

}  // namespace gesta::store
