/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/v1/conversations/{id}/export: the whole of a conversation, to keep: as JSON, or as a page that anybody can read. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/sb.h"
#include "control/chat/channels.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/support/support.h"
#include "control/ws/objects.h"

struct exporting {
	struct http_req *req;
	struct control *control;
	bool html;
	json_t *pages; /* arrays of messages, the newest first; each oldest first */
	size_t count;
};

static void export_free(struct exporting *e)
{
	json_decref(e->pages);
	free(e);
}

/* Text of people's into HTML. */
static void add_escaped(struct sb *b, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			sb_printf(b, "&amp;");
			break;
		case '<':
			sb_printf(b, "&lt;");
			break;
		case '>':
			sb_printf(b, "&gt;");
			break;
		case '"':
			sb_printf(b, "&quot;");
			break;
		default:
			sb_printf(b, "%c", *text);
		}
	}
}

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

static void add_message(struct sb *b, const json_t *m)
{
	const json_t *quoted = json_object_get(m, "quoted"), *file;
	size_t at;

	sb_printf(b, "<article%s><h2>",
		  json_is_true(json_object_get(m, "private")) ? " class=\"note\"" : "");
	add_escaped(b, text_of(json_object_get(m, "user"), "name"));
	sb_printf(b, " <time>");
	add_escaped(b, text_of(m, "created_at"));
	sb_printf(b, "</time>%s</h2>",
		  json_object_get(m, "deleted_at")   ? " (deleted)"
		  : json_object_get(m, "updated_at") ? " (edited)"
						     : "");
	if (quoted) {
		sb_printf(b, "<blockquote>");
		add_escaped(b, text_of(quoted, "text"));
		sb_printf(b, "</blockquote>");
	}
	sb_printf(b, "<p>");
	add_escaped(b, text_of(m, "text"));
	sb_printf(b, "</p>");
	json_array_foreach(json_object_get(m, "attachments"), at, file)
	{
		const json_t *voice = json_object_get(file, "voice");
		long long s = json_integer_value(json_object_get(voice, "duration_ms")) / 1000;

		if (voice)
			sb_printf(b, "<p>Voice note, %lld:%02lld: ", s / 60, s % 60);
		else
			sb_printf(b, "<p>Attachment: ");
		add_escaped(b, text_of(file, "name"));
		sb_printf(b, " (%lld bytes)</p>",
			  (long long)json_integer_value(json_object_get(file, "size")));
	}
	sb_printf(b, "</article>\n");
}

static void reply_html(struct exporting *e, const json_t *messages, bool has_more)
{
	struct sb b = { 0 };
	const json_t *m;
	size_t at;

	sb_printf(&b, "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>");
	add_escaped(&b, http_param(e->req, "id"));
	sb_printf(&b, "</title>\n<style>body{font:16px/1.5 sans-serif;max-width:45rem;margin:2rem "
		      "auto;padding:0 1rem}h2{font-size:1rem;margin:1.5rem 0 0}time{font-weight:"
		      "normal;color:#555}p{margin:.25rem 0;white-space:pre-wrap}blockquote{margin:"
		      ".25rem 0;padding-left:1rem;border-left:3px solid #999}.note{background:"
		      "#fff6d6}</style>\n<h1>");
	add_escaped(&b, http_param(e->req, "id"));
	sb_printf(&b, "</h1>\n%s", has_more ? "<p>Older messages are not in this file.</p>\n" : "");
	json_array_foreach(messages, at, m) add_message(&b, m);
	http_add_header(e->req, "content-disposition",
			"attachment; filename=\"conversation.html\"");
	if (b.bad)
		http_error(e->req, 500, -1, "Out of memory.");
	else
		http_reply(e->req, 200, "text/html; charset=utf-8", b.text, b.len);
	sb_fini(&b);
}

/* A customer's words leave the server by somebody else's hand. */
static void note(const struct exporting *e)
{
	const char *id = http_param(e->req, "id"), *who = access_user(e->req)->id;

	if (!store_is_channel(id) && strcmp(id, who) != 0)
		support_audit(e->control->support, who, http_peer(e->req), "conversation.export",
			      id, e->html ? "html" : "json");
}

static void reply(struct exporting *e, bool has_more)
{
	json_t *all = json_array();

	for (size_t i = json_array_size(e->pages); i-- > 0;)
		(void)json_array_extend(all, json_array_get(e->pages, i));
	note(e);
	http_add_header(e->req, "cache-control", "no-store");
	if (e->html) {
		reply_html(e, all, has_more);
	} else {
		http_add_header(e->req, "content-disposition",
				"attachment; filename=\"conversation.json\"");
		http_reply_json(e->req, 200,
				json_pack("{s:s, s:o, s:O, s:b}", "conversation_id",
					  http_param(e->req, "id"), "exported_at",
					  object_time(clock_wall_us()), "messages", all, "has_more",
					  (int)has_more));
	}
	json_decref(all);
	export_free(e);
}

static void on_page(void *arg, int status, const struct store_message *list, size_t n,
		    bool has_more)
{
	struct exporting *e = arg;

	if (status < 0) {
		access_answer_error(e->req, status, "conversation of this id");
		export_free(e);
		return;
	}
	json_t *page = json_array();
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(page, object_message(&list[i]));
	(void)json_array_append_new(e->pages, page);
	e->count += n;
	if (!has_more || n == 0 || e->count + LIMIT_PAGE > LIMIT_EXPORT)
		reply(e, has_more);
	else
		chat_history(e->control->chat, access_user(e->req), http_param(e->req, "id"),
			     list[0].id, 0, LIMIT_PAGE, on_page, e);
}

void http_export(struct http_req *req, struct control *control)
{
	const char *format = http_query(req, "format");
	bool html = format && strcmp(format, "html") == 0;

	if (format && !html && strcmp(format, "json") != 0) {
		http_error(req, 400, 4, "`format` must be json or html.");
		return;
	}
	struct exporting *e = calloc(1, sizeof *e);
	json_t *pages = json_array();

	if (!e || !pages) {
		json_decref(pages);
		free(e);
		http_error(req, 500, -1, "Out of memory.");
		return;
	}
	*e = (struct exporting){ .req = req, .control = control, .html = html, .pages = pages };
	chat_history(control->chat, access_user(req), http_param(req, "id"), 0, 0, LIMIT_PAGE,
		     on_page, e);
}
