/* A plugin in plain C that works: three observations. */
#include "rows.h"

const char haggle_manifest_v1[] =
    "{\"manifest\":1,\"name\":\"plain\",\"version\":\"1.0.0\",\"abi\":\"1.0\","
    "\"summary\":\"three rows\"}";

static int given;

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out) {
    (void)stream;
    if (given++)
        memset(out, 0, sizeof *out);
    else
        rows_batch(out);
    return 0;
}

static const char *get_last_error(struct ArrowArrayStream *stream) {
    (void)stream;
    return 0;
}

static void release_stream(struct ArrowArrayStream *stream) { stream->release = 0; }

static haggle_status open_rows(void *state, const char *request, size_t length,
                               struct ArrowArrayStream *out, struct haggle_error *error) {
    (void)state, (void)request, (void)length, (void)error;
    out->get_schema = rows_schema;
    out->get_next = get_next;
    out->get_last_error = get_last_error;
    out->release = release_stream;
    return HAGGLE_OK;
}

haggle_status haggle_plugin_init_v1(const struct haggle_host *host, struct haggle_plugin *out,
                                    struct haggle_error *error) {
    if (host->abi_major != HAGGLE_ABI_MAJOR || !HAGGLE_HAS(host, input_stat))
        return error->status = HAGGLE_E_ABI;
    out->abi_major = HAGGLE_ABI_MAJOR;
    out->abi_minor = HAGGLE_ABI_MINOR;
    out->open = open_rows;
    return HAGGLE_OK;
}
