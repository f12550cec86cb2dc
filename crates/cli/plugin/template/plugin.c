/* {{name}}: a data source for haggle.
 *
 *   cc -std=c99 -Wall -Wextra -O2 -shared -fPIC -o libhaggle_{{name}}.so {{name}}.c
 *   haggle plugin test ./libhaggle_{{name}}.so --input https://prices.example/list.csv=sample.csv
 *   haggle plugin add ./libhaggle_{{name}}.so
 *   haggle import --plugin {{name}}
 *
 * It reads lines `title,amount` below a header and states each as a list price. Change the manifest,
 * SOURCE, COLUMNS and read_line. */
#include "haggle_plugin.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Who it is and what it asks for: JSON, read without running anything. */
HAGGLE_EXPORT const char haggle_manifest_v1[] =
    "{\"manifest\": 1, \"name\": \"{{name}}\", \"version\": \"0.1.0\", \"abi\": \"1.0\","
    " \"summary\": \"List prices of prices.example\","
    " \"permissions\": {\"inputs\": [\"https://prices.example/\"]}}";

static const char SOURCE[] = "https://prices.example/list.csv";

/* The columns that it fills, in this order; the header says what each holds. */
static const struct { const char *name, *format; size_t width; } COLUMNS[] = {
    {"row", "L", 8},       {"column", "I", 4},    {"kind", "u", 0},        {"basis", "u", 0},
    {"tax", "u", 0},       {"title", "u", 0},     {"statistic", "u", 0},   {"amount", "d:38,12", 16},
    {"bound", "u", 0},     {"currency", "u", 0},  {"per", "u", 0},
};
enum { WIDTH = sizeof COLUMNS / sizeof COLUMNS[0], MOST_ROWS = 65536, LONGEST = 65536 };

/* One column while it grows: bytes, and for texts where each ends. */
struct column {
    char *bytes;
    size_t used, room;
    int32_t *ends;
};

struct reader {
    const struct haggle_host *host;
    uint64_t input;
    uint64_t line;
    size_t from, to;
    int at_end, failed;
    char message[1024];
    char buffer[LONGEST];
};

static int grow(struct column *column, const void *bytes, size_t size) {
    if (column->used + size > column->room) {
        size_t room = (column->used + size) * 2;
        char *more = realloc(column->bytes, room);
        if (!more) return ENOMEM;
        column->bytes = more;
        column->room = room;
    }
    if (size) memcpy(column->bytes + column->used, bytes, size);
    column->used += size;
    return 0;
}

static int put(struct column *columns, size_t at, int64_t row, const void *bytes, size_t size) {
    int failed = grow(&columns[at], bytes, size);
    if (!failed && COLUMNS[at].width == 0) {
        if (columns[at].used > INT32_MAX) return EOVERFLOW;
        columns[at].ends[row + 1] = (int32_t)columns[at].used;
    }
    return failed;
}

static int put_text(struct column *columns, size_t at, int64_t row, const char *text) {
    return put(columns, at, row, text, strlen(text));
}

/* A number such as 19.90 times 10^12 as 128 bits, lowest byte first; 0 if it is none. */
static int decimal(const char *text, unsigned char out[16]) {
    int places = -1, digits = 0, i;
    memset(out, 0, 16);
    for (; *text || places < 12; ) {
        unsigned digit = 0;
        if (*text == '.' && places < 0 && digits > 0) { places = 0; text++; continue; }
        if (*text) {
            if (*text < '0' || *text > '9') return 0;
            digit = (unsigned)(*text++ - '0');
            if (++digits > 16 && places < 0) return 0;
        } else if (places < 0) {
            places = 0;
            continue;
        }
        if (places >= 0 && ++places > 12) return 0;
        for (i = 0; i < 16; i++) {
            digit += out[i] * 10u;
            out[i] = (unsigned char)digit;
            digit >>= 8;
        }
    }
    return digits > 0;
}

/* What is wrong with the line that was read last, with the status that says whose fault it is. */
static int wrong(struct reader *r, const char *what) {
    snprintf(r->message, sizeof r->message, "HAGGLE:%d:line %lu: %s", HAGGLE_E_DATA,
             (unsigned long)r->line, what);
    return EINVAL;
}

