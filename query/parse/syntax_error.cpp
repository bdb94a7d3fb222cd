// Turns ANTLR's view of an error (a token and a set of token types) into a sentence and a hint.
#include "parse/syntax_error.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "GestaParser.h"
#include "NoViableAltException.h"
#include "Vocabulary.h"
#include "atn/ATN.h"
#include "atn/ATNConfig.h"
#include "atn/ATNConfigSet.h"
#include "atn/ATNState.h"
#include "atn/Transition.h"
#include "parse/edit_distance.h"

namespace gesta::parse {
namespace {

using antlr4::Token;
using antlr4::misc::IntervalSet;
using P = grammar::GestaParser;

constexpr size_t kMostExpected = 9;  // a longer list of alternatives helps nobody

bool InRelationship(antlr4::RuleContext* context) {
  for (auto* rule = context; rule != nullptr;
       rule = static_cast<antlr4::RuleContext*>(rule->parent)) {
    switch (rule->getRuleIndex()) {
      case P::RuleRelationshipDetail:
        return true;
      case P::RuleProperties:
      case P::RuleWhere:
        return false;
      default:
        break;
    }
  }
  return false;
}

// The tokens that could have continued any of the alternatives that were still open.
IntervalSet ExpectedOf(const antlr4::atn::ATNConfigSet& configs) {
  IntervalSet expected;
  for (const auto& config : configs.configs) {
    for (const auto* transition : config->state->transitions) {
      if (!transition->isEpsilon()) expected.addAll(transition->label());
    }
  }
  return expected;
}

bool IsKeyword(size_t type) { return type >= P::K_ALIGN && type <= P::K_YIELD; }
bool IsWord(size_t type) { return IsKeyword(type) || type == P::IDENT; }

std::string UpperCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

// Describes one ParseStop.
class Describer {
 public:
  Describer(const SourceText& source, TokenList& tokens, const ParseStop& stop,
            const antlr4::dfa::Vocabulary& vocabulary)
      : source_(source), tokens_(tokens), stop_(stop), vocabulary_(vocabulary) {
    for (const ssize_t type : stop.expected.toList()) {
      expected_.insert(static_cast<size_t>(type));
    }
  }

  SyntaxFailure Describe() {
    const size_t type = Type(0);
    const std::string found =
        type == P::STRING ? "string " + Shorten(Text(0)) : InQuotes(Shorten(Text(0)));
    const bool at_end = type == Token::EOF;
    if (!at_end && Type(-1) == P::SEMICOLON && Has(Token::EOF)) {
      return Error("found " + found + " after the end of the statement",
                   "run one statement at a time");
    }
    if (const std::optional<std::string> hint = Misspelling()) {
      return Error("unexpected " + (at_end ? "end of the statement" : found), *hint);
    }
    std::string hint = Hint();
    const std::string list = ExpectedList();
    std::string message = at_end ? "the statement ends too early" : "unexpected " + found;
    if (!list.empty()) message += ", expected " + list;
    return Error(std::move(message), std::move(hint));
  }

 private:
  // A token may be a page of text.
  static std::string Shorten(std::string text) {
    constexpr size_t kLongest = 40;
    if (text.size() <= kLongest) return text;
    size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return text.substr(0, end) + "…";
  }

  static std::string InQuotes(std::string_view text) { return "'" + std::string(text) + "'"; }

  const Token* At(ssize_t offset) const {
    const ssize_t i = static_cast<ssize_t>(stop_.found) + offset;
    if (i < 0 || static_cast<size_t>(i) >= tokens_.stream().size()) return nullptr;
    return tokens_.stream().get(static_cast<size_t>(i));
  }
  size_t Type(ssize_t offset) const {
    const Token* token = At(offset);
    return token ? token->getType() : Token::EOF;
  }
  std::string Text(ssize_t offset) const {
    const Token* token = At(offset);
    if (!token || token->getType() == Token::EOF) return {};
    const size_t begin = source_.ByteOfCharacter(token->getStartIndex());
    return std::string(
        source_.text().substr(begin, source_.ByteOfCharacter(token->getStopIndex() + 1) - begin));
  }
  bool Has(size_t type) const { return expected_.count(type) > 0; }

