/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an association receives: TSNs, the acknowledgement of them, fragments put together, messages
 * put in order (RFC 9260 section 6.2-6.6, RFC 3758 3.6). Fragments of a message have consecutive
 * TSNs, so neighbours are joined as they come: a run is a piece of a message, a complete run a
 * message. See sctp.h.
 */
#include <string.h>

#include "media/peer/sctp_private.h"

void sctp_in_init(struct sctp_in *in)
{
	list_init(&in->runs);
	list_init(&in->ready);
	list_init(&in->aside);
	in->paused = SCTP_NOT_PAUSED;
	in->sack_at = UINT64_MAX;
	in->window = in->told = SCTP_RECEIVE_MAX;
}

void sctp_in_start(struct sctp_in *in, uint32_t peer_tsn, uint16_t streams)
{
	in->cum = in->highest = peer_tsn - 1;
	in->streams = streams;
}

static size_t cost(const struct sctp_run *run)
{
	return sizeof *run + run->capacity;
}

static void run_free(struct sctp_in *in, struct sctp_run *run)
{
	if (!run)
		return;
	list_remove(&run->in_runs);
	in->held -= cost(run);
	in->run_count--;
	free(run->bytes);
	free(run);
}

static void free_all(struct sctp_in *in, struct list *runs)
{
	struct sctp_run *run;

	list_each (run, runs, in_runs)
		run_free(in, run);
}

void sctp_in_fini(struct sctp_in *in)
{
	run_free(in, in->taken);
	in->taken = NULL;
	free_all(in, &in->runs);
	free_all(in, &in->ready);
	free_all(in, &in->aside);
}

/* ---- TSNs ---- */

static bool is_seen(const struct sctp_in *in, uint32_t tsn)
{
	return in->seen[tsn % SCTP_TSN_WINDOW / 64] >> (tsn % 64) & 1;
}

static void set_seen(struct sctp_in *in, uint32_t tsn, bool seen)
{
	uint64_t *word = &in->seen[tsn % SCTP_TSN_WINDOW / 64], bit = 1ull << (tsn % 64);

	*word = seen ? *word | bit : *word & ~bit;
}

/* Moves cum over everything that came. */
static void advance(struct sctp_in *in)
{
	while (is_seen(in, in->cum + 1))
		set_seen(in, ++in->cum, false);
	if (tsn_before(in->highest, in->cum))
		in->highest = in->cum;
}

void sctp_in_acknowledge(struct sctp *a, uint64_t now, bool at_once)
{
	struct sctp_in *in = &a->in;

	in->unacknowledged++;
	/* RFC 9260 6.2: every second packet, and at once when something is missing. */
	if (at_once || in->unacknowledged >= 2 || in->highest != in->cum)
		in->sack_now = true;
	if (in->sack_at == UINT64_MAX)
		in->sack_at = now + SCTP_SACK_DELAY_US;
}

bool sctp_in_sack_due(const struct sctp_in *in, uint64_t now)
{
	return in->sack_now || now >= in->sack_at;
}

static uint32_t window_of(const struct sctp_in *in)
{
	size_t room = in->held < SCTP_RECEIVE_MAX ? SCTP_RECEIVE_MAX - in->held : 0;

	if (in->run_count >= SCTP_RUNS_MAX)
		return 0;
	return (uint32_t)(room < in->window ? room : in->window);
}

/* A window that was shut is open again, wide enough that the peer does not come in small steps (RFC 9260 6.2.1, 6.1). */
static void tell_window(struct sctp *a)
{
	struct sctp_in *in = &a->in;
	size_t window = window_of(in);
	size_t enough = in->window < SCTP_WINDOW_OPEN ? in->window : SCTP_WINDOW_OPEN;

	if (a->state == SCTP_ESTABLISHED && in->told < SCTP_WINDOW_SHUT &&
	    window >= SCTP_WINDOW_SHUT && window >= enough)
		in->sack_now = true;
}

void sctp_set_window(struct sctp *a, size_t bytes)
{
	a->in.window = bytes;
	tell_window(a);
}

void sctp_in_write_sack(struct sctp_in *in, struct wr *w)
{
	enum { BLOCKS_MAX = 128 };
	size_t begin = sctp_begin_chunk(w, SCTP_SACK, 0), counts;
	uint16_t blocks = 0;

	wr_be32(w, in->cum);
	in->told = window_of(in);
	wr_be32(w, (uint32_t)in->told);
	counts = wr_len(w);
	wr_be32(w, 0); /* gaps, duplicates (which we do not list) */
	for (uint32_t t = in->cum + 1; !tsn_before(in->highest, t) && blocks < BLOCKS_MAX; t++) {
		if (!is_seen(in, t))
			continue;
		wr_be16(w, (uint16_t)(t - in->cum));
		while (!tsn_before(in->highest, t + 1) && is_seen(in, t + 1))
			t++;
		wr_be16(w, (uint16_t)(t - in->cum));
		blocks++;
	}
	if (!w->bad)
		put_be16(w->start + counts, blocks);
	sctp_end(w, begin);
	in->sack_now = false;
	in->sack_at = UINT64_MAX;
	in->unacknowledged = 0;
}

