/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confabd, START HERE: configuration, then store, media workers and control plane in this order;
 * the loop; and the same backwards on SIGTERM. The main thread is the control thread.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <uv.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/rng.h"
#include "base/trim.h"
#include "confabd/banner.h"
#include "confabd/bridge.h"
#include "confabd/config.h"
#include "confabd/demo.h"
#include "confabd/lan.h"
#include "confabd/media_thread.h"
#include "confabd/watchdog.h"
#include "control/auth/keys.h"
#include "control/control.h"
#include "crypt/cert.h"
#include "net/udp.h"
#include "store/store.h"

enum {
	STOP_AFTER_MS = 4000,
	/* after the start, what only that took goes out of memory; the store rests before */
	STARTED_MS = 1500,
	TURN_PAUSE_MS = 250, /* UDP and TCP of media are better */
	FILES_WANTED = 32768 /* libwebsockets has 8 bytes for each */
};

struct daemon {
	struct config config;
	const char *domains[CONFIG_DOMAINS_MAX]; /* its */
	uv_loop_t loop;
	struct api_keys keys;
	struct cert *certificate;
	struct store *store;
	struct media_threads *media;
	struct control *control;
	int disk; /* as the store said last */
	uv_signal_t terminate, interrupt, hangup;
	uv_timer_t stop_timer, start_timer;
	struct heartbeat beat; /* of the loop, which answers when it is asked */
	uv_async_t asked;
	struct watchdog *watchdog;
	bool handles_open, stopping, ended;
};

static int refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

static int refuse(const char *format, ...)
{
	va_list args;

	char text[CONFIG_ERROR_MAX];

	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (log_is_json())
		log_error("confabd", "%s", text);
	else
		(void)fprintf(stderr, "confabd: %s\n", text);
	return -1;
}

/* ---- start ---- */

/* For the operator, whose page shows it, too (R33, R34), and for the whole team. */
static void on_disk(void *arg, int status)
{
	struct daemon *d = arg;

	d->disk = status;
	if (d->control)
		control_disk_changed(d->control, status);

	if (status == -ENOSPC)
		log_error("store",
			  "the disk is full: nothing is stored, calls and reading go on "
			  "folder=%s fix=\"make room\"",
			  d->config.data);
	else if (status == -EROFS)
		log_error("store",
			  "the database cannot be written: nothing is stored folder=%s "
			  "fix=\"mount it writable\"",
			  d->config.data);
	else if (status < 0)
		log_error("store",
			  "the disk failed: nothing is stored until a restart folder=%s "
			  "fix=\"look after the disk, then restart confabd\"",
			  d->config.data);
	else
		log_warn("store", "messages are stored again");
}

static int start_store(struct daemon *d)
{
	char keys_error[API_KEYS_ERROR_MAX], error[STORE_ERROR_MAX];
	const struct store_config store = { .dir = d->config.data,
					    .loop = &d->loop,
					    .exclusive = true,
					    .on_disk = on_disk,
					    .arg = d };

	if (api_keys_load(d->config.data, rng_os(), &d->keys, keys_error) < 0)
		return refuse("%s", keys_error);
	if (store_open(&store, &d->store, error) < 0)
		return refuse("%s", error);
	return 0;
}

/* Without --rtc-ip media is where the pages are: for a whole network this machine's address there, and loopback. */
static void choose_media_addresses(struct config *c)
{
	struct sockaddr_storage *to = c->rtc_ips, loopback = c->rtc_ips[0], a;
	size_t n = 0;

	if (c->rtc_ip_given)
		return;
	if (lan_is_any(c->host)) {
		n += lan_address(AF_INET, &to[n]);
		n += strchr(c->host, ':') && lan_address(AF_INET6, &to[n]);
		to[n++] = loopback;
	} else {
		to[n++] = udp_address_parse(c->host, 0, &a) == 0 ? a : loopback;
	}
	c->rtc_ip_count = n;
	memcpy(c->rtc_locals, to, n * sizeof *to);
}

