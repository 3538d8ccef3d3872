/* SPDX-License-Identifier: Apache-2.0 */
/* Requests whose answer is a text: any of the API's, and the one for a direct conversation. */
#include <stdlib.h>
#include <string.h>

#include "client/internal.h"
#include "client/query.h"

static const char *whole_of(const json_t *answer, char **ret)
{
	return *ret = json_dumps(answer, JSON_COMPACT);
}

static const char *channel_of(const json_t *answer, char **ret)
{
	const char *id = json_string_value(
		json_object_get(json_object_get(answer, "channel"), "id"));

	return *ret = id ? strdup(id) : NULL;
}

typedef const char *text_of_fn(const json_t *answer, char **ret);

static int wait(confab_client *client, struct query *q, text_of_fn *text_of, char **ret,
		confab_error *ret_error)
{
	int r = query_wait(client, q, ret_error);
	char *text = NULL;

	if (r == CONFAB_OK && ret && text_of(q->answer, &text))
		*ret = text;
	else if (r == CONFAB_OK && ret)
		r = error_no_memory(ret_error);
	query_free(q);
	return r;
}

static void tell(struct query *q, const confab_error *error, text_of_fn *text_of)
{
	char *text = NULL;
	confab_error none;

	(void)error_no_memory(&none);
	if (error)
		q->fn.text(q->arg, error, NULL);
	else if (text_of(q->answer, &text))
		q->fn.text(q->arg, NULL, text);
	else
		q->fn.text(q->arg, &none, NULL);
	free(text);
}

static void tell_whole(struct query *q, const confab_error *error)
{
	tell(q, error, whole_of);
}

static void tell_channel(struct query *q, const confab_error *error)
{
	tell(q, error, channel_of);
}

static void post(struct query *q, void (*tell_fn)(struct query *q, const confab_error *error),
		 confab_text_fn *done, void *arg)
{
	confab_error error;

	if (q) {
		q->tell = tell_fn;
		q->fn.text = done;
		q->arg = arg;
	}
	(void)error_no_memory(&error);
	if (!query_post(q))
		done(arg, &error, NULL);
}

/* ---- any request ---- */

/* A literal; NULL: none of these. */
static const char *method_of(const char *name)
{
	static const char *const methods[] = { "GET", "POST", "PUT", "PATCH", "DELETE" };

	for (size_t i = 0; name && i < sizeof methods / sizeof methods[0]; i++) {
		if (strcmp(methods[i], name) == 0)
			return methods[i];
	}
	return NULL;
}

static struct query *request_of(confab_client *client, const char *method, const char *path,
				const char *json)
{
	const char *known = method_of(method);
	json_t *body = json ? json_loads(json, 0, NULL) : NULL;

	if (known && path && strncmp(path, "/api/", 5) == 0 && (!json || json_is_object(body)))
		return query_new(client, known, strdup(path), body);
	json_decref(body);
	return query_bad(client, "A request has a method (GET, POST, PUT, PATCH, DELETE), a path "
				 "from /api/ on, and as its body a JSON object or NULL.");
}

int confab_client_request(confab_client *client, const char *method, const char *path,
			  const char *json, char **ret, confab_error *ret_error)
{
	return wait(client, request_of(client, method, path, json), whole_of, ret, ret_error);
}

void confab_client_request_async(confab_client *client, const char *method, const char *path,
				 const char *json, confab_text_fn *done, void *arg)
{
	post(request_of(client, method, path, json), tell_whole, done, arg);
}

/* ---- a direct conversation ---- */

static struct query *direct_of(confab_client *client, const char *user)
{
	json_t *json = user && user[0] ? json_pack("{s:s, s:s}", "type", "direct", "user_id", user)
				       : NULL;

	return json ? query_new(client, "POST", strdup("/api/v1/channels"), json)
		    : query_bad(client, "A direct conversation needs the other's user id.");
}

int confab_chat_direct(confab_client *client, const char *user, char **ret, confab_error *ret_error)
{
	return wait(client, direct_of(client, user), channel_of, ret, ret_error);
}

void confab_chat_direct_async(confab_client *client, const char *user, confab_text_fn *done,
			      void *arg)
{
	post(direct_of(client, user), tell_channel, done, arg);
}
