#include "llm/protocol.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "gesta/format/json.h"

namespace gesta::llm {
namespace {

using nlohmann::json;

std::string Dump(const json& body) {
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

uint64_t TokenCount(const format::Datum& root, std::string_view name, uint64_t fallback) {
  const format::Datum* usage = root.Find("usage");
  const format::Datum* count = usage ? usage->Find(name) : nullptr;
  if (!count || !count->is_int() || count->integer() < 0) return fallback;
  return static_cast<uint64_t>(count->integer());
}

Result<format::Document> Parse(std::string_view body) {
  return format::ParseJson(body, "the answer");
}

}  // namespace

std::string ChatBody(const ChatRequest& request) {
  json body = {{"model", request.model},
               {"messages", json::array({{{"role", "user"}, {"content", request.prompt}}})}};
  if (request.temperature) body["temperature"] = *request.temperature;
  if (request.seed) body["seed"] = *request.seed;
  if (request.answer_tokens) body["max_tokens"] = *request.answer_tokens;
  return Dump(body);
}

std::string EmbeddingBody(const std::string& model, const std::string* texts, size_t count) {
  json input = json::array();
  for (size_t i = 0; i < count; ++i) input.push_back(texts[i]);
  return Dump({{"model", model}, {"input", std::move(input)}, {"encoding_format", "float"}});
}

std::optional<ChatReply> ReadChat(std::string_view body, std::string* problem) {
  const auto document = Parse(body);
  if (!document.ok()) {
    *problem = document.status().message();
    return std::nullopt;
  }
  const format::Datum& root = document->root();
  const format::Datum* choices = root.Find("choices");
  const format::Datum& choice = choices ? (*choices)[0] : format::Datum::Null();
  const format::Datum* message = choice.Find("message");
  const format::Datum* content = message ? message->Find("content") : nullptr;
  if (!content || !content->is_string()) {
    *problem = "the answer has no text at choices[0].message.content";
    return std::nullopt;
  }
  ChatReply reply;
  reply.text = content->text();
  const format::Datum* reason = choice.Find("finish_reason");
  reply.is_cut = reason && reason->text() == "length";
  reply.prompt_tokens = TokenCount(root, "prompt_tokens", 0);
  reply.answer_tokens = TokenCount(root, "completion_tokens", EstimateTokens(reply.text));
  return reply;
}

std::optional<Embeddings> ReadEmbeddings(std::string_view body, size_t count,
                                         std::string* problem) {
  const auto document = Parse(body);
  if (!document.ok()) {
    *problem = document.status().message();
    return std::nullopt;
  }
  const format::Datum* data = document->root().Find("data");
  if (!data || data->items().size() != count) {
    *problem = "the answer does not hold " + std::to_string(count) + " embeddings";
    return std::nullopt;
  }
  Embeddings embeddings;
  std::vector<bool> seen(count);
  size_t place = 0;
  for (const format::Datum& item : data->items()) {
    const format::Datum* index = item.Find("index");
    const size_t row = index && index->is_int() ? static_cast<size_t>(index->integer()) : place;
    ++place;
    const format::Datum* vector = item.Find("embedding");
    if (row >= count || seen[row] || !vector || vector->items().size() == 0 ||
        (embeddings.dimension != 0 && vector->items().size() != embeddings.dimension)) {
      *problem = "the answer's embeddings do not fit together";
      return std::nullopt;
    }
    seen[row] = true;
    if (embeddings.dimension == 0) {
      embeddings.dimension = vector->items().size();
      embeddings.rows.resize(count * embeddings.dimension);
    }
    float* out = embeddings.rows.data() + row * embeddings.dimension;
    for (const format::Datum& number : vector->items()) {
      *out = static_cast<float>(number.number());
      if (!number.is_number() || !std::isfinite(*out)) {
        *problem = "an embedding holds what is no number";
        return std::nullopt;
      }
      ++out;
    }
  }
  embeddings.prompt_tokens = TokenCount(document->root(), "prompt_tokens", 0);
  return embeddings;
}

ServerError ReadError(std::string_view body) {
  ServerError read;
  const auto document = Parse(body);
  if (document.ok()) {
    const format::Datum& root = document->root();
    const format::Datum* error = root.Find("error");
    const format::Datum& holder = error && error->is_dict() ? *error : root;
    for (const char* name : {"message", "detail"}) {
      const format::Datum* message = holder.Find(name);
      if (read.message.empty() && message) read.message = message->text();
    }
    if (read.message.empty() && error) read.message = error->text();
    const format::Datum* code = holder.Find("code");
    if (code && code->is_string()) read.code = code->text();
  } else {
    read.message = body.substr(0, 200);
  }
  constexpr size_t kLongest = 300;
  if (read.message.size() > kLongest) {
    size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(read.message[end]) & 0xC0) == 0x80) --end;
    read.message.resize(end);
    read.message += "…";
  }
  for (char& c : read.message) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  while (!read.message.empty() && (read.message.back() == ' ' || read.message.back() == '.')) {
    read.message.pop_back();
  }
  return read;
}

std::string Redact(const std::string& key, std::string_view text) {
  constexpr size_t kShortestKey = 6;
  std::string clean(text);
  if (key.size() < kShortestKey) return clean;
  for (size_t at = clean.find(key); at != std::string::npos; at = clean.find(key, at)) {
    clean.replace(at, key.size(), "[key]");
  }
  return clean;
}

}  // namespace gesta::llm
