#include "models/image_config.h"

#include <fmt/format.h>

#include "gesta/format/json.h"
#include "models/json_reader.h"
#include "text/tokenizer_files.h"

namespace gesta::models {

using format::Datum;
using format::Document;

namespace {

constexpr size_t kLargestSide = 10'000;

ImageConfig FamilyDefaults(const ModelConfig& config) {
  ImageConfig image;
  const size_t side = config.vision && config.vision->image_size ? config.vision->image_size : 224;
  image.height = image.width = side;
  if (config.family == Family::kSiglip) {
    image.mean = {0.5, 0.5, 0.5};
    image.deviation = {0.5, 0.5, 0.5};
    return image;
  }
  if (config.family == Family::kTorchScript) return image;  // what its file says, and nothing else
  image.shorter_side = side;
  image.crop = true;
  image.crop_height = image.crop_width = side;
  image.mean = {0.48145466, 0.4578275, 0.40821073};
  image.deviation = {0.26862954, 0.26130258, 0.27577711};
  return image;
}

// {"shortest_edge": n}, {"height": h, "width": w}, or n.
void ReadSize(JsonReader* json, bool number_is_shorter, ImageConfig* image) {
  const Datum* size = json->Find("size");
  if (!size) return;
  size_t edge = 0;
  if (size->is_int()) {
    json->Size("size", &edge, kLargestSide);
    image->height = image->width = edge;
    image->shorter_side = number_is_shorter ? edge : 0;
  } else {
    JsonReader part(*size, "size");
    part.Size("shortest_edge", &edge, kLargestSide);
    image->shorter_side = edge;
    if (edge == 0) {
      part.Size("height", &image->height, kLargestSide);
      part.Size("width", &image->width, kLargestSide);
    }
    if (!part.status().ok()) json->Fail("size", "has sides that are no numbers of pixels");
    if (size->Find("longest_edge") || size->Find("max_height")) {
      json->Fail("size", "limits the longer side, which is not supported");
    }
  }
  if (image->shorter_side == 0 && (image->height == 0 || image->width == 0)) {
    json->Fail("size", "names no size");
  }
}

void ReadCrop(JsonReader* json, ImageConfig* image) {
  const Datum* crop = json->Find("crop_size");
  if (crop && crop->is_int()) {
    json->Size("crop_size", &image->crop_height, kLargestSide);
    image->crop_width = image->crop_height;
  } else if (crop) {
    JsonReader part(*crop, "crop_size");
    part.Size("height", &image->crop_height, kLargestSide);
    part.Size("width", &image->crop_width, kLargestSide);
    if (!part.status().ok()) json->Fail("crop_size", "has sides that are no numbers of pixels");
  }
  if (image->crop && (image->crop_height == 0 || image->crop_width == 0)) {
    json->Fail("crop_size", "is missing");
  }
}

void ReadChannels(JsonReader* json, std::string_view key, std::array<double, 3>* out) {
  const Datum* list = json->Find(key);
  if (!list) return;
  if (!list->is_sequence() || list->size() != 3) return json->Fail(key, "has no three numbers");
  for (size_t i = 0; i < 3; ++i) {
    if (!(*list)[i].is_number()) return json->Fail(key, "has no three numbers");
    (*out)[i] = (*list)[i].number();
  }
}

}  // namespace

Result<ImageConfig> ReadImageConfig(const ModelConfig& config) {
  ImageConfig image = FamilyDefaults(config);
  const std::string path = config.folder + "/preprocessor_config.json";
  if (!text::FileExists(path)) {
    if (config.family != Family::kTorchScript) return image;
    return Status(
        StatusCode::kNotFound, path + ": there is no such file",
        "a TorchScript module that takes images needs it: size, image_mean, image_std, …");
  }
  GESTA_ASSIGN_OR_RETURN(const Document document, format::ReadJsonFile(path));
  JsonReader json(document.root(), path);
  json.Flag("do_resize", &image.resize);
  json.Flag("do_center_crop", &image.crop);
  json.Flag("do_rescale", &image.rescale);
  json.Number("rescale_factor", &image.factor);
  json.Flag("do_normalize", &image.normalize);
  ReadSize(&json, /*number_is_shorter=*/config.family == Family::kClip, &image);
  ReadCrop(&json, &image);
  ReadChannels(&json, "image_mean", &image.mean);
  ReadChannels(&json, "image_std", &image.deviation);
  for (const double deviation : image.deviation) {
    if (!(deviation > 0)) json.Fail("image_std", "is not positive");
  }
  size_t resampling = 3;
  json.Size("resample", &resampling, 5);
  // Pillow's numbers.
  static constexpr Resampling kByNumber[] = {Resampling::kNearest,  Resampling::kLanczos,
                                             Resampling::kBilinear, Resampling::kBicubic,
                                             Resampling::kBox,      Resampling::kHamming};
  GESTA_RETURN_IF_ERROR(json.status());
  image.resampling = kByNumber[resampling];
  return image;
}

}  // namespace gesta::models