  SyntaxFailure Error(std::string message, std::string hint) const {
    const Token* token = At(0);
    const Token* before = At(-1);
    size_t character = token->getStartIndex();
    // What is missing at the end is missing after the last token, not after the blanks behind it.
    if (token->getType() == Token::EOF && before) character = before->getStopIndex() + 1;
    return source_.Error(stop_.in_relationship ? "InvalidRelationshipPattern" : "UnexpectedSyntax",
                         std::move(message), source_.ByteOfCharacter(character), std::move(hint));
  }

  // -- hints --

  std::string KeywordText(size_t type) const {
    const std::string literal = vocabulary_.getLiteralName(type);  // 'MATCH', with the quotes
    return literal.size() > 2 ? literal.substr(1, literal.size() - 2) : std::string();
  }

  // The keyword out of `candidates` that `word` almost is: at most `most` edits away, and less than
  // half of it wrong. `known` says that the word is a keyword itself.
  template <typename Candidates>
  std::optional<std::string> Closest(const std::string& word, const Candidates& candidates,
                                     size_t most, bool known) const {
    const std::string upper = UpperCase(word);
    std::optional<std::string> best;
    for (const size_t type : candidates) {
      if (!IsKeyword(type)) continue;
      const std::string keyword = KeywordText(type);
      // Of another keyword only the ending may be wrong: INDEX for INDEXES, but not END for AND.
      if (known && (upper.size() < 4 || keyword.compare(0, upper.size(), upper) != 0)) continue;
      const size_t distance = EditDistance(upper, keyword);
      if (distance > 0 && distance <= most && distance * 2 < keyword.size()) {
        most = distance - 1;
        best = keyword;
      }
    }
    return best;
  }

  // The word found, or the name before it, as a keyword with a slip of the finger.
  std::optional<std::string> Misspelling() const {
    if (IsWord(Type(0))) {
      if (const auto keyword = Closest(Text(0), expected_, 2, IsKeyword(Type(0))))
        return "did you mean " + *keyword + "?";
    }
    if (Type(-1) == P::IDENT) {
      static constexpr size_t kEasilyMissed[] = {P::K_DISTINCT, P::K_OPTIONAL, P::K_MATCH,
                                                 P::K_CREATE,   P::K_RETURN,   P::K_WHERE,
                                                 P::K_DETACH,   P::K_UNWIND,   P::K_MERGE};
      if (const auto keyword = Closest(Text(-1), kEasilyMissed, 1, false)) {
        return "did you mean " + *keyword + " instead of " + Text(-1) + "?";
      }
    }
    return std::nullopt;
  }

  // What people bring along from SQL and its relatives.
  std::string ForeignWord() const {
    struct Entry {
      std::string_view word;
      std::string_view hint;
    };
    static constexpr Entry kEntries[] = {
        {"SELECT", "read with MATCH … RETURN …"},
        {"INSERT", "write with CREATE or MERGE"},
        {"UPDATE", "change properties with MATCH … SET …"},
        {"GROUP", "the columns of RETURN or WITH that are not aggregated are the groups"},
        {"HAVING", "filter groups with WITH … WHERE …"},
        {"JOIN", "join with a pattern, or with a second MATCH"},
        {"OFFSET", "write SKIP"},
        {"LIKE", "write CONTAINS, STARTS WITH, ENDS WITH or =~"},
        {"BETWEEN", "write a <= x <= b"},
    };
    const std::string upper = UpperCase(Text(0));
    for (const Entry& entry : kEntries) {
      if (upper == entry.word) return std::string(entry.hint);
    }
    return {};
  }

