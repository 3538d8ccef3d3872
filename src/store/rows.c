/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rows.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

int rows_step(struct db *db, struct mem *mem, sqlite3_stmt *stmt, size_t size, row_fn *read,
	      struct rows *rows)
{
	int row;

	while ((row = db_step(db, stmt)) == 1) {
		if (rows->limit && rows->n == rows->limit) {
			rows->more = true;
			return 0;
		}
		uint8_t *list = mem_grow(mem, rows->list, rows->n, size);

		if (!list)
			return -ENOMEM;
		rows->list = list;
		uint8_t *element = list + rows->n++ * size;
		memset(element, 0, size);
		read(mem, stmt, element);
	}
	return row;
}

int rows_read(struct db *db, struct mem *mem, sqlite3_stmt *stmt, size_t size, row_fn *read,
	      struct rows *rows)
{
	int status = stmt ? rows_step(db, mem, stmt, size, read, rows) : db_error(db);

	db_end(stmt);
	return status;
}

int rows_all(struct db *db, struct mem *mem, sqlite3_stmt *stmt, size_t size, row_fn *read,
	     void *ret_list, size_t *ret_n)
{
	struct rows rows = { .n = 0 };
	int status = rows_read(db, mem, stmt, size, read, &rows);

	if (status == 0) {
		memcpy(ret_list, &rows.list, sizeof rows.list); /* whatever it points to */
		*ret_n = rows.n;
	}
	return status;
}

void row_text(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	*(const char **)ret = db_text(mem, stmt, 0);
}
