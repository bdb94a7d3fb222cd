// Where the server and the key come from.
#include <cstdlib>

#include "gesta/format/file.h"
#include "gesta/llm_client.h"

namespace gesta {
namespace {

// The first of these variables that is set and not empty.
std::string Variable(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* value = std::getenv(name);
    if (value && *value) return value;
  }
  return {};
}

}  // namespace

Result<std::string> ReadApiKey(const std::string& path) {
  GESTA_ASSIGN_OR_RETURN(const format::FileBuffer file, format::ReadWholeFile(path));
  std::string_view text = file.view();
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  text = text.substr(0, text.find('\n'));
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  if (text.empty()) {
    return Status(StatusCode::kInvalidArgument, "the file " + path + " holds no API key");
  }
  constexpr size_t kLongest = 4096;
  if (text.size() > kLongest) {
    return Status(StatusCode::kInvalidArgument,
                  "the first line of " + path + " is too long for an API key");
  }
  return std::string(text);
}

Result<LlmEndpoint> LlmEndpoint::FromEnvironment() {
  LlmEndpoint endpoint;
  const std::string url = Variable({"GESTA_LLM_URL", "OPENAI_BASE_URL"});
  if (!url.empty()) endpoint.url = url;
  const std::string file = Variable({"GESTA_LLM_KEY_FILE"});
  if (!file.empty()) {
    GESTA_ASSIGN_OR_RETURN(endpoint.api_key, ReadApiKey(file));
  } else {
    endpoint.api_key = Variable({"GESTA_LLM_API_KEY", "OPENAI_API_KEY"});
  }
  return endpoint;
}

}  // namespace gesta