  std::string Hint() const {
    const size_t type = Type(0);
    if (type == P::IDENT) {
      if (std::string hint = ForeignWord(); !hint.empty()) return hint;
    }
    if (type == P::BANG && Type(1) == P::EQUAL) return "write <> for 'not equal'";
    if (type == P::EQUAL && Type(-1) == P::EQUAL) return "write = for 'equal'";
    if (type == P::STRING && Type(-1) == P::STRING) {
      return "write \\' for a quote inside a string, + to join strings";
    }
    if (type == P::BAR && Type(1) == P::BAR) return "write + to join strings";
    if (const Token* open = tokens_.unclosed()) {
      return "the " + InQuotes(Slice(*open)) + " at line " + std::to_string(open->getLine()) +
             ", column " + std::to_string(open->getCharPositionInLine() + 1) + " is not closed";
    }
    if (IsKeyword(type) && Has(P::IDENT) && !Has(P::K_AND)) {
      return Text(0) + " is a reserved word; write `" + Text(0) + "` to use it as a name";
    }
    return {};
  }

  std::string Slice(const Token& token) const {
    const size_t begin = source_.ByteOfCharacter(token.getStartIndex());
    return std::string(source_.text().substr(begin, 1));
  }

  // -- the list of what would have fitted --

  void Drop(std::initializer_list<size_t> types) {
    for (const size_t type : types) expected_.erase(type);
  }

  void DropNames() {
    const bool every_word = Has(P::K_AND) && Has(P::K_MATCH);
    static constexpr size_t kReserved[] = {
        P::K_AND,    P::K_AS,    P::K_CALL,     P::K_CASE,     P::K_CREATE, P::K_DELETE,
        P::K_DETACH, P::K_ELSE,  P::K_DISTINCT, P::K_FALSE,    P::K_IN,     P::K_IS,
        P::K_MATCH,  P::K_MERGE, P::K_NOT,      P::K_NULL,     P::K_OR,     P::K_REMOVE,
        P::K_RETURN, P::K_SET,   P::K_THEN,     P::K_OPTIONAL, P::K_TRUE,   P::K_UNION,
        P::K_UNWIND, P::K_WHEN,  P::K_WHERE,    P::K_WITH,     P::K_XOR};
    for (auto it = expected_.begin(); it != expected_.end();) {
      const bool reserved =
          std::find(std::begin(kReserved), std::end(kReserved), *it) != std::end(kReserved);
      const bool name = *it == P::IDENT || *it == P::ESCAPED_NAME ||
                        (IsKeyword(*it) && (every_word || !reserved));
      it = name ? expected_.erase(it) : std::next(it);
    }
  }

  std::string Word(size_t type) const {
    if (IsKeyword(type)) return KeywordText(type);
    switch (type) {
      case P::LIST_BAR:
        return "'|'";
      case P::STRING:
        return "a string";
      case P::INTEGER:
        return "a whole number";
      default:
        return vocabulary_.getLiteralName(type);
    }
  }

