// Lexing, and the pass over the tokens that the grammar's opening comment describes.
#include "parse/token_list.h"

#include <string>
#include <vector>

#include "GestaParser.h"
#include "WritableToken.h"

namespace gesta::parse {
namespace {

using antlr4::Token;
using grammar::GestaLexer;

std::string InQuotes(std::string_view text) { return "'" + std::string(text) + "'"; }

bool IsWord(size_t type) {
  return type == GestaLexer::IDENT || type == GestaLexer::ESCAPED_NAME ||
         (type >= GestaLexer::K_ALIGN && type <= GestaLexer::K_YIELD);
}

// Walks the tokens once, in order.
class Pass {
 public:
  Pass(const SourceText& source, const std::vector<Token*>& tokens)
      : source_(source), tokens_(tokens) {}

  void Run() {
    for (at_ = 0; at_ < tokens_.size(); ++at_) {
      RefuseBadToken();
      SettleKeyword();
      TrackNesting();
    }
    if (!open_.empty() && !unclosed_) unclosed_ = open_.back().token;
  }

  const Token* unclosed() const { return unclosed_; }

 private:
  struct Open {
    const Token* token;
    bool list;     // [ of a list, not of a relationship
    int prefixes;  // run of NOT, + and - that stands right before it
    int cases;     // CASE without END inside it
  };

  size_t Type(ssize_t offset = 0) const {
    const ssize_t i = static_cast<ssize_t>(at_) + offset;
    if (i < 0 || static_cast<size_t>(i) >= tokens_.size()) return Token::EOF;
    return tokens_[static_cast<size_t>(i)]->getType();
  }
  void SetType(size_t type) { static_cast<antlr4::WritableToken*>(tokens_[at_])->setType(type); }
  uint32_t Begin(const Token* token) const {
    return source_.ByteOfCharacter(token->getStartIndex());
  }
  std::string Text(const Token* token) const {
    const uint32_t begin = Begin(token);
    return std::string(
        source_.text().substr(begin, source_.ByteOfCharacter(token->getStopIndex() + 1) - begin));
  }

  void RefuseBadToken() {
    const Token* token = tokens_[at_];
    const auto fail = [&](const char* detail, std::string message, std::string hint = {}) {
      throw source_.Error(detail, std::move(message), Begin(token), std::move(hint));
    };
    switch (token->getType()) {
      case GestaLexer::BAD_NUMBER:
        fail("InvalidNumberLiteral", InQuotes(Text(token)) + " is not a number",
             "numbers are written 42, 0x2A, 0o52, 4.2 or 4.2e1; a name that starts with a digit "
             "needs backticks");
        break;
      case GestaLexer::UNCLOSED_STRING:
        fail("UnexpectedSyntax", "the string that starts here is never closed",
             "write \\' for a quote inside '…'");
        break;
      case GestaLexer::UNCLOSED_NAME:
        fail("UnexpectedSyntax", "the name in backticks that starts here is never closed");
        break;
      case GestaLexer::UNCLOSED_COMMENT:
        fail("UnexpectedSyntax", "the comment that starts here is never closed");
        break;
      case GestaLexer::BAD_CHARACTER: {
        const char32_t c = source_.characters()[token->getStartIndex()];
        if (c < 0x20 || c == 0x7F) {
          fail("UnexpectedSyntax", "unexpected control character " + std::to_string(c));
        }
        fail(c < 0x80 ? "UnexpectedSyntax" : "InvalidUnicodeCharacter",
             "unexpected character " + InQuotes(Text(token)), LookAlike(c));
        break;
      }
      default:
        break;
    }
  }

  static std::string LookAlike(char32_t c) {
    if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212) return "write the minus sign as -";
    if (c == 0x2018 || c == 0x2019 || c == 0x201C || c == 0x201D) {
      return "write straight quotes, ' or \"";
    }
    return {};
  }

  void SettleKeyword() {
    const size_t next = Type(1);
    switch (Type()) {
      case GestaLexer::K_ALL:
        if (next != GestaLexer::LEFT_PAREN && Type(-1) != GestaLexer::K_UNION) {
          SetType(GestaLexer::IDENT);
        }
        break;
      case GestaLexer::K_ANY:
      case GestaLexer::K_NONE:
      case GestaLexer::K_SINGLE:
      case GestaLexer::K_REDUCE:
      case GestaLexer::K_SHORTESTPATH:
      case GestaLexer::K_ALLSHORTESTPATHS:
        if (next != GestaLexer::LEFT_PAREN) SetType(GestaLexer::IDENT);
        break;
      case GestaLexer::K_EXISTS: {
        const bool schema = Type(-1) == GestaLexer::K_IF ||
                            (Type(-1) == GestaLexer::K_NOT && Type(-2) == GestaLexer::K_IF);
        if (next != GestaLexer::LEFT_BRACE && !schema) SetType(GestaLexer::IDENT);
        break;
      }
      case GestaLexer::K_COUNT:
      case GestaLexer::K_COLLECT:
        if (next != GestaLexer::LEFT_BRACE) SetType(GestaLexer::IDENT);
        break;
      case GestaLexer::BAR:
        if (!open_.empty() && open_.back().list) SetType(grammar::GestaParser::LIST_BAR);
        break;
      default:
        break;
    }
  }

