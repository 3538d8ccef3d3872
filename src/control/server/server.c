/* SPDX-License-Identifier: Apache-2.0 */
#include "control/server/server.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "base/complain.h"
#include "base/log.h"
#include "control/server/certificate.h"
#include "control/server/internal.h"
#include "control/server/places.h"

enum {
	TIMEOUT_HEADERS_S = 10,
	TIMEOUT_IDLE_S = 60,
	PLACE_SHARE = 4,
	RX_PIECE = 1024, /* each WebSocket has a buffer of it; longer messages come in pieces */
	/* at most so much in one send. Without it that is RX_PIECE, and what is over waits in
	 * libwebsockets: in HTTP/2 until a timer looks at the stream, 15 s later */
	TX_PIECE = 64 * 1024,
};

static const lws_retry_bo_t h2_liveness = {
	.secs_since_valid_ping = H2_PING_INTERVAL_S,
	.secs_since_valid_hangup = H2_REAP_AFTER_S,
};

static const struct lws_protocols protocols[] = {
	{ .name = "confab",
	  .callback = server_callback,
	  .rx_buffer_size = RX_PIECE,
	  .tx_packet_size = TX_PIECE },
	{ 0 },
};

/* Its errors come with the time in front and a line break behind. */
static void on_library_log(int level, const char *line)
{
	if (level & (LLL_ERR | LLL_WARN))
		log_debug("lws", "%.*s", (int)strcspn(line, "\n"), line);
}

/* The same without TLS: who has no certificate yet must be answered, too. */
static int make_plain(struct server *s, const struct lws_context_creation_info *like,
		      char *ret_error)
{
	struct lws_context_creation_info info = *like;

	info.vhost_name = "plain";
	info.ssl_cert_filepath = info.ssl_private_key_filepath = NULL;
	/* and nothing but HTTP */
	info.options &= ~(uint64_t)(LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
				    LWS_SERVER_OPTION_FALLBACK_TO_APPLY_LISTEN_ACCEPT_CONFIG);
	s->plain = lws_create_vhost(s->context, &info);
	return s->plain ? 0
			: complain(ret_error, SERVER_ERROR_MAX, -EIO,
				   "The HTTP server could not be started (libwebsockets).");
}

static int make_context(struct server *s, char *ret_error)
{
	void *loops[] = { s->config.loop };
	struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN_SERVER, /* listener.c listens */
		.protocols = protocols,
		.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
			   LWS_SERVER_OPTION_VALIDATE_UTF8 |
			   LWS_SERVER_OPTION_UV_NO_SIGSEGV_SIGFPE_SPIN |
			   (s->config.raw ? LWS_SERVER_OPTION_FALLBACK_TO_APPLY_LISTEN_ACCEPT_CONFIG
					  : 0) |
			   (s->config.tls_cert ? LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT : 0),
		.listen_accept_role = "raw-skt", /* of what does not begin as HTTP */
		.listen_accept_protocol = protocols[0].name,
		.foreign_loops = loops,
		.user = s,
		.pcontext = &s->context,
		.timeout_secs = TIMEOUT_HEADERS_S,
		.keepalive_timeout = TIMEOUT_IDLE_S,
		.max_http_header_data2 = LIMIT_REQUEST_LINE,
		.pt_serv_buf_size = LIMIT_REQUEST_LINE,
		.retry_and_idle_policy = &h2_liveness,
		.vhost_name = "confab",
		/* of HTTP/2: libwebsockets' own values, but more streams */
		.http2_settings = { 1, 65536, 0, H2_STREAMS, 0, 16384, 4096 },
		.ssl_cert_filepath = s->config.tls_cert,
		.ssl_private_key_filepath = s->config.tls_key,
		.alpn = "h2,http/1.1",
		.ssl_options_set = SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_RENEGOTIATION |
				   SSL_OP_NO_COMPRESSION,
		.ssl_cipher_list =
			"ECDHE+AESGCM:ECDHE+CHACHA20", /* TLS 1.2 (R4); 1.3 has AEAD only */
	};

	/* without it libwebsockets 4.1.6 fails, and dies of the failure */
	if (access("/dev/urandom", R_OK) < 0)
		return complain(
			ret_error, SERVER_ERROR_MAX, -errno,
			"/dev/urandom cannot be read (%s), which libwebsockets needs; have /dev "
			"where confabd runs.",
			strerror(errno));
	orphan_install();
	lws_set_log_level(LLL_ERR | LLL_WARN, on_library_log);
	s->context = lws_create_context(&info);
	if (!s->context)
		return complain(ret_error, SERVER_ERROR_MAX, -EIO,
				"The HTTP server could not be started (libwebsockets).");
	orphan_tables_made();
	s->vhost = lws_create_vhost(s->context, &info);
	if (!s->vhost)
		return complain(ret_error, SERVER_ERROR_MAX, -EINVAL,
				"tls-cert '%s' could not be used (libwebsockets).",
				s->config.tls_cert ? s->config.tls_cert : "");
	proof_offer(s);
	return s->config.plain.port ? make_plain(s, &info, ret_error) : 0;
}

