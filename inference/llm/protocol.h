// The bodies of OpenAI-compatible requests and answers.
#ifndef GESTA_INFERENCE_LLM_PROTOCOL_H_
#define GESTA_INFERENCE_LLM_PROTOCOL_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/llm_client.h"

namespace gesta::llm {

// Bytes that are no UTF-8 become U+FFFD.
std::string ChatBody(const ChatRequest& request);
std::string EmbeddingBody(const std::string& model, const std::string* texts, size_t count);

// Each gives nothing and says in `problem` why where the body is not what was asked for.
std::optional<ChatReply> ReadChat(std::string_view body, std::string* problem);

struct Embeddings {
  std::vector<float> rows;  // in the order of the texts
  size_t dimension = 0;
  uint64_t prompt_tokens = 0;
};
std::optional<Embeddings> ReadEmbeddings(std::string_view body, size_t count, std::string* problem);

struct ServerError {
  std::string message;  // one line of at most some hundred bytes; may be empty
  std::string code;     // "insufficient_quota"
};
ServerError ReadError(std::string_view body);

// `text` without the key: a server may repeat what it was sent. (What is shorter than a key can be
// is left alone.)
std::string Redact(const std::string& key, std::string_view text);

// A rough count for servers that do not say.
inline uint64_t EstimateTokens(std::string_view text) { return text.size() / 4 + 1; }

}  // namespace gesta::llm

#endif  // GESTA_INFERENCE_LLM_PROTOCOL_H_
