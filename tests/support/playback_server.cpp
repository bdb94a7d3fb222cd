#include "support/playback_server.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace gesta::test {
namespace {

std::string ReadText(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

constexpr std::chrono::hours kForever(24);

}  // namespace

std::string ChatReplyBody(const std::string& text) {
  const nlohmann::json message = {{"role", "assistant"}, {"content", text}};
  const nlohmann::json body = {
      {"object", "chat.completion"},
      {"choices", {{{"index", 0}, {"message", message}, {"finish_reason", "stop"}}}},
      {"usage", {{"prompt_tokens", 100}, {"completion_tokens", 20}, {"total_tokens", 120}}}};
  return body.dump();
}

ChatQuestion ReadChatQuestion(const HttpRequest& request) {
  const auto body = nlohmann::json::parse(request.body, nullptr, /*allow_exceptions=*/false);
  ChatQuestion question;
  if (!body.is_object() || !body.contains("messages") || body["messages"].empty()) return question;
  question.model = body.value("model", "");
  question.prompt = body["messages"].back().value("content", "");
  return question;
}

std::vector<std::string> ActionsOfPrompt(const std::string& prompt) {
  std::vector<std::string> actions;
  for (size_t at = prompt.find("\n- "); at != std::string::npos; at = prompt.find("\n- ", at + 1)) {
    const std::string line = prompt.substr(at + 3, prompt.find('\n', at + 1) - at - 3);
    if (line.find('\'') == std::string::npos) actions.push_back(line);  // no complaint
  }
  return actions;
}

std::string SubactionsAnswer(const std::vector<std::string>& actions, size_t count) {
  std::string json = "{";
  for (const std::string& action : actions) {
    json += (json.size() > 1 ? ", \"" : "\"") + action + "\": [";
    for (size_t i = 0; i < count; ++i) {
      json += (i > 0 ? ", \"" : "\"") + action + " " + std::to_string(i) + "\"";
    }
    json += "]";
  }
  return json + "}";
}

std::string LabelOfPrompt(const std::string& prompt) {
  const std::string before = "the activity classes \"";
  const size_t begin = prompt.find(before);
  const size_t end = prompt.find("\".\nThere are ");
  if (begin == std::string::npos || end == std::string::npos) return "";
  return prompt.substr(begin + before.size(), end - begin - before.size());
}

PlaybackServer::PlaybackServer(std::string folder)
    : folder_(std::move(folder)),
      server_(std::make_unique<HttpServer>(
          [this](const HttpRequest& request) { return Answer(request); })) {}

void PlaybackServer::SetGate(std::function<bool(const std::string&)> hold) {
  const std::lock_guard<std::mutex> lock(mutex_);
  hold_ = std::move(hold);
}

std::map<std::string, int> PlaybackServer::asked() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return asked_;
}
std::map<std::string, int> PlaybackServer::answered() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return answered_;
}
uint64_t PlaybackServer::equal_prompts() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return equal_prompts_;
}
uint64_t PlaybackServer::held() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return held_;
}

const PlaybackServer::Dataset& PlaybackServer::Load(const std::string& name) {
  const auto known = datasets_.find(name);
  if (known != datasets_.end()) return known->second;
  Dataset& dataset = datasets_[name];
  const std::filesystem::path folder = std::filesystem::path(folder_) / name;
  for (int i = 0; std::filesystem::exists(folder / ("prompt_" + std::to_string(i) + ".txt")); ++i) {
    const std::string number = std::to_string(i) + ".txt";
    Exchange exchange{ReadText(folder / ("prompt_" + number)),
                      ReadText(folder / ("answer_" + number))};
    const std::string label = LabelOfPrompt(exchange.prompt);
    const auto [at, is_new] = dataset.emplace(label, std::move(exchange));
    if (!is_new) at->second.is_repeated = true;
  }
  return dataset;
}

HttpReply PlaybackServer::Answer(const HttpRequest& request) {
  const ChatQuestion question = ReadChatQuestion(request);
  const std::string prefix = "playback/";
  HttpReply reply;
  const std::lock_guard<std::mutex> lock(mutex_);
  const std::string dataset = question.model.substr(std::min(prefix.size(), question.model.size()));
  const std::string label = LabelOfPrompt(question.prompt);
  const Dataset& answers = Load(dataset);
  const auto found = answers.find(label);
  if (request.path != "/v1/chat/completions" || found == answers.end() ||
      found->second.is_repeated) {
    reply.status = 400;
    reply.body = R"({"error": {"message": "no answer is known to this"}})";
    return reply;
  }
  const std::string key = dataset + "//" + label;
  ++asked_[key];
  if (question.prompt == found->second.prompt) ++equal_prompts_;
  if (hold_ && hold_(label)) {
    ++held_;
    reply.delay = kForever;
    return reply;
  }
  ++answered_[key];
  reply.body = ChatReplyBody(found->second.answer);
  return reply;
}

}  // namespace gesta::test
