/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to the server's API in the user's name: with their token, and with a new one when it expired. */
#include <stdio.h>
#include <stdlib.h>

#include "client/internal.h"

struct api_request {
	struct confab_client *client;
	char url[1024];
	char *body;
	bool refreshed;
	api_fn *fn;
	void *arg;
};

static void api_end(struct api_request *r, json_t *answer, const confab_error *error)
{
	r->fn(r->arg, answer, error);
	free(r->body);
	free(r);
}

static void on_api_token(void *arg, const char *token, const confab_error *error);

static void on_answer(void *arg, long status, const char *text, size_t n)
{
	struct api_request *r = arg;
	json_t *answer = status ? json_loadb(text, n, 0, NULL) : NULL;
	const char *message = json_string_value(json_object_get(answer, "message"));
	int code = (int)json_integer_value(json_object_get(answer, "code"));
	confab_error error;

	char plain[64];

	(void)snprintf(plain, sizeof plain, "The server answered %ld.", status);
	if (status == 0)
		(void)error_set(&error, CONFAB_ERR_NETWORK, 0, false,
				"The server could not be reached: %s", text);
	else
		(void)error_set(&error, code ? code : CONFAB_ERR_INTERNAL, (int)status,
				status / 100 == 4 && status != 429 &&
					code != CONFAB_ERR_TOKEN_EXPIRED,
				"%s", message ? message : plain);
	if (status / 100 == 2 && answer)
		api_end(r, answer, NULL);
	else if (error.code == CONFAB_ERR_TOKEN_EXPIRED && !r->refreshed) {
		r->refreshed = true;
		token_get(r->client, true, on_api_token, r);
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
	if (!token)
		api_end(r, NULL, error);
	else if (https_post(r->client->https, r->url, token, r->body, on_answer, r) < 0)
		api_end(r, NULL, &none);
}

void api_post(struct confab_client *c, const char *path, json_t *body, api_fn *fn, void *arg)
{
	struct api_request *r = calloc(1, sizeof *r);
	confab_error error;

	(void)error_no_memory(&error);
	if (r)
		r->body = json_dumps(body, JSON_COMPACT);
	json_decref(body);
	if (!r || !r->body) {
		free(r);
		fn(arg, NULL, &error);
		return;
	}
	r->client = c;
	r->fn = fn;
	r->arg = arg;
	(void)snprintf(r->url, sizeof r->url, "%s%s", c->base_url, path);
	token_get(c, false, on_api_token, r);
}
