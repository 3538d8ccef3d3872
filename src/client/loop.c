/* SPDX-License-Identifier: Apache-2.0 */
/* The client's loop and thread, tasks for it from other threads, and waiting for their end. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/internal.h"
#include "client/loop.h"

struct task {
	struct list in_client;
	void (*fn)(void *arg);
	void *arg;
	bool owned; /* by the list, which frees it; else by who waits */
};

/* ---- errors ---- */

int error_wait(int64_t seconds)
{
	return seconds < 0 ? 0 : seconds > CLIENT_WAIT_MOST_S ? CLIENT_WAIT_MOST_S : (int)seconds;
}

int error_set(confab_error *ret, int code, int status, bool unrecoverable, const char *format, ...)
{
	va_list args;

	if (!ret)
		return code;
	*ret = (confab_error){ .code = code, .status = status, .unrecoverable = unrecoverable };
	va_start(args, format);
	(void)vsnprintf(ret->message, sizeof ret->message, format, args);
	va_end(args);
	return code;
}

int error_token_not_set(confab_error *ret)
{
	return error_set(ret, CONFAB_ERR_TOKEN_NOT_SET, 401, true, "%s", CONFAB_TOKEN_NOT_SET);
}

int error_no_memory(confab_error *ret)
{
	return error_set(ret, CONFAB_ERR_NO_MEMORY, 0, false, "Out of memory.");
}

int error_copy(confab_error *ret, const confab_error *error)
{
	if (ret)
		*ret = error ? *error : (confab_error){ 0 };
	return error ? error->code : CONFAB_OK;
}

/* ---- those who wait ---- */

bool waiting_add(struct list *list, confab_done_fn *done, void *arg)
{
	struct waiting *w = done ? malloc(sizeof *w) : NULL;

	if (!done)
		return true;
	if (!w)
		return false;
	w->done = done;
	w->arg = arg;
	list_append(list, &w->in_list);
	return true;
}

void done_ignored(void *arg, const confab_error *error)
{
	(void)arg;
	(void)error;
}

void waiting_end(struct list *list, const confab_error *error)
{
	confab_error copy;
	struct waiting *w;
	struct list mine;

	(void)error_copy(&copy, error);
	list_init(&mine);
	/* those who are added by a callback wait for something new */
	list_each (w, list, in_list) {
		list_remove(&w->in_list);
		list_append(&mine, &w->in_list);
	}
	list_each (w, &mine, in_list) {
		w->done(w->arg, error ? &copy : NULL);
		list_remove(&w->in_list);
		free(w);
	}
}

/* ---- events ---- */

void client_log(const struct confab_client *c, confab_log_level level, const char *format, ...)
{
	char text[512];
	va_list args;

	if (!c->options.on_log)
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	c->options.on_log(c->options.arg, level, text);
}

void client_emit(struct confab_client *c, const confab_event *event)
{
	if (c->options.on_event)
		c->options.on_event(c->options.arg, event);
}

/* ---- tasks ---- */

static void enqueue(struct confab_client *c, struct task *t)
{
	(void)pthread_mutex_lock(&c->lock);
	list_append(&c->tasks, &t->in_client);
	(void)pthread_mutex_unlock(&c->lock);
	(void)uv_async_send(&c->wake);
}

bool client_post(struct confab_client *c, void (*fn)(void *arg), void *arg)
{
	struct task *t = malloc(sizeof *t);

	if (!t)
		return false;
	*t = (struct task){ .fn = fn, .arg = arg, .owned = true };
	enqueue(c, t);
	return true;
}

static struct task *take_task(struct confab_client *c)
{
	struct task *t = NULL;

	(void)pthread_mutex_lock(&c->lock);
	if (!list_empty(&c->tasks)) {
		t = list_entry(c->tasks.next, struct task, in_client);
		list_remove(&t->in_client);
	}
	(void)pthread_mutex_unlock(&c->lock);
	return t;
}

static void on_wake(uv_async_t *wake)
{
	struct confab_client *c = wake->data;
	struct task *t;

	while ((t = take_task(c))) {
		void (*fn)(void *) = t->fn;
		void *arg = t->arg;

		if (t->owned)
			free(t);
		fn(arg);
	}
}

bool client_may_wait(const struct confab_client *c)
{
	if (c->options.own_loop)
		return !c->running;
	return !pthread_equal(pthread_self(), c->thread);
}

static void run(struct confab_client *c, uv_run_mode mode)
{
	c->running = true;
	(void)uv_run(&c->loop, mode);
	c->running = false;
}

