// RowWriter: rows of entities whose ids count up, written to table files by a thread of its own
// while the caller makes the next rows; at the end the members of relationship types.
#ifndef GESTA_STORE_ROW_WRITER_H_
#define GESTA_STORE_ROW_WRITER_H_

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "store/member_ranges.h"
#include "store/table_set.h"

namespace gesta::store {

class RowWriter {
 public:
  explicit RowWriter(TableSet* tables);
  ~RowWriter();  // drops what is not written yet
  RowWriter(const RowWriter&) = delete;
  RowWriter& operator=(const RowWriter&) = delete;

  // Where the next row is to be appended. Precondition: ids of a family ascend without gaps.
  std::string* Next(Family family, uint64_t id);
  // The row that Next asked for is complete. An error is one of an earlier row.
  Status EndRow(Family family);
  // Waits until all rows are written, and writes the members of types in the calling thread.
  Status Finish();

 private:
  struct Chunk {
    Family family = Family::kNode;
    uint64_t first = 0;
    std::string bytes;
    std::vector<size_t> ends;
  };
  static constexpr size_t kChunkBytes = 1 << 20;
  static constexpr size_t kMaxWaiting = 8;  // chunks
  static constexpr size_t kMaxRanges = 1 << 20;

  Chunk& ChunkOf(Family family) { return family == Family::kNode ? nodes_ : rels_; }
  Status Submit(Chunk* chunk);
  void Run();
  Status Write(const Chunk& chunk);

  TableSet* const tables_;
  MemberRanges type_members_;  // of the writing thread; written at the end
  Chunk nodes_;
  Chunk rels_;

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<Chunk> waiting_;
  bool writing_ = false;
  bool stop_ = false;
  Status status_;
  std::thread thread_;  // last: it uses the others
};

}  // namespace gesta::store

#endif  // GESTA_STORE_ROW_WRITER_H_