/* Without it the site works, too. */
static void listen_plain(struct server *s)
{
	uint16_t port = s->config.plain.port;
	int r = s->plain ? listener_new(&s->listeners[s->listener_count], s, s->plain,
					s->config.host, port, &port)
			 : 0;

	s->has_plain = s->plain && r == 0;
	s->listener_count += s->has_plain;
	if (r < 0)
		log_warn(
			"http",
			"port %u cannot be had (%s): http is not sent on to https, and the name is "
			"proved over port 443 only",
			port, strerror(-r));
}

static int make_listeners(struct server *s, char *ret_error)
{
	const char *host = s->config.host;
	uint16_t port_again;
	int r = listener_new(&s->listeners[0], s, s->vhost, host, s->config.port, &s->port);

	if (r == -EADDRINUSE)
		return complain(ret_error, SERVER_ERROR_MAX, r,
				"listen %s:%u is in use by another program; stop it or choose "
				"another port.",
				host, s->config.port);
	if (r == -EACCES)
		return complain(
			ret_error, SERVER_ERROR_MAX, r,
			"listen %s:%u: ports below 1024 are root's; choose another one, or "
			"let confabd have it: setcap cap_net_bind_service=+ep on the program, "
			"or AmbientCapabilities=CAP_NET_BIND_SERVICE in its unit.",
			host, s->config.port);
	if (r == -EADDRNOTAVAIL)
		return complain(ret_error, SERVER_ERROR_MAX, r,
				"listen %s:%u: this machine has no such address; 0.0.0.0 is all it "
				"has, with [::] those of IPv6, too.",
				host, s->config.port);
	if (r < 0)
		return complain(ret_error, SERVER_ERROR_MAX, r, "listen %s:%u is not possible: %s.",
				host, s->config.port, strerror(-r));
	s->listener_count = 1;

	/* Browsers may take localhost for ::1 first. */
	bool loopback = strcmp(host, "127.0.0.1") == 0 || strcmp(host, "localhost") == 0;
	if (loopback && listener_new(&s->listeners[s->listener_count], s, s->vhost, "::1", s->port,
				     &port_again) == 0)
		s->listener_count++;
	listen_plain(s);
	return 0;
}

static int peer_of(int fd, struct sockaddr_storage *ret)
{
	socklen_t length = sizeof *ret;

	return getpeername(fd, (struct sockaddr *)ret, &length);
}

/* A quarter of the descriptors for one place: a company behind one address has room, and nobody has all. */
static int make_places(struct server *s)
{
	struct rlimit files;
	unsigned limit = UINT_MAX;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur / PLACE_SHARE < UINT_MAX)
		limit = (unsigned)(files.rlim_cur / PLACE_SHARE);
	return places_new(&s->places, limit, peer_of);
}

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

