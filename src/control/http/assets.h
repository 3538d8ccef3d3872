/* SPDX-License-Identifier: Apache-2.0 */
/* The web app inside the binary: a table that tools/embed.py writes at build time from web/dist. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct asset {
	const char *path; /* "/app-AB12.js" */
	const char *content_type;
	const char *etag;     /* with quotes */
	const uint8_t *bytes; /* gzip_length of gzip, or length as they are */
	size_t length;	      /* unpacked */
	size_t gzip_length;   /* 0: it would not be smaller */
	bool immutable;	      /* the name changes with the content */
};

/* Sorted by path. */
extern const struct asset assets[];
extern const size_t asset_count;

/* The asset of exactly this path; NULL when there is none. */
const struct asset *asset_find(const char *path);
