/* haggle_plugin.h: a data source for haggle as a shared library. Interface 1.0.
 *
 * A plugin is one self-contained file, libhaggle_NAME.so, with the two exports at the end of this
 * header. It is loaded into a process of its own that may neither open files nor sockets; what it
 * reads it asks of the host (input_open), what it finds it gives back as an Arrow C stream.
 *
 * Ownership. Strings that are passed in are borrowed for the call. Errors are written into the
 *   caller's struct and have nothing to free. Stream, schema and arrays are released by Arrow's
 *   rules; arrays may outlive their stream, not the plugin. A release marks what it released by
 *   setting its release to NULL, and none is called twice.
 * Streams. Several may be open one after the other, each with a request of its own. A stream may be
 *   released before its end. Behind its end it stays at its end, behind an error it fails again.
 * Threads. All calls into a plugin come one after another on one thread, except cancel. The
 *   callbacks of the host may be called from any thread.
 * Unwinding. No exception and no panic may leave a function of the plugin.
 * Versions. The major version is in the names of the exports. A minor version appends fields, so
 *   look at struct_size before using one that is newer than 1.0: HAGGLE_HAS(host, input_stat).
 */
#ifndef HAGGLE_PLUGIN_H
#define HAGGLE_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HAGGLE_ABI_MAJOR 1
#define HAGGLE_ABI_MINOR 0

/* Whether a struct that says its size has a field. */
#define HAGGLE_HAS(object, field) \
    ((size_t)(object)->struct_size >= \
     (size_t)((const char *)&(object)->field - (const char *)(object)) + sizeof((object)->field))

#if defined(_WIN32)
#define HAGGLE_EXPORT __declspec(dllexport)
#elif defined(__GNUC__)
#define HAGGLE_EXPORT __attribute__((visibility("default")))
#else
#define HAGGLE_EXPORT
#endif

/* The Arrow C data and stream interfaces, as their definition asks to copy them:
 * https://arrow.apache.org/docs/format/CDataInterface.html */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

#endif /* ARROW_C_DATA_INTERFACE */

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

#endif /* ARROW_C_STREAM_INTERFACE */

/* A row of the stream says: this source, at this place in it, states this amount for this subject.
 * Columns by name, in any order; those marked ? may be null, and may be left out altogether.
 * Formats: u text (plain "u", or "i" with a dictionary of "u"), L uint64, I uint32, g double,
 * l int64, D date in days ("tdD"), d decimal ("d:38,12": the number times 10^12, as int128, of at
 * most 16 digits before its point).
 *
 *   sheet u?  row L  column I  path u?            where the amount stands, from 1
 *   kind u           wage, price, quote, index, rate
 *   basis u          paid, offered, floor, ceiling, list, advertised, quoted, self-reported,
 *                    estimate, unknown
 *   component u?     base, total, bonus, unit-price, fee ...
 *   tax u            gross, net, excluded, included, unknown
 *   subject u?  scheme u?  title u?               code, the scheme of that code, and words
 *   place u?  party u?  level u?
 *   statistic u      value, p1 ... p99, mean, min, max
 *   amount d         an amount that is unknown makes no row
 *   bound u          exact, at least, at most
 *   currency u       ISO 4217
 *   per u            unit of the price: UN/CEFACT code or word
 *   quantity_from d?  quantity_to d?              quantities that the price holds for
 *   weight g?  relative_error g?                  not negative
 *   count l?  employers l?  sample_size l?        from 1
 *   date D?                                       of the years 1 to 9999
 *   attributes u?    a JSON object with sorted keys
 *
 * What is unknown is null, never zero and never NaN. At most 65,536 rows make a batch, and
 * a text has at most 64 KiB. */

typedef int32_t haggle_status;

enum {
    HAGGLE_OK = 0,
    HAGGLE_E_CONFIG = 1,        /* the request cannot be used */
    HAGGLE_E_NOT_FOUND = 2,
    HAGGLE_E_AUTH = 3,          /* a secret is missing or was refused */
    HAGGLE_E_DENIED = 4,        /* not granted */
    HAGGLE_E_IO = 5,
    HAGGLE_E_RATE_LIMITED = 6,
    HAGGLE_E_DATA = 7,          /* what was read is not what was expected */
    HAGGLE_E_CANCELLED = 8,
    HAGGLE_E_ABI = 9,           /* host and plugin are of different interfaces */
    HAGGLE_E_INTERNAL = 10,
    HAGGLE_E_PANIC = 11
};

struct haggle_error {
    uint32_t struct_size;
    haggle_status status;
    uint32_t retry_after_ms;    /* 0: not known */
    uint32_t reserved;
    char message[1024];         /* UTF-8, ends with NUL */
};

struct haggle_input_stat {
    uint32_t struct_size;
    int32_t status;             /* status code of HTTP, 0: none */
    int64_t length;             /* -1: not known before reading */
    char content_type[128];     /* empty: not known */
    char last_modified[64];
};

/* What the host offers. It outlives the plugin. */
struct haggle_host {
    uint32_t struct_size, abi_major, abi_minor, reserved;
    void *ctx;                  /* first argument of every function below */
    /* level: 0 error, 1 warning, 2 note */
    void (*log)(void *ctx, int32_t level, const char *text, size_t length);
    int32_t (*is_cancelled)(void *ctx);
    void (*progress)(void *ctx, uint64_t done, uint64_t total);
    /* Opens a granted URI. options: NULL, or a JSON object
     *   {"method": "GET", "headers": {"Authorization": "Bearer {secret:NAME}"}, "range": [0, 99]}
     * whose secrets the host fills in; range is first and last byte, the last may be null. */
    haggle_status (*input_open)(void *ctx, const char *uri, size_t uri_length, const char *options,
                                size_t options_length, uint64_t *handle,
                                struct haggle_error *error);
    /* Bytes read, 0 at the end, or less than 0: minus the status. */
    int64_t (*input_read)(void *ctx, uint64_t handle, void *buffer, size_t length,
                          struct haggle_error *error);
    void (*input_close)(void *ctx, uint64_t handle);
    haggle_status (*input_stat)(void *ctx, uint64_t handle, struct haggle_input_stat *out,
                                struct haggle_error *error);
};

/* What the plugin offers; init fills it in. struct_size is set by the host on entry. */
struct haggle_plugin {
    uint32_t struct_size, abi_major, abi_minor, reserved;
    void *state;                /* first argument of every function below */
    /* Whether a request can be used; opens nothing. May be NULL. Requests are one JSON object,
     * {"config": {...}}, and end with NUL too. */
    haggle_status (*validate)(void *state, const char *request, size_t length,
                              struct haggle_error *error);
    /* Begins to read. Errors later: the stream returns an errno, and get_last_error the text. */
    haggle_status (*open)(void *state, const char *request, size_t length,
                          struct ArrowArrayStream *out, struct haggle_error *error);
    void (*cancel)(void *state);    /* from any thread; may be NULL */
    void (*release)(void *state);   /* may be NULL */
};

/* Who the plugin is, as JSON that ends with NUL, at most 64 KiB, written into the file as it
 * stands: it is read without loading the file. */
HAGGLE_EXPORT extern const char haggle_manifest_v1[];

HAGGLE_EXPORT haggle_status haggle_plugin_init_v1(const struct haggle_host *host,
                                                  struct haggle_plugin *out,
                                                  struct haggle_error *error);

#ifdef __cplusplus
}
#endif

#endif /* HAGGLE_PLUGIN_H */
