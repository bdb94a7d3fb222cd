/* The HTTP module's interface: libgesta_http.so, opened when the first request is made, so that a
 * process that sends none does not load libcurl and what it needs.
 *
 * Plain C: the module may be built with another compiler. No exception crosses it. A session holds
 * requests that are on their way and the connections they reuse; it belongs to one thread at a
 * time. Everything a caller passes in is copied before the call returns. */
#ifndef GESTA_HTTP_MODULE_H_
#define GESTA_HTTP_MODULE_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GESTA_HTTP_MODULE_VERSION 1

typedef struct GestaHttpSession GestaHttpSession;

typedef struct {
  const char* data; /* may be null where size is 0 */
  size_t size;
} GestaHttpSpan;

typedef struct {
  GestaHttpSpan method;         /* "GET", "POST", … */
  GestaHttpSpan url;            /* http or https */
  const GestaHttpSpan* headers; /* "Name: value" */
  size_t header_count;
  GestaHttpSpan body;
  int64_t timeout_ms;         /* for the whole exchange; 0: none */
  int64_t connect_timeout_ms; /* 0: the library's own */
  int64_t idle_timeout_ms;    /* without a byte received; 0: none */
  uint64_t max_body_bytes;    /* of the answer */
  int32_t follow_redirects;   /* 0 or 1; credentials do not follow to another host */
  /* Receives the body of an answer with status 200 or 206 in pieces instead of its being collected;
   * null: collected. Another return value than 0 ends the exchange with kAborted. */
  int32_t (*on_body)(void* user, const char* data, size_t size);
  void* user;
} GestaHttpRequest;

enum {
  kGestaHttpDone = 0,     /* an answer with a status came whole */
  kGestaHttpNoServer = 1, /* refused, unreachable, or the name is unknown */
  kGestaHttpTimeout = 2,
  kGestaHttpBroken = 3,   /* the connection ended inside the answer */
  kGestaHttpTooLarge = 4, /* the answer is larger than max_body_bytes */
  kGestaHttpAborted = 5,  /* by on_body */
  kGestaHttpInvalid = 6,  /* the request cannot be sent: bad URL or certificate */
  kGestaHttpFailed = 7    /* anything else */
};

typedef struct {
  uint64_t id;
  int32_t outcome;
  int32_t status;         /* of kGestaHttpDone */
  int64_t retry_after_ms; /* the Retry-After header; -1: none */
  GestaHttpSpan body;     /* valid until the session's next call */
  GestaHttpSpan message;  /* what went wrong, in the library's words; likewise */
} GestaHttpResponse;

typedef struct {
  uint32_t version;
  GestaHttpSession* (*open)(void);          /* null: no memory */
  void (*close)(GestaHttpSession* session); /* ends what is on its way */
  /* 0, or not 0 when there is no memory. */
  int32_t (*start)(GestaHttpSession* session, uint64_t id, const GestaHttpRequest* request);
  /* Waits until a request has ended or `timeout_ms` are over. 1: `response` is filled; 0: not. */
  int32_t (*wait)(GestaHttpSession* session, int64_t timeout_ms, GestaHttpResponse* response);
  void (*cancel_all)(GestaHttpSession* session);
} GestaHttpModule;

/* The module's table for this version of the interface; null when it has another one. */
const GestaHttpModule* gesta_http_module(uint32_t version);

#ifdef __cplusplus
}
#endif

#endif /* GESTA_HTTP_MODULE_H_ */
