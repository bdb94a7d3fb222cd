// plot_alignment() and alignment(): a video aligned with an action's subactions, to be looked at.
#include "gesta/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "align/mapping_graph.h"
#include "draw/alignment_picture.h"
#include "functions/errors.h"
#include "gesta/format/png.h"
#include "video/alignment_procedure.h"
#include "video/alignment_view.h"
#include "video/thumbnails.h"

namespace gesta {
namespace {

using video::AlignmentView;

constexpr double kMostPixels = 64e6;

enum class PictureFormat { kPng, kSvg };

Result<AlignerOptions> OptionsArgument(const Value& value, const std::string& procedure) {
  if (!value.IsNull() && value.type() != ValueType::kMap) {
    return WrongArgument(procedure, "a map of options", value);
  }
  return AlignerOptions(procedure + "()", value.IsNull() ? Map() : value.AsMap());
}

Result<PictureFormat> FormatOf(const std::string& file) {
  std::string end = file.size() < 4 ? std::string() : file.substr(file.size() - 4);
  for (char& c : end) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (end == ".png") return PictureFormat::kPng;
  if (end == ".svg") return PictureFormat::kSvg;
  return ArgumentError(
      "UnknownFormat",
      "plot_alignment() writes files that end in .png or .svg, not '" + file + "'");
}

Status WriteFile(const std::string& file, const std::string& bytes) {
  errno = 0;
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (out) return {};
  return Status(StatusCode::kIo, "cannot write " + file + ": " + std::strerror(errno));
}

draw::AlignmentPicture Picture(const AlignmentView& view, const std::string& space) {
  draw::AlignmentPicture picture;
  picture.title = view.title.empty() ? "alignment" : view.title;
  picture.subtitle = fmt::format("score {:.4g} · {} frames · {} subactions · {}{}",
                                 view.alignment.score, view.frames(), view.subactions.size(),
                                 view.has_probabilities ? "probabilities" : "cosines",
                                 space.empty() ? "" : " in the space " + space);
  picture.subactions = view.subactions;
  picture.similarities = view.similarities;
  for (const alignment::Cell& cell : view.alignment.path) {
    picture.path.emplace_back(cell.frame, cell.subaction);
  }
  if (view.sequence) {
    picture.start = view.sequence->start;
    picture.step = view.sequence->step;
  }
  return picture;
}

Status PlotAlignment(EvaluationContext& context, const std::vector<Value>& arguments,
                     std::vector<std::vector<Value>>* rows) {
  const std::string name = "plot_alignment";
  if (arguments[0].IsNull() || arguments[1].IsNull()) return {};
  if (arguments[3].type() != ValueType::kString) {
    return WrongArgument(name, "the name of a file", arguments[3]);
  }
  const std::string file(arguments[3].AsString());
  GESTA_ASSIGN_OR_RETURN(const PictureFormat format, FormatOf(file));
  GESTA_ASSIGN_OR_RETURN(const AlignerOptions options, OptionsArgument(arguments[4], name));
  GESTA_RETURN_IF_ERROR(options.CheckNames(video::ViewOptionNames({"title", "scale", "thumbnails"}),
                                           /*with_top=*/false));
  GESTA_ASSIGN_OR_RETURN(const double scale, options.Number("scale", 2, 0.25));
  GESTA_ASSIGN_OR_RETURN(const bool has_thumbnails, options.Boolean("thumbnails", true));
  GESTA_ASSIGN_OR_RETURN(
      const AlignmentView view,
      video::ViewAlignment(context, name, arguments[0], arguments[1], arguments[2], options));

  draw::AlignmentPicture picture =
      Picture(view, arguments[2].IsNull() ? std::string() : std::string(arguments[2].AsString()));
  GESTA_ASSIGN_OR_RETURN(picture.title, options.String("title", picture.title));
  if (view.sequence && has_thumbnails) {
    GESTA_ASSIGN_OR_RETURN(const std::string uri,
                           align::NodeString(*context.transaction(), *view.video, "uri"));
    const NameId fps_key = context.transaction()->FindName(NameKind::kProperty, "fps");
    Value fps;
    if (fps_key != kNoName) {
      GESTA_ASSIGN_OR_RETURN(fps, context.transaction()->GetNodeProperty(*view.video, fps_key));
    }
    // A picture without thumbnails is better than none.
    picture.thumbnails = video::ReadThumbnails(uri, fps.IsNumber() ? fps.AsNumber() : 0,
                                               *view.sequence, draw::kThumbnails);
  }
  const draw::Drawing drawing = draw::DrawAlignment(picture);
  std::string bytes;
  if (format == PictureFormat::kSvg) {
    bytes = draw::ToSvg(drawing);
  } else {
    if (drawing.width * drawing.height * scale * scale > kMostPixels) {
      return ArgumentError("NumberOutOfRange",
                           fmt::format("the picture would have {:.0f} x {:.0f} pixels: lower the "
                                       "option scale, or write an .svg",
                                       drawing.width * scale, drawing.height * scale));
    }
    const draw::Pixels pixels = draw::ToPixels(drawing, scale);
    bytes = format::EncodePng(pixels.width, pixels.height, pixels.bytes.data());
  }
  GESTA_RETURN_IF_ERROR(WriteFile(file, bytes));
  rows->push_back({Value::String(file), Value::Float(view.alignment.score),
                   Value::Integer(static_cast<int64_t>(view.frames())),
                   Value::Integer(static_cast<int64_t>(view.subactions.size())),
                   Value::Integer(static_cast<int64_t>(picture.thumbnails.size()))});
  return {};
}

Status ShowAlignment(EvaluationContext& context, const std::vector<Value>& arguments,
                     std::vector<std::vector<Value>>* rows) {
  const std::string name = "alignment";
  if (arguments[0].IsNull() || arguments[1].IsNull()) return {};
  GESTA_ASSIGN_OR_RETURN(const AlignerOptions options, OptionsArgument(arguments[3], name));
  GESTA_RETURN_IF_ERROR(options.CheckNames(video::ViewOptionNames({}), /*with_top=*/false));
  GESTA_ASSIGN_OR_RETURN(
      const AlignmentView view,
      video::ViewAlignment(context, name, arguments[0], arguments[1], arguments[2], options));
  List matrix;
  const size_t steps = view.subactions.size();
  for (size_t frame = 0; frame < view.frames(); ++frame) {
    List row;
    for (size_t step = 0; step < steps; ++step) {
      row.push_back(Value::Float(view.similarities[frame * steps + step]));
    }
    matrix.push_back(Value::MakeList(std::move(row)));
  }
  List path;
  for (const alignment::Cell& cell : view.alignment.path) {
    path.push_back(Value::MakeList({Value::Integer(cell.frame), Value::Integer(cell.subaction)}));
  }
  List subactions;
  for (const std::string& text : view.subactions) subactions.push_back(Value::String(text));
  rows->push_back(
      {Value::String(view.title), Value::Float(view.alignment.score),
       Value::MakeList(std::move(subactions)), Value::MakeList(std::move(matrix)),
       Value::MakeList(std::move(path)),
       view.sequence ? Value::Float(view.sequence->start) : Value(),
       view.sequence && view.sequence->step > 0 ? Value::Float(view.sequence->step) : Value()});
  return {};
}

}  // namespace

void RegisterAlignmentProcedure(ProcedureRegistry& registry) {
  Procedure show;
  show.name = "alignment";
  show.arguments = {{"video", "ANY"}, {"action", "ANY"}, {"space", "STRING?"}, {"options", "MAP?"}};
  show.required_arguments = 3;
  show.results = {{"title", "STRING"},
                  {"score", "FLOAT"},
                  {"subactions", "LIST OF STRING"},
                  {"matrix", "LIST OF LIST OF FLOAT"},
                  {"path", "LIST OF LIST OF INTEGER"},
                  {"start", "FLOAT"},
                  {"step", "FLOAT"}};
  show.body = ShowAlignment;
  show.summary =
      "all there is to see of a video aligned with an action's subactions; options as dtw_score()";
  registry.Add(std::move(show));
}

void RegisterPlotProcedures(ProcedureRegistry& registry) {
  Procedure plot;
  plot.name = "plot_alignment";
  plot.arguments = {{"video", "ANY"},
                    {"action", "ANY"},
                    {"space", "STRING?"},
                    {"file", "STRING"},
                    {"options", "MAP?"}};
  plot.required_arguments = 4;
  plot.results = {{"file", "STRING"},
                  {"score", "FLOAT"},
                  {"frames", "INTEGER"},
                  {"subactions", "INTEGER"},
                  {"thumbnails", "INTEGER"}};
  plot.body = PlotAlignment;
  plot.summary =
      "draws the similarities of a video and an action's subactions with their path, as .png or "
      ".svg; options: question, smooth, cosine, title, scale, thumbnails, …";
  registry.Add(std::move(plot));
}

}  // namespace gesta
