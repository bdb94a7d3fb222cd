#include "pasta/annotations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <memory>
#include <random>
#include <vector>

namespace gesta::bench {
namespace {

constexpr int kFirstSecond = 902;
constexpr int kKeyFrames = 897;
constexpr int kActions = 80;
constexpr std::array<int, 6> kStates = {15, 14, 5, 33, 7, 13};
constexpr int kObjectClasses = 1000;

// Numbers that are the same on every machine, which the distributions of <random> need not be.
class Dice {
 public:
  explicit Dice(uint64_t seed) : engine_(seed) {}
  double Part() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }  // [0, 1)
  int Below(int n) { return static_cast<int>(Part() * n); }
  bool Chance(double probability) { return Part() < probability; }
  // Small numbers are likelier: the k-th has a weight of 1 / (k + 1).
  int Zipf(int n) {
    const double x = std::exp(Part() * std::log(n + 1.0)) - 1;
    return std::min(static_cast<int>(x), n - 1);
  }

 private:
  std::mt19937_64 engine_;
};

struct Person {
  int64_t number = 0;
  int left = 0;  // key frames until the person leaves
  std::array<double, 4> box{};
  std::vector<int> actions;
};

// A row's action with its states: up to two for each part.
struct Action {
  int number = 0;
  std::array<std::array<int, 2>, 6> states{};
};

class Scene {
 public:
  explicit Scene(uint64_t seed) : dice_(seed) {}

  // Everything that happens in one video after the other; `row` gives false to end it.
  void Play(const std::function<bool(const std::string& video, int second, const Person& person,
                                     const Action& action, bool first)>& row) {
    while (true) {
      const std::string video = VideoName();
      ++videos_;
      std::vector<Person> persons;
      int64_t next = 0;
      // Some videos are crowded.
      const int usual = 1 + dice_.Zipf(5);
      for (int second = kFirstSecond; second < kFirstSecond + kKeyFrames; ++second) {
        persons.erase(std::remove_if(persons.begin(), persons.end(),
                                     [](const Person& person) { return person.left <= 0; }),
                      persons.end());
        while (static_cast<int>(persons.size()) < usual && dice_.Chance(0.4)) {
          persons.push_back(Enter(next++));
        }
        for (Person& person : persons) {
          Move(&person);
          for (size_t i = 0; i < person.actions.size(); ++i) {
            if (!row(video, second, person, Do(person.actions[i]), i == 0)) return;
          }
        }
      }
    }
  }
  uint64_t videos() const { return videos_; }
  Dice& dice() { return dice_; }

 private:
  std::string VideoName() {
    constexpr std::string_view kLetters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string name;
    for (int i = 0; i < 11; ++i) name += kLetters[static_cast<size_t>(dice_.Below(64))];
    return name;
  }

  Person Enter(int64_t number) {
    Person person;
    person.number = number;
    person.left = 2 + dice_.Zipf(60);
    const double width = 0.1 + 0.5 * dice_.Part();
    const double height = 0.3 + 0.6 * dice_.Part();
    person.box[0] = dice_.Part() * (1 - width);
    person.box[1] = dice_.Part() * (1 - height);
    person.box[2] = person.box[0] + width;
    person.box[3] = person.box[1] + height;
    person.actions = Actions();
    return person;
  }

  // A pose, often talking or listening, sometimes something done with an object or another person.
  std::vector<int> Actions() {
    std::vector<int> actions = {1 + dice_.Zipf(14)};
    const int more = dice_.Below(3) + (dice_.Chance(0.15) ? 1 + dice_.Below(2) : 0);
    for (int i = 0; i < more; ++i) {
      const int action = 15 + dice_.Zipf(kActions - 14);
      const int known = std::min(action, kActions);
      if (std::find(actions.begin(), actions.end(), known) == actions.end()) {
        actions.push_back(known);
      }
    }
    return actions;
  }

  void Move(Person* person) {
    --person->left;
    for (double& side : person->box) {
      side = std::clamp(side + (dice_.Part() - 0.5) * 0.02, 0.0, 1.0);
    }
    if (dice_.Chance(0.05)) person->actions = Actions();
  }

