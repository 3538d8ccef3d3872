/* SPDX-License-Identifier: Apache-2.0 */
/* Telling what changed about somebody to those who see them somewhere. */
#pragma once

#include <jansson.h>
#include <stddef.h>

struct control;
struct store_user;

/* To whoever sees the user somewhere: everybody one of the team; the team, and who shares a channel, a customer. */
void http_tell_name(struct control *control, const struct store_user *user);

/* To the team, these users, and everybody who shares a channel with one of them. Borrows the event. */
void http_tell_around(struct control *control, const char *const *user_ids, size_t n,
		      const json_t *event);
