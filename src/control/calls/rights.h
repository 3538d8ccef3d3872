/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may do what on a call. A capability is one permitted action; a role is a set of them, which
 * the call's type says. Pure: no store, no clock.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

struct call_types;

/* The bits of a set; their names are in rights.c, and only these go to the disk. */
enum call_right {
	RIGHT_JOIN = 1 << 0,
	RIGHT_READ = 1 << 1,
	RIGHT_CREATE = 1 << 2,
	RIGHT_JOIN_ENDED = 1 << 3,
	RIGHT_JOIN_BACKSTAGE = 1 << 4,
	RIGHT_UPDATE = 1 << 5,
	RIGHT_UPDATE_SETTINGS = 1 << 6,
	RIGHT_SEND_AUDIO = 1 << 7,
	RIGHT_SEND_VIDEO = 1 << 8,
	RIGHT_SCREENSHARE = 1 << 9,
	RIGHT_END = 1 << 10,
	RIGHT_MUTE = 1 << 11,
	RIGHT_PERMISSIONS = 1 << 12,
	RIGHT_BLOCK = 1 << 13,
	RIGHT_KICK = 1 << 14,
	RIGHT_REACT = 1 << 15,
	RIGHT_SEND_EVENT = 1 << 16,
	RIGHT_UPDATE_MEMBER = 1 << 17,
	RIGHT_REMOVE_MEMBER = 1 << 18,

	RIGHTS_ALL = (1 << 19) - 1,
	RIGHTS_NONE = 0,
	KIND_SCREEN_AUDIO = 1 << 20, /* no right of its own: for mute only */
	RIGHTS_SEND = RIGHT_SEND_AUDIO | RIGHT_SEND_VIDEO | RIGHT_SCREENSHARE,
};

/* "send-audio"; one bit. 0: no such name. */
const char *right_name(unsigned right);
unsigned right_find(const char *name);

json_t *rights_json(unsigned rights);		       /* an array of names */
bool rights_parse(const json_t *array, unsigned *ret); /* false: not an array of names */
void rights_text(unsigned rights, char ret[512]); /* for the store: names with blanks between */
unsigned rights_of_text(const char *text);	  /* unknown names are passed over */

/* What `who` may do on the call, everything counted: type, role, own grants, block, backstage, end. */
unsigned rights_on(const struct call_types *types, const struct store_call *call,
		   const struct store_user *who);

/* The role on this call: "host" for who made it, else a listed member's own; NULL = none. */
const char *rights_role_on(const struct store_call *call, const char *user_id);

/* What somebody may do who is about to make a call of this type. */
unsigned rights_of_creator(const struct call_types *types, const char *type,
			   const char *conversation_id, const struct store_user *who);
