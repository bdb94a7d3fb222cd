#include "gesta/llm_client.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <random>
#include <thread>

#include "llm/http_session.h"
#include "llm/protocol.h"

namespace gesta {
namespace {

using Clock = std::chrono::steady_clock;
using Millis = std::chrono::milliseconds;

constexpr Millis kTick(100);  // between two looks at check_interrupt
constexpr uint64_t kMaxBodyBytes = uint64_t{256} << 20;
constexpr uint64_t kAssumedAnswerTokens = 256;

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

bool IsHeaderText(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

}  // namespace

// Sessions that no call uses now: their connections are used again.
class LlmClient::SessionPool {
 public:
  Result<std::unique_ptr<HttpSession>> Take() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!idle_.empty()) {
        std::unique_ptr<HttpSession> session = std::move(idle_.back());
        idle_.pop_back();
        return session;
      }
    }
    return HttpSession::Open();
  }
  void Give(std::unique_ptr<HttpSession> session) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (idle_.size() < kIdle) idle_.push_back(std::move(session));
  }

 private:
  static constexpr size_t kIdle = 4;
  std::mutex mutex_;
  std::vector<std::unique_ptr<HttpSession>> idle_;
};

// Requests of one kind, sent to one path.
class LlmClient::Call {
 public:
  struct Work {
    std::string path;  // "/chat/completions"
    size_t count = 0;
    std::string model;                         // for messages
    std::function<std::string(size_t)> body;   // of a request
    std::function<uint64_t(size_t)> estimate;  // the tokens it may cost
    // An answer with status 200. False: it is useless, for the reason given, and the request is
    // sent again. An error ends the call.
    std::function<Result<bool>(size_t, std::string_view body, std::string* problem)> take;
  };

  Call(const LlmEndpoint& endpoint, HttpSession* session, const CallOptions& options, Work work,
       CallUsage* usage)
      : endpoint_(endpoint),
        session_(session),
        options_(options),
        work_(std::move(work)),
        usage_(usage),
        random_(std::random_device()()) {
    for (size_t i = 0; i < work_.count; ++i) queue_.push_back({i, 0, {}});
  }

  Status Run() {
    while (true) {
      if (options_.check_interrupt) GESTA_RETURN_IF_ERROR(options_.check_interrupt());
      if (error_.ok()) GESTA_RETURN_IF_ERROR(StartMore());
      if (running_.empty() && (queue_.empty() || !error_.ok())) return error_;
      const Millis wait = TimeToNext();
      if (running_.empty()) {
        std::this_thread::sleep_for(wait);
        continue;
      }
      GestaHttpResponse response{};
      if (session_->Wait(wait.count(), &response)) GESTA_RETURN_IF_ERROR(Finish(response));
    }
  }

 private:
  struct Job {
    size_t number = 0;
    int attempts = 0;  // so far
    Clock::time_point not_before{};
  };

  // -- sending --

  // What was sent before comes first, once its wait is over. While the server answers nothing, no
  // new questions are sent: those that it has failed show when it is back, or that it is not.
  std::deque<Job>::iterator NextJob(Clock::time_point now) {
    if (now < resume_at_) return queue_.end();
    return std::find_if(queue_.begin(), queue_.end(),
                        [&](const Job& job) { return job.not_before <= now && !IsHeldBack(job); });
  }
  bool IsHeldBack(const Job& job) const {
    return job.attempts == 0 && failures_in_a_row_ >= std::max<size_t>(options_.parallel, 3);
  }

  // The error is one of the library; what ends the asking orderly is noted in error_.
  Status StartMore() {
    while (running_.size() < std::max<size_t>(1, options_.parallel)) {
      const auto next = NextJob(Clock::now());
      if (next == queue_.end()) return {};
      if (!WithinBudget(*next)) return {};
      const Job job = *next;
      queue_.erase(next);
      GESTA_RETURN_IF_ERROR(Send(job));
    }
    return {};
  }

  // False: it must not be sent, at least not before others have ended.
  bool WithinBudget(const Job& job) {
    if (options_.max_calls && usage_->calls >= *options_.max_calls) {
      error_ = BudgetError("calls", *options_.max_calls);
      return false;
    }
    if (options_.max_tokens) {
      const uint64_t used = usage_->prompt_tokens + usage_->answer_tokens;
      if (used + reserved_ + work_.estimate(job.number) > *options_.max_tokens) {
        if (running_.empty()) error_ = BudgetError("tokens", *options_.max_tokens);
        return false;
      }
    }
    return true;
  }

