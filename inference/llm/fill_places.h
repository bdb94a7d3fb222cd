// Texts with places in braces, as the templates of prompts are.
#ifndef GESTA_INFERENCE_LLM_FILL_PLACES_H_
#define GESTA_INFERENCE_LLM_FILL_PLACES_H_

#include <functional>
#include <string>
#include <string_view>

namespace gesta::llm {

// Replaces the places that `value` knows (it says so), once over: what is put in is not looked at,
// and braces around anything else stay.
std::string FillPlaces(std::string_view text,
                       const std::function<bool(std::string_view place, std::string* out)>& value);

// A text that stays on its line.
std::string OneLine(std::string_view text);

}  // namespace gesta::llm

#endif  // GESTA_INFERENCE_LLM_FILL_PLACES_H_
