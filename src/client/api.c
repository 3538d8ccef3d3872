/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to the server's API in the user's name: with their token, and with a new one when it expired. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/internal.h"

struct api_request {
	struct confab_client *client;
	char method[8];
	char *url, *body;
	const char *type; /* a literal; NULL: no body */
	size_t length;
	bool refreshed;
	uint64_t serial; /* of the token that it brought */
	api_fn *fn;
	void *arg;
};

static void api_end(struct api_request *r, json_t *answer, const confab_error *error)
{
	r->fn(r->arg, answer, error);
	free(r->url);
	free(r->body);
	free(r);
}

static void on_api_token(void *arg, const char *token, const confab_error *error);

static void on_answer(void *arg, const struct https_answer *a)
{
	struct api_request *r = arg;
	long status = a->status;
	json_t *answer = status ? json_loadb(a->text, a->length, 0, NULL) : NULL;
	const char *message = json_string_value(json_object_get(answer, "message"));
	int code = (int)json_integer_value(json_object_get(answer, "code"));
	confab_error error;

	char plain[64];

	(void)snprintf(plain, sizeof plain, "The server answered %ld.", status);
	if (status == 0)
		(void)error_set(&error, CONFAB_ERR_NETWORK, 0, false,
				"The server could not be reached: %s", a->text);
	else
		(void)error_set(&error, code ? code : CONFAB_ERR_INTERNAL, (int)status,
				status / 100 == 4 && status != 429 &&
					code != CONFAB_ERR_TOKEN_EXPIRED,
				"%s", message ? message : plain);
	error.retry_after = error_wait(a->retry_after);
	if (status / 100 == 2 && answer)
		api_end(r, answer, NULL);
	else if (error.code == CONFAB_ERR_TOKEN_EXPIRED && !r->refreshed) {
		r->refreshed = true;
		token_get(r->client, r->serial, on_api_token, r);
	} else {
		api_end(r, NULL, &error);
	}
	json_decref(answer);
}

static void on_api_token(void *arg, const char *token, const confab_error *error)
{
	struct api_request *r = arg;
	confab_error none;

	(void)error_no_memory(&none);
	r->serial = r->client->token_serial;
	if (!token)
		api_end(r, NULL, error);
	else if (https_send(r->client->https,
			    &(struct https_request){ .method = r->method,
						     .url = r->url,
						     .bearer = token,
						     .type = r->type,
						     .body = r->body,
						     .length = r->length },
			    on_answer, r) < 0)
		api_end(r, NULL, &none);
}

/* A copy of the body; false: no memory. */
static bool take_body(struct api_request *r, const struct api_call *call)
{
	if (call->json) {
		r->type = "application/json";
		r->body = json_dumps(call->json, JSON_COMPACT);
		r->length = r->body ? strlen(r->body) : 0;
		return r->body;
	}
	if (!call->bytes) {
		/* what changes something is JSON, also without a body (docs/api.md, "Who is asking") */
		if (strcmp(call->method, "GET") != 0)
			r->type = "application/json";
		return true;
	}
	r->type = "application/octet-stream";
	r->length = call->length;
	r->body = malloc(r->length + 1);
	if (r->body)
		memcpy(r->body, call->bytes, r->length);
	return r->body;
}

void api_send(struct confab_client *c, const struct api_call *call, api_fn *fn, void *arg)
{
	struct api_request *r = calloc(1, sizeof *r);
	confab_error error;

	(void)error_no_memory(&error);
	if (r && asprintf(&r->url, "%s%s", c->base_url, call->path) < 0)
		r->url = NULL;
	if (!r || !r->url || !take_body(r, call)) {
		if (r)
			free(r->url);
		free(r);
		fn(arg, NULL, &error);
		return;
	}
	r->client = c;
	r->fn = fn;
	r->arg = arg;
	(void)snprintf(r->method, sizeof r->method, "%s", call->method);
	token_get(c, 0, on_api_token, r);
}

void api_post(struct confab_client *c, const char *path, json_t *body, api_fn *fn, void *arg)
{
	confab_error none;

	(void)error_no_memory(&none);
	if (!body)
		fn(arg, NULL, &none);
	else
		api_send(c, &(struct api_call){ .method = "POST", .path = path, .json = body }, fn,
			 arg);
	json_decref(body);
}