  Status BudgetError(const char* what, uint64_t limit) const {
    return Status(StatusCode::kSemantic,
                  "the budget of " + std::to_string(limit) + " " + what + " is used up, and " +
                      std::to_string(queue_.size()) + " questions are open",
                  "the answers so far are kept: raise the budget and run the statement again");
  }

  Status Send(const Job& job) {
    const std::string url = endpoint_.url + work_.path;
    const std::string body = work_.body(job.number);
    const std::string authorization = "Authorization: Bearer " + endpoint_.api_key;
    std::vector<GestaHttpSpan> headers = {HttpSpan("Content-Type: application/json")};
    if (!endpoint_.api_key.empty()) headers.push_back(HttpSpan(authorization));
    GestaHttpRequest request{};
    request.method = HttpSpan("POST");
    request.url = HttpSpan(url);
    request.headers = headers.data();
    request.header_count = headers.size();
    request.body = HttpSpan(body);
    request.timeout_ms = options_.timeout.count();
    request.max_body_bytes = kMaxBodyBytes;
    GESTA_RETURN_IF_ERROR(session_->Start(job.number, request));
    ++usage_->calls;
    if (job.attempts > 0) ++usage_->repeated;
    running_.push_back(job);
    reserved_ += work_.estimate(job.number);
    return {};
  }

  Millis TimeToNext() const {
    Clock::time_point next = Clock::time_point::max();
    if (running_.size() < options_.parallel) {
      for (const Job& job : queue_) {
        if (!IsHeldBack(job)) next = std::min(next, std::max(job.not_before, resume_at_));
      }
    }
    if (next == Clock::time_point::max()) return kTick;
    const auto left = std::chrono::ceil<Millis>(next - Clock::now());
    return std::clamp(left, Millis(1), kTick);
  }

  // -- answers --

  Status Finish(const GestaHttpResponse& response) {
    const auto found = std::find_if(running_.begin(), running_.end(),
                                    [&](const Job& job) { return job.number == response.id; });
    if (found == running_.end()) return {};
    Job job = *found;
    running_.erase(found);
    reserved_ -= work_.estimate(job.number);
    ++job.attempts;

    const std::string body = Redact(HttpText(response.body));
    if (response.outcome != kGestaHttpDone) return Failed(job, response);
    if (response.status == 200) {
      std::string problem;
      const Result<bool> taken = work_.take(job.number, body, &problem);
      if (!taken.ok()) {
        Note(taken.status());
        return {};
      }
      if (!*taken) {
        Retry(job, StatusCode::kIo, Redact(problem), std::nullopt);
      } else {
        failures_in_a_row_ = 0;
      }
      return {};
    }
    Refused(job, response.status, llm::ReadError(body), response.retry_after_ms);
    return {};
  }

  // The exchange did not come to its end.
  Status Failed(const Job& job, const GestaHttpResponse& response) {
    const std::string message = Redact(HttpText(response.message));
    switch (response.outcome) {
      case kGestaHttpNoServer:
        Retry(job, StatusCode::kNotFound, "it cannot be reached: " + message, std::nullopt);
        break;
      case kGestaHttpTimeout:
        Retry(job, StatusCode::kTimeout,
              "no answer within " + std::to_string(options_.timeout.count()) + " ms", std::nullopt);
        break;
      case kGestaHttpBroken:
        Retry(job, StatusCode::kIo, "the answer broke off: " + message, std::nullopt);
        break;
      case kGestaHttpInvalid:
        Note(Status(StatusCode::kInvalidArgument,
                    "the server at " + endpoint_.url + " cannot be asked: " + message));
        break;
      default:
        Note(Status(StatusCode::kIo, "asking the server at " + endpoint_.url + ": " + message));
    }
    return {};
  }

