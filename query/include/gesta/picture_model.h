// Models that embed pictures in memory: frames of videos that no file holds. What EmbeddingModel
// (models.h) may be beside what every model is.
#ifndef GESTA_PICTURE_MODEL_H_
#define GESTA_PICTURE_MODEL_H_

#include <cstdint>
#include <vector>

#include "gesta/models.h"
#include "gesta/status.h"

namespace gesta {

// Borrowed pixels: red, green and blue for each, row after row.
struct Picture {
  uint32_t width = 0;
  uint32_t height = 0;
  const uint8_t* pixels = nullptr;
};

class PictureModel {
 public:
  virtual ~PictureModel() = default;
  // One vector for each picture, as EmbeddingModel::EmbedImages gives for files.
  virtual Status EmbedPictures(const std::vector<Picture>& pictures, const EncodeOptions& options,
                               std::vector<float>* rows) = 0;
};

}  // namespace gesta

#endif  // GESTA_PICTURE_MODEL_H_
