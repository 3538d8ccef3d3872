/* SPDX-License-Identifier: Apache-2.0 */
#include "client/chat.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/sb.h"
#include "client/internal.h"

const char conversation_problem[] =
	"A conversation is named by its customer's user id, or a channel's id: "
	"a-z 0-9 @ _ - . are allowed.";

bool conversation_is(const char *name)
{
	size_t n = name ? strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789@_-.") : 0;

	return n >= 1 && n <= LIMIT_CONVERSATION_ID && !name[n];
}

char *conversation_path(const char *conversation, const char *format, ...)
{
	char *more = NULL, *path = NULL;
	va_list args;

	if (!conversation_is(conversation))
		return NULL;
	va_start(args, format);
	if (vasprintf(&more, format, args) < 0)
		more = NULL;
	va_end(args);
	if (more && asprintf(&path, "/api/v1/conversations/%s%s", conversation, more) < 0)
		path = NULL;
	free(more);
	return path;
}

char *url_quoted(const char *text)
{
	struct sb out = { 0 };

	sb_puts(&out, "");
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		/* RFC 3986 2.3 */
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    strchr("-._~", c))
			sb_add(&out, text, 1);
		else
			sb_printf(&out, "%%%02X", c);
	}
	return sb_steal(&out);
}

/* ---- the clock ---- */

static void on_tick(uv_timer_t *timer)
{
	struct confab_client *c = timer->data;
	uint64_t now = clock_now_us();
	bool more = ask_tick(c, now);

	more |= typing_tick(c, now);
	more |= sending_tick(c, now);
	if (!more)
		(void)uv_timer_stop(timer);
}

void chat_wind(struct confab_client *c)
{
	if (!uv_is_active((uv_handle_t *)&c->chat.timer))
		(void)uv_timer_start(&c->chat.timer, on_tick, 0, CHAT_TICK_MS);
}

void chat_init(struct confab_client *c)
{
	list_init(&c->chat.sends);
	list_init(&c->chat.asks);
	list_init(&c->chat.typing);
	(void)uv_timer_init(&c->loop, &c->chat.timer);
	c->chat.timer.data = c;
}

void chat_fini(struct confab_client *c)
{
	uv_close((uv_handle_t *)&c->chat.timer, NULL);
}

/* ---- the connection ---- */

static bool has(const json_t *list, const char *wanted)
{
	const json_t *item;
	size_t at;

	json_array_foreach(list, at, item)
	{
		const char *text = json_string_value(item);

		if (text && strcmp(text, wanted) == 0)
			return true;
	}
	return false;
}

void chat_on_connected(struct confab_client *c, const json_t *accepts)
{
	c->chat.socket_takes = has(accepts, "message.send");
	c->chat.attempts = 0;
	if (c->chat.retry_at)
		c->chat.retry_at = clock_now_us(); /* no need to wait any longer */
	sending_go(c);
}

void chat_on_lost(struct confab_client *c)
{
	ask_end_all(c, "The event socket was closed before a reply came.");
}

void chat_end(struct confab_client *c, const confab_error *error)
{
	sending_end_all(c, error);
	ask_end_all(c, "Nobody is connected any more.");
	typing_end_all(c);
	(void)uv_timer_stop(&c->chat.timer);
}
