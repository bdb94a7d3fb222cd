// embed() and similarity(): vectors of texts and nodes by models and embedding spaces.
#include <cmath>
#include <map>
#include <optional>

#include "align/node_text.h"
#include "align/space_query.h"
#include "align/space_text.h"
#include "functions/errors.h"
#include "functions/registry.h"
#include "gesta/models.h"

namespace gesta {
namespace {

// One space or model, and what a batch of calls wants of it.
class Embedder {
 public:
  // A space of that name, else a model.
  static Result<Embedder> Make(EvaluationContext& context, const std::string& name) {
    Embedder embedder(context);
    if (const SpaceInfo* space = context.transaction()->FindSpace(name)) {
      embedder.space_ = *space;
      return embedder;
    }
    if (!context.models()) return align::FindSpace(*context.transaction(), name).status();
    auto model = context.models()->Get(name);
    if (model.status().code() == StatusCode::kNotFound) {
      return Status(StatusCode::kNotFound,
                    "there is no embedding space and no model " + QuoteName(name),
                    std::string(model.status().info().hint));
    }
    if (!model.ok()) return model.status();
    embedder.model_ = std::move(*model);
    return embedder;
  }

  VectorMetric metric() const { return space_ ? space_->metric : VectorMetric::kCosine; }

  // Asks for a value's vector: a text's, a node's (the one it has in the space, else its text's),
  // or a list's own numbers. Gives its place.
  Result<size_t> Want(const Value& value, std::string_view function) {
    const size_t place = vectors_.size();
    vectors_.emplace_back();
    std::string text;
    if (value.type() == ValueType::kList) {
      GESTA_ASSIGN_OR_RETURN(vectors_.back(), align::VectorOf(value, std::string(function) + "()"));
      return place;
    }
    if (value.type() == ValueType::kNode) {
      if (space_) {
        GESTA_ASSIGN_OR_RETURN(auto stored,
                               context_->transaction()->GetVector(space_->id, value.EntityId()));
        if (stored) {
          vectors_.back() = std::move(*stored);
          return place;
        }
      }
      GESTA_ASSIGN_OR_RETURN(text, TextOf(value.EntityId()));
      if (text.empty()) {
        return Status(StatusCode::kNotFound, "node " + std::to_string(value.EntityId()) +
                                                 " has no vector and no text to embed");
      }
    } else if (value.type() == ValueType::kString) {
      text = value.AsString();
    } else {
      return WrongArgument(function, "a text, a node or a list of numbers", value);
    }
    texts_.push_back(std::move(text));
    places_.push_back(place);
    return place;
  }

  // All texts in one call of the model.
  Status Embed() {
    if (texts_.empty()) return Status::Ok();
    const auto check = [context = context_] { return context->CheckInterrupt(); };
    std::vector<float> rows;
    if (space_) {
      GESTA_RETURN_IF_ERROR(
          align::EmbedForSpace(*space_, context_->models(), texts_, check, &rows));
    } else {
      EncodeOptions options;
      options.check_interrupt = check;
      GESTA_RETURN_IF_ERROR(model_->EmbedTexts(texts_, options, &rows));
    }
    const size_t dimension = rows.size() / texts_.size();
    for (size_t i = 0; i < places_.size(); ++i) {
      const auto row = rows.begin() + static_cast<std::ptrdiff_t>(i * dimension);
      vectors_[places_[i]].assign(row, row + static_cast<std::ptrdiff_t>(dimension));
    }
    return Status::Ok();
  }

  const std::vector<float>& At(size_t place) const { return vectors_[place]; }

 private:
  explicit Embedder(EvaluationContext& context) : context_(&context) {}

  Result<std::string> TextOf(NodeId node) {
    if (space_) return align::SpaceText(*space_, context_->transaction()).Of(node);
    GESTA_ASSIGN_OR_RETURN(align::NodeReader::Texts texts,
                           align::NodeReader(context_->transaction()).Read(node));
    return std::move(texts.name);
  }

  EvaluationContext* context_;
  std::optional<SpaceInfo> space_;
  // Shared with the provider.
  std::shared_ptr<EmbeddingModel> model_;
  std::vector<std::vector<float>> vectors_;
  std::vector<std::string> texts_;
  std::vector<size_t> places_;  // of the texts' vectors
};

// Makes each embedder once.
class Embedders {
 public:
  Embedders(EvaluationContext& context, std::string_view function)
      : context_(context), function_(function) {}

  Result<Embedder*> Get(const Value& name) {
    if (name.type() != ValueType::kString) {
      return WrongArgument(function_, "the name of an embedding space or a model", name);
    }
    const std::string key(name.AsString());
    const auto at = embedders_.find(key);
    if (at != embedders_.end()) return &at->second;
    GESTA_ASSIGN_OR_RETURN(Embedder embedder, Embedder::Make(context_, key));
    return &embedders_.emplace(key, std::move(embedder)).first->second;
  }

  Status Embed() {
    for (auto& [name, embedder] : embedders_) GESTA_RETURN_IF_ERROR(embedder.Embed());
    return Status::Ok();
  }

