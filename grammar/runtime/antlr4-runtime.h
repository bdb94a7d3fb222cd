// What the generated lexer and parser need of the ANTLR runtime, and no more.
//
// Stands in for the runtime's own header of this name, which also pulls in the interpreter data
// reader; clang 14 does not compile that one.
#ifndef GESTA_GRAMMAR_RUNTIME_ANTLR4_RUNTIME_H_
#define GESTA_GRAMMAR_RUNTIME_ANTLR4_RUNTIME_H_

#include "antlr4-common.h"
// antlr4-common.h comes first: the runtime's headers rely on it.
#include "ANTLRErrorStrategy.h"
#include "ANTLRInputStream.h"
#include "BailErrorStrategy.h"
#include "BaseErrorListener.h"
#include "CharStream.h"
#include "CommonTokenFactory.h"
#include "CommonTokenStream.h"
#include "DefaultErrorStrategy.h"
#include "FailedPredicateException.h"
#include "InputMismatchException.h"
#include "Lexer.h"
#include "NoViableAltException.h"
#include "Parser.h"
#include "ParserRuleContext.h"
#include "RecognitionException.h"
#include "Token.h"
#include "Vocabulary.h"
#include "atn/ATN.h"
#include "atn/ATNConfigSet.h"
#include "atn/ATNDeserializer.h"
#include "atn/LexerATNSimulator.h"
#include "atn/ParserATNSimulator.h"
#include "atn/PredictionContext.h"
#include "atn/PredictionMode.h"
#include "atn/Transition.h"
#include "dfa/DFA.h"
#include "misc/IntervalSet.h"
#include "support/CPPUtils.h"
#include "tree/ParseTreeListener.h"
#include "tree/TerminalNode.h"

#endif  // GESTA_GRAMMAR_RUNTIME_ANTLR4_RUNTIME_H_
