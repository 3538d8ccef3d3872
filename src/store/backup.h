/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A copy of the database while a daemon writes to it (R36). For the command line: it blocks, and needs no struct store.
 */
#pragma once

#include <stdint.h>

/* What is in the copy. */
struct store_backup {
	int64_t users, messages;
};

/*
 * Copies the database of the data folder `dir`, as it is at one moment, to a new file confab.db in the folder `to`, and
 * reads the copy through. Nothing is migrated: the copy has the schema of the original. Writers go on meanwhile, and
 * what they write is kept beside the database until this is done. 0, or -errno with one line for the operator in
 * ret_error (STORE_ERROR_MAX bytes); the file in `to` is of no use then.
 */
int store_backup(const char *dir, const char *to, struct store_backup *ret, char *ret_error);
