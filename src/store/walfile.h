/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A layer between SQLite and its own file functions that gathers what a transaction writes to the log (WAL): SQLite
 * writes each page with two calls, and a transaction is some 200 pages one after the other. For the connection of a
 * struct store only. All other files are SQLite's own, untouched.
 *
 * Nobody else misses what is still gathered: SQLite writes all frames of a transaction, has them synced
 * (synchronous=FULL), and only then says in the shared index that they are there (walFrames in its wal.c: write, sync,
 * walIndexAppend, walIndexWriteHdr), and a sync writes out what is gathered. What is too large for SQLite's cache is
 * written earlier, but nobody else looks for it before that; this connection itself may read it back, which writes it
 * out, too. When a late write fails, the call that wanted it fails, with what SQLite's own layer says, and SQLite undoes
 * the transaction as if it had been its own write. What is undone is dropped (walfile_forget) before another program
 * may write in the same place.
 */
#pragma once

#include <sqlite3.h>

struct walfile;

/* For sqlite3_open_v2; above what is SQLite's default at the first call. NULL without memory. */
const char *walfile_vfs(void);

/* The log of a connection that was opened so, once it has written or read; else NULL. */
struct walfile *walfile_of(sqlite3 *db);

/* The transaction is over: what was gathered and not synced is not wanted. Takes NULL. */
void walfile_forget(struct walfile *f);

/* Between transactions: gives the memory back. Takes NULL. */
void walfile_rest(struct walfile *f);
