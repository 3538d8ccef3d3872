/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP side of signalling: everything that can be refused is refused before the upgrade, in
 * plain words. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "control/calls/calls.h"
#include "control/control.h"
#include "control/signal/internal.h"

static void say(struct http_req *req, int status, const char *text)
{
	http_reply(req, status, "text/plain; charset=utf-8", text, strlen(text));
}

/* JS and Flutter web put the token into the query, all others into the header
 * (livekit-protocol 1.2). */
static const char *find_token(const struct http_req *req)
{
	const char *header = http_header(req, "authorization");

	if (header && strncasecmp(header, "Bearer ", 7) == 0)
		return header + 7 + strspn(header + 7, " ");
	return http_query(req, "access_token");
}

static bool flag(const struct http_req *req, const char *name, bool absent)
{
	const char *value = http_query(req, name);

	if (!value || !*value)
		return absent;
	return strcmp(value, "1") == 0 || strcasecmp(value, "true") == 0;
}

static int32_t number(const struct http_req *req, const char *name)
{
	const char *value = http_query(req, name);
	long n = value ? strtol(value, NULL, 10) : 0;

	return n < 0 || n > 1000 ? 0 : (int32_t)n;
}

static void read_client(const struct http_req *req, struct client_info *ret)
{
	const char *browser = http_query(req, "browser"), *sid = http_query(req, "sid");

	*ret = (struct client_info){
		.auto_subscribe = flag(req, "auto_subscribe", true),
		.adaptive_stream = flag(req, "adaptive_stream", false),
		.reconnect = flag(req, "reconnect", false),
		.firefox = browser && strcasecmp(browser, "firefox") == 0,
		.protocol = number(req, "protocol"),
		.client_protocol = number(req, "client_protocol"),
	};
	/* one that is cut is nobody's */
	(void)snprintf(ret->resumes.text, sizeof ret->resumes.text, "%s", sid ? sid : "");
}

static bool is_full(const struct signal_hub *s, const struct media_token *token)
{
	const struct room *r = room_find(s, token->room);

	return r && !token->hidden && room_is_full(r) && !room_find_identity(r, token->identity);
}

/* True: ret_token is the caller's. False: answered. */
static bool admit(struct http_req *req, const struct control *control,
		  struct media_token *ret_token)
{
	const struct signal_hub *s = control->signal;
	char why[SIGNAL_REFUSAL_SIZE];
	const char *text = find_token(req);
	struct token_keys keys = signal_keys(s);
	struct token_error error;

	if (s->stopping) {
		say(req, 503, "the server is shutting down");
		return false;
	}
	if (!text || !*text) {
		say(req, 401, "no access token: pass it as access_token or as a Bearer header");
		return false;
	}
	if (http_query(req, "join_request")) {
		say(req, 400,
		    "single peer connection (join_request) is not served: join on /rtc without it");
		return false;
	}
	if (media_token_verify(&keys, text, clock_wall_us() / US_PER_S, ret_token, &error) < 0) {
		say(req, error.code == TOKEN_INCOMPLETE ? 400 : 401, error.message);
		return false;
	}
	if (signal_has_ended(s, ret_token->session)) {
		media_token_fini(ret_token);
		say(req, 401, "the token's sign-in has ended: sign in again");
		return false;
	}
	if (signal_is_barred(s, ret_token->room, ret_token->identity)) {
		media_token_fini(ret_token);
		say(req, 401, "the token's holder was removed from the room: join the call again");
		return false;
	}
	if (s->refuse && s->refuse(s->observe_arg, ret_token->identity, why)) {
		media_token_fini(ret_token);
		say(req, 403, why);
		return false;
	}
	if (is_full(s, ret_token)) {
		media_token_fini(ret_token);
		say(req, 503, "the room is full");
		return false;
	}
	if (!flag(req, "reconnect", false) && capacity_lacks(control->signal, ret_token)) {
		char seconds[8];

		(void)snprintf(seconds, sizeof seconds, "%d", ADMISSION_RETRY_S);
		http_add_header(req, "retry-after", seconds);
		media_token_fini(ret_token);
		say(req, 503, CALLS_FULL_TEXT);
		return false;
	}
	return true;
}

/*
 * TURN at the web port, under the name by which this client came: that one it reaches, and the certificate is for it. NULL: there
 * is none, or a proxy for HTTP is between, which lets nothing else pass.
 */
static char *turn_url(const struct http_req *req, const struct signal_hub *s)
{
	const char *host = http_host(req), *scheme = http_is_tls(req) ? "turns" : "turn";
	char *url = NULL;

	if (!s->credentials || !host || http_is_proxied(req))
		return NULL;
	const char *after = strrchr(host, ']');
	bool has_port = strchr(after ? after : host, ':');
	const char *port = has_port ? "" : http_is_tls(req) ? ":443" : ":80";
	return asprintf(&url, "%s:%s%s?transport=tcp", scheme, host, port) < 0 ? NULL : url;
}

void signal_http_rtc(struct http_req *req, struct control *control)
{
	struct signal_hub *s = control->signal;
	struct media_token token;
	struct client_info client;

	if (!admit(req, control, &token)) {
		s->gauges.refused++;
		return;
	}
	if (!http_wants_upgrade(req)) {
		media_token_fini(&token);
		say(req, 400, "expected a WebSocket");
		return;
	}
	read_client(req, &client);
	struct session *session = session_new(s, &token, &client);
	if (!session) {
		media_token_fini(&token);
		say(req, 503, "out of memory");
		return;
	}
	session->turn_url = turn_url(req, s);
	http_upgrade(req, &session_handler, session);
}

void signal_http_validate(struct http_req *req, struct control *control)
{
	struct media_token token;

	if (!admit(req, control, &token))
		return;
	media_token_fini(&token);
	say(req, 200, "success");
}

void signal_http_not_served(struct http_req *req, struct control *control)
{
	(void)control;
	say(req, 404, "not found: this server speaks LiveKit signalling on /rtc");
}