/* ---- messages ---- */

static bool is_complete(const struct sctp_run *run)
{
	return run->begins && run->ends;
}

static void make_ready(struct sctp_in *in, struct sctp_run *run)
{
	list_remove(&run->in_runs);
	list_append(&in->ready, &run->in_runs);
}

/*
 * Delivers what is in order now, from `at` on: a sender numbers messages in the order of their
 * TSNs, so one pass is enough.
 */
static void deliver(struct sctp_in *in, struct list *at)
{
	for (struct list *next; at != &in->runs; at = next) {
		struct sctp_run *run = list_entry(at, struct sctp_run, in_runs);

		next = at->next;
		if (!is_complete(run) || run->ssn != in->next_ssn[run->stream])
			continue;
		in->next_ssn[run->stream]++;
		make_ready(in, run);
	}
}

static bool joins(const struct sctp_run *before, const struct sctp_run *after)
{
	return before->last + 1 == after->first && !before->ends && !after->begins &&
	       before->stream == after->stream && before->unordered == after->unordered &&
	       (before->unordered || before->ssn == after->ssn);
}

/* false: no memory. */
static bool append(struct sctp_in *in, struct sctp_run *run, const uint8_t *bytes, size_t n)
{
	if (run->length + n > run->capacity) {
		size_t capacity = run->capacity ? run->capacity * 2 : n;

		if (capacity < run->length + n)
			capacity = run->length + n;
		uint8_t *bigger = realloc(run->bytes, capacity);
		if (!bigger)
			return false;
		in->held += capacity - run->capacity;
		run->bytes = bigger;
		run->capacity = capacity;
	}
	memcpy(run->bytes + run->length, bytes, n);
	run->length += n;
	return true;
}

/* The place in the list after which this TSN belongs; new ones belong at the end mostly. */
static struct list *place_of(struct sctp_in *in, uint32_t tsn)
{
	struct list *at = in->runs.prev;

	while (at != &in->runs && tsn_before(tsn, list_entry(at, struct sctp_run, in_runs)->first))
		at = at->prev;
	return at;
}

static struct sctp_run *run_new(struct sctp_in *in, struct list *after, const struct sctp_run *like,
				const uint8_t *bytes, size_t n)
{
	struct sctp_run *run = malloc(sizeof *run);

	if (!run)
		return NULL;
	*run = *like;
	list_init(&run->in_runs);
	in->held += sizeof *run;
	in->run_count++;
	if (!append(in, run, bytes, n)) {
		run_free(in, run);
		return NULL;
	}
	list_append(after->next, &run->in_runs); /* before the one that follows */
	return run;
}

/* Puts a fragment to its neighbours; the run it is in, NULL: no memory, nothing changed. */
static struct sctp_run *store(struct sctp_in *in, const struct sctp_run *fragment,
			      const uint8_t *bytes, size_t n)
{
	struct list *at = place_of(in, fragment->first);
	struct sctp_run *run = at == &in->runs ? NULL : list_entry(at, struct sctp_run, in_runs);

	if (run && joins(run, fragment)) {
		if (!append(in, run, bytes, n))
			return NULL;
		run->last = fragment->last;
		run->ends = fragment->ends;
	} else {
		run = run_new(in, at, fragment, bytes, n);
		if (!run)
			return NULL;
	}
	at = run->in_runs.next;
	if (at == &in->runs)
		return run;

	struct sctp_run *next = list_entry(at, struct sctp_run, in_runs);
	if (joins(run, next) && append(in, run, next->bytes, next->length)) {
		run->last = next->last;
		run->ends = next->ends;
		run_free(in, next);
	}
	return run;
}

/* Whether there is room for n more bytes under this TSN. */
static bool admit(struct sctp *a, uint32_t tsn, size_t n)
{
	struct sctp_in *in = &a->in;
	size_t held = in->held + n + sizeof(struct sctp_run);

	if (held <= SCTP_RECEIVE_MAX && in->run_count < SCTP_RUNS_MAX)
		return true;
	/* What is missing is taken while it helps (RFC 9260 6.2), with an end to that too. */
	if (tsn == in->cum + 1) {
		if (held <= 2 * SCTP_RECEIVE_MAX && in->run_count < 2 * SCTP_RUNS_MAX)
			return true;
		if (list_empty(&in->ready) && list_empty(&in->aside)) /* else it is we who wait */
			sctp_abort(a, "the peer's messages never become complete");
	}
	return false;
}