int server_new(struct server **ret, const struct server_config *config, char *ret_error)
{
	struct server *s = calloc(1, sizeof *s);

	if (!s)
		return complain(ret_error, SERVER_ERROR_MAX, -ENOMEM, "Out of memory.");
	s->config = *config;
	s->config.host = copy(config->host);
	s->config.tls_cert = copy(config->tls_cert);
	s->config.tls_key = copy(config->tls_key);
	list_init(&s->peers);
	list_init(&s->due);

	/* libwebsockets starts happily with a key that does not belong to the certificate. */
	int r = config->tls_cert ? certificate_load(NULL, config->tls_cert, config->tls_key,
						    &s->tls_expires_us, ret_error)
				 : 0;
	if (r == 0 &&
	    (liveness_new(&s->liveness, s) < 0 || turn_new(&s->turn, s) < 0 || make_places(s) < 0))
		r = complain(ret_error, SERVER_ERROR_MAX, -ENOMEM, "Out of memory.");
	if (r == 0)
		r = make_context(s, ret_error);
	if (r == 0)
		r = make_listeners(s, ret_error);
	if (r < 0) {
		(void)server_free(s);
		return r;
	}
	*ret = s;
	return 0;
}

uint16_t server_port(const struct server *s)
{
	return s->port;
}

bool server_is_tls(const struct server *s)
{
	return s->config.tls_cert != NULL;
}

bool server_has_plain(const struct server *s)
{
	return s->has_plain;
}

int server_tls_reload(struct server *s, char *ret_error)
{
	if (!s->tls)
		return complain(ret_error, SERVER_ERROR_MAX, -EINVAL, "There is no TLS here.");
	return certificate_load(s->tls, s->config.tls_cert, s->config.tls_key, &s->tls_expires_us,
				ret_error);
}

uint64_t server_tls_expires_us(const struct server *s)
{
	return s->tls_expires_us;
}

struct server_counts server_counts(const struct server *s)
{
	struct server_counts c = s->counts;

	c.http_open -= c.ws_open; /* every WebSocket is counted as a peer too */
	return c;
}

static void close_listeners(struct server *s)
{
	for (size_t i = 0; i < s->listener_count; i++)
		listener_close(s->listeners[i]);
	s->listener_count = 0;
}

void server_check_stopped(struct server *s)
{
	if (s->stopping && list_empty(&s->peers) && s->stopped) {
		void (*stopped)(void *) = s->stopped;
		s->stopped = NULL;
		stopped(s->stopped_arg);
	}
}

void server_stop(struct server *s, uint16_t code, void (*stopped)(void *arg), void *arg)
{
	struct peer *p;

	s->stopping = true;
	s->stop_code = code;
	s->stopped = stopped;
	s->stopped_arg = arg;
	close_listeners(s);
	list_each (p, &s->peers, in_server) {
		if (p->ws)
			wsconn_close(p->ws, code, "the server is restarting");
		else if (!p->req)
			lws_set_timeout(p->wsi, PENDING_TIMEOUT_USER_REASON_BASE,
					LWS_TO_KILL_ASYNC); /* idle */
	}
	/* Outside its callbacks libwebsockets does not look at its timers by itself. */
	lws_cancel_service(s->context);
	server_check_stopped(s);
}

/* libwebsockets closes its libuv handles asynchronously and wants to be asked again after that. */
static void destroy_context(struct server *s)
{
	lws_context_destroy(s->context);
	for (int i = 0; i < 50 && s->context; i++)
		(void)uv_run(s->config.loop, UV_RUN_NOWAIT);
	if (s->context)
		lws_context_destroy(s->context);
	orphan_bury();
}

struct server *server_free(struct server *s)
{
	if (!s)
		return NULL;
	s->stopped = NULL;
	close_listeners(s);
	s->liveness = liveness_free(s->liveness);
	s->turn = turn_free(s->turn);
	s->places = places_free(s->places);
	if (s->context)
		destroy_context(s);
	free((void *)(uintptr_t)s->config.host);
	free((void *)(uintptr_t)s->config.tls_cert);
	free((void *)(uintptr_t)s->config.tls_key);
	free(s);
	return NULL;
}
