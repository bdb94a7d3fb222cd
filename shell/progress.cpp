#include "progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "print/text_width.h"
#include "style.h"

namespace gesta::shell {
namespace {

constexpr std::chrono::milliseconds kFirstAfter{1000};
constexpr std::chrono::milliseconds kRedrawAfter{100};
constexpr size_t kBarWidth = 24;

}  // namespace

ProgressLine::ProgressLine(bool enabled)
    : enabled_(enabled && isatty(STDERR_FILENO) != 0), started_(Clock::now()) {}

void ProgressLine::Show(std::string_view what, uint64_t done) { Show(what, done, 0); }

void ProgressLine::Show(std::string_view what, uint64_t done, uint64_t total) {
  if (!enabled_) return;
  const Clock::time_point now = Clock::now();
  if (now - started_ < kFirstAfter || (visible_ && now - drawn_ < kRedrawAfter)) return;
  drawn_ = now;
  const double seconds = std::chrono::duration<double>(now - started_).count();
  std::string text;
  if (total > 0) {
    const double fraction = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
    text = fmt::format("{} {:3.0f} %  ", BarText(fraction, kBarWidth), 100 * fraction);
  }
  text += fmt::format("{}: {}", what, GroupDigits(done));
  if (total > 0) text += fmt::format(" of {}", GroupDigits(total));
  text += fmt::format("  {:.1f} s  (Ctrl-C stops)", seconds);
  Draw(text);
}

void ProgressLine::Draw(const std::string& text) {
  visible_ = true;
  const size_t width = TerminalWidth(STDERR_FILENO, 80);
  fmt::print(stderr, "\r{}\x1b[K", CutToWidth(text, width - 1));
  std::fflush(stderr);
}

void ProgressLine::Clear() {
  if (!visible_) return;
  visible_ = false;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
}

std::string BarText(double fraction, size_t width) {
  static constexpr const char* kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths = static_cast<size_t>(
      std::lround(std::clamp(fraction, 0.0, 1.0) * static_cast<double>(width) * 8));
  std::string bar;
  for (size_t i = 0; i < eighths / 8; ++i) bar += "█";
  size_t used = eighths / 8;
  if (eighths % 8 != 0) {
    bar += kEighths[eighths % 8];
    ++used;
  }
  bar.append(width - used, ' ');
  return bar;
}

}  // namespace gesta::shell