struct waiter {
	struct task task; /* so that waiting needs no memory */
	struct confab_client *client;
	void (*fn)(void *arg, confab_done_fn *done, void *done_arg);
	void *arg;
	bool done;
	confab_error error;
};

static void on_done(void *arg, const confab_error *error)
{
	struct waiter *w = arg;

	(void)pthread_mutex_lock(&w->client->lock);
	(void)error_copy(&w->error, error);
	w->done = true;
	(void)pthread_cond_broadcast(&w->client->changed);
	(void)pthread_mutex_unlock(&w->client->lock);
}

static void start(void *arg)
{
	struct waiter *w = arg;

	w->fn(w->arg, on_done, w);
}

int client_wait(struct confab_client *c,
		void (*fn)(void *arg, confab_done_fn *done, void *done_arg), void *arg,
		confab_error *ret_error)
{
	struct waiter w = { .client = c, .fn = fn, .arg = arg };

	if (!client_may_wait(c))
		return error_set(
			ret_error, CONFAB_ERR_WOULD_WAIT, 0, true,
			"This function waits, so it must not be called in a callback. Use its "
			"_async form, or another thread.");
	w.task = (struct task){ .fn = start, .arg = &w };
	enqueue(c, &w.task);
	if (c->options.own_loop) {
		while (!w.done)
			run(c, UV_RUN_ONCE);
	} else {
		(void)pthread_mutex_lock(&c->lock);
		while (!w.done)
			(void)pthread_cond_wait(&c->changed, &c->lock);
		(void)pthread_mutex_unlock(&c->lock);
	}
	return error_copy(ret_error, w.error.code ? &w.error : NULL);
}

struct asked {
	int (*fn)(void *arg);
	void *arg;
	int result;
};

static void do_asked(void *arg, confab_done_fn *done, void *done_arg)
{
	struct asked *a = arg;

	a->result = a->fn(a->arg);
	done(done_arg, NULL);
}

int client_ask(struct confab_client *c, int (*fn)(void *arg), void *arg)
{
	struct asked a = { .fn = fn, .arg = arg };

	if (!client_may_wait(c))
		return fn(arg);
	int r = client_wait(c, do_asked, &a, NULL);
	return r ? r : a.result;
}

/* ---- the thread ---- */

static bool must_quit(struct confab_client *c)
{
	(void)pthread_mutex_lock(&c->lock);
	bool quit = c->quit;
	(void)pthread_mutex_unlock(&c->lock);
	return quit;
}

static void *thread_main(void *arg)
{
	struct confab_client *c = arg;

	while (!must_quit(c))
		(void)uv_run(&c->loop, UV_RUN_ONCE);
	return NULL;
}

bool loop_init(struct confab_client *c)
{
	list_init(&c->tasks);
	if (uv_loop_init(&c->loop) < 0)
		return false;
	if (uv_async_init(&c->loop, &c->wake, on_wake) < 0) {
		(void)uv_loop_close(&c->loop);
		return false;
	}
	c->wake.data = c;
	(void)pthread_mutex_init(&c->lock, NULL);
	(void)pthread_cond_init(&c->changed, NULL);
	return true;
}

/* The thread is made under the lock, so that its first callback finds c->thread. */
bool loop_start(struct confab_client *c)
{
	return c->options.own_loop || pthread_create(&c->thread, NULL, thread_main, c) == 0;
}

void loop_stop(struct confab_client *c)
{
	if (c->options.own_loop)
		return;
	(void)pthread_mutex_lock(&c->lock);
	c->quit = true;
	(void)pthread_mutex_unlock(&c->lock);
	(void)uv_async_send(&c->wake);
	(void)pthread_join(c->thread, NULL);
}

void loop_fini(struct confab_client *c)
{
	struct task *t;

	uv_close((uv_handle_t *)&c->wake, NULL);
	while (uv_run(&c->loop, UV_RUN_NOWAIT)) {}
	(void)uv_loop_close(&c->loop);
	list_each (t, &c->tasks, in_client) {
		if (t->owned)
			free(t);
	}
	(void)pthread_mutex_destroy(&c->lock);
	(void)pthread_cond_destroy(&c->changed);
}

int confab_client_fd(const confab_client *client)
{
	return uv_backend_fd(&client->loop);
}

int confab_client_timeout(const confab_client *client)
{
	return uv_backend_timeout(&client->loop);
}

void confab_client_process(confab_client *client)
{
	if (client->options.own_loop && !client->running)
		run(client, UV_RUN_NOWAIT);
}
