// A language model server that plays published answers back.
#ifndef GESTA_TESTS_SUPPORT_PLAYBACK_SERVER_H_
#define GESTA_TESTS_SUPPORT_PLAYBACK_SERVER_H_

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "support/http_server.h"

namespace gesta::test {

// The body of an OpenAI-compatible chat answer.
std::string ChatReplyBody(const std::string& text);

// The model and the prompt of a chat request; empty where the body is none.
struct ChatQuestion {
  std::string model;
  std::string prompt;
};
ChatQuestion ReadChatQuestion(const HttpRequest& request);

// The actions that a prompt for subactions lists, and an answer to it: {"a": ["a 0", "a 1", …], …}.
std::vector<std::string> ActionsOfPrompt(const std::string& prompt);
std::string SubactionsAnswer(const std::vector<std::string>& actions, size_t count);

// The label that a prompt of the template pangea asks about.
std::string LabelOfPrompt(const std::string& prompt);

// Answers to the model "playback/DATASET": a prompt is recognised by its label among the published
// prompts of DATASET, since equal similarities order candidates differently from run to run. A
// label that the dataset does not have, or has twice, gives status 400.
class PlaybackServer {
 public:
  // `folder`: …/dataset_labels_align_result.
  explicit PlaybackServer(std::string folder);

  // Asked before each answer: whether it is held back until the server ends.
  void SetGate(std::function<bool(const std::string& label)> hold);

  std::string url() const { return server_->url() + "/v1"; }
  uint64_t requests() const { return server_->requests(); }
  // How often each "DATASET//label" was asked about, and was answered.
  std::map<std::string, int> asked() const;
  std::map<std::string, int> answered() const;
  // How many prompts were the published ones, byte for byte.
  uint64_t equal_prompts() const;
  uint64_t held() const;

 private:
  struct Exchange {
    std::string prompt;
    std::string answer;
    bool is_repeated = false;
  };
  using Dataset = std::map<std::string, Exchange>;  // by label

  HttpReply Answer(const HttpRequest& request);
  const Dataset& Load(const std::string& name);  // mutex_ is held

  const std::string folder_;
  mutable std::mutex mutex_;
  std::function<bool(const std::string&)> hold_;
  std::map<std::string, Dataset> datasets_;
  std::map<std::string, int> asked_;
  std::map<std::string, int> answered_;
  uint64_t equal_prompts_ = 0;
  uint64_t held_ = 0;
  std::unique_ptr<HttpServer> server_;  // last: it stops before the rest goes
};

}  // namespace gesta::test

#endif  // GESTA_TESTS_SUPPORT_PLAYBACK_SERVER_H_
