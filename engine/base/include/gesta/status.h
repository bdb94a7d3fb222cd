// Status and Result<T>: how every fallible function of the project reports failure.
//
// No exceptions cross a library boundary. A Status is cheap to copy (one shared pointer, null when
// ok) and carries what a person needs: a sentence, where (line and column for statements), and a
// hint. For statements it also carries openCypher's classification (type, phase, detail), e.g.
// SyntaxError / compile time / UndefinedVariable.
#ifndef GESTA_STATUS_H_
#define GESTA_STATUS_H_

#include <cassert>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace gesta {

enum class StatusCode {
  kOk,
  kInvalidArgument,  // the caller's argument or option is wrong
  kNotFound,         // a named thing (file, index, dataset, model) does not exist
  kAlreadyExists,    // a named thing exists already
  kSyntax,           // the statement does not parse, or fails a compile-time check
  kSemantic,         // the statement is well formed and cannot be run (openCypher runtime errors)
  kType,             // a value of the wrong type
  kArithmetic,       // overflow, division by zero
  kConstraint,       // a uniqueness or existence constraint, or a node that still has relationships
  kEntityNotFound,   // a node or relationship was deleted or never existed
  kConflict,         // another connection committed first; run the transaction again
  kReadOnly,         // a write on a read-only store or transaction
  kCancelled,        // the caller asked for the statement to stop
  kTimeout,          // the statement's time limit is over
  kMemoryBudget,     // the statement needs more memory than its budget
  kNotAStore,        // the path holds something else
  kNewerFormat,      // the store was written by a newer version
  kLocked,           // another process has the store open
  kCorruption,       // the store or a file contradicts itself
  kIo,               // the operating system refused a read or write (disk full, I/O error)
  kBadData,          // an input file is malformed
  kUnsupported,      // understood, and not supported
  kInternal,         // a defect of GestaDB
};

// One line that says what the code means, e.g. "the store is locked by another process".
std::string_view StatusCodeMeaning(StatusCode code);

// Whether a statement error was found before the statement ran.
enum class ErrorPhase { kCompile, kRuntime };

struct ErrorInfo {
  StatusCode code = StatusCode::kInternal;
  std::string message;  // one sentence without a final full stop
  std::string hint;     // what to do, or the name that was probably meant; may be empty
  // Statement errors only:
  ErrorPhase phase = ErrorPhase::kRuntime;
  std::string type;         // openCypher's error type, e.g. "SyntaxError"; empty elsewhere
  std::string detail;       // openCypher's error detail, e.g. "UndefinedVariable"
  int line = 0;             // from 1; 0: unknown
  int column = 0;           // from 1, in characters
  std::string source_line;  // the text of that line, for the caret
};

class [[nodiscard]] Status {
 public:
  Status() = default;  // ok
  Status(StatusCode code, std::string message, std::string hint = {});
  explicit Status(ErrorInfo info);

  static Status Ok() { return {}; }

  bool ok() const { return info_ == nullptr; }
  StatusCode code() const { return info_ ? info_->code : StatusCode::kOk; }
  std::string_view message() const { return info_ ? std::string_view(info_->message) : "ok"; }
  // Precondition: !ok().
  const ErrorInfo& info() const {
    assert(info_);
    return *info_;
  }

  // The same error with a hint, a place, or text put in front of its message.
  Status WithHint(std::string hint) const;
  Status WithPosition(int line, int column) const;
  Status WithContext(std::string_view prefix) const;  // "prefix: message"

  // Message, hint, and for statements the place with the source line and a caret. Several lines,
  // no final line break.
  std::string ToString() const;

 private:
  std::shared_ptr<const ErrorInfo>
      info_;  // shared: errors are copied on their way up, never changed
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}  // NOLINT: implicit by design
  Result(Status status) : state_(std::move(status)) {
    assert(!std::get<1>(state_).ok());
  }  // NOLINT

  bool ok() const { return state_.index() == 0; }
  Status status() const { return ok() ? Status() : std::get<1>(state_); }

  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, Status> state_;
};

#define GESTA_CONCAT_INNER(a, b) a##b
#define GESTA_CONCAT(a, b) GESTA_CONCAT_INNER(a, b)

// Returns the status of `expr` from the enclosing function unless it is ok.
#define GESTA_RETURN_IF_ERROR(expr)                \
  do {                                             \
    ::gesta::Status gesta_status_ = (expr);        \
    if (!gesta_status_.ok()) return gesta_status_; \
  } while (false)

// GESTA_ASSIGN_OR_RETURN(auto x, F()): x is F()'s value, or the function returns F()'s status.
#define GESTA_ASSIGN_OR_RETURN(lhs, expr) \
  GESTA_ASSIGN_OR_RETURN_INNER(GESTA_CONCAT(gesta_result_, __LINE__), lhs, expr)
#define GESTA_ASSIGN_OR_RETURN_INNER(result, lhs, expr) \
  auto result = (expr);                                 \
  if (!result.ok()) return result.status();             \
  lhs = std::move(result).value()

}  // namespace gesta

#endif  // GESTA_STATUS_H_
