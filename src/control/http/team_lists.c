/* SPDX-License-Identifier: Apache-2.0 */
/* Labels and canned replies: GET, POST, PATCH and DELETE of /api/v1/labels and /api/v1/canned. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/utf8.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/http/support_args.h"
#include "control/ws/hub.h"
#include "store/support.h"

enum { LABEL_MAX = 40, SHORTCUT_MAX = 32, CANNED_TEXT_MAX = 4000 };

struct asking {
	struct http_req *req;
	struct control *control;
	enum store_item_kind kind;
	bool changes, created;
};

static const char *const names[] = { [ITEM_LABEL] = "labels", [ITEM_CANNED] = "canned" };

static json_t *items_json(enum store_item_kind kind, const struct store_item *list, size_t n)
{
	static const char *const keys[][2] = {
		[ITEM_LABEL] = { "name", "color" }, [ITEM_CANNED] = { "shortcut", "text" }
	};
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(array,
					    json_pack("{s:I, s:s, s:s}", "id",
						      (json_int_t)list[i].id, keys[kind][0],
						      list[i].name, keys[kind][1], list[i].value));
	return array;
}

static void answer_error(struct http_req *req, enum store_item_kind kind, int status)
{
	if (status == -EEXIST)
		http_error(req, 409, 4, "There is another one of this name; choose another name.");
	else if (status == -E2BIG)
		http_error(req, 429, 9, "There are %d already; delete one first.", STORE_ITEMS_MAX);
	else
		access_answer_error(req, status,
				    kind == ITEM_LABEL ? "label of this id"
						       : "canned reply of this id");
}

/* A change is told to the whole team, with the list as it is then. */
static void on_items(void *arg, int status, const struct store_item *list, size_t n, int64_t id)
{
	struct asking a = *(struct asking *)arg;
	const struct hub_audience team = { .admins = true };

	free(arg);
	if (status < 0) {
		answer_error(a.req, a.kind, status);
		return;
	}
	json_t *items = items_json(a.kind, list, n);
	if (a.changes) {
		json_t *event = json_pack("{s:s, s:O}", "type",
					  a.kind == ITEM_LABEL ? "labels.updated"
							       : "canned.updated",
					  names[a.kind], items);
		hub_publish(a.control->hub, &team, 0, event);
		json_decref(event);
	}
	json_t *answer = json_pack("{s:o}", names[a.kind], items);
	if (a.created)
		(void)json_object_set_new(answer, "id", json_integer(id));
	http_reply_json(a.req, a.created ? 201 : 200, answer);
}

static struct asking *ask(struct http_req *req, struct control *control, enum store_item_kind kind)
{
	struct asking *a = must(calloc(1, sizeof *a));

	*a = (struct asking){ .req = req, .control = control, .kind = kind };
	return a;
}

static void list(struct http_req *req, struct control *control, enum store_item_kind kind)
{
	store_item_list(control->store, kind, on_items, ask(req, control, kind));
}

/* ---- changes ---- */

/* The id of the path; 0: refused already. */
static int64_t item_id(struct http_req *req)
{
	const char *text = http_param(req, "item");
	size_t digits = strspn(text, "0123456789");
	long long id = digits > 0 && digits < 19 && !text[digits] ? strtoll(text, NULL, 10) : 0;

	if (id < 1)
		http_error(req, 400, 4, "'%.40s' is not an id; it is a whole number.", text);
	return id < 1 ? 0 : id;
}

/* Something to read, and on one line. */
static bool is_line(const char *text)
{
	if (!text[strspn(text, " ")] || !utf8_is_valid(text, strlen(text)))
		return false;
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

static bool read_label(struct http_req *req, const json_t *body, struct store_item *ret)
{
	ret->name = support_text(req, body, "name", LABEL_MAX, NULL);
	ret->value = ret->name ? support_text(req, body, "color", 7, NULL) : NULL;
	if (!ret->value)
		return false;
	if (is_line(ret->name) && ret->value[0] == '#' && strlen(ret->value) == 7 &&
	    strspn(ret->value + 1, "0123456789abcdef") == 6)
		return true;
	http_error(req, 400, 4, "`name` must be one line, and `color` like #0f766e.");
	return false;
}

static bool read_canned(struct http_req *req, const json_t *body, struct store_item *ret)
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";

	ret->name = support_text(req, body, "shortcut", SHORTCUT_MAX, NULL);
	ret->value = ret->name ? support_text(req, body, "text", CANNED_TEXT_MAX, NULL) : NULL;
	if (!ret->value)
		return false;
	if (ret->name[0] && strspn(ret->name, alphabet) == strlen(ret->name) &&
	    ret->value[strspn(ret->value, " \t\r\n")] &&
	    utf8_is_valid(ret->value, strlen(ret->value)))
		return true;
	http_error(req, 400, 4, "`shortcut` must be of a-z 0-9 - _, and `text` must not be empty.");
	return false;
}

static void put(struct http_req *req, struct control *control, enum store_item_kind kind,
		bool create)
{
	const json_t *body = http_body_json(req);
	struct store_item item = { .id = body && !create ? item_id(req) : 0 };

	if (!body || (!create && item.id == 0))
		return;
	if (kind == ITEM_LABEL ? !read_label(req, body, &item) : !read_canned(req, body, &item))
		return;
	const struct store_deed by = access_deed(req);
	struct asking *a = ask(req, control, kind);
	a->changes = true;
	a->created = create;
	store_item_put(control->store, kind, &item, &by, on_items, a);
}

static void drop(struct http_req *req, struct control *control, enum store_item_kind kind)
{
	int64_t id = item_id(req);

	if (id == 0)
		return;
	const struct store_deed by = access_deed(req);
	struct asking *a = ask(req, control, kind);
	a->changes = true;
	store_item_delete(control->store, kind, id, &by, on_items, a);
}

void http_labels(struct http_req *req, struct control *control)
{
	list(req, control, ITEM_LABEL);
}

void http_label_create(struct http_req *req, struct control *control)
{
	put(req, control, ITEM_LABEL, true);
}

void http_label_change(struct http_req *req, struct control *control)
{
	put(req, control, ITEM_LABEL, false);
}

void http_label_delete(struct http_req *req, struct control *control)
{
	drop(req, control, ITEM_LABEL);
}

void http_canned(struct http_req *req, struct control *control)
{
	list(req, control, ITEM_CANNED);
}

void http_canned_create(struct http_req *req, struct control *control)
{
	put(req, control, ITEM_CANNED, true);
}

void http_canned_change(struct http_req *req, struct control *control)
{
	put(req, control, ITEM_CANNED, false);
}

void http_canned_delete(struct http_req *req, struct control *control)
{
	drop(req, control, ITEM_CANNED);
}
