/* SPDX-License-Identifier: Apache-2.0 */
/* What is done to messages: read, delivered, edited, deleted, reacted to. */
#include <stdlib.h>
#include <string.h>

#include "client/chat.h"
#include "client/internal.h"
#include "client/query.h"

enum { REACTION_MAX = 32 };

static const char id_problem[] = "A message's number is 1 or more.";
static const char text_problem[] = "The text of a message is UTF-8 and has 1 to 10000 bytes.";
static const char reaction_problem[] = "A reaction is an emoji or a name, of 1 to 32 bytes.";

/* What is wrong with the address of a message; NULL: nothing. */
static const char *problem_of(const char *conversation, int64_t id)
{
	return !conversation_is(conversation) ? conversation_problem : id <= 0 ? id_problem : NULL;
}

static struct query *mark_of(confab_client *client, const char *conversation, const char *what,
			     int64_t id)
{
	const char *problem = problem_of(conversation, id);

	if (problem)
		return query_bad(client, problem);
	return query_new(client, "POST", conversation_path(conversation, "/%s", what),
			 json_pack("{s:I}", "message_id", (json_int_t)id));
}

static struct query *message_query(confab_client *client, const char *method,
				   const char *conversation, int64_t id, json_t *json)
{
	return query_new(client, method,
			 conversation_path(conversation, "/messages/%lld", (long long)id), json);
}

static struct query *edit_of(confab_client *client, const char *conversation, int64_t id,
			     const char *text)
{
	const char *problem = problem_of(conversation, id);
	json_t *json;

	if (problem)
		return query_bad(client, problem);
	if (!text || !text[0] || strlen(text) > LIMIT_MESSAGE_TEXT)
		return query_bad(client, text_problem);
	json = json_pack("{s:s}", "text", text);
	return json ? message_query(client, "PATCH", conversation, id, json)
		    : query_bad(client, text_problem);
}

static struct query *delete_of(confab_client *client, const char *conversation, int64_t id)
{
	const char *problem = problem_of(conversation, id);

	return problem ? query_bad(client, problem)
		       : message_query(client, "DELETE", conversation, id, NULL);
}

static struct query *react_of(confab_client *client, const char *conversation, int64_t id,
			      const char *type, int on)
{
	const char *problem = problem_of(conversation, id);
	struct query *q;
	char *quoted;

	if (problem)
		return query_bad(client, problem);
	json_t *json = type && type[0] && strlen(type) <= REACTION_MAX
			       ? json_pack("{s:s}", "type", type)
			       : NULL;
	if (!json)
		return query_bad(client, reaction_problem);
	if (on)
		return query_new(
			client, "POST",
			conversation_path(conversation, "/messages/%lld/reactions", (long long)id),
			json);
	json_decref(json);
	quoted = url_quoted(type);
	q = quoted ? query_new(client, "DELETE",
			       conversation_path(conversation, "/messages/%lld/reactions/%s",
						 (long long)id, quoted),
			       NULL)
		   : NULL;
	free(quoted);
	return q;
}

int confab_chat_mark_read(confab_client *client, const char *conversation, int64_t id,
			  confab_error *ret_error)
{
	return query_run(client, mark_of(client, conversation, "read", id), ret_error);
}

void confab_chat_mark_read_async(confab_client *client, const char *conversation, int64_t id,
				 confab_done_fn *done, void *arg)
{
	query_run_async(mark_of(client, conversation, "read", id), done, arg);
}

int confab_chat_mark_delivered(confab_client *client, const char *conversation, int64_t id,
			       confab_error *ret_error)
{
	return query_run(client, mark_of(client, conversation, "delivered", id), ret_error);
}

void confab_chat_mark_delivered_async(confab_client *client, const char *conversation, int64_t id,
				      confab_done_fn *done, void *arg)
{
	query_run_async(mark_of(client, conversation, "delivered", id), done, arg);
}

int confab_chat_edit(confab_client *client, const char *conversation, int64_t id, const char *text,
		     confab_error *ret_error)
{
	return query_run(client, edit_of(client, conversation, id, text), ret_error);
}

void confab_chat_edit_async(confab_client *client, const char *conversation, int64_t id,
			    const char *text, confab_done_fn *done, void *arg)
{
	query_run_async(edit_of(client, conversation, id, text), done, arg);
}

int confab_chat_delete(confab_client *client, const char *conversation, int64_t id,
		       confab_error *ret_error)
{
	return query_run(client, delete_of(client, conversation, id), ret_error);
}

void confab_chat_delete_async(confab_client *client, const char *conversation, int64_t id,
			      confab_done_fn *done, void *arg)
{
	query_run_async(delete_of(client, conversation, id), done, arg);
}

int confab_chat_react(confab_client *client, const char *conversation, int64_t id, const char *type,
		      int on, confab_error *ret_error)
{
	return query_run(client, react_of(client, conversation, id, type, on), ret_error);
}

void confab_chat_react_async(confab_client *client, const char *conversation, int64_t id,
			     const char *type, int on, confab_done_fn *done, void *arg)
{
	query_run_async(react_of(client, conversation, id, type, on), done, arg);
}