  // An answer with another status than 200.
  void Refused(const Job& job, int status, const llm::ServerError& error, int64_t retry_after_ms) {
    const std::string said = error.message.empty() ? "" : ": " + Redact(error.message);
    const std::string place = "the server at " + endpoint_.url;
    const bool is_busy = status == 429 && error.code != "insufficient_quota";
    if (is_busy || status == 408 || status == 409 || status == 425 || status >= 500) {
      std::optional<Millis> wait;
      if (retry_after_ms >= 0) wait = Millis(retry_after_ms);
      if (wait && *wait > endpoint_.longest_retry_after) {
        Note(Status(StatusCode::kTimeout,
                    place + " asks to wait " + std::to_string(wait->count() / 1000) + " s" + said,
                    "run the statement again then; the answers so far are kept"));
        return;
      }
      Retry(job, status == 429 ? StatusCode::kTimeout : StatusCode::kIo,
            "status " + std::to_string(status) + said, wait);
      if (is_busy && wait) resume_at_ = std::max(resume_at_, Clock::now() + *wait);
      return;
    }
    if (status == 401 || status == 403) {
      Note(Status(
          StatusCode::kInvalidArgument,
          place + (endpoint_.api_key.empty() ? " asks for a key" : " refuses the key") + said,
          "give it with --api-key-file or in GESTA_LLM_API_KEY"));
    } else if (status == 404) {
      Note(Status(StatusCode::kNotFound,
                  place + " knows no " + work_.path + " for the model '" + work_.model + "'" + said,
                  "are the address (GESTA_LLM_URL) and the model's name right?"));
    } else if (status >= 300 && status < 400) {
      Note(Status(StatusCode::kInvalidArgument, place + " has another address now",
                  "requests with a key are not redirected: give the new address"));
    } else {
      Note(Status(StatusCode::kInvalidArgument,
                  place + " refuses the request with status " + std::to_string(status) + said));
    }
  }

  // Tries the job again later, or gives up.
  void Retry(Job job, StatusCode code, const std::string& why, std::optional<Millis> at_least) {
    if (job.attempts > options_.retries) {
      const std::string times =
          job.attempts == 1 ? "once" : std::to_string(job.attempts) + " times";
      Note(Status(
          code,
          "the server at " + endpoint_.url + " was asked " + times + " without success: " + why,
          code == StatusCode::kNotFound
              ? "is it running? Its address is in GESTA_LLM_URL"
              : "the answers so far are kept: run the statement again later"));
      return;
    }
    const double doubled = static_cast<double>(endpoint_.first_wait.count()) *
                           static_cast<double>(uint64_t{1} << std::min(job.attempts - 1, 20));
    const double longest = static_cast<double>(endpoint_.longest_wait.count());
    std::uniform_real_distribution<double> spread(0.5, 1.0);
    auto wait = Millis(static_cast<int64_t>(std::min(doubled, longest) * spread(random_)));
    if (at_least) wait += *at_least;
    job.not_before = Clock::now() + wait;
    ++failures_in_a_row_;
    queue_.push_front(job);
  }

  void Note(const Status& status) {
    if (error_.ok()) error_ = status;
  }

  std::string Redact(std::string_view text) const { return llm::Redact(endpoint_.api_key, text); }

  const LlmEndpoint& endpoint_;
  HttpSession* const session_;
  const CallOptions& options_;
  const Work work_;
  CallUsage* const usage_;
  std::mt19937_64 random_;
  std::deque<Job> queue_;
  std::vector<Job> running_;
  size_t failures_in_a_row_ = 0;
  uint64_t reserved_ = 0;          // tokens that the running ones may cost
  Clock::time_point resume_at_{};  // the server wants no request before
  Status error_;                   // why no more is sent
};

LlmClient::LlmClient(LlmEndpoint endpoint)
    : endpoint_(std::move(endpoint)), sessions_(std::make_unique<SessionPool>()) {}

LlmClient::~LlmClient() {
  if (!endpoint_.api_key.empty())
    explicit_bzero(endpoint_.api_key.data(), endpoint_.api_key.size());
}

Result<std::unique_ptr<LlmClient>> LlmClient::Make(LlmEndpoint endpoint) {
  std::string& url = endpoint.url;
  while (!url.empty() && url.back() == '/') url.pop_back();
  const size_t host = url.find("://");
  if ((!StartsWith(url, "http://") && !StartsWith(url, "https://")) || !IsHeaderText(url)) {
    return Status(StatusCode::kInvalidArgument,
                  "the language model server's address is not an http or https URL",
                  "for example https://api.openai.com/v1");
  }
  const std::string_view authority =
      std::string_view(url).substr(host + 3, url.find('/', host + 3) - host - 3);
  if (authority.empty() || authority.find('@') != std::string_view::npos) {
    return Status(StatusCode::kInvalidArgument,
                  "the language model server's address must have a host and no password",
                  "give the key with --api-key-file or in GESTA_LLM_API_KEY");
  }
  if (!IsHeaderText(endpoint.api_key)) {
    return Status(StatusCode::kInvalidArgument,
                  "the API key holds blanks or characters that no key has");
  }
  return std::unique_ptr<LlmClient>(new LlmClient(std::move(endpoint)));
}

