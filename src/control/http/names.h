/* SPDX-License-Identifier: Apache-2.0 */
/* Telling a new name. */
#pragma once

struct control;
struct store_user;

/* To whoever sees the user somewhere: everybody one of the team; the team, and who shares a channel, a customer. */
void http_tell_name(struct control *control, const struct store_user *user);
