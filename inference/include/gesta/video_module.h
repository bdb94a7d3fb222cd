/* The interface of the shared module libgesta_video.so: frames of video files and of folders with
 * images, as a table of C functions.
 *
 * The module holds everything that needs OpenCV's video reader, which takes long to load. It is
 * opened with dlopen when a video is first read. Only C types cross, memory is freed on the side
 * that made it, and no exception leaves the module. */
#ifndef GESTA_VIDEO_MODULE_H_
#define GESTA_VIDEO_MODULE_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Changes whenever a struct or the meaning of a function does. */
#define GESTA_VIDEO_VERSION 1

typedef struct GestaVideo GestaVideo;

typedef struct GestaVideoError {
  int32_t code; /* the numeric value of a gesta::StatusCode, not 0 */
  char message[2048];
  char hint[1024];
} GestaVideoError;

/* A region that is blurred in one frame: pixels [left, right) x [top, bottom), cut to the frame. */
typedef struct GestaVideoRegion {
  uint64_t frame; /* of the file, from 0 */
  int32_t left, top, right, bottom;
} GestaVideoRegion;

/* Which frames are given. Frame i of a file stands at i / (frames per second). */
typedef struct GestaVideoRequest {
  const char* path;  /* a video file, or a folder with images, taken in the order of their names */
  double folder_fps; /* frames per second of a folder; 0: not known */
  double start;      /* seconds; frames from floor(start * fps) on */
  double end;        /* frames below floor(end * fps); 0: to the end */
  /* At most one of these is not 0; none: every frame. */
  uint64_t every; /* every n-th frame of the range, its first one to begin with */
  double fps;     /* so many a second: the last frame at or before each moment */
  uint64_t count; /* so many, the middles of equal parts of the range; all where it has fewer */
  const GestaVideoRegion* regions; /* ascending by frame */
  uint64_t region_count;
  int32_t blur; /* side of the Gaussian kernel, odd */
} GestaVideoRequest;

typedef struct GestaVideoInfo {
  double fps;        /* 0: not known */
  uint64_t frames;   /* of the whole file, as it says; 0: not known */
  double step;       /* seconds between the frames that are given; 0: not known */
  uint64_t expected; /* how many will be given, about; 0: not known */
} GestaVideoInfo;

typedef struct GestaVideoFrame {
  uint64_t index; /* in the file */
  double time;    /* seconds; 0 where the frames per second are not known */
  uint32_t width;
  uint32_t height;
  const uint8_t* pixels; /* red, green, blue, row after row; valid until the next call */
} GestaVideoFrame;

typedef struct GestaVideoModule {
  uint32_t version;
  const char* description; /* "OpenCV 4.6.0" */

  /* Functions that give an int32_t give 0, or another number after filling `error`: kNotFound, kIo,
   * kBadData (empty, damaged, without pictures, no such range), kInvalidArgument. */
  int32_t (*open)(const GestaVideoRequest* request, GestaVideo** video, GestaVideoInfo* info,
                  GestaVideoError* error);
  /* The next frame; `frame->pixels` is null after the last one. kBadData: the file ends long before
   * the frames that it says it has. */
  int32_t (*next)(GestaVideo* video, GestaVideoFrame* frame, GestaVideoError* error);
  void (*close)(GestaVideo* video);
} GestaVideoModule;

/* The module's table for this version of the interface; null when it has another one. */
const GestaVideoModule* gesta_video_module(uint32_t version);

#ifdef __cplusplus
}
#endif

#endif /* GESTA_VIDEO_MODULE_H_ */