Status LlmClient::Chat(const std::vector<ChatRequest>& requests, const CallOptions& options,
                       const std::function<Status(size_t, ChatReply)>& on_reply, CallUsage* usage) {
  if (requests.empty()) return {};
  Call::Work work;
  work.path = "/chat/completions";
  work.count = requests.size();
  work.model = requests.front().model;
  work.body = [&](size_t i) { return llm::ChatBody(requests[i]); };
  work.estimate = [&](size_t i) {
    const ChatRequest& request = requests[i];
    const int64_t answer = request.answer_tokens.value_or(int64_t{kAssumedAnswerTokens});
    return llm::EstimateTokens(request.prompt) +
           static_cast<uint64_t>(std::max<int64_t>(0, answer));
  };
  work.take = [&](size_t i, std::string_view body, std::string* problem) -> Result<bool> {
    std::optional<ChatReply> reply = llm::ReadChat(body, problem);
    if (!reply) return false;
    if (reply->prompt_tokens == 0) {
      reply->prompt_tokens = llm::EstimateTokens(requests[i].prompt);
    }
    reply->text = llm::Redact(endpoint_.api_key, reply->text);  // it may have been escaped
    usage->prompt_tokens += reply->prompt_tokens;
    usage->answer_tokens += reply->answer_tokens;
    GESTA_RETURN_IF_ERROR(on_reply(i, *std::move(reply)));
    return true;
  };
  GESTA_ASSIGN_OR_RETURN(std::unique_ptr<HttpSession> session, sessions_->Take());
  const Status status = Call(endpoint_, session.get(), options, std::move(work), usage).Run();
  session->CancelAll();
  sessions_->Give(std::move(session));
  return status;
}

Status LlmClient::Embed(const std::string& model, const std::vector<std::string>& texts,
                        size_t batch, const CallOptions& options, std::vector<float>* rows,
                        size_t* dimension, CallUsage* usage) {
  rows->clear();
  if (texts.empty()) return {};
  batch = std::max<size_t>(1, batch);
  const auto count = [&](size_t i) { return std::min(batch, texts.size() - i * batch); };
  const auto estimate = [&](size_t i) {
    uint64_t tokens = 0;
    for (size_t k = 0; k < count(i); ++k) tokens += llm::EstimateTokens(texts[i * batch + k]);
    return tokens;
  };
  size_t length = 0;
  Call::Work work;
  work.path = "/embeddings";
  work.count = (texts.size() + batch - 1) / batch;
  work.model = model;
  work.body = [&](size_t i) { return llm::EmbeddingBody(model, &texts[i * batch], count(i)); };
  work.estimate = estimate;
  work.take = [&](size_t i, std::string_view body, std::string* problem) -> Result<bool> {
    std::optional<llm::Embeddings> read = llm::ReadEmbeddings(body, count(i), problem);
    if (!read) return false;
    if (length == 0) {
      length = read->dimension;
      rows->resize(texts.size() * length);
    }
    if (read->dimension != length) {
      return Status(StatusCode::kIo, "the server at " + endpoint_.url +
                                         " gives embeddings of different lengths for the model '" +
                                         model + "'");
    }
    std::copy(read->rows.begin(), read->rows.end(),
              rows->begin() + static_cast<ptrdiff_t>(i * batch * length));
    usage->prompt_tokens += read->prompt_tokens > 0 ? read->prompt_tokens : estimate(i);
    return true;
  };
  GESTA_ASSIGN_OR_RETURN(std::unique_ptr<HttpSession> session, sessions_->Take());
  const Status status = Call(endpoint_, session.get(), options, std::move(work), usage).Run();
  session->CancelAll();
  sessions_->Give(std::move(session));
  *dimension = length;
  return status;
}

}  // namespace gesta
