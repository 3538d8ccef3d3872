/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/doctor/dial.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"

struct dial {
	int fd;
	SSL_CTX *context;
	SSL *ssl; /* NULL: plain */
	uint64_t until;
};

/* ---- names ---- */

/* A question to the resolver, which has a thread of its own and may take its time. */
struct question {
	struct gaicb ask;
	struct addrinfo hints;
	char host[256], service[8];
	struct question *
		left; /* of those that were not waited for: they are the thread's until the program ends */
};

static struct question *left_alone;

static struct question *question_new(const char *host, uint16_t port)
{
	struct question *q = calloc(1, sizeof *q);

	if (!q)
		return NULL;
	(void)snprintf(q->host, sizeof q->host, "%s", host);
	(void)snprintf(q->service, sizeof q->service, "%u", port);
	q->hints = (struct addrinfo){ .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
	q->ask = (struct gaicb){ .ar_name = q->host,
				 .ar_service = q->service,
				 .ar_request = &q->hints };
	return q;
}

/* EAI_INPROGRESS: not in time. */
static int question_ask(struct question *q, int wait_ms)
{
	struct gaicb *list[1] = { &q->ask };
	const struct timespec wait = { wait_ms / 1000, wait_ms % 1000 * 1000000L };
	int r = getaddrinfo_a(GAI_NOWAIT, list, 1, NULL);

	if (r != 0)
		return r;
	(void)gai_suspend((const struct gaicb *const *)list, 1, &wait);
	return gai_error(&q->ask);
}

size_t dial_resolve(const char *host, uint16_t port, int wait_ms,
		    struct sockaddr_storage ret[DIAL_ADDRESSES], char ret_error[DIAL_ERROR])
{
	struct question *q = question_new(host, port);
	int r = q ? question_ask(q, wait_ms) : EAI_MEMORY;
	size_t n = 0;

