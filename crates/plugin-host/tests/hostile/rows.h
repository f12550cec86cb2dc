/* A stream of three observations in memory that never moves: columns by name, texts as they are. */
#ifndef ROWS_H
#define ROWS_H

#include "haggle_plugin.h"
#include <string.h>

#define ROWS 3
#define COLUMNS 12

static uint64_t row[ROWS] = {1, 2, 3};
static uint32_t column[ROWS] = {4, 4, 4};
/* 19.90, 20 and -0.5, times 10^12, low half first. */
static int64_t amount[2 * ROWS] = {19900000000000, 0, 20000000000000, 0, -500000000000, -1};
static double weight[ROWS] = {1.0, 0.0, 2.5};
static uint8_t weight_there[1] = {5};
static int32_t title[ROWS] = {0, 1, 0};
static char titles[] = "paperink";
static int32_t title_ends[] = {0, 5, 8};

static char kinds[] = "pricepriceprice", bases[] = "listlistlist", taxes[] = "excludedexcludedexcluded";
static char statistics[] = "valuevaluevalue", bounds[] = "exactexactat least";
static char currencies[] = "EUREURUSD", units[] = "C62C62C62";
static int32_t fives[] = {0, 5, 10, 15}, fours[] = {0, 4, 8, 12}, eights[] = {0, 8, 16, 24};
static int32_t threes[] = {0, 3, 6, 9}, bound_ends[] = {0, 5, 10, 18};

static struct { const char *name, *format; const void *buffers[3]; int nulls; } table[COLUMNS] = {
    {"row", "L", {0, row}, 0},
    {"column", "I", {0, column}, 0},
    {"kind", "u", {0, fives, kinds}, 0},
    {"basis", "u", {0, fours, bases}, 0},
    {"tax", "u", {0, eights, taxes}, 0},
    {"statistic", "u", {0, fives, statistics}, 0},
    {"amount", "d:38,12", {0, amount}, 0},
    {"bound", "u", {0, bound_ends, bounds}, 0},
    {"currency", "u", {0, threes, currencies}, 0},
    {"per", "u", {0, threes, units}, 0},
    {"title", "i", {0, title}, 0},
    {"weight", "g", {weight_there, weight}, 1},
};
enum { KIND = 2, TITLE = 10, WEIGHT = 11 };

static const void *title_buffers[3] = {0, title_ends, titles};
static struct ArrowSchema title_schema, schemas[COLUMNS], *schema_list[COLUMNS];
static struct ArrowArray title_array, arrays[COLUMNS], *array_list[COLUMNS];
static const void *no_buffers[1];

static void release_schema(struct ArrowSchema *schema) { schema->release = 0; }
static void release_array(struct ArrowArray *array) { array->release = 0; }

static int rows_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out) {
    (void)stream;
    memset(&title_schema, 0, sizeof title_schema);
    title_schema.format = "u";
    title_schema.release = release_schema;
    for (int i = 0; i < COLUMNS; i++) {
        memset(&schemas[i], 0, sizeof schemas[i]);
        schemas[i].format = table[i].format;
        schemas[i].name = table[i].name;
        schemas[i].flags = i < TITLE ? 0 : ARROW_FLAG_NULLABLE;
        schemas[i].dictionary = i == TITLE ? &title_schema : 0;
        schemas[i].release = release_schema;
        schema_list[i] = &schemas[i];
    }
    memset(out, 0, sizeof *out);
    out->format = "+s";
    out->n_children = COLUMNS;
    out->children = schema_list;
    out->release = release_schema;
    return 0;
}

static void rows_batch(struct ArrowArray *out) {
    memset(&title_array, 0, sizeof title_array);
    title_array.length = 2;
    title_array.n_buffers = 3;
    title_array.buffers = title_buffers;
    title_array.release = release_array;
    for (int i = 0; i < COLUMNS; i++) {
        memset(&arrays[i], 0, sizeof arrays[i]);
        arrays[i].length = ROWS;
        arrays[i].null_count = table[i].nulls;
        arrays[i].n_buffers = table[i].format[0] == 'u' ? 3 : 2;
        arrays[i].buffers = table[i].buffers;
        arrays[i].dictionary = i == TITLE ? &title_array : 0;
        arrays[i].release = release_array;
        array_list[i] = &arrays[i];
    }
    memset(out, 0, sizeof *out);
    out->length = ROWS;
    out->n_buffers = 1;
    out->buffers = no_buffers;
    out->n_children = COLUMNS;
    out->children = array_list;
    out->release = release_array;
}

#endif
