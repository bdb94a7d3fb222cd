#include "gesta/status.h"

#include <algorithm>

namespace gesta {

std::string_view StatusCodeMeaning(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      return "success";
    case StatusCode::kInvalidArgument:
      return "an argument or option is wrong";
    case StatusCode::kNotFound:
      return "a named thing does not exist";
    case StatusCode::kAlreadyExists:
      return "a named thing exists already";
    case StatusCode::kSyntax:
      return "the statement is not valid";
    case StatusCode::kSemantic:
      return "the statement cannot be run";
    case StatusCode::kType:
      return "a value has the wrong type";
    case StatusCode::kArithmetic:
      return "a calculation has no result";
    case StatusCode::kConstraint:
      return "a constraint would be broken";
    case StatusCode::kEntityNotFound:
      return "a node or relationship does not exist";
    case StatusCode::kConflict:
      return "another connection committed first";
    case StatusCode::kReadOnly:
      return "the store is open for reading only";
    case StatusCode::kCancelled:
      return "the statement was cancelled";
    case StatusCode::kTimeout:
      return "the time limit is over";
    case StatusCode::kMemoryBudget:
      return "the memory budget is used up";
    case StatusCode::kNotAStore:
      return "the path is not a GestaDB store";
    case StatusCode::kNewerFormat:
      return "the store has a newer format";
    case StatusCode::kLocked:
      return "the store is locked by another process";
    case StatusCode::kCorruption:
      return "data is damaged";
    case StatusCode::kIo:
      return "reading or writing failed";
    case StatusCode::kBadData:
      return "an input file is malformed";
    case StatusCode::kUnsupported:
      return "this is not supported";
    case StatusCode::kInternal:
      return "a defect in GestaDB";
  }
  return "unknown";
}

Status::Status(StatusCode code, std::string message, std::string hint) {
  ErrorInfo info;
  info.code = code;
  info.message = std::move(message);
  info.hint = std::move(hint);
  info_ = std::make_shared<const ErrorInfo>(std::move(info));
}

Status::Status(ErrorInfo info) : info_(std::make_shared<const ErrorInfo>(std::move(info))) {}

Status Status::WithHint(std::string hint) const {
  if (ok()) return *this;
  ErrorInfo copy = *info_;
  copy.hint = std::move(hint);
  return Status(std::move(copy));
}

Status Status::WithPosition(int line, int column) const {
  if (ok()) return *this;
  ErrorInfo copy = *info_;
  copy.line = line;
  copy.column = column;
  return Status(std::move(copy));
}

Status Status::WithContext(std::string_view prefix) const {
  if (ok()) return *this;
  ErrorInfo copy = *info_;
  copy.message = std::string(prefix) + ": " + copy.message;
  return Status(std::move(copy));
}

std::string Status::ToString() const {
  if (ok()) return "ok";
  std::string text;
  if (!info_->type.empty()) text += info_->type + ": ";
  text += info_->message;
  if (info_->line > 0) {
    text +=
        " (line " + std::to_string(info_->line) + ", column " + std::to_string(info_->column) + ")";
    if (!info_->source_line.empty()) {
      // Tabs stay tabs so that the caret stands under its character.
      std::string pad;
      int column = 1;
      for (unsigned char c : info_->source_line) {
        if (column >= info_->column) break;
        if ((c & 0xC0) == 0x80) continue;
        pad += c == '\t' ? '\t' : ' ';
        ++column;
      }
      pad.append(std::max(0, info_->column - column), ' ');
      text += "\n  " + info_->source_line + "\n  " + pad + "^";
    }
  }
  if (!info_->hint.empty()) text += "\n  hint: " + info_->hint;
  return text;
}

}  // namespace gesta
