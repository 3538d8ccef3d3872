/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A look at the database of a data folder that changes nothing in it: no folder is made, no mode set, no schema migrated, and a
 * crash's log stays for the next start. For the command line: it blocks, and needs no struct store.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/users.h"

struct store_look;

struct store_looked {
	int64_t schema;	      /* of the file, … */
	int64_t schema_known; /* … and the newest that this program knows */
	int64_t bytes;
	bool left_open; /* by a crash: the next start looks it through */
};

/*
 * `alone`: no daemon has the folder. 0; or -errno with one line for the operator in ret_error (STORE_ERROR_MAX bytes): -EUCLEAN
 * damaged or not a Confab database, -EACCES not to be read by this user.
 */
int store_look_open(const char *dir, bool alone, struct store_look **ret,
		    struct store_looked *ret_looked, char *ret_error);

/* Reads all of it through. 0 or -EUCLEAN. */
int store_look_check(struct store_look *l);

/* What an id leads to; only of a database whose schema is known. */
struct store_look_user {
	char name[256];
	enum user_role role;
	char merged_into[80]; /* "" = it was not */
};

/* 0 or -ENOENT, or another -errno. */
int store_look_user(struct store_look *l, const char *id, struct store_look_user *ret);

/* Takes NULL; returns NULL. */
struct store_look *store_look_close(struct store_look *l);
