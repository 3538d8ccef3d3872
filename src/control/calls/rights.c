/* SPDX-License-Identifier: Apache-2.0 */
#include "control/calls/rights.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "control/calls/types.h"
#include "control/chat/chat.h"
#include "store/channels.h"

static const char *const names[] = {
	"join-call",
	"read-call",
	"create-call",
	"join-ended-call",
	"join-backstage",
	"update-call",
	"update-call-settings",
	"send-audio",
	"send-video",
	"screenshare",
	"end-call",
	"mute-users",
	"update-call-permissions",
	"block-users",
	"kick-user",
	"create-reaction",
	"send-event",
	"update-call-member",
	"remove-call-member",
};
_Static_assert((1u << countof(names)) - 1 == RIGHTS_ALL, "each bit has a name");

const char *right_name(unsigned right)
{
	for (size_t i = 0; i < countof(names); i++)
		if (right == 1u << i)
			return names[i];
	return "";
}

unsigned right_find(const char *name)
{
	for (size_t i = 0; i < countof(names); i++)
		if (strcmp(names[i], name) == 0)
			return 1u << i;
	return 0;
}

json_t *rights_json(unsigned rights)
{
	json_t *list = json_array();

	for (size_t i = 0; i < countof(names); i++)
		if (rights & 1u << i)
			(void)json_array_append_new(list, json_string(names[i]));
	return list;
}

bool rights_parse(const json_t *array, unsigned *ret)
{
	unsigned rights = 0;
	const json_t *item;
	size_t at;

	if (!json_is_array(array))
		return false;
	json_array_foreach(array, at, item)
	{
		unsigned right = json_is_string(item) ? right_find(json_string_value(item)) : 0;

		if (!right)
			return false;
		rights |= right;
	}
	*ret = rights;
	return true;
}

void rights_text(unsigned rights, char ret[512])
{
	char *at = ret;

	*at = '\0';
	for (size_t i = 0; i < countof(names); i++)
		if (rights & 1u << i) /* all of them have 300 bytes */
			at += snprintf(at, 64, "%s%s", at == ret ? "" : " ", names[i]);
}

unsigned rights_of_text(const char *text)
{
	unsigned rights = 0;
	char name[64];
	int n;

	for (; text && sscanf(text, " %63s%n", name, &n) == 1; text += n)
		rights |= right_find(name);
	return rights;
}

/* ---- on a call ---- */

const char *rights_role_on(const struct store_call *call, const char *user_id)
{
	if (strcmp(call->created_by.id, user_id) == 0)
		return "host"; /* however they are listed */
	for (size_t i = 0; i < call->member_count; i++)
		if (strcmp(call->members[i].user.id, user_id) == 0)
			return call->members[i].role;
	return NULL;
}

static bool is_blocked(const struct store_call *call, const char *user_id)
{
	for (size_t i = 0; i < call->blocked_count; i++)
		if (strcmp(call->blocked[i], user_id) == 0)
			return true;
	return false;
}

enum {
	RIGHTS_TALK = RIGHT_JOIN | RIGHT_READ | RIGHT_CREATE | RIGHT_JOIN_ENDED | RIGHTS_SEND |
		      RIGHT_REACT | RIGHT_SEND_EVENT,
};

/* A conversation's call: for its customer and the team, whoever made it. */
static unsigned in_conversation(const char *conversation_id, const struct store_user *who)
{
	if (!chat_may_see(who, conversation_id))
		return RIGHTS_NONE;
	return who->role == ROLE_ADMIN ? RIGHTS_ALL : RIGHTS_TALK;
}

/* A channel's call: for its members, who are listed on it, and those who were let into it; whoever made it may have left. */
static unsigned in_channel(const struct store_call *call, const struct store_user *who)
{
	for (size_t i = 0; i < call->member_count; i++)
		if (strcmp(call->members[i].user.id, who->id) == 0)
			return strcmp(call->members[i].role, "guest") == 0 ? RIGHTS_TALK
			       : who->role == ROLE_ADMIN ||
					       strcmp(call->members[i].role, "host") == 0
				       ? RIGHTS_ALL
				       : RIGHTS_TALK;
	return RIGHTS_NONE;
}

static unsigned by_conversation(const struct store_call *call, const struct store_user *who)
{
	return store_is_channel(call->conversation_id)
		       ? in_channel(call, who)
		       : in_conversation(call->conversation_id, who);
}

/* What the type says, and what its settings switch off. */
static unsigned by_type(const struct call_types *types, const struct store_call *call,
			const struct store_user *who)
{
	const char *role = rights_role_on(call, who->id);
	unsigned rights = call_types_grants(types, call->type, user_role_text(who->role));

	if (role)
		rights |= call_types_grants(types, call->type, role);
	return rights;
}

/* Granted to or taken from this person on this call. Nothing is taken from the operator. */
static unsigned with_own(unsigned rights, const struct store_call *call,
			 const struct store_user *who)
{
	for (size_t i = 0; i < call->rights_count; i++)
		if (strcmp(call->rights[i].user_id, who->id) == 0) {
			rights |= rights_of_text(call->rights[i].granted);
			if (who->role != ROLE_ADMIN)
				rights &= ~rights_of_text(call->rights[i].revoked);
		}
	return rights;
}

static unsigned switched_off(const struct call_types *types, const struct store_call *call)
{
	json_t *settings = call_types_settings(types, call);
	unsigned off = 0;

	if (!call_setting_is_on(settings, "video", "enabled"))
		off |= RIGHT_SEND_VIDEO;
	if (!call_setting_is_on(settings, "screensharing", "enabled"))
		off |= RIGHT_SCREENSHARE;
	json_decref(settings);
	return off;
}

unsigned rights_on(const struct call_types *types, const struct store_call *call,
		   const struct store_user *who)
{
	if (who->role != ROLE_ADMIN && is_blocked(call, who->id))
		return RIGHTS_NONE;
	unsigned rights = call->conversation_id ? by_conversation(call, who)
						: by_type(types, call, who);

	if (rights)
		rights = with_own(rights, call, who);
	rights &= ~switched_off(types, call);
	if ((call->backstage && !(rights & RIGHT_JOIN_BACKSTAGE)) ||
	    (call->ended_at_us && !(rights & RIGHT_JOIN_ENDED)))
		rights &= ~(unsigned)RIGHT_JOIN;
	return rights;
}

unsigned rights_of_creator(const struct call_types *types, const char *type,
			   const char *conversation_id, const struct store_user *who)
{
	if (conversation_id)
		return in_conversation(conversation_id, who);
	unsigned rights = call_types_grants(types, type, user_role_text(who->role));

	return rights & RIGHT_CREATE ? rights | call_types_grants(types, type, "host") : rights;
}