/* What to do about an address or a port that cannot be had. */
static int refuse_media(const struct config *c, int r, const char *error)
{
	struct sockaddr_storage a;
	char own[UDP_ADDRESS_TEXT] = "LOCAL";

	if (r == -EADDRINUSE)
		return refuse("%s; stop what uses it, or choose other ports: --rtc-port, "
			      "--rtc-tcp-port",
			      error);
	if (r == -EADDRNOTAVAIL && !c->rtc_ip_given)
		return refuse("listen %s: this machine has no such address; 0.0.0.0 is all it has",
			      c->host);
	if (r != -EADDRNOTAVAIL)
		return refuse("%s", error[0] ? error : strerror(-r));
	if (lan_address(AF_INET, &a))
		udp_ip_text(&a, own);
	return refuse("%s: this machine has no such address. Where a NAT forwards it to this "
		      "machine: --rtc-ip PUBLIC/%s",
		      error, own);
}

static int start_media(struct daemon *d)
{
	char error[512] = "";
	const struct config *c = &d->config;

	choose_media_addresses(&d->config);
	if (cert_new(&d->certificate) < 0)
		return refuse("The DTLS certificate could not be made (OpenSSL).");
	struct media_threads_config media = {
		.addresses = c->rtc_ips,
		.locals = c->rtc_locals,
		.address_count = c->rtc_ip_count,
		.port = c->rtc_port,
		.tcp = c->rtc_tcp_port != 0,
		.tcp_port = c->rtc_tcp_port,
		.turn = !c->no_turn,
		.turn_pause_ms = TURN_PAUSE_MS,
		.count = c->workers,
		.certificate = d->certificate,
	};
	int r = media_threads_start(&d->media, &media, error, sizeof error);
	if (r < 0 && media.tcp &&
	    !c->rtc_tcp_given) { /* a second server on this machine, perhaps */
		char cause[sizeof error];

		(void)snprintf(cause, sizeof cause, "%s", error);
		media.tcp = false;
		r = media_threads_start(&d->media, &media, error, sizeof error);
		if (r == 0)
			log_warn("media", "no media over TCP cause=\"%s\" fix=--rtc-tcp-port",
				 cause);
	}
	return r < 0 ? refuse_media(c, r, error) : 0;
}

static int start_control(struct daemon *d)
{
	const struct config *c = &d->config;
	char error[CONTROL_ERROR_MAX];
	const char *webhooks[CONFIG_WEBHOOKS_MAX];
	char files_dir[sizeof c->data + sizeof "/files"];
	(void)snprintf(files_dir, sizeof files_dir, "%s/files", c->data);
	for (size_t i = 0; i < c->webhook_count; i++)
		webhooks[i] = c->webhooks[i];
	const char *event_webhooks[CONFIG_WEBHOOKS_MAX];
	for (size_t i = 0; i < c->event_webhook_count; i++)
		event_webhooks[i] = c->event_webhooks[i];
	const char *widget_origins[CONFIG_ORIGINS_MAX];
	for (size_t i = 0; i < c->widget_origin_count; i++)
		widget_origins[i] = c->widget_origins[i];
	for (size_t i = 0; i < c->domain_count; i++)
		d->domains[i] = c->domains[i];
	const struct control_config control = {
		.loop = &d->loop,
		.store = d->store,
		.files_dir = files_dir,
		.data_dir = c->data,
		.push_contact = c->push_contact,
		.push_local = c->push_local,
		.no_push = c->no_push,
		.api_key = d->keys.key,
		.api_secret = d->keys.secret,
		.host = c->host,
		.port = c->port,
		.tls_cert = c->tls_cert[0] ? c->tls_cert : NULL,
		.tls_key = c->tls_key[0] ? c->tls_key : NULL,
		.domains = d->domains,
		.domain_count = c->domain_count,
		.acme_directory = c->acme_directory,
		.acme_contact = c->acme_contact[0] ? c->acme_contact : NULL,
		.acme_ca = c->acme_ca[0] ? c->acme_ca : NULL,
		.http_port = c->http_port,
		.remote_unmute = c->remote_unmute,
		.open_channels = c->open_channels,
		.room_limit = c->room_limit,
		.media_load = c->media_load,
		.message_rate = c->message_rate,
		.storage = { .person = (uint64_t)c->storage_per_person,
			     .total = (uint64_t)c->storage_total },
		.disk_floor = c->disk_floor,
		.no_guests = c->no_guests,
		.webhooks = webhooks,
		.webhook_count = c->webhook_count,
		.event_webhooks = event_webhooks,
		.event_webhook_count = c->event_webhook_count,
		.widget_origins = widget_origins,
		.widget_origin_count = c->widget_origin_count,
		.demo = c->demo,
		.media = bridge_of(d->media, !c->no_turn),
	};

	if (control_new(&d->control, &control, error) < 0)
		return refuse("%s", error);
	control_disk_changed(d->control, d->disk);
	return 0;
}

