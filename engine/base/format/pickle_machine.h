// PickleMachine: Python's pickle opcodes, protocols 0 to 5 (as documented in Python's
// Lib/pickletools.py), on a stack of Datum.
#ifndef GESTA_ENGINE_BASE_FORMAT_PICKLE_MACHINE_H_
#define GESTA_ENGINE_BASE_FORMAT_PICKLE_MACHINE_H_

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "format/pickle_session.h"
#include "gesta/status.h"

namespace gesta::format {

class PickleMachine {
 public:
  // Reads a pickle that begins at byte `start` of the piece. `torch` is null outside torch files.
  PickleMachine(PickleSession* session, const Piece& piece, size_t start, TorchFile* torch)
      : session_(*session),
        builder_(session->builder()),
        piece_(piece),
        torch_(torch),
        at_(piece.bytes.data() + start),
        end_(piece.bytes.data() + piece.bytes.size()),
        opcode_at_(at_) {}

  // Runs to the STOP opcode.
  Result<Datum*> Run();
  // The byte of the piece after the pickle.
  size_t position() const { return static_cast<size_t>(at_ - piece_.bytes.data()); }

 private:
  // These set error_ and return false (or null) when the file is at fault.
  bool Fail(StatusCode code, std::string_view what);
  bool Bad(std::string_view what) { return Fail(StatusCode::kBadData, what); }
  bool FailWith(const Status& status);
  const char* Take(uint64_t size);
  bool TakeLine(std::string_view* line);
  bool TakeSized(size_t width, std::string_view* bytes);  // a length of `width` bytes, then bytes

  bool Push(Datum* datum) {
    stack_.push_back(datum);
    return true;
  }
  size_t Fence() const { return marks_.empty() ? 0 : marks_.back(); }
  Datum* Pop();
  Datum* Top();
  bool PopMark(size_t* begin);  // the stack's items from `begin` on lie above the mark
  bool Put(uint64_t index, Datum* datum);
  bool Get(uint64_t index);

  bool Step(uint8_t opcode);
  bool PushString(std::string_view text);         // str
  bool PushPython2String(std::string_view text);  // str of Python 2
  bool PushEscapedUnicode(std::string_view line);
  bool PushQuotedString(std::string_view line);
  bool PushDecimal(std::string_view line);
  bool PushInteger(std::string_view little_endian);  // two's complement
  bool PushTextFloat(std::string_view line);
  bool PushName(std::string_view module, std::string_view name);
  bool MakeSequence(DatumKind kind, size_t begin);
  bool AddItems(size_t begin, bool list);
  bool SetItems(size_t begin);
  bool Call(const Datum& callable, const Datum& arguments);
  bool PersistentLoad(const Datum& id);
  bool Build();
  bool TakeIndex(uint64_t* index);

  PickleSession& session_;
  DocumentBuilder& builder_;
  const Piece& piece_;
  TorchFile* torch_;
  const char* at_;
  const char* end_;
  const char* opcode_at_;
  std::vector<Datum*> stack_;
  std::vector<size_t> marks_;  // heights of the stack
  // Memo entries; the map has those with indexes far beyond their number.
  std::vector<Datum*> memo_;
  std::unordered_map<uint64_t, Datum*> sparse_memo_;
  size_t memo_size_ = 0;
  Status error_;
};

}  // namespace gesta::format

#endif  // GESTA_ENGINE_BASE_FORMAT_PICKLE_MACHINE_H_
