/* SPDX-License-Identifier: Apache-2.0 */
/* Making and ending a client's loop and thread; what runs on it: internal.h. */
#pragma once

#include <stdbool.h>

struct confab_client;

/* false: no memory. */
bool loop_init(struct confab_client *c);
bool loop_start(struct confab_client *c);
/* Ends the thread; afterwards the loop belongs to the caller. */
void loop_stop(struct confab_client *c);
void loop_fini(struct confab_client *c);
