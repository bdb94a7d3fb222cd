// Videos that the tests make: a square that moves over a ground whose brightness tells the frame.
#ifndef GESTA_TESTS_VIDEO_MAKE_VIDEOS_H_
#define GESTA_TESTS_VIDEO_MAKE_VIDEOS_H_

#include <string>
#include <vector>

namespace gesta::test {

inline constexpr int kWidth = 96;
inline constexpr int kHeight = 64;

// The brightness of the ground of frame i.
inline int Brightness(int i) { return 20 + 6 * i; }

// By the file's ending: .mp4 (MPEG-4, whose frames are a little brighter or darker than they should
// be), .avi and .mkv (Motion JPEG). `offset` is the first frame's number.
void MakeVideo(const std::string& path, int frames, double fps = 10, int offset = 0);
// frame0.png, frame1.png, …: without leading zeros.
void MakeImages(const std::string& folder, int frames);
// A second of silence.
void MakeSound(const std::string& path);
// The first part of a file's bytes.
void CutFile(const std::string& path, double part);

}  // namespace gesta::test

#endif  // GESTA_TESTS_VIDEO_MAKE_VIDEOS_H_