 private:
  EvaluationContext& context_;
  std::string_view function_;
  std::map<std::string, Embedder> embedders_;
};

Status CheckContext(EvaluationContext& context, std::string_view function) {
  if (context.transaction()) return Status::Ok();
  return Status(StatusCode::kUnsupported,
                std::string(function) + "() can be called only in a running statement");
}

Status Embed(EvaluationContext& context, const BatchCalls& calls, std::vector<Value>* results) {
  GESTA_RETURN_IF_ERROR(CheckContext(context, "embed"));
  Embedders embedders(context, "embed");
  std::vector<std::pair<Embedder*, size_t>> wanted(calls.rows);
  for (size_t row = 0; row < calls.rows; ++row) {
    if (calls.at(row, 0).IsNull() || calls.at(row, 1).IsNull()) continue;
    GESTA_ASSIGN_OR_RETURN(wanted[row].first, embedders.Get(calls.at(row, 0)));
    GESTA_ASSIGN_OR_RETURN(wanted[row].second, wanted[row].first->Want(calls.at(row, 1), "embed"));
  }
  GESTA_RETURN_IF_ERROR(embedders.Embed());
  for (size_t row = 0; row < calls.rows; ++row) {
    if (!wanted[row].first) continue;
    std::vector<Value> elements;
    for (const float element : wanted[row].first->At(wanted[row].second)) {
      elements.push_back(Value::Float(element));
    }
    (*results)[row] = Value::MakeList(std::move(elements));
  }
  return Status::Ok();
}

// As the metrics of spaces score (gesta/vector.h); nullopt: no cosine, one has length 0.
std::optional<double> Score(VectorMetric metric, const std::vector<float>& a,
                            const std::vector<float>& b) {
  double product = 0, squares_a = 0, squares_b = 0, distance = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const double x = a[i], y = b[i];
    product += x * y;
    squares_a += x * x;
    squares_b += y * y;
    distance += (x - y) * (x - y);
  }
  if (metric == VectorMetric::kDot) return product;
  if (metric == VectorMetric::kL2) return 1 / (1 + std::sqrt(distance));
  if (squares_a == 0 || squares_b == 0) return std::nullopt;
  return product / std::sqrt(squares_a * squares_b);
}

Status Similarity(EvaluationContext& context, const BatchCalls& calls,
                  std::vector<Value>* results) {
  GESTA_RETURN_IF_ERROR(CheckContext(context, "similarity"));
  Embedders embedders(context, "similarity");
  struct Pair {
    Embedder* embedder = nullptr;
    size_t first = 0;
    size_t second = 0;
  };
  std::vector<Pair> pairs(calls.rows);
  const auto score = [&](size_t row, VectorMetric metric, const std::vector<float>& a,
                         const std::vector<float>& b) -> Status {
    if (a.size() != b.size()) {
      return ArgumentError("InvalidArgumentValue", "similarity() of vectors of " +
                                                       std::to_string(a.size()) + " and " +
                                                       std::to_string(b.size()) + " numbers");
    }
    if (const auto value = Score(metric, a, b)) (*results)[row] = Value::Float(*value);
    return Status::Ok();
  };
  for (size_t row = 0; row < calls.rows; ++row) {
    const Value& a = calls.at(row, 0);
    const Value& b = calls.at(row, 1);
    if (a.IsNull() || b.IsNull()) continue;
    if (calls.count > 2) {
      if (calls.at(row, 2).IsNull()) continue;
      GESTA_ASSIGN_OR_RETURN(pairs[row].embedder, embedders.Get(calls.at(row, 2)));
      GESTA_ASSIGN_OR_RETURN(pairs[row].first, pairs[row].embedder->Want(a, "similarity"));
      GESTA_ASSIGN_OR_RETURN(pairs[row].second, pairs[row].embedder->Want(b, "similarity"));
      continue;
    }
    if (a.type() != ValueType::kList || b.type() != ValueType::kList) {
      return ArgumentError(
          "InvalidArgumentValue",
          "similarity() of texts and nodes needs the name of an embedding space or "
          "a model as its third argument");
    }
    GESTA_ASSIGN_OR_RETURN(const auto x, align::VectorOf(a, "similarity()"));
    GESTA_ASSIGN_OR_RETURN(const auto y, align::VectorOf(b, "similarity()"));
    GESTA_RETURN_IF_ERROR(score(row, VectorMetric::kCosine, x, y));
  }
  GESTA_RETURN_IF_ERROR(embedders.Embed());
  for (size_t row = 0; row < calls.rows; ++row) {
    if (!pairs[row].embedder) continue;
    const Embedder& embedder = *pairs[row].embedder;
    GESTA_RETURN_IF_ERROR(score(row, embedder.metric(), embedder.At(pairs[row].first),
                                embedder.At(pairs[row].second)));
  }
  return Status::Ok();
}

}  // namespace

void RegisterModelFunctions(FunctionRegistry& registry) {
  FunctionInfo embed;
  embed.name = "embed";
  embed.min_arguments = 2;
  embed.max_arguments = 2;
  embed.arguments = {ArgumentKind::kString, ArgumentKind::kAny};
  embed.volatility = Volatility::kVolatile;
  embed.null_in_null_out = false;
  embed.batch = &Embed;
  embed.signature = "embed(spaceOrModel, text) -> LIST OF FLOAT";
  embed.summary = "The vector of a text, or of a node, in an embedding space or by a model";
  registry.Add(std::move(embed));

  FunctionInfo similarity;
  similarity.name = "similarity";
  similarity.min_arguments = 2;
  similarity.max_arguments = 3;
  similarity.arguments = {ArgumentKind::kAny, ArgumentKind::kAny, ArgumentKind::kString};
  similarity.volatility = Volatility::kVolatile;
  similarity.null_in_null_out = false;
  similarity.batch = &Similarity;
  similarity.signature = "similarity(a, b [, spaceOrModel]) -> FLOAT";
  similarity.summary =
      "How alike two texts, nodes or vectors are, by the space's metric; without a space the "
      "cosine "
      "of two vectors";
  registry.Add(std::move(similarity));
}

}  // namespace gesta
