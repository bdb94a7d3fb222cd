#include "gesta/decompose_prompt.h"

#include "llm/fill_places.h"

namespace gesta::llm {
namespace {

constexpr std::string_view kContrastText =
    "A video is to be recognised by what can be seen in it, moment after moment.\n"
    "What the video is about: {domain}\n"
    "What is asked about it: {question}\n"
    "It shows one of these actions:\n"
    "{actions}"
    "\n"
    "Break each of these actions down into at least {count} short phrases, in the order in which "
    "things happen. A phrase says what a camera sees at one moment: posture, movement, objects, "
    "surroundings. Where actions are alike, prefer the moments in which they differ, and let the "
    "phrases say how. Every phrase must make sense without the others; do not number them.\n"
    "Answer with one JSON object and nothing else. Its keys are the actions, written exactly as "
    "above; the value of each is the list of its phrases:\n"
    "{\"action\": [\"first phrase\", \"second phrase\", …], …}\n";
constexpr std::string_view kContrastLine = "- {action}\n";

constexpr std::string_view kPublishedText =
    "Write one JSON object. Its keys are the actions listed below; the value of each is a list of "
    "no fewer than {count} elementary subactions that the eye can tell apart.\n"
    "Say in each subaction one phase of the movement, in a few words.\n"
    "Name the objects, the surroundings or the motion as they belong to {domain}.\n"
    "No subaction may need another one to be understood: each will be compared with single "
    "frames.\n"
    "\n"
    "The actions:\n"
    "{actions}"
    "\n"
    "Give nothing but the JSON object, with every action and its subactions.\n";
constexpr std::string_view kPublishedLine = "- {action} in {domain}\n";

constexpr std::string_view kActionSentence = "{action}: {subaction}";
constexpr std::string_view kPublishedSentence =
    "This is a video of doing {action} in {domain} with {subaction}";
constexpr std::string_view kPublishedSentenceWithoutDomain =
    "This is a video of doing {action} with {subaction}";

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// The lines that have nothing empty in them.
std::string LinesThatSaySomething(std::string_view text, const DecomposeTask& task) {
  std::string kept;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view line =
        text.substr(0, end == std::string_view::npos ? text.size() : end + 1);
    text.remove_prefix(line.size());
    if (task.question.empty() && Contains(line, "{question}")) continue;
    if (task.domain.empty() && Contains(line, "{domain}")) continue;
    kept += line;
  }
  return kept;
}

std::string Cut(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return std::string(text.substr(0, bytes)) + "…";
}

}  // namespace

Result<DecomposeTemplate> FindDecomposeTemplate(std::string_view name_or_text) {
  DecomposeTemplate prompt;
  prompt.line = prompt.bare_line = kContrastLine;
  if (name_or_text == "contrast") {
    prompt.name = "contrast";
    prompt.text = kContrastText;
    return prompt;
  }
  if (name_or_text == "published") {
    prompt.name = "published";
    prompt.text = kPublishedText;
    prompt.line = kPublishedLine;
    return prompt;
  }
  if (Contains(name_or_text, "{actions}")) {
    prompt.name = "own";
    prompt.text = name_or_text;
    return prompt;
  }
  return Status(StatusCode::kInvalidArgument,
                "there is no prompt template '" + Cut(name_or_text, 40) + "'",
                "it is 'contrast', 'published', or a text that says where the {actions} go");
}

std::string RenderDecompose(const DecomposeTemplate& prompt, const DecomposeTask& task) {
  const std::string text = LinesThatSaySomething(prompt.text, task);
  return FillPlaces(text, [&](std::string_view place, std::string* out) {
    if (place == "question") {
      *out += OneLine(task.question);
    } else if (place == "domain") {
      *out += OneLine(task.domain);
    } else if (place == "count") {
      *out += std::to_string(task.count);
    } else if (place == "actions") {
      for (const std::string& action : task.actions) {
        *out += FillPlaces(task.domain.empty() ? prompt.bare_line : prompt.line,
                           [&](std::string_view part, std::string* line) {
                             if (part != "action" && part != "domain") return false;
                             *line += OneLine(part == "action" ? action : task.domain);
                             return true;
                           });
      }
    } else {
      return false;
    }
    return true;
  });
}

std::string RenderDecomposeComplaint(std::string_view prompt, size_t answers,
                                     std::string_view answer,
                                     const std::vector<std::string>& problems) {
  constexpr size_t kQuoted = 2000;  // bytes of the former answer
  std::string text(prompt);
  text += "\nYou have answered this ";
  text += answers == 1 ? "once" : std::to_string(answers) + " times";
  text += ", the last time so:\n" + Cut(answer, kQuoted) + "\nWhat is wrong with it:\n";
  for (const std::string& problem : problems) text += "- " + problem + "\n";
  text += "Answer again, with every action of the list above, and keep to the format.\n";
  return text;
}

Result<std::string> SubactionText(std::string_view name_or_text, std::string_view subaction,
                                  std::string_view action, std::string_view domain) {
  std::string_view sentence = name_or_text;
  if (name_or_text == "plain") sentence = "{subaction}";
  if (name_or_text == "action") sentence = kActionSentence;
  if (name_or_text == "published") {
    sentence = domain.empty() ? kPublishedSentenceWithoutDomain : kPublishedSentence;
  }
  if (!Contains(sentence, "{subaction}")) {
    return Status(StatusCode::kInvalidArgument,
                  "there is no sentence '" + Cut(name_or_text, 40) + "' to put a subaction into",
                  "it is 'plain', 'action', 'published', or a text with {subaction} in it");
  }
  if (domain.empty() && Contains(sentence, "{domain}")) {
    return Status(StatusCode::kInvalidArgument,
                  "the sentence '" + Cut(name_or_text, 40) + "' says {domain}, and there is none",
                  "give the option domain, or a question that has one");
  }
  return FillPlaces(sentence, [&](std::string_view place, std::string* out) {
    if (place == "subaction") {
      *out += subaction;
    } else if (place == "action") {
      *out += action;
    } else if (place == "domain") {
      *out += domain;
    } else {
      return false;
    }
    return true;
  });
}

}  // namespace gesta::llm
