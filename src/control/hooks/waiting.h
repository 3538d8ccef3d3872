/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What still waits when the daemon ends, in a file of the data folder until the next start, so that an upgrade loses no event. Only an
 * orderly end writes it: a file for each event would cost every message a write. At the start and at the end of the process only: it
 * blocks.
 */
#pragma once

#include <jansson.h>

#include "control/hooks/delivery.h"

/* 0600, whole or not at all; nothing is written for an empty array. 0 or -errno. */
int waiting_write(const char *path, const json_t *all);

/* Reads the file and removes it: what is in it is the caller's now. NULL: there is none, or it is damaged (logged). */
json_t *waiting_take(const char *path);

/* One delivery; NULL without memory, or when it is not one. */
json_t *waiting_json(const struct delivery *d);
struct delivery *waiting_delivery(const json_t *saved);