	if (r == EAI_INPROGRESS) {
		(void)snprintf(ret_error, DIAL_ERROR, "the name was not resolved in %d s",
			       wait_ms / 1000);
		q->left = left_alone;
		left_alone = q;
		return 0;
	}
	if (r != 0)
		(void)snprintf(ret_error, DIAL_ERROR, "the name does not resolve: %s",
			       gai_strerror(r));
	for (const struct addrinfo *a = r == 0 ? q->ask.ar_result : NULL; a && n < DIAL_ADDRESSES;
	     a = a->ai_next) {
		if (a->ai_addrlen > sizeof ret[n])
			continue;
		ret[n] = (struct sockaddr_storage){ 0 };
		memcpy(&ret[n++], a->ai_addr, a->ai_addrlen);
	}
	if (r == 0)
		freeaddrinfo(q->ask.ar_result);
	free(q);
	return n;
}

/* ---- waiting ---- */

static int left_ms(const struct dial *c)
{
	uint64_t now = clock_now_us();

	return now >= c->until ? 0 : (int)((c->until - now) / US_PER_MS) + 1;
}

static bool wait_for(const struct dial *c, short events)
{
	struct pollfd p = { .fd = c->fd, .events = events };

	return left_ms(c) > 0 && poll(&p, 1, left_ms(c)) == 1;
}

void dial_wait(struct dial *c, int wait_ms)
{
	c->until = clock_now_us() + (uint64_t)wait_ms * US_PER_MS;
}

/* After SSL_get_error: whether it is worth another try. */
static bool wait_for_tls(const struct dial *c, int result)
{
	switch (SSL_get_error(c->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		return wait_for(c, POLLIN);
	case SSL_ERROR_WANT_WRITE:
		return wait_for(c, POLLOUT);
	default:
		return false;
	}
}

/* ---- connecting ---- */

static bool connect_to(struct dial *c, const struct sockaddr_storage *to, int *ret_errno)
{
	socklen_t size = sizeof *ret_errno;

	c->fd = socket(to->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	*ret_errno = errno;
	if (c->fd < 0)
		return false;
	*ret_errno = 0;
	if (connect(c->fd, (const void *)to,
		    to->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
					      : sizeof(struct sockaddr_in)) < 0 &&
	    errno != EINPROGRESS)
		*ret_errno = errno;
	else if (!wait_for(c, POLLOUT))
		*ret_errno = ETIMEDOUT;
	else
		(void)getsockopt(c->fd, SOL_SOCKET, SO_ERROR, ret_errno, &size);
	if (*ret_errno == 0)
		return true;
	(void)close(c->fd); /* nothing was written */
	c->fd = -1;
	return false;
}

static void read_names(X509 *leaf, char ret[DIAL_NAMES])
{
	GENERAL_NAMES *names = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
	size_t n = 0;

	ret[0] = '\0';
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		char text[INET6_ADDRSTRLEN] = "";

		if (name->type == GEN_IPADD)
			(void)inet_ntop(name->d.iPAddress->length == 4 ? AF_INET : AF_INET6,
					name->d.iPAddress->data, text, sizeof text);
		if (name->type != GEN_DNS && !text[0])
			continue;
		int wrote = snprintf(
			ret + n, DIAL_NAMES - n, "%s%.100s", n ? ", " : "",
			text[0] ? text : (const char *)ASN1_STRING_get0_data(name->d.dNSName));
		if (wrote < 0 || n + (size_t)wrote >= DIAL_NAMES)
			break;
		n += (size_t)wrote;
	}
	GENERAL_NAMES_free(names);
}

static void look_at(const struct dial *c, const char *host, struct dial_certificate *ret)
{
	X509 *leaf = SSL_get0_peer_certificate(c->ssl);
	struct tm tm = { 0 };

	*ret = (struct dial_certificate){ .verdict = SSL_get_verify_result(c->ssl) };
	(void)snprintf(ret->verdict_text, sizeof ret->verdict_text, "%s",
		       X509_verify_cert_error_string(ret->verdict));
	if (!leaf)
		return;
	(void)X509_NAME_get_text_by_NID(X509_get_subject_name(leaf), NID_commonName, ret->subject,
					sizeof ret->subject);
	read_names(leaf, ret->names);
	ret->fits = X509_check_host(leaf, host, strlen(host), 0, NULL) == 1 ||
		    X509_check_ip_asc(leaf, host, 0) == 1;
	ret->self_signed = X509_self_signed(leaf, 0) == 1;
	if (ASN1_TIME_to_tm(X509_get0_notAfter(leaf), &tm) == 1)
		ret->ends_at = (int64_t)timegm(&tm);
}

static bool start_tls(struct dial *c, const char *host, char ret_error[DIAL_ERROR])
{
	struct sockaddr_storage number;
	int r = 0;

	c->context = SSL_CTX_new(TLS_client_method());
	if (c->context)
		(void)SSL_CTX_set_default_verify_paths(
			c->context); /* without: an untrusted chain */
	c->ssl = c->context ? SSL_new(c->context) : NULL;
	if (!c->ssl || SSL_set_fd(c->ssl, c->fd) != 1) {
		(void)snprintf(ret_error, DIAL_ERROR, "out of memory");
		return false;
	}
	/* a number is no server name (RFC 6066 3) */
	if (inet_pton(AF_INET, host, &number) != 1 && inet_pton(AF_INET6, host, &number) != 1)
		(void)SSL_set_tlsext_host_name(c->ssl, host);
	while ((r = SSL_connect(c->ssl)) != 1 && wait_for_tls(c, r))
		;
	if (r == 1)
		return true;
	unsigned long code = ERR_get_error();
	(void)snprintf(ret_error, DIAL_ERROR, "no TLS there: %s",
		       code		 ? ERR_reason_error_string(code)
		       : left_ms(c) == 0 ? "no answer in time"
					 : "the connection was closed");
	ERR_clear_error();
	return false;
}

struct dial *dial_open(const char *host, uint16_t port, bool tls, int wait_ms,
		       struct dial_certificate *ret_certificate, char ret_error[DIAL_ERROR])
{
	struct sockaddr_storage to[DIAL_ADDRESSES];
	size_t n = dial_resolve(host, port, wait_ms, to, ret_error);
	struct dial *c = n ? calloc(1, sizeof *c) : NULL;
	int cause = ENOMEM;

	if (!c) {
		if (n)
			(void)snprintf(ret_error, DIAL_ERROR, "out of memory");
		return NULL;
	}
	c->fd = -1;
	for (size_t i = 0; i < n && c->fd < 0; i++) {
		dial_wait(c, wait_ms / (int)n);
		if (!connect_to(c, &to[i], &cause))
			(void)snprintf(ret_error, DIAL_ERROR, "port %u: %s", port,
				       cause == ETIMEDOUT ? "no answer in time: a firewall, perhaps"
							  : strerror(cause));
	}
	dial_wait(c, wait_ms);
	if (c->fd < 0 || (tls && !start_tls(c, host, ret_error)))
		return dial_close(c);
	if (tls && ret_certificate)
		look_at(c, host, ret_certificate);
	return c;
}

struct dial *dial_close(struct dial *c)
{
	if (!c)
		return NULL;
	SSL_free(c->ssl);
	SSL_CTX_free(c->context);
	cleanup_close(&c->fd);
	free(c);
	return NULL;
}

/* ---- bytes ---- */

bool dial_write(struct dial *c, const void *bytes, size_t n)
{
	const char *at = bytes;

	while (n > 0) {
		long r = c->ssl ? SSL_write(c->ssl, at, (int)n) : send(c->fd, at, n, MSG_NOSIGNAL);

		if (r > 0) {
			at += r;
			n -= (size_t)r;
		} else if (c->ssl ? !wait_for_tls(c, (int)r)
				  : errno != EAGAIN || !wait_for(c, POLLOUT)) {
			return false;
		}
	}
	return true;
}

long dial_read(struct dial *c, void *bytes, size_t n)
{
	for (;;) {
		long r = c->ssl ? SSL_read(c->ssl, bytes, (int)n) : recv(c->fd, bytes, n, 0);

		if (r > 0 || (r == 0 && !c->ssl))
			return r;
		if (c->ssl && SSL_get_error(c->ssl, (int)r) == SSL_ERROR_ZERO_RETURN)
			return 0;
		if (c->ssl ? !wait_for_tls(c, (int)r) : errno != EAGAIN || !wait_for(c, POLLIN))
			return -1;
	}
}
