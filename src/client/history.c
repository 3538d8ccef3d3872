/* SPDX-License-Identifier: Apache-2.0 */
/* What was said: pages of a conversation, and what is found by words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/chat.h"
#include "client/internal.h"
#include "client/query.h"

enum { PAGE = 50 };

/* What the program gets; its texts are those of the answer. */
struct page {
	confab_messages messages; /* first: confab_messages_free gets its address */
	json_t *answer;
	confab_attachment *files;
	confab_message items[];
};

static size_t count_files(const json_t *list)
{
	const json_t *message;
	size_t at, n = 0;

	json_array_foreach(list, at, message)
		n += json_array_size(json_object_get(message, "attachments"));
	return n;
}

static void add(struct page *p, const struct message_view *v, size_t *files)
{
	confab_message *m = &p->items[p->messages.count++];

	*m = v->message;
	if (!m->attachment_count)
		return;
	m->attachments = memcpy(p->files + *files, v->files,
				m->attachment_count * sizeof v->files[0]);
	*files += m->attachment_count;
}

/* NULL: no memory. */
static struct page *page_new(json_t *answer)
{
	const json_t *list = json_object_get(answer, "messages"), *message;
	struct page *p = calloc(1, sizeof *p + json_array_size(list) * sizeof p->items[0]);
	size_t at, files = 0;
	struct message_view v;

	if (!p)
		return NULL;
	p->files = calloc(count_files(list) + 1, sizeof p->files[0]);
	if (!p->files) {
		free(p);
		return NULL;
	}
	json_array_foreach(list, at, message)
	{
		if (message_read(message, &v))
			add(p, &v, &files);
	}
	p->answer = json_incref(answer);
	p->messages.items = p->items;
	p->messages.has_more = json_is_true(json_object_get(answer, "has_more"));
	return p;
}

void confab_messages_free(confab_messages *messages)
{
	struct page *p = (struct page *)messages;

	if (!p)
		return;
	json_decref(p->answer);
	free(p->files);
	free(p);
}

static int wait(confab_client *client, struct query *q, confab_messages **ret,
		confab_error *ret_error)
{
	int r = query_wait(client, q, ret_error);
	struct page *p = r == CONFAB_OK ? page_new(q->answer) : NULL;

	query_free(q);
	if (r == CONFAB_OK && !p)
		return error_no_memory(ret_error);
	if (p)
		*ret = &p->messages;
	return r;
}

static void tell(struct query *q, const confab_error *error)
{
	struct page *p = error ? NULL : page_new(q->answer);
	confab_error none;

	(void)error_no_memory(&none);
	q->fn.messages(q->arg, error ? error : p ? NULL : &none, p ? &p->messages : NULL);
	if (p)
		confab_messages_free(&p->messages);
}

static void post(struct query *q, confab_messages_fn *done, void *arg)
{
	confab_error error;

	if (q) {
		q->tell = tell;
		q->fn.messages = done;
		q->arg = arg;
	}
	(void)error_no_memory(&error);
	if (!query_post(q))
		done(arg, &error, NULL);
}

/* ---- a page ---- */

static struct query *history_of(confab_client *client, const char *conversation,
				const confab_page *page)
{
	static const confab_page newest;
	const confab_page *p = page ? page : &newest;
	int64_t from = p->after ? p->after : p->before;
	char which[48] = "";

	if (!conversation_is(conversation))
		return query_bad(client, conversation_problem);
	if (p->before < 0 || p->after < 0 || (p->before && p->after))
		return query_bad(client, "A page is before one message or after one.");
	if (p->limit > LIMIT_PAGE)
		return query_bad(client, "A page has 1 to 100 messages.");
	if (from)
		(void)snprintf(which, sizeof which, "&%s=%lld", p->after ? "after" : "before",
			       (long long)from);
	return query_new(client, "GET",
			 conversation_path(conversation, "/messages?limit=%u%s",
					   p->limit ? p->limit : PAGE, which),
			 NULL);
}

int confab_chat_history(confab_client *client, const char *conversation, const confab_page *page,
			confab_messages **ret, confab_error *ret_error)
{
	return wait(client, history_of(client, conversation, page), ret, ret_error);
}

void confab_chat_history_async(confab_client *client, const char *conversation,
			       const confab_page *page, confab_messages_fn *done, void *arg)
{
	post(history_of(client, conversation, page), done, arg);
}

/* ---- words ---- */

static struct query *search_of(confab_client *client, const char *conversation, const char *words)
{
	char *quoted, *path = NULL;

	if (conversation && !conversation_is(conversation))
		return query_bad(client, conversation_problem);
	if (!words || !words[0])
		return query_bad(client, "There are no words to search for.");
	quoted = url_quoted(words);
	if (quoted &&
	    asprintf(&path, "/api/v1/search?q=%s%s%s", quoted, conversation ? "&conversation=" : "",
		     conversation ? conversation : "") < 0)
		path = NULL;
	free(quoted);
	return query_new(client, "GET", path, NULL);
}

int confab_chat_search(confab_client *client, const char *conversation, const char *words,
		       confab_messages **ret, confab_error *ret_error)
{
	return wait(client, search_of(client, conversation, words), ret, ret_error);
}

void confab_chat_search_async(confab_client *client, const char *conversation, const char *words,
			      confab_messages_fn *done, void *arg)
{
	post(search_of(client, conversation, words), done, arg);
}
