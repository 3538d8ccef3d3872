/* SPDX-License-Identifier: Apache-2.0 */
/* The client: its parts, and the public functions that are about the user. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/user_id.h"
#include "client/internal.h"
#include "client/loop.h"
#include "client/token.h"
#include "client/user.h"

const char *confab_version(void)
{
	return CONFAB_VERSION;
}

static bool is_http_url(const char *url)
{
	return strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
}

static void free_parts(struct confab_client *c)
{
	(void)dtls_context_free(c->dtls);
	(void)cert_free(c->cert);
	free(c->sdp);
	free(c->base_url);
	free(c->token);
	free(c);
}

static bool make_parts(struct confab_client *c)
{
	c->sdp = malloc(sizeof *c->sdp);
	c->websockets = websockets_new(&c->loop);
	c->https = https_new(&c->loop);
	return c->sdp && c->websockets && c->https && cert_new(&c->cert) == 0 &&
	       dtls_context_new(&c->dtls, c->cert) == 0;
}

static void end_loop(struct confab_client *c)
{
	struct confab_call *call;

	https_free(c->https); /* its callbacks may look at the calls */
	list_each (call, &c->calls, in_client)
		call_free(call);
	uv_close((uv_handle_t *)&c->events_timer, NULL);
	chat_fini(c);
	websockets_free(c->websockets);
	loop_fini(c);
}

int confab_client_new(confab_client **ret, const confab_client_options *options,
		      confab_error *ret_error)
{
	struct confab_client *c;

	if (options->base_url && !is_http_url(options->base_url))
		return error_set(ret_error, CONFAB_ERR_BAD_INPUT, 0, true,
				 "base_url '%s' does not begin with http:// or https://.",
				 options->base_url);
	c = calloc(1, sizeof *c);
	if (!c)
		return error_no_memory(ret_error);
	c->options = *options;
	c->options.base_url = NULL;
	c->cursor = -1;
	list_init(&c->wants);
	list_init(&c->connects);
	list_init(&c->calls);
	outbox_init(&c->outbox);
	rng_name(rng_os(), "c-", c->device_id, sizeof c->device_id);
	c->base_url = strdup(options->base_url ? options->base_url : "");
	if (c->base_url) {
		for (size_t n = strlen(c->base_url); n && c->base_url[n - 1] == '/'; n--)
			c->base_url[n - 1] = '\0';
	}
	if (!c->base_url || !loop_init(c)) {
		free_parts(c);
		return error_no_memory(ret_error);
	}
	(void)uv_timer_init(&c->loop, &c->events_timer);
	c->events_timer.data = c;
	chat_init(c);
	if (!make_parts(c) || !loop_start(c)) {
		end_loop(c);
		free_parts(c);
		return error_no_memory(ret_error);
	}
	*ret = c;
	return CONFAB_OK;
}

static void do_free(void *arg, confab_done_fn *done, void *done_arg)
{
	struct confab_client *c = arg;
	confab_error error;

	(void)error_token_not_set(&error);
	client_teardown(c, &error);
	c->options.on_event = NULL;
	done(done_arg, NULL);
}

void confab_client_free(confab_client *client)
{
	if (!client || client_wait(client, do_free, client, NULL) == CONFAB_ERR_WOULD_WAIT)
		return;
	loop_stop(client);
	end_loop(client);
	free_parts(client);
}

/* ---- connect, disconnect ---- */

static void do_connect(struct user_connect *k)
{
	confab_error error;

	if (k->bad)
		(void)error_set(
			&error, CONFAB_ERR_BAD_INPUT, 400, true,
			k->bad == -ENAMETOOLONG
				? "The user id is longer than 64 characters."
				: "The user id has none of the characters a-z 0-9 @ _ - in it.");
	else if (!k->provider)
		(void)error_set(&error, CONFAB_ERR_AUTH_FAILED, 0, true,
				"connect_user needs a token provider.");
	else if (k->since < 0)
		(void)error_set(&error, CONFAB_ERR_BAD_INPUT, 400, true,
				"`since` is the cursor of an event, or 0.");
	else if (user_connect(k->client, k, &error) == CONFAB_OK)
		return;
	k->done(k->arg, &error);
}

static void on_connect_task(void *arg)
{
	do_connect(arg);
	free(arg);
}

static void start_connect(void *arg, confab_done_fn *done, void *done_arg)
{
	struct user_connect *k = arg;

	k->done = done;
	k->arg = done_arg;
	do_connect(k);
}

static struct user_connect connect_of(confab_client *client, const confab_user *user,
				      confab_token_provider_fn *provider, void *provider_arg)
{
	struct user_connect k = { .client = client,
				  .provider = provider,
				  .provider_arg = provider_arg };

	k.bad = user && user->id ? user_id_sanitise(user->id, k.id) : -EINVAL;
	k.since = user ? user->since : 0;
	return k;
}

int confab_client_connect_user(confab_client *client, const confab_user *user,
			       confab_token_provider_fn *provider, void *provider_arg,
			       confab_error *ret_error)
{
	struct user_connect k = connect_of(client, user, provider, provider_arg);

	return client_wait(client, start_connect, &k, ret_error);
}

void confab_client_connect_user_async(confab_client *client, const confab_user *user,
				      confab_token_provider_fn *provider, void *provider_arg,
				      confab_done_fn *done, void *arg)
{
	struct user_connect *k = malloc(sizeof *k);
	confab_error error;

	(void)error_no_memory(&error);
	if (k) {
		*k = connect_of(client, user, provider, provider_arg);
		k->done = done ? done : done_ignored;
		k->arg = arg;
	}
	if (!k || !client_post(client, on_connect_task, k)) {
		free(k);
		if (done)
			done(arg, &error);
	}
}

static void do_disconnect(void *arg, confab_done_fn *done, void *done_arg)
{
	confab_error error;

	(void)error_token_not_set(&error);
	client_teardown(arg, &error);
	done(done_arg, NULL);
}

int confab_client_disconnect_user(confab_client *client)
{
	return client_wait(client, do_disconnect, client, NULL);
}

confab_connection_state confab_client_state(const confab_client *client)
{
	return (confab_connection_state)client->state;
}

uint64_t backoff_ms(unsigned attempt)
{
	uint64_t ms = CLIENT_BACKOFF_MS;

	for (unsigned i = 0; i < attempt && ms < CLIENT_BACKOFF_MOST_MS; i++)
		ms *= 2;
	if (ms > CLIENT_BACKOFF_MOST_MS)
		ms = CLIENT_BACKOFF_MOST_MS;
	return ms - rng_u32(rng_os()) % (ms / 2); /* up to 50 % off, so that not all come at once */
}

uint64_t retry_ms(unsigned attempt, const confab_error *error)
{
	uint64_t ms = backoff_ms(attempt), asked = (uint64_t)error->retry_after * 1000;

	if (asked) /* the same half on top */
		asked += rng_u32(rng_os()) % (asked / 2);
	return asked > ms ? asked : ms;
}
