/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a query as an array: the one loop that steps, grows and fills. Private to src/store. */
#pragma once

#include <sqlite3.h>

#include "store/db.h"
#include "store/mem.h"

struct rows {
	size_t limit; /* in: stop after so many, and say `more` when there are others; 0 = all */
	void *list;   /* of what `read` fills; NULL when there are none */
	size_t n;
	bool more;
};

/* One row into one element, which is zeroed; texts into `mem`. */
typedef void row_fn(struct mem *mem, sqlite3_stmt *stmt, void *ret);

/* Reads a statement of db_query (NULL: db_error says why) to its end, and ends it. `size` is the element's. 0 or -errno. */
int rows_read(struct db *db, struct mem *mem, sqlite3_stmt *stmt, size_t size, row_fn *read,
	      struct rows *rows);

/* All rows of it: *ret_list is a pointer to the elements, NULL when there are none. */
int rows_all(struct db *db, struct mem *mem, sqlite3_stmt *stmt, size_t size, row_fn *read,
	     void *ret_list, size_t *ret_n);

/* rows_read without ending it. */
int rows_step(struct db *db, struct mem *mem, sqlite3_stmt *stmt, size_t size, row_fn *read,
	      struct rows *rows);

/* Rows of one text: the list is of const char *. */
row_fn row_text;