void sctp_in_data(struct sctp *a, uint8_t flags, struct rd body)
{
	struct sctp_in *in = &a->in;
	uint32_t tsn = rd_be32(&body);
	uint16_t stream = rd_be16(&body), ssn = rd_be16(&body);
	uint32_t ppid = rd_be32(&body);
	struct sctp_run fragment = {
		.first = tsn,
		.last = tsn,
		.stream = stream,
		.ssn = ssn,
		.ppid = ppid,
		.begins = flags & SCTP_FLAG_BEGIN,
		.ends = flags & SCTP_FLAG_END,
		.unordered = flags & SCTP_FLAG_UNORDERED,
	};
	size_t n = rd_left(&body);

	if (body.bad || n == 0) { /* RFC 9260 6.2: no user data ends the association */
		sctp_abort(a, "a DATA chunk without data");
		return;
	}
	if (!tsn_before(in->cum, tsn) || tsn - in->cum >= SCTP_TSN_WINDOW || is_seen(in, tsn)) {
		in->sack_now = true; /* a duplicate, or too far ahead */
		return;
	}
	if (!admit(a, tsn, n))
		return;

	struct sctp_run *run = NULL;
	if (fragment.stream < in->streams) {
		run = store(in, &fragment, body.p, n);
		if (!run)
			return; /* no memory: as if lost */
	}
	set_seen(in, tsn, true);
	if (tsn_before(in->highest, tsn))
		in->highest = tsn;
	advance(in);
	if (!run)
		return;
	if (run->length > SCTP_MESSAGE_MAX) {
		sctp_abort(a, "a message is too long");
	} else if (is_complete(run)) {
		if (run->unordered)
			make_ready(in, run);
		else if ((int16_t)(run->ssn - in->next_ssn[run->stream]) < 0)
			run_free(in, run); /* was skipped, or is not believable */
		else
			deliver(in, &run->in_runs);
	}
}

/* Messages of a stream are given up, up to this number. */
static void skip_stream(struct sctp_in *in, uint16_t stream, uint16_t ssn)
{
	if (stream < in->streams && (int16_t)(ssn - in->next_ssn[stream]) >= 0)
		in->next_ssn[stream] = (uint16_t)(ssn + 1);
}

/*
 * After a skip, one look at all that is held, however many streams it named: what lacks a fragment that
 * will not come any more goes, and complete messages among those skipped come out.
 */
static void settle_skipped(struct sctp_in *in, uint32_t to)
{
	struct sctp_run *run;

	list_each (run, &in->runs, in_runs) {
		if (!is_complete(run)) {
			if (!tsn_before(to, run->last + 1) ||
			    (!run->begins && !tsn_before(to, run->first - 1)))
				run_free(in, run);
		} else if (!run->unordered && (int16_t)(run->ssn - in->next_ssn[run->stream]) < 0) {
			make_ready(in, run);
		}
	}
	deliver(in, in->runs.next);
}

/* RFC 3758 3.6 */
void sctp_in_forward(struct sctp *a, struct rd body)
{
	struct sctp_in *in = &a->in;
	uint32_t to = rd_be32(&body);

	if (body.bad)
		return;
	in->sack_now = true;
	if (!tsn_before(in->cum, to))
		return;
	if (to - in->cum >= SCTP_TSN_WINDOW)
		memset(in->seen, 0, sizeof in->seen);
	else
		for (uint32_t t = in->cum + 1; t != to + 1; t++)
			set_seen(in, t, false);
	in->cum = to;
	advance(in);
	for (int i = 0; rd_left(&body) >= 4 && i < SCTP_PACKET_MAX / 4; i++) {
		uint16_t stream = rd_be16(&body), ssn = rd_be16(&body);

		skip_stream(in, stream, ssn);
	}
	settle_skipped(in, to);
}

void sctp_in_reset_stream(struct sctp_in *in, uint16_t stream)
{
	if (stream < in->streams)
		in->next_ssn[stream] = 0;
}

/* The next that may be given; NULL: none. */
static struct sctp_run *next_ready(struct sctp_in *in)
{
	struct sctp_run *run;

	if (in->paused == SCTP_NOT_PAUSED && !list_empty(&in->aside))
		return list_entry(in->aside.next, struct sctp_run, in_runs);
	list_each (run, &in->ready, in_runs) {
		if (run->stream != in->paused)
			return run;
		list_remove(&run->in_runs);
		list_append(&in->aside, &run->in_runs);
	}
	return NULL;
}

bool sctp_next_message(struct sctp *a, struct sctp_message *ret)
{
	struct sctp_in *in = &a->in;

	run_free(in, in->taken);
	in->taken = next_ready(in);
	tell_window(a);
	if (!in->taken)
		return false;
	list_remove(&in->taken->in_runs);
	*ret = (struct sctp_message){
		.stream = in->taken->stream,
		.ppid = in->taken->ppid,
		.unordered = in->taken->unordered,
		.bytes = in->taken->bytes,
		.length = in->taken->length,
	};
	return true;
}

void sctp_put_back(struct sctp *a)
{
	struct sctp_in *in = &a->in;

	if (!in->taken)
		return;
	list_append(in->aside.next, &in->taken->in_runs); /* before the first */
	in->paused = in->taken->stream;
	in->taken = NULL;
}

void sctp_resume(struct sctp *a)
{
	a->in.paused = SCTP_NOT_PAUSED;
}
