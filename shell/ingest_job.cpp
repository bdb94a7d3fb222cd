#include "ingest_job.h"

#include <fmt/format.h>

#include <utility>

#include "gesta/models.h"
#include "gesta/picture_model.h"
#include "interrupt.h"
#include "print/json_text.h"
#include "print/text_width.h"
#include "progress.h"
#include "style.h"

namespace gesta::shell {
namespace {

// A registered model of this machine that embeds pictures.
class ModelEncoder final : public PictureEncoder {
 public:
  ModelEncoder(std::shared_ptr<EmbeddingModel> model, PictureModel* pictures,
               const PictureEncoderOptions& options)
      : model_(std::move(model)), pictures_(pictures) {
    options_.device = options.device;
    options_.precision = options.precision;
    options_.batch_size = options.batch_size;
  }

  const std::string& version() const override { return model_->info().version; }
  size_t dimension() const override { return model_->info().dimension; }
  Status Encode(const std::vector<IngestPicture>& pictures, std::vector<float>* rows) override {
    std::vector<Picture> given;
    given.reserve(pictures.size());
    for (const IngestPicture& picture : pictures) {
      given.push_back({picture.width, picture.height, picture.pixels});
    }
    return pictures_->EmbedPictures(given, options_, rows);
  }

 private:
  const std::shared_ptr<EmbeddingModel> model_;  // shared with its provider
  PictureModel* const pictures_;                 // the model itself
  EncodeOptions options_;
};

Result<std::unique_ptr<PictureEncoder>> MakePictureEncoder(const std::string& name,
                                                           const PictureEncoderOptions& options) {
  GESTA_ASSIGN_OR_RETURN(std::shared_ptr<EmbeddingModel> model, MakeMachineModels()->Get(name));
  auto* const pictures = dynamic_cast<PictureModel*>(model.get());
  if (!model->info().images || pictures == nullptr) {
    return Status(StatusCode::kUnsupported, "the model '" + name + "' has no image encoder",
                  "videos are embedded by CLIP and SigLIP models");
  }
  return std::unique_ptr<PictureEncoder>(
      std::make_unique<ModelEncoder>(std::move(model), pictures, options));
}

Value Count(uint64_t count) { return Value::Integer(static_cast<int64_t>(count)); }

Value Strings(const std::vector<std::string>& texts) {
  List list;
  for (const std::string& text : texts) list.push_back(Value::String(text));
  return Value::MakeList(std::move(list));
}

}  // namespace

Result<IngestSummary> RunIngestJob(Store& store, IngestOptions job, bool second_ends) {
  const InterruptScope interrupt(nullptr, second_ends);
  ProgressLine line(/*enabled=*/true);
  job.cancel = InterruptScope::Flag();
  job.progress = [&line](const IngestProgress& progress) {
    line.Show(progress.what, progress.done, progress.total);
  };
  job.encoder = &MakePictureEncoder;
  return RunIngest(store, job);
}

std::string IngestSummaryText(const IngestSummary& summary) {
  if (summary.already_done) {
    return fmt::format("{}: ingested before, nothing changed ({:.1f} s)\n", summary.job,
                       summary.seconds);
  }
  std::string text = fmt::format(
      "{}: {} rows in {:.1f} s ({} rows/s){}\n"
      "  {} nodes and {} relationships created, {} properties set\n",
      summary.job, GroupDigits(summary.rows), summary.seconds,
      GroupDigits(static_cast<uint64_t>(summary.rows_per_second)),
      summary.resumed ? ", resumed" : "", GroupDigits(summary.nodes_created),
      GroupDigits(summary.relationships_created), GroupDigits(summary.properties_set));
  if (summary.bad_rows > 0) text += fmt::format("  {} bad rows skipped\n", summary.bad_rows);
  for (const IngestOddity& oddity : summary.oddities) {
    text += fmt::format("  note: {} {}", GroupDigits(oddity.count), oddity.what);
    for (size_t i = 0; i < oddity.examples.size(); ++i) {
      text += (i == 0 ? ", e.g. " : "; ") + CutToWidth(OneLine(oddity.examples[i]), 60);
    }
    text += '\n';
  }
  for (const std::string& failure : summary.failures) {
    text += fmt::format("  error: {}\n", OneLine(failure));
  }
  return text;
}

std::string IngestSummaryJson(const IngestSummary& summary) {
  List oddities;
  for (const IngestOddity& oddity : summary.oddities) {
    oddities.push_back(Value::MakeMap(Map({{"what", Value::String(oddity.what)},
                                           {"count", Count(oddity.count)},
                                           {"examples", Strings(oddity.examples)}})));
  }
  const Map map({{"job", Value::String(summary.job)},
                 {"already_done", Value::Boolean(summary.already_done)},
                 {"resumed", Value::Boolean(summary.resumed)},
                 {"nodes_created", Count(summary.nodes_created)},
                 {"relationships_created", Count(summary.relationships_created)},
                 {"properties_set", Count(summary.properties_set)},
                 {"rows", Count(summary.rows)},
                 {"bad_rows", Count(summary.bad_rows)},
                 {"seconds", Value::Float(summary.seconds)},
                 {"rows_per_second", Value::Float(summary.rows_per_second)},
                 {"runs", Strings(summary.runs)},
                 {"oddities", Value::MakeList(std::move(oddities))},
                 {"failures", Strings(summary.failures)}});
  std::string text;
  AppendJson(Value::MakeMap(map), &text);
  return text + "\n";
}

}  // namespace gesta::shell