  std::string ExpectedList() {
    std::vector<std::string> groups;  // named after the single tokens
    if (Has(P::K_CASE) && Has(P::LEFT_BRACKET) && Has(P::IDENT)) {
      DropNames();
      Drop({P::K_CASE, P::K_NOT, P::K_TRUE, P::K_FALSE, P::K_NULL, P::INTEGER, P::HEX_INTEGER,
            P::OCTAL_INTEGER, P::FLOAT, P::STRING, P::LEFT_PAREN, P::LEFT_BRACKET, P::LEFT_BRACE,
            P::DOLLAR, P::PLUS, P::MINUS});
      groups.emplace_back("an expression");
    } else if (Has(P::IDENT)) {
      DropNames();
      groups.emplace_back("a name");
    }
    if (Has(P::LEFT_BRACE)) Drop({P::DOLLAR});  // properties: a parameter is the rarer form
    if (Has(P::CARET) && Has(P::K_STARTS)) {
      Drop({P::DOT,   P::LEFT_BRACKET, P::LEFT_PAREN, P::LEFT_BRACE, P::COLON,     P::PLUS,
            P::MINUS, P::CARET,        P::STAR,       P::SLASH,      P::PERCENT,   P::K_IN,
            P::K_IS,  P::REGEX_MATCH,  P::K_CONTAINS, P::K_STARTS,   P::K_ENDS,    P::EQUAL,
            P::LESS,  P::LESS_EQUAL,   P::GREATER,    P::K_AND,      P::NOT_EQUAL, P::K_OR,
            P::K_XOR, P::GREATER_EQUAL});
      groups.emplace_back("an operator");
    }
    if (Has(P::K_MATCH) && Has(P::K_UNWIND)) {
      Drop({P::K_MATCH, P::K_OPTIONAL, P::K_UNWIND, P::K_WITH, P::K_RETURN, P::K_CREATE, P::K_MERGE,
            P::K_SET, P::K_REMOVE, P::K_DELETE, P::K_DETACH, P::K_CALL, P::K_FOREACH, P::K_LOAD,
            P::K_ALIGN, P::K_MAP, P::K_UNION});
      groups.emplace_back("a clause");
    }
    if (Has(P::K_SHOW) && Has(P::K_BEGIN)) {
      Drop({P::K_SHOW, P::K_BEGIN, P::K_COMMIT, P::K_ROLLBACK, P::K_DROP, P::K_EXPLAIN,
            P::K_PROFILE});
    }
    if (Has(Token::EOF)) {
      Drop({Token::EOF, P::SEMICOLON});
      groups.emplace_back("the end of the statement");
    }
    std::vector<std::string> words;
    for (const size_t type : expected_) {
      std::string word = Word(type);
      if (!word.empty()) words.push_back(std::move(word));
    }
    words.insert(words.end(), groups.begin(), groups.end());
    if (words.size() > kMostExpected) return {};
    std::string list;
    for (size_t i = 0; i < words.size(); ++i) {
      if (i > 0) list += i + 1 == words.size() ? " or " : ", ";
      list += words[i];
    }
    return list;
  }

  const SourceText& source_;
  TokenList& tokens_;
  const ParseStop& stop_;
  const antlr4::dfa::Vocabulary& vocabulary_;
  std::set<size_t> expected_;
};

}  // namespace

void StopStrategy::sync(antlr4::Parser* parser) {
  if (!explain_) return;
  const size_t index = parser->getTokenStream()->index();
  if (index == at_) return;
  at_ = index;
  state_ = parser->getState();
  context_ = parser->getContext();
}

void StopStrategy::Stop(antlr4::Parser* parser) {
  ParseStop stop;
  if (explain_) {
    sync(parser);  // the present state, unless an earlier one stood before the same token
    stop.found = at_;
    stop.expected = parser->getATN().getExpectedTokens(state_, context_);
    stop.in_relationship = InRelationship(context_);
  }
  throw stop;
}

void StopStrategy::recover(antlr4::Parser* parser, std::exception_ptr error) {
  if (explain_) {
    try {
      std::rethrow_exception(std::move(error));
    } catch (const antlr4::NoViableAltException& no_alternative) {
      const size_t found = no_alternative.getOffendingToken()->getTokenIndex();
      const antlr4::atn::ATNConfigSet* configs = no_alternative.getDeadEndConfigs();
      if (configs && found != parser->getTokenStream()->index()) {
        throw ParseStop{found, ExpectedOf(*configs), InRelationship(parser->getContext())};
      }
    } catch (const antlr4::RecognitionException&) {
      // The parser stands before the token that does not fit: Stop looks there.
    }
  }
  Stop(parser);
}

antlr4::Token* StopStrategy::recoverInline(antlr4::Parser* parser) { Stop(parser); }

SyntaxFailure DescribeStop(const SourceText& source, TokenList& tokens, const ParseStop& stop,
                           const antlr4::dfa::Vocabulary& vocabulary) {
  return Describer(source, tokens, stop, vocabulary).Describe();
}

}  // namespace gesta::parse
