/* SPDX-License-Identifier: Apache-2.0 */
/* What is tidied up at the start and then every hour: files of attachments that nobody can see any
 * more, guests who have gone; at the start also files that no message has. Owned by control.c; control thread only. */
#pragma once

struct chat;
struct files;
struct store;
struct upkeep;
struct uv_loop_s;

/* Begins at once. 0 or -ENOMEM. */
int upkeep_new(struct upkeep **ret, struct uv_loop_s *loop, struct store *store, struct chat *chat,
	       struct files *files);

/* Deletes the files that nobody can see any more, soon. */
void upkeep_sweep_files(struct upkeep *u);

/* The store is going to close: what is under way ends. */
void upkeep_stop(struct upkeep *u);

/* After store_close and files_free. Run the loop once more, so that the timer closes. Takes NULL. Returns NULL. */
struct upkeep *upkeep_free(struct upkeep *u);