/* ---- the watchdog ---- */

static void on_asked(uv_async_t *handle)
{
	struct daemon *d = handle->data;

	heartbeat_rests(&d->beat);
}

static void ask_loop(void *arg)
{
	struct daemon *d = arg;

	(void)uv_async_send(&d->asked);
}

/* For tests, which do not wait as long: "STALL,END", in milliseconds. */
static void read_times(struct watchdog_config *config)
{
	const char *text = getenv("CONFAB_TEST_WATCHDOG");

	if (text)
		(void)sscanf(text, "%u,%u", &config->stall_ms, &config->end_ms);
}

/* Without one the server goes on as well. */
static void start_watchdog(struct daemon *d)
{
	struct watched all[1 + MEDIA_WORKERS_MAX] = {
		{ .name = "control", .beat = &d->beat, .ask = ask_loop, .arg = d }
	};
	struct watchdog_config config = { .threads = all, .count = 1 };

	for (unsigned i = 0; i < media_threads_count(d->media); i++) {
		struct watched *one = &all[config.count++];

		(void)snprintf(one->name, sizeof one->name, "media-%u", i % 1000);
		one->beat = media_threads_heartbeat(d->media, i);
	}
	heartbeat_begin(&d->beat);
	read_times(&config);
	if (watchdog_start(&d->watchdog, &config) < 0)
		log_warn("watchdog", "there is none: out of memory or threads");
}

/* ---- the demo, and what people are told ---- */

static void say_where(const struct daemon *d, const struct demo_account *demo)
{
	banner_print(&(struct banner){ &d->config, d->control, d->media, demo });
}

static int start_demo(struct daemon *d)
{
	struct demo_account accounts[DEMO_ACCOUNTS];
	int r = demo_prepare(d->control->auth, &d->loop, accounts);

	if (r == 0)
		say_where(d, accounts);
	explicit_bzero(accounts, sizeof accounts);
	if (d->stopping) /* in the middle of it: nothing has failed */
		return 0;
	return r < 0 ? refuse("The demo accounts could not be made: %s.", strerror(-r)) : 0;
}

/* ---- stop ---- */

static void end_loop(struct daemon *d)
{
	d->ended = true;
	uv_stop(&d->loop);
}

static void on_stopped(void *arg)
{
	end_loop(arg);
}

static void on_stop_timer(uv_timer_t *timer)
{
	log_warn("confabd", "connections were still open %d ms after the signal; closing them",
		 STOP_AFTER_MS);
	end_loop(timer->data);
}

/* R64: the first signal stops gracefully, the second at once. */
static void on_signal(uv_signal_t *handle, int number)
{
	struct daemon *d = handle->data;

	if (d->stopping) {
		end_loop(d);
		return;
	}
	d->stopping = true;
	log_info("confabd", "stopping on signal %d", number);
	(void)uv_timer_start(&d->stop_timer, on_stop_timer, STOP_AFTER_MS, 0);
	control_stop(d->control, on_stopped, d);
}

static void on_started(uv_timer_t *timer)
{
	(void)timer;
	trim_memory();
}

/* What logs and supervisors send when something is to be read anew. */
static void on_hangup(uv_signal_t *handle, int number)
{
	struct daemon *d = handle->data;

	(void)number;
	if (!d->stopping)
		control_reload(d->control);
}

