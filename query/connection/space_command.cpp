#include "connection/space_command.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "align/options.h"
#include "functions/errors.h"
#include "gesta/models.h"

namespace gesta {
namespace {

const std::vector<std::string>& OptionNames() {
  static const std::vector<std::string> names = {
      "dimension", "ef_construction", "logit_bias", "logit_scale", "m",
      "metric",    "padding",         "text",       "type"};
  return names;
}

Status CheckOptionNames(const Map& options) {
  const std::vector<std::string>& known = OptionNames();
  for (const auto& [name, value] : options) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string nearest = NearestName(name, known);
    std::string all;
    for (const std::string& option : known) all += (all.empty() ? "" : ", ") + option;
    return StatementError(
        StatusCode::kSemantic, "ArgumentError", "UnknownOption",
        "an embedding space has no option " + QuoteName(name),
        nearest.empty() ? "its options are " + all : "did you mean " + nearest + "?");
  }
  return {};
}

Status ReadOptions(const ast::CreateSpace& create, SpaceInfo* info) {
  GESTA_RETURN_IF_ERROR(CheckOptionNames(create.options));
  const AlignerOptions options("an embedding space", create.options);
  GESTA_ASSIGN_OR_RETURN(const std::string metric,
                         options.Choice("metric", {"cosine", "dot", "l2"}));
  for (const auto one : {VectorMetric::kCosine, VectorMetric::kDot, VectorMetric::kL2}) {
    if (metric == VectorMetricName(one)) info->metric = one;
  }
  GESTA_ASSIGN_OR_RETURN(const std::string type, options.Choice("type", {"float32", "float16"}));
  if (type == "float16") info->element = VectorElement::kFloat16;
  const auto read = [&](std::string_view name, uint32_t* to) -> Status {
    GESTA_ASSIGN_OR_RETURN(const int64_t value, options.Integer(name, *to, 1));
    // Larger ones are as impossible, and said to be where the limits are.
    *to = static_cast<uint32_t>(std::min<int64_t>(value, 1 << 30));
    return {};
  };
  if (options.Has("dimension")) GESTA_RETURN_IF_ERROR(read("dimension", &info->dimension));
  GESTA_RETURN_IF_ERROR(read("m", &info->m));
  GESTA_RETURN_IF_ERROR(read("ef_construction", &info->ef_construction));
  for (const auto& [name, to] :
       {std::pair("logit_scale", &info->logit_scale), std::pair("logit_bias", &info->logit_bias)}) {
    if (!options.Has(name)) continue;
    constexpr double kLeast = std::numeric_limits<double>::lowest();
    GESTA_ASSIGN_OR_RETURN(*to, options.Number(name, 0, kLeast));
  }
  GESTA_ASSIGN_OR_RETURN(info->text, options.String("text", ""));
  GESTA_ASSIGN_OR_RETURN(info->padding, options.String("padding", ""));
  if (!info->padding.empty() && info->padding != "max_length" && info->padding != "longest") {
    return ArgumentError("InvalidArgumentValue",
                         "the padding of an embedding space is 'max_length' or 'longest', not " +
                             QuoteName(info->padding));
  }
  return {};
}

// What the model says about its vectors.
Status ReadModel(const DatabaseImpl& database, SpaceInfo* info) {
  if (database.models() == nullptr) {
    if (info->dimension > 0) return {};
    return Status(StatusCode::kNotFound,
                  "there is no model " + QuoteName(info->model) + ": the database has no models",
                  "give the dimension of its vectors, as in WITH {dimension: 384}");
  }
  const auto model = database.models()->Describe(info->model);
  if (!model.ok()) {
    // Who knows the dimension can create the space before the model is there.
    const bool missing = model.status().code() == StatusCode::kNotFound;
    return missing && info->dimension > 0 ? Status() : model.status();
  }
  const auto dimension = static_cast<uint32_t>(model->dimension);
  if (info->dimension > 0 && info->dimension != dimension) {
    return ArgumentError("InvalidArgumentValue", "the vectors of the model " +
                                                     QuoteName(info->model) + " have " +
                                                     std::to_string(dimension) + " elements, not " +
                                                     std::to_string(info->dimension));
  }
  info->dimension = dimension;
  info->model_version = model->version;
  if (!info->logit_scale && model->logit_scale) info->logit_scale = std::log(*model->logit_scale);
  if (!info->logit_bias) info->logit_bias = model->logit_bias;
  return {};
}

}  // namespace

Status CreateEmbeddingSpace(const ast::CreateSpace& create, Transaction& transaction,
                            const DatabaseImpl& database) {
  SpaceInfo info;
  info.name = create.name;
  info.model = create.model;
  if (transaction.FindSpace(info.name) != nullptr) {
    return Status(StatusCode::kAlreadyExists,
                  "there is an embedding space named " + QuoteName(info.name) + " already");
  }
  // ALIGN … USING could not tell them apart.
  if (database.aligners().Find(info.name) != nullptr) {
    return Status(StatusCode::kAlreadyExists, QuoteName(info.name) + " is the name of an aligner",
                  "give the embedding space another name");
  }
  GESTA_RETURN_IF_ERROR(ReadOptions(create, &info));
  if (!info.model.empty()) {
    GESTA_RETURN_IF_ERROR(ReadModel(database, &info));
  } else if (info.dimension == 0) {
    return StatementError(StatusCode::kSemantic, "ArgumentError", "MissingOption",
                          "an embedding space without a model needs a dimension",
                          "name its model with USING MODEL, or add WITH {dimension: …}");
  }
  for (const std::string& label : create.labels) {
    GESTA_ASSIGN_OR_RETURN(const NameId id, transaction.GetOrCreateName(NameKind::kLabel, label));
    info.labels.push_back(id);
  }
  return transaction.CreateSpace(std::move(info)).status();
}

Status ShowEmbeddingSpaces(const Transaction& transaction, CommandResult* result) {
  result->columns = {"name",    "labels",      "model",     "dimension",
                     "metric",  "type",        "text",      "padding",
                     "vectors", "sequences",   "m",         "ef_construction",
                     "version", "logit_scale", "logit_bias"};
  const auto text_or_null = [](const std::string& text) {
    return text.empty() ? Value() : Value::String(text);
  };
  const auto number_or_null = [](const std::optional<double>& number) {
    return number ? Value::Float(*number) : Value();
  };
  for (const SpaceInfo& space : transaction.Spaces()) {
    List labels;
    for (const NameId label : space.labels) {
      labels.push_back(Value::String(transaction.Name(NameKind::kLabel, label)));
    }
    std::sort(labels.begin(), labels.end(),
              [](const Value& a, const Value& b) { return Order(a, b) < 0; });
    GESTA_ASSIGN_OR_RETURN(const uint64_t vectors, transaction.CountVectors(space.id));
    GESTA_ASSIGN_OR_RETURN(const uint64_t sequences, transaction.CountSequences(space.id));
    result->rows.push_back(
        {Value::String(space.name), Value::MakeList(std::move(labels)), text_or_null(space.model),
         Value::Integer(space.dimension), Value::String(VectorMetricName(space.metric)),
         Value::String(VectorElementName(space.element)), text_or_null(space.text),
         text_or_null(space.padding), Value::Integer(static_cast<int64_t>(vectors)),
         Value::Integer(static_cast<int64_t>(sequences)), Value::Integer(space.m),
         Value::Integer(space.ef_construction), text_or_null(space.model_version),
         number_or_null(space.logit_scale), number_or_null(space.logit_bias)});
  }
  return {};
}

}  // namespace gesta