  Action Do(int number) {
    Action action;
    action.number = number;
    for (size_t part = 0; part < kStates.size(); ++part) {
      auto& states = action.states[part];
      states = {-1, -1};
      // An action uses some parts, and each of them in few ways.
      const bool uses = (number * 7 + static_cast<int>(part) * 3) % 5 < 3;
      if (!dice_.Chance(uses ? 0.75 : 0.15)) continue;
      const int own = (number * 5 + dice_.Zipf(4) * 3) % kStates[part];
      states[0] = own;
      if (dice_.Chance(0.08)) states[1] = dice_.Below(kStates[part]);
      if (states[1] == states[0]) states[1] = -1;
    }
    return action;
  }

  Dice dice_;
  uint64_t videos_ = 0;
};

class File {
 public:
  static Result<File> Create(const std::string& path) {
    File file;
    file.file_.reset(std::fopen(path.c_str(), "wb"));
    if (file.file_ == nullptr) {
      return Status(StatusCode::kIo, fmt::format("cannot write '{}'", path));
    }
    file.path_ = path;
    return file;
  }
  void Add(std::string_view text) {
    bytes_ += text.size();
    std::fwrite(text.data(), 1, text.size(), file_.get());
  }
  Status Close() {
    const bool failed = std::ferror(file_.get()) != 0;
    if (std::fclose(file_.release()) != 0 || failed) {
      return Status(StatusCode::kIo, fmt::format("cannot write '{}'", path_));
    }
    return {};
  }
  uint64_t bytes() const { return bytes_; }

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Closer> file_;
  std::string path_;
  uint64_t bytes_ = 0;
};

std::string BoxText(const std::array<double, 4>& box) {
  return fmt::format("{:.3f},{:.3f},{:.3f},{:.3f}", std::min(box[0], box[2]),
                     std::min(box[1], box[3]), std::max(box[0], box[2]), std::max(box[1], box[3]));
}

}  // namespace

Result<AnnotationCounts> WritePastaCsv(const std::string& path, const AnnotationOptions& options) {
  GESTA_ASSIGN_OR_RETURN(File file, File::Create(path));
  if (options.header) {
    file.Add("video,frame,x1,y1,x2,y2,action,human_id,foot,leg,hip,hand,arm,head\n");
  }
  AnnotationCounts counts;
  Scene scene(options.seed);
  std::string line;
  scene.Play([&](const std::string& video, int second, const Person& person, const Action& action,
                 bool first) {
    if (counts.rows == options.rows) return false;
    line.clear();
    fmt::format_to(std::back_inserter(line), "{},{},{},{},{}", video, second, BoxText(person.box),
                   action.number, person.number);
    for (const auto& states : action.states) {
      line += ',';
      line += std::to_string(states[0]);
      if (states[1] >= 0) line += "_" + std::to_string(states[1]);
      counts.states += (states[0] >= 0) + (states[1] >= 0);
    }
    line += '\n';
    file.Add(line);
    ++counts.rows;
    counts.boxes += first;
    return true;
  });
  counts.videos = scene.videos();
  counts.bytes = file.bytes();
  GESTA_RETURN_IF_ERROR(file.Close());
  return counts;
}

Result<AnnotationCounts> WriteDioCsv(const std::string& path, const AnnotationOptions& options) {
  GESTA_ASSIGN_OR_RETURN(File file, File::Create(path));
  file.Add(
      "video,frame,h_x1,h_y1,h_x2,h_y2,o_x1,o_y1,o_x2,o_y2,action,object_name,human_id,"
      "object_id\n");
  AnnotationCounts counts;
  uint64_t rows = 0;
  Scene scene(options.seed);
  Dice objects(options.seed + 1);  // the scene's own dice must fall as they did
  scene.Play([&](const std::string& video, int second, const Person& person, const Action& action,
                 bool first) {
    if (rows++ == options.rows) return false;
    counts.boxes += first;
    if (!objects.Chance(0.25)) return true;
    const double x = objects.Part() * 0.8;
    const double y = objects.Part() * 0.8;
    const int object = (action.number * 13 + objects.Zipf(40)) % kObjectClasses;
    file.Add(fmt::format("{},{},{},{},{},object {},{},{}\n", video, second, BoxText(person.box),
                         BoxText({x, y, x + 0.1 + objects.Part() * 0.1, y + 0.1}), action.number,
                         object, person.number, object));
    ++counts.rows;
    return true;
  });
  counts.videos = scene.videos();
  counts.bytes = file.bytes();
  GESTA_RETURN_IF_ERROR(file.Close());
  return counts;
}

}  // namespace gesta::bench
