// .plot: a video aligned with the subactions of an action, drawn with characters.
#ifndef GESTA_SHELL_PLOT_H_
#define GESTA_SHELL_PLOT_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "gesta/database.h"
#include "gesta/status.h"

namespace gesta::shell {

// What `alignment()` gives.
struct AlignmentRow {
  std::string title;
  double score = 0;
  std::vector<std::string> subactions;
  std::vector<std::vector<double>> matrix;      // frames, of subactions each
  std::vector<std::pair<size_t, size_t>> path;  // frames and subactions
  double start = 0;
  double step = 0;  // seconds; 0: not known
};

// The arguments of .plot: words, which may stand in quotes, and a map of options at the end.
struct PlotArguments {
  std::string video;   // Video.id
  std::string action;  // an action's text, or Decomposition.id
  std::string space;
  std::string options;  // a map as in a statement; "{}": none
};
Result<PlotArguments> ParsePlotArguments(const std::string& text);

// Finds video and action, the option of a question about the video before others, and aligns them.
Result<AlignmentRow> FindAlignment(Connection& connection, const PlotArguments& arguments);

// Lines of at most `width` columns. The darker a character, the higher the similarity; the path is
// marked by 'O', in red when `colour`.
std::string PlotText(const AlignmentRow& row, size_t width, bool colour);

}  // namespace gesta::shell

#endif  // GESTA_SHELL_PLOT_H_
