// plot_alignment(), alignment() and .plot, on a small graph.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "connection_support.h"
#include "gesta/format/png.h"
#include "gesta/plot.h"
#include "models_support.h"
#include "plot.h"

namespace gesta::test {
namespace {

// A video of four frames that turn from one direction to the other, and an action of two steps.
class PlotGraph {
 public:
  explicit PlotGraph(bool may_plot = true) {
    DatabaseOptions options;
    options.store.sync = false;
    if (may_plot) options.add_procedures = RegisterPlotProcedures;
    database = Must(Database::Open(directory / "kb", options));
    connection = database->Connect();
    Run("CREATE (v:Video {id: 'v1'})<-[:ABOUT]-(q:Question {text: 'Which?'}) "
        "CREATE (q)-[:OPTION]->(a:Action {text: 'turn left'}), (:Action {text: 'rest'}) "
        "CREATE (a)-[:HAS_DECOMPOSITION]->(d:Decomposition {id: 'd1', action: 'turn left', "
        "context: 'Which?'})-[:FOR]->(q) "
        "CREATE (d)-[:STEP {order: 0}]->(:SubAction {text: 'look ahead'}) "
        "CREATE (d)-[:STEP {order: 1}]->(:SubAction {text: 'face left'})");
    Run("CREATE EMBEDDING SPACE s FOR (:SubAction) WITH {dimension: 2}");
    Run("UNWIND [['look ahead', [1, 0]], ['face left', [0, 1]]] AS row "
        "MATCH (x:SubAction {text: row[0]}) CALL vector.set('s', x, row[1])");
    TransactionOptions write;
    write.take_slot = true;
    const auto transaction = Must(database->store().Begin(write));
    const auto video =
        static_cast<NodeId>(MustQueryInteger(*connection, "MATCH (v:Video) RETURN id(v)"));
    SequenceInfo info;
    info.frames = 4;
    info.start = 2;
    info.step = 0.5;
    const std::vector<float> frames = {1, 0, 4, 3, 3, 4, 0, 1};
    RequireOk(
        transaction->SetSequence(transaction->FindSpace("s")->id, video, info, frames.data()));
    RequireOk(transaction->Commit());
  }
  std::vector<std::string> Run(const std::string& statement) {
    return RowTexts(*connection, statement);
  }
  ErrorInfo Error(const std::string& statement) { return MustFail(*connection, statement); }
  static std::string Bytes(const std::string& file) {
    std::stringstream bytes;
    bytes << std::ifstream(file, std::ios::binary).rdbuf();
    return bytes.str();
  }