/* A line without its end; NULL with *failed set if something in it is no text: a line that is cut
 * short in the middle would be another line. */
static char *ended(struct reader *r, char *line, size_t length, int *failed) {
    if (length > 0 && line[length - 1] == '\r') line[--length] = 0;
    if (!memchr(line, 0, length) && !memchr(line, '\r', length)) return line;
    *failed = wrong(r, "found a sign that ends a line or a text, expected it at the end alone");
    return NULL;
}

/* The next line without its end, or NULL with *failed set if there is none. */
static char *next_line(struct reader *r, int *failed) {
    for (;;) {
        char *end = memchr(r->buffer + r->from, '\n', r->to - r->from);
        if (end || (r->at_end && r->from < r->to)) {
            char *line = r->buffer + r->from;
            r->from = end ? (size_t)(end - r->buffer) + 1 : r->to;
            *(end ? end : r->buffer + r->to) = 0;
            r->line++;
            return ended(r, line, (size_t)((end ? end : r->buffer + r->to) - line), failed);
        }
        if (r->at_end) return NULL;
        memmove(r->buffer, r->buffer + r->from, r->to - r->from);
        r->to -= r->from;
        r->from = 0;
        if (r->to == sizeof r->buffer - 1) {
            r->line++;
            *failed = wrong(r, "longer than 65535 bytes");
            return NULL;
        }
        struct haggle_error error = {sizeof error, 0, 0, 0, {0}};
        int64_t got = r->host->input_read(r->host->ctx, r->input, r->buffer + r->to,
                                          sizeof r->buffer - 1 - r->to, &error);
        if (got < 0) {
            snprintf(r->message, sizeof r->message, "HAGGLE:%d:%.900s", (int)error.status,
                     error.message);
            *failed = EIO;
            return NULL;
        }
        r->at_end = got == 0;
        r->to += (size_t)got;
    }
}

static int read_line(struct reader *r, char *line, struct column *columns, int64_t row) {
    unsigned char amount[16];
    uint32_t second = 2;
    char *comma = strrchr(line, ',');
    if (!comma || !decimal(comma + 1, amount)) return wrong(r, "expected `title,amount`");
    *comma = 0;
    int failed = put(columns, 0, row, &r->line, 8) | put(columns, 1, row, &second, 4);
    failed |= put_text(columns, 2, row, "price") | put_text(columns, 3, row, "list");
    failed |= put_text(columns, 4, row, "unknown") | put_text(columns, 5, row, line);
    failed |= put_text(columns, 6, row, "value") | put(columns, 7, row, amount, 16);
    failed |= put_text(columns, 8, row, "exact") | put_text(columns, 9, row, "EUR");
    failed |= put_text(columns, 10, row, "EA"); /* each */
    if (failed) snprintf(r->message, sizeof r->message, "HAGGLE:%d:out of memory", HAGGLE_E_INTERNAL);
    return failed ? ENOMEM : 0;
}

static void release_array(struct ArrowArray *array) {
    int64_t i;
    for (i = 0; i < array->n_children; i++) {
        if (array->children[i]->release) array->children[i]->release(array->children[i]);
        free(array->children[i]);
    }
    for (i = 0; i < array->n_buffers; i++) free((void *)array->buffers[i]);
    free(array->children);
    free(array->buffers);
    array->release = NULL;
}