static void open_handles(struct daemon *d)
{
	(void)uv_signal_init(&d->loop, &d->terminate);
	(void)uv_signal_init(&d->loop, &d->interrupt);
	(void)uv_signal_init(&d->loop, &d->hangup);
	(void)uv_timer_init(&d->loop, &d->stop_timer);
	(void)uv_timer_init(&d->loop, &d->start_timer);
	(void)uv_async_init(&d->loop, &d->asked, on_asked);
	d->asked.data = d;
	d->terminate.data = d->interrupt.data = d->hangup.data = d->stop_timer.data = d;
	(void)uv_signal_start(&d->terminate, on_signal, SIGTERM);
	(void)uv_signal_start(&d->interrupt, on_signal, SIGINT);
	(void)uv_signal_start(&d->hangup, on_hangup, SIGHUP);
	d->handles_open = true;
}

static void close_handles(struct daemon *d)
{
	if (!d->handles_open)
		return;
	uv_close((uv_handle_t *)&d->terminate, NULL);
	uv_close((uv_handle_t *)&d->interrupt, NULL);
	uv_close((uv_handle_t *)&d->hangup, NULL);
	uv_close((uv_handle_t *)&d->stop_timer, NULL);
	uv_close((uv_handle_t *)&d->start_timer, NULL);
	uv_close((uv_handle_t *)&d->asked, NULL);
}

enum { CLOSING_TURNS = 100 };

/* Also after half a start. The store closes before what its callbacks use goes. */
static void finish(struct daemon *d)
{
	if (d->control)
		control_close(d->control);
	d->store = store_close(d->store);
	d->control = control_free(d->control);
	d->media = media_threads_stop(d->media);
	d->certificate = cert_free(d->certificate);
	api_keys_fini(&d->keys);
	close_handles(d);
	for (int i = 0; i < CLOSING_TURNS && uv_loop_alive(&d->loop); i++)
		(void)uv_run(&d->loop, UV_RUN_NOWAIT);
	if (uv_loop_close(&d->loop) < 0)
		log_debug("confabd", "the loop still had handles at the end");
}

static int run(struct daemon *d)
{
	if (start_store(d) < 0 || start_media(d) < 0 || start_control(d) < 0)
		return 1;
	open_handles(d);
	if (d->config.demo) {
		if (start_demo(d) < 0)
			return 1;
	} else {
		say_where(d, NULL);
	}
	start_watchdog(d);
	(void)uv_timer_start(&d->start_timer, on_started, STARTED_MS, 0);
	while (!d->ended)
		(void)uv_run(&d->loop, UV_RUN_DEFAULT);
	d->watchdog = watchdog_stop(d->watchdog);
	return 0;
}

/* Each connection is a descriptor; the soft limit (1024 where nobody says otherwise) is for programs that use select(2). */
static void raise_file_limit(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_cur >= FILES_WANTED)
		return;
	files.rlim_cur = files.rlim_max < FILES_WANTED ? files.rlim_max : FILES_WANTED;
	(void)setrlimit(RLIMIT_NOFILE, &files); /* as it was, else */
}

static const char *environment(const char *name)
{
	return getenv(name);
}

int main(int argc, char **argv)
{
	static struct daemon d;
	char error[CONFIG_ERROR_MAX];

	if (config_load(&d.config, argc, argv, environment, error) < 0) {
		(void)refuse("%s", error);
		return 1;
	}
	if (d.config.action != CONFIG_RUN) {
		(void)fputs(d.config.action == CONFIG_VERSION
				    ? "confabd " CONFAB_VERSION "\n"
				    : config_help(d.config.action == CONFIG_HELP_ALL),
			    stdout);
		return 0;
	}
	log_set_level(d.config.log_level);
	log_set_json(d.config.log_json);
	log_make_room();
	raise_file_limit();
	(void)signal(SIGPIPE, SIG_IGN);
	if (uv_loop_init(&d.loop) < 0) {
		(void)refuse(
			"The event loop could not be made: out of file descriptors or memory.");
		return 1;
	}
	int status = run(&d);
	finish(&d);
	return status;
}