  TempDirectory directory;
  std::unique_ptr<Database> database;
  std::unique_ptr<Connection> connection;
};

const std::string kMatch = "MATCH (v:Video {id: 'v1'}), (a:Action {text: 'turn left'}) ";

TEST_CASE("alignment() gives all there is to see", "[plot]") {
  PlotGraph g;
  // Cosines: 1, .8, .6, 0 with the first step, 0, .6, .8, 1 with the second. The greatest total
  // is 4.2, on five cells.
  CHECK(g.Run(kMatch + "CALL alignment(v, a, 's') YIELD title, subactions, path, start, step "
                       "RETURN title, subactions, path, start, step") ==
        std::vector<std::string>{"v1 · turn left | ['look ahead', 'face left'] | "
                                 "[[0, 0], [1, 0], [1, 1], [2, 1], [3, 1]] | 2.0 | 0.5"});
  CHECK(g.Run(kMatch + "CALL alignment(v, a, 's') YIELD score, matrix "
                       "RETURN abs(score - 0.84) < 1e-6, [row IN matrix | "
                       "[x IN row | toInteger(round(x * 10))]]") ==
        std::vector<std::string>{"true | [[10, 0], [8, 6], [6, 8], [0, 10]]"});
  CHECK(g.Run("MATCH (d:Decomposition) MATCH (v:Video) CALL alignment(v, d, 's') YIELD title "
              "RETURN title") == std::vector<std::string>{"v1 · turn left"});
  CHECK(g.Run("CALL alignment([[1, 0], [0, 1]], [[1, 0]], null) YIELD title, score, start "
              "RETURN title, score, start") == std::vector<std::string>{"0.5 | null"});
  CHECK(g.Run("CALL alignment(null, null, 's') YIELD score RETURN score").empty());
}

TEST_CASE("plot_alignment() writes pictures", "[plot]") {
  PlotGraph g;
  const std::string png = g.directory / "a.png";
  CHECK(g.Run(kMatch + "CALL plot_alignment(v, a, 's', '" + png +
              "', {scale: 1}) YIELD frames, subactions RETURN frames, subactions") ==
        std::vector<std::string>{"4 | 2"});
  CHECK(g.Bytes(png).substr(0, 8) == "\x89PNG\r\n\x1a\n");
  const std::string svg = g.directory / "b.SVG";
  g.Run(kMatch + "MATCH (q:Question) CALL plot_alignment(v, a, 's', '" + svg +
        "', {question: q, title: 'mine'}) YIELD file RETURN file");
  const std::string text = g.Bytes(svg);
  CHECK(text.find(">mine</text>") != std::string::npos);
  CHECK(text.find(">2  face left</text>") != std::string::npos);
  CHECK(text.find("score 0.84") != std::string::npos);
}

TEST_CASE("frames of the video's file stand above the picture", "[plot]") {
  PlotGraph g;
  // A folder with images is a video.
  std::filesystem::create_directories(g.directory / "frames");
  for (int i = 0; i < 8; ++i) {
    std::vector<uint8_t> pixels;
    for (int pixel = 0; pixel < 32 * 16; ++pixel) {
      pixels.insert(pixels.end(), {static_cast<uint8_t>(30 * i), 120, 40});
    }
    std::ofstream(g.directory / ("frames/" + std::to_string(i) + ".png"), std::ios::binary)
        << format::EncodePng(32, 16, pixels.data());
  }
  g.Run("MATCH (v:Video) SET v.uri = '" + (g.directory / "frames") + "'");
  const std::string file = g.directory / "a.svg";
  const auto images = [&](const std::string& options) {
    const auto rows = g.Run(kMatch + "CALL plot_alignment(v, a, 's', '" + file + "', " + options +
                            ") YIELD thumbnails RETURN thumbnails");
    const std::string svg = g.Bytes(file);
    size_t count = 0;
    for (size_t at = svg.find("<image"); at != std::string::npos; at = svg.find("<image", at + 1)) {
      ++count;
    }
    CHECK(std::to_string(count - 2) == rows[0]);  // map and legend
    return rows[0];
  };
#ifdef GESTA_WITH_TORCH
  const Environment modules("GESTA_MODULE_DIR", GESTA_MODULES);
  CHECK(images("{}") == "8");
  // The sequence is of the seconds 2 to 4: the last four images of eight, two a second.
  g.Run("MATCH (v:Video) SET v.fps = 2");
  CHECK(images("{}") == "4");
#endif
  CHECK(images("{thumbnails: false}") == "0");
  // A file that cannot be read costs no picture.
  g.Run("MATCH (v:Video) SET v.uri = '/no/such/video.mp4'");
  CHECK(images("{}") == "0");
}

TEST_CASE("plot_alignment() says what is wrong", "[plot]") {
  PlotGraph g;
  const auto error = [&](const std::string& arguments) {
    return g.Error(kMatch + "CALL plot_alignment(" + arguments + ") YIELD file RETURN file");
  };
  CHECK(error("v, a, 's', 'x.gif'").message.find(".png or .svg") != std::string::npos);
  CHECK(
      error("v, a, 's', '" + (g.directory / "no/such/x.png") + "'").message.find("cannot write") ==
      0);
  CHECK(error("v, a, 's', 'x.png', {scale: 40}").detail == "NumberOutOfRange");
  CHECK(error("v, a, 'siglip', 'x.png'").detail == "UnknownSpace");
  CHECK(error("v, a, 's', 'x.png', {smoth: 1}").hint == "did you mean smooth?");
  CHECK(error("a, a, 's', 'x.png'").message.find("has no sequence") != std::string::npos);
  CHECK(g.Error("MATCH (v:Video), (a:Action {text: 'rest'}) "
                "CALL plot_alignment(v, a, 's', 'x.png') YIELD file RETURN file")
            .message == "'rest' has no decomposition");
  // Statements write files only where the program lets them.
  PlotGraph without(/*may_plot=*/false);
  CHECK(without.Error(kMatch + "CALL plot_alignment(v, a, 's', 'x.png') YIELD file RETURN file")
            .message.find("plot_alignment") != std::string::npos);
}

TEST_CASE("the arguments of .plot are words", "[plot]") {
  using shell::ParsePlotArguments;
  const auto plain = Must(ParsePlotArguments("v1 jump siglip"));
  CHECK(plain.video == "v1");
  CHECK(plain.action == "jump");
  CHECK(plain.space == "siglip");
  CHECK(plain.options == "{}");
  const auto quoted =
      Must(ParsePlotArguments("  \"v 1\"  'skater\\'s jump'\tsiglip  {smooth: 5, cosine: true}"));
  CHECK(quoted.video == "v 1");
  CHECK(quoted.action == "skater's jump");
  CHECK(quoted.options == "{smooth: 5, cosine: true}");
  for (const char* const wrong : {"", "v1 jump", "v1 'jump siglip", "v1 jump siglip smooth"}) {
    CHECK_FALSE(ParsePlotArguments(wrong).ok());
  }
}

TEST_CASE("an alignment is drawn with characters", "[plot]") {
  PlotGraph g;
  const auto row = Must(
      shell::FindAlignment(*g.connection, Must(shell::ParsePlotArguments("v1 'turn left' s"))));
  CHECK(shell::PlotText(row, 34, /*colour=*/false) ==
        "v1 · turn left, score 0.84\n"
        "             +----------------+\n"
        "1 look ahead |OOOOOOOO****    |\n"
        "2 face left  |    OOOOOOOOOOOO|\n"
        "             +----------------+\n"
        "              2.0 s\n"
        "              0 \" .:-=+*#%@\" 1, path O\n");
  // Narrower than there are frames; every line fits.
  shell::AlignmentRow wide = row;
  wide.matrix.assign(1000, {0.0, 1.0});
  wide.path = {{0, 0}, {999, 1}};
  wide.subactions[0] = std::string(100, 'x');
  std::istringstream lines(shell::PlotText(wide, 80, false));
  size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) CHECK(line.size() <= 82);
  CHECK(count == 7);
  CHECK(shell::PlotText(row, 34, true).find("\x1b[1;31mOOOOOOOO\x1b[0m") != std::string::npos);

  const auto by_id =
      shell::FindAlignment(*g.connection, Must(shell::ParsePlotArguments("v1 d1 s {smooth: 1}")));
  CHECK(Must(by_id).title == "v1 · turn left");
  const auto find = [&](const std::string& text) {
    return shell::FindAlignment(*g.connection, Must(shell::ParsePlotArguments(text))).status();
  };
  CHECK(find("v2 d1 s").message() == "there is no video 'v2'");
  CHECK(find("v1 jump s").message() == "no action 'jump' has a decomposition");
  CHECK_FALSE(find("v1 d1 nowhere").ok());
}

}  // namespace
}  // namespace gesta::test