/* Takes over the memory of the columns. */
static int finish(struct column *columns, int64_t rows, struct ArrowArray *out) {
    size_t i;
    memset(out, 0, sizeof *out);
    out->length = rows;
    out->buffers = calloc(1, sizeof *out->buffers);
    out->children = calloc(WIDTH, sizeof *out->children);
    out->release = release_array;
    if (!out->buffers || !out->children) return ENOMEM;
    out->n_buffers = 1;
    for (i = 0; i < WIDTH; i++) {
        struct ArrowArray *child = calloc(1, sizeof *child);
        if (!child) return ENOMEM;
        out->children[i] = child;
        out->n_children++;
        child->buffers = calloc(3, sizeof *child->buffers);
        if (!child->buffers) return ENOMEM;
        child->release = release_array;
        child->length = rows;
        child->n_buffers = COLUMNS[i].width ? 2 : 3;
        if (!COLUMNS[i].width) child->buffers[1] = columns[i].ends;
        child->buffers[COLUMNS[i].width ? 1 : 2] = columns[i].bytes;
        columns[i].ends = NULL;
        columns[i].bytes = NULL;
    }
    return 0;
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out) {
    struct reader *r = stream->private_data;
    struct column columns[WIDTH];
    int64_t rows = 0;
    int failed = r->failed; /* after an error it stays an error */
    size_t i;
    char *line;
    memset(columns, 0, sizeof columns);
    memset(out, 0, sizeof *out);
    for (i = 0; i < WIDTH; i++) {
        columns[i].ends = COLUMNS[i].width ? NULL : calloc(MOST_ROWS + 1, sizeof(int32_t));
        /* A column without a byte has a buffer all the same. */
        columns[i].bytes = malloc(columns[i].room = 64);
        if (!columns[i].bytes || (!COLUMNS[i].width && !columns[i].ends)) failed = ENOMEM;
    }
    while (!failed && rows < MOST_ROWS && (line = next_line(r, &failed))) {
        if (r->line == 1 || !*line) continue;
        failed = read_line(r, line, columns, rows);
        rows++;
    }
    if (!failed && rows > 0) failed = finish(columns, rows, out);
    if (failed && out->release) out->release(out);
    for (i = 0; i < WIDTH; i++) {
        free(columns[i].bytes);
        free(columns[i].ends);
    }
    return r->failed = failed;
}

static void release_schema(struct ArrowSchema *schema) {
    int64_t i;
    for (i = 0; i < schema->n_children; i++) free(schema->children[i]);
    free(schema->children);
    schema->release = NULL;
}

static void release_column(struct ArrowSchema *schema) { schema->release = NULL; }

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out) {
    size_t i;
    (void)stream;
    memset(out, 0, sizeof *out);
    out->format = "+s";
    out->name = "";
    out->release = release_schema;
    out->children = calloc(WIDTH, sizeof *out->children);
    for (i = 0; out->children && i < WIDTH; i++) {
        struct ArrowSchema *child = calloc(1, sizeof *child);
        if (!child) break;
        child->format = COLUMNS[i].format;
        child->name = COLUMNS[i].name;
        child->release = release_column;
        out->children[out->n_children++] = child;
    }
    if (out->n_children == WIDTH) return 0;
    release_schema(out);
    return ENOMEM;
}

static const char *get_last_error(struct ArrowArrayStream *stream) {
    return ((struct reader *)stream->private_data)->message;
}

static void release_stream(struct ArrowArrayStream *stream) {
    struct reader *r = stream->private_data;
    r->host->input_close(r->host->ctx, r->input);
    free(r);
    stream->release = NULL;
}

static haggle_status open_source(void *state, const char *request, size_t length,
                                 struct ArrowArrayStream *out, struct haggle_error *error) {
    const struct haggle_host *host = state;
    struct reader *r = calloc(1, sizeof *r);
    haggle_status status;
    (void)request;
    (void)length;
    if (!r) return HAGGLE_E_INTERNAL;
    r->host = host;
    status = host->input_open(host->ctx, SOURCE, strlen(SOURCE), NULL, 0, &r->input, error);
    if (status != HAGGLE_OK) {
        free(r);
        return status;
    }
    out->get_schema = get_schema;
    out->get_next = get_next;
    out->get_last_error = get_last_error;
    out->release = release_stream;
    out->private_data = r;
    return HAGGLE_OK;
}

HAGGLE_EXPORT haggle_status haggle_plugin_init_v1(const struct haggle_host *host,
                                                  struct haggle_plugin *out,
                                                  struct haggle_error *error) {
    if (host->abi_major != HAGGLE_ABI_MAJOR) {
        snprintf(error->message, sizeof error->message, "found a host of interface %u.%u",
                 host->abi_major, host->abi_minor);
        return error->status = HAGGLE_E_ABI;
    }
    out->abi_major = HAGGLE_ABI_MAJOR;
    out->abi_minor = HAGGLE_ABI_MINOR;
    out->state = (void *)host;
    out->open = open_source;
    return HAGGLE_OK;
}
