// A model of the tests: a picture's vector is the mean of its red, green and blue in the upper
// half, and 1. It counts what it embeds, and can end its process.
#ifndef GESTA_TESTS_VIDEO_COLOR_ENCODER_H_
#define GESTA_TESTS_VIDEO_COLOR_ENCODER_H_

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "gesta/ingest.h"

namespace gesta::test {

struct Embedded {
  uint64_t frames = 0;
  uint64_t batches = 0;
  uint64_t die_after = 0;  // frames; 0: lives
};

class ColorEncoder final : public PictureEncoder {
 public:
  explicit ColorEncoder(Embedded* embedded) : embedded_(embedded) {}

  const std::string& version() const override { return version_; }
  size_t dimension() const override { return 4; }
  Status Encode(const std::vector<IngestPicture>& pictures, std::vector<float>* rows) override {
    rows->clear();
    for (const IngestPicture& picture : pictures) {
      double sums[3] = {};
      const size_t pixels = size_t{picture.width} * (picture.height / 2);
      for (size_t i = 0; i < 3 * pixels; ++i) sums[i % 3] += picture.pixels[i];
      for (const double sum : sums) {
        rows->push_back(static_cast<float>(sum / static_cast<double>(pixels)));
      }
      rows->push_back(1);
    }
    embedded_->frames += pictures.size();
    ++embedded_->batches;
    if (embedded_->die_after > 0 && embedded_->frames >= embedded_->die_after) {
      std::raise(SIGKILL);
    }
    return Status::Ok();
  }

 private:
  Embedded* const embedded_;
  const std::string version_ = "1";
};

// Options of a job whose spaces have this model.
inline IngestOptions JobOptions(const std::string& kind, const std::string& path,
                                std::map<std::string, std::string> options, Embedded* embedded) {
  IngestOptions job;
  job.kind = kind;
  job.path = path;
  job.options = std::move(options);
  job.encoder = [embedded](
                    const std::string&,
                    const PictureEncoderOptions&) -> Result<std::unique_ptr<PictureEncoder>> {
    return std::unique_ptr<PictureEncoder>(std::make_unique<ColorEncoder>(embedded));
  };
  return job;
}

}  // namespace gesta::test

#endif  // GESTA_TESTS_VIDEO_COLOR_ENCODER_H_