  void TrackNesting() {
    switch (Type()) {
      case GestaLexer::LEFT_PAREN:
      case GestaLexer::LEFT_BRACE:
        OpenBracket(false);
        break;
      case GestaLexer::LEFT_BRACKET:
        OpenBracket(!IsRelationship());
        break;
      case GestaLexer::RIGHT_PAREN:
        Close(GestaLexer::LEFT_PAREN);
        break;
      case GestaLexer::RIGHT_BRACKET:
        Close(GestaLexer::LEFT_BRACKET);
        break;
      case GestaLexer::RIGHT_BRACE:
        Close(GestaLexer::LEFT_BRACE);
        break;
      case GestaLexer::PLUS:
      case GestaLexer::MINUS:
        if (FollowsOperand()) break;  // binary
        [[fallthrough]];
      case GestaLexer::K_NOT:
      case GestaLexer::BANG:
        ++prefixes_;
        Add(1);
        return;
      case GestaLexer::K_CASE:
        if (!IsNamePlace()) {
          ++Cases();
          Add(1);
        }
        break;
      case GestaLexer::K_END:
        if (!IsNamePlace() && Cases() > 0) {
          --Cases();
          --depth_;
        }
        break;
      default:
        break;
    }
    depth_ -= prefixes_;
    prefixes_ = 0;
  }

  bool FollowsOperand() const {
    switch (Type(-1)) {
      case GestaLexer::IDENT:
      case GestaLexer::ESCAPED_NAME:
      case GestaLexer::STRING:
      case GestaLexer::INTEGER:
      case GestaLexer::HEX_INTEGER:
      case GestaLexer::OCTAL_INTEGER:
      case GestaLexer::FLOAT:
      case GestaLexer::RIGHT_PAREN:
      case GestaLexer::RIGHT_BRACKET:
      case GestaLexer::RIGHT_BRACE:
        return true;
      default:
        return false;
    }
  }

  // After these a word is a name, whatever it says; so it is before a ':'.
  bool IsNamePlace() const {
    const size_t before = Type(-1);
    return before == GestaLexer::DOT || before == GestaLexer::COLON ||
           before == GestaLexer::DOLLAR || before == GestaLexer::K_AS ||
           Type(1) == GestaLexer::COLON;
  }

  // `-[:T` or `-[r:T`, where a '|' separates types.
  bool IsRelationship() const {
    return Type(-1) == GestaLexer::MINUS &&
           (Type(1) == GestaLexer::COLON || (IsWord(Type(1)) && Type(2) == GestaLexer::COLON));
  }

  int& Cases() { return open_.empty() ? cases_ : open_.back().cases; }

  void OpenBracket(bool list) {
    open_.push_back({tokens_[at_], list, prefixes_, 0});
    prefixes_ = 0;  // they count until the bracket closes
    Add(1);
  }

  void Close(size_t opener) {
    if (open_.empty()) return;
    const Open& top = open_.back();
    if (top.token->getType() != opener && !unclosed_) unclosed_ = top.token;
    depth_ -= 1 + top.prefixes + top.cases;
    open_.pop_back();
  }

  void Add(int levels) {
    depth_ += levels;
    if (depth_ > kMaxNesting) {
      throw source_.Error(
          "UnexpectedSyntax",
          "the statement is nested deeper than " + std::to_string(kMaxNesting) + " levels here",
          Begin(tokens_[at_]), "split it, for example with WITH");
    }
  }

  const SourceText& source_;
  const std::vector<Token*>& tokens_;
  size_t at_ = 0;
  std::vector<Open> open_;
  int cases_ = 0;
  int prefixes_ = 0;  // run of NOT, + and - up to here
  int depth_ = 0;
  const Token* unclosed_ = nullptr;
};

}  // namespace

TokenList::TokenList(const SourceText& source)
    : source_(source), characters_(source.characters()), lexer_(&characters_), stream_(&lexer_) {
  lexer_.removeErrorListeners();  // BAD_CHARACTER takes what no other rule does
  stream_.fill();
  const std::vector<Token*> tokens = stream_.getTokens();
  const size_t first = tokens.front()->getType();
  if (first == Token::EOF || first == GestaLexer::SEMICOLON) {
    throw source_.Error("UnexpectedSyntax", "the statement is empty", 0);
  }
  Pass pass(source_, tokens);
  pass.Run();
  unclosed_ = pass.unclosed();
}

}  // namespace gesta::parse
