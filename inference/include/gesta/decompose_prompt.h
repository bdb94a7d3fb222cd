// Prompts that ask a language model to decompose actions into ordered subactions.
//
// All actions that a video may show stand in one prompt, so that the phrases contrast them: the
// method of ActAlign (Aghdam, Hu, Ommer: Zero-Shot Fine-Grained Video Classification via
// Language-Guided Sequence Alignment, 2025).
#ifndef GESTA_DECOMPOSE_PROMPT_H_
#define GESTA_DECOMPOSE_PROMPT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"

namespace gesta::llm {

// What is to be decomposed.
struct DecomposeTask {
  std::vector<std::string> actions;  // no two alike
  std::string question;              // may be empty
  std::string domain;                // may be empty
  size_t count = 10;                 // the least number of subactions of each action
};

// A template is text with places in braces: {actions} the list, {question}, {domain} and {count}.
// A line with a question or domain in it is left out where there is none.
struct DecomposeTemplate {
  std::string_view name;
  std::string text;
  // An action's line, with {action} and {domain}; the second where there is no domain.
  std::string_view line;
  std::string_view bare_line;
};

// "contrast": asks for what tells the actions apart. "published": what the published prompt of
// ActAlign asks for, in other words; actions are named with their domain. Any text with {actions}
// in it is a template of its own, with contrast's lines. kInvalidArgument otherwise.
Result<DecomposeTemplate> FindDecomposeTemplate(std::string_view name_or_text);

std::string RenderDecompose(const DecomposeTemplate& prompt, const DecomposeTask& task);

// The prompt with a complaint about the last one of `answers` answers: what is wrong with it, a
// phrase each. No two complaints of a conversation are the same question.
std::string RenderDecomposeComplaint(std::string_view prompt, size_t answers,
                                     std::string_view answer,
                                     const std::vector<std::string>& problems);

// How a subaction is put into words before a model embeds it: a text with {subaction}, and {action}
// and {domain} where the words around it should say them. "plain": the subaction alone; "action":
// with its action; "published": the sentence of ActAlign, with action and domain. Where there is no
// domain, "published" does without. kInvalidArgument: neither such a name nor a text with
// {subaction}, or {domain} in an own text where there is none.
Result<std::string> SubactionText(std::string_view name_or_text, std::string_view subaction,
                                  std::string_view action, std::string_view domain);

}  // namespace gesta::llm

#endif  // GESTA_DECOMPOSE_PROMPT_H_
