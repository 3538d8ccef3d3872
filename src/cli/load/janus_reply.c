/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/load/janus_reply.h"

#include <stdio.h>
#include <string.h>

static uint64_t number(const json_t *object, const char *name)
{
	json_int_t v = json_integer_value(json_object_get(object, name));

	return v > 0 ? (uint64_t)v : 0;
}

static const char *text(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static bool read_transaction(struct janus_reply *r, const char *transaction)
{
	unsigned long long index;
	char step, more;

	if (!transaction || sscanf(transaction, "%10llu %c%c", &index, &step, &more) != 2)
		return false;
	r->index = (size_t)index;
	r->step = step;
	return true;
}

bool janus_reply_parse(struct janus_reply *ret, const char *bytes, size_t n)
{
	struct janus_reply r = { .json = json_loadb(bytes, n, 0, NULL) };
	const char *what = text(r.json, "janus");
	const json_t *data = json_object_get(json_object_get(r.json, "plugindata"), "data");
	bool mine = read_transaction(&r, text(r.json, "transaction"));

	r.error = text(data, "error");
	if (what && strcmp(what, "error") == 0) {
		r.error = text(json_object_get(r.json, "error"), "reason");
		r.error = r.error ? r.error : "an error without a reason";
	}
	r.sdp = text(json_object_get(r.json, "jsep"), "sdp");
	r.id = number(data ? data : json_object_get(r.json, "data"), "id");
	r.room = number(data, "room");
	r.up = what && strcmp(what, "webrtcup") == 0;
	r.id = r.up ? number(r.json, "sender") : r.id;
	bool done = mine && what && (strcmp(what, "success") == 0 || strcmp(what, "event") == 0);
	if (!done && !r.error && !r.up) {
		json_decref(r.json);
		return false;
	}
	*ret = r;
	return true;
}

void janus_reply_fini(struct janus_reply *r)
{
	json_decref(r->json);
	*r = (struct janus_reply){ 0 };
}
