// Tells files that hold sound but no pictures, which a video reader cannot tell from damaged ones.
#ifndef GESTA_INFERENCE_VIDEO_SOUND_H_
#define GESTA_INFERENCE_VIDEO_SOUND_H_

#include <string>

namespace gesta::video {

// By the marks of common formats: WAVE, MP3, FLAC, Ogg, AAC; MP4 and Matroska files whose tracks
// are of sound only.
bool HoldsSoundOnly(const std::string& path);

}  // namespace gesta::video

#endif  // GESTA_INFERENCE_VIDEO_SOUND_H_
