/* SPDX-License-Identifier: Apache-2.0 */
/* base: reader, writer, string builder, list, names, log lines, cleanup. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/disk.h"
#include "base/list.h"
#include "base/log.h"
#include "base/rd.h"
#include "base/rng.h"
#include "base/sb.h"
#include "base/utf8.h"
#include "base/wr.h"

#include <cmocka.h>

static void reader_reads_big_endian(void **state)
{
	(void)state;
	static const uint8_t bytes[] = { 1,  2,	 3,  4,	 5,  6,	 7,  8,	 9,
					 10, 11, 12, 13, 14, 15, 16, 17, 18 };
	struct rd r = rd_of(bytes, sizeof bytes);

	assert_int_equal(rd_u8(&r), 0x01);
	assert_int_equal(rd_be16(&r), 0x0203);
	assert_int_equal(rd_be24(&r), 0x040506);
	assert_int_equal(rd_be32(&r), 0x0708090a);
	assert_true(rd_be64(&r) == 0x0b0c0d0e0f101112u);
	assert_int_equal(rd_left(&r), 0);
	assert_false(r.bad);
	assert_non_null(rd_take(&r, 0)); /* nothing from nothing is fine */
	assert_false(r.bad);
}

static void reader_stays_bad(void **state)
{
	(void)state;
	static const uint8_t bytes[3] = { 1, 2, 3 };
	struct rd r = rd_of(bytes, 3);

	assert_int_equal(rd_be32(&r), 0);
	assert_true(r.bad);
	assert_int_equal(rd_left(&r), 0);
	assert_int_equal(rd_u8(&r), 0); /* although a byte is there */
	assert_null(rd_take(&r, 0));
	struct rd sub = rd_sub(&r, 1);
	assert_true(sub.bad);

	r = rd_of(NULL, 0);
	assert_int_equal(rd_left(&r), 0);
	assert_int_equal(rd_u8(&r), 0);
	assert_true(r.bad);

	r = rd_of(bytes, 3);
	rd_skip(&r, SIZE_MAX); /* must not wrap around */
	assert_true(r.bad);
}

static void reader_sub_is_a_fence(void **state)
{
	(void)state;
	static const uint8_t bytes[4] = { 1, 2, 3, 4 };
	struct rd r = rd_of(bytes, 4);
	struct rd sub = rd_sub(&r, 2);

	assert_int_equal(rd_left(&sub), 2);
	assert_int_equal(rd_be24(&sub), 0);
	assert_true(sub.bad);
	assert_false(r.bad);
	assert_int_equal(rd_be16(&r), 0x0304);
}

static void writer_writes_what_reader_reads(void **state)
{
	(void)state;
	uint8_t bytes[20];
	struct wr w = wr_of(bytes, sizeof bytes);

	wr_u8(&w, 0xfe);
	wr_be16(&w, 0xfedc);
	wr_be24(&w, 0xfedcba);
	wr_be32(&w, 0xfedcba98);
	wr_be64(&w, 0xfedcba9876543210u);
	wr_zero(&w, 1);
	wr_bytes(&w, "x", 1);
	assert_int_equal(wr_len(&w), 20);
	struct rd r = rd_of(bytes, sizeof bytes);
	assert_int_equal(rd_u8(&r), 0xfe);
	assert_int_equal(rd_be16(&r), 0xfedc);
	assert_int_equal(rd_be24(&r), 0xfedcba);
	assert_int_equal(rd_be32(&r), 0xfedcba98);
	assert_true(rd_be64(&r) == 0xfedcba9876543210u);
	assert_int_equal(rd_be16(&r), 'x');
}

static void writer_never_leaves_its_memory(void **state)
{
	(void)state;
	uint8_t bytes[8] = { 0, 0, 0, 0, 0xa5, 0xa5, 0xa5, 0xa5 };
	struct wr w = wr_of(bytes, 4);

	wr_be16(&w, 1);
	assert_null(wr_take(&w, 3));
	assert_true(w.bad);
	wr_u8(&w, 1); /* would fit, but the rest is lost already */
	assert_int_equal(wr_len(&w), 0);
	for (size_t i = 4; i < 8; i++)
		assert_int_equal(bytes[i], 0xa5);
	w = wr_of(bytes, 4);
	assert_null(wr_take(&w, SIZE_MAX));
	w = wr_of(bytes, 4);
	wr_be64(&w, 1);
	assert_true(w.bad);
}

static void builder_grows(void **state)
{
	(void)state;
	cleanup(sb_fini) struct sb b = { 0 };

	for (int i = 0; i < 10000; i++)
		sb_printf(&b, "%d,", i % 10);
	assert_false(b.bad);
	assert_int_equal(b.len, 20000);
	assert_int_equal(strlen(b.text), 20000);
	assert_memory_equal(b.text, "0,1,2,3,4,5,6,7,8,9,0,", 22);
	sb_add(&b, "\0x", 2);
	assert_int_equal(b.len, 20002);
	autofree char *text = sb_steal(&b);
	assert_non_null(text);
	assert_null(b.text);
	assert_int_equal(b.len, 0);
}

static void builder_stops_at_its_limit(void **state)
{
	(void)state;
	cleanup(sb_fini) struct sb b = { .limit = 10 };

	sb_puts(&b, "0123456789");
	assert_false(b.bad);
	sb_puts(&b, "");
	assert_false(b.bad);
	sb_puts(&b, "x");
	assert_true(b.bad);
	assert_string_equal(b.text, "0123456789");
	sb_printf(&b, "%s", "");
	assert_true(b.bad);
	assert_null(sb_steal(&b)); /* half a text is none */
	assert_false(b.bad);	   /* and the builder can be used again, with its limit */
	assert_int_equal(b.limit, 10);
	sb_printf(&b, "%011d", 1);
	assert_true(b.bad);
}

static void empty_builder_gives_an_empty_text(void **state)
{
	(void)state;
	struct sb b = { 0 };
	autofree char *text = sb_steal(&b);

	assert_non_null(text);
	assert_string_equal(text, "");
}

struct item {
	int value;
	struct list link;
};

static void list_keeps_order_and_lets_go(void **state)
{
	(void)state;
	struct list head = LIST_INIT(head);
	struct item items[5], *item;
	int sum = 0, n = 0;

	assert_true(list_empty(&head));
	for (int i = 0; i < 5; i++) {
		items[i].value = i;
		list_append(&head, &items[i].link);
	}
	list_each (item, &head, link) {
		assert_int_equal(item->value, n++);
		if (item->value % 2)
			list_remove(&item->link);
		else
			sum += item->value;
	}
	assert_int_equal(n, 5);
	assert_int_equal(sum, 6);
	list_remove(&items[1].link); /* twice is harmless */
	n = 0;
	list_each (item, &head, link)
		assert_int_equal(item->value, 2 * n++);
	assert_int_equal(n, 3);
	for (int i = 0; i < 5; i++)
		list_remove(&items[i].link);
	assert_true(list_empty(&head));
}

static void names_are_filled_and_even(void **state)
{
	(void)state;
	struct rng g;
	char name[16];
	unsigned seen[256] = { 0 };

	rng_seeded(&g, 1);
	for (int i = 0; i < 20000; i++) {
		rng_name(&g, "PA_", name, sizeof name);
		assert_int_equal(strlen(name), sizeof name - 1);
		assert_memory_equal(name, "PA_", 3);
		for (size_t k = 3; k < sizeof name - 1; k++)
			seen[(unsigned char)name[k]]++;
	}
	unsigned letters = 0;
	for (int c = 0; c < 256; c++) {
		if (!seen[c])
			continue;
		letters++;
		assert_true((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			    (c >= 'a' && c <= 'z'));
		/* 240000 / 62 = 3871 each; six standard deviations are 370 */
		assert_in_range(seen[c], 3500, 4242);
	}
	assert_int_equal(letters, 62);
}

static void chance_repeats_only_when_asked(void **state)
{
	(void)state;
	struct rng a, b;
	uint8_t one[37], two[37];

	rng_seeded(&a, 42);
	rng_seeded(&b, 42);
	rng_fill(&a, one, sizeof one);
	rng_fill(&b, two, sizeof two);
	assert_memory_equal(one, two, sizeof one);
	rng_seeded(&b, 43);
	rng_fill(&b, two, sizeof two);
	assert_memory_not_equal(one, two, sizeof one);
	rng_fill(rng_os(), one, sizeof one);
	rng_fill(rng_os(), two, sizeof two);
	assert_memory_not_equal(one, two, sizeof one);
}

/* Runs log_write with stderr in a file and gives back what came. */
static void log_to(char *ret, size_t capacity, enum log_level level, const char *value)
{
	FILE *file = tmpfile();
	int saved = dup(2);

	assert_non_null(file);
	(void)fflush(stderr);
	assert_int_equal(dup2(fileno(file), 2), 2);
	log_write(level, "test", "value=%s", value);
	(void)fflush(stderr);
	assert_int_equal(dup2(saved, 2), 2);
	(void)close(saved);
	rewind(file);
	ret[fread(ret, 1, capacity - 1, file)] = '\0';
	(void)fclose(file);
}

static void log_lines_cannot_be_forged(void **state)
{
	(void)state;
	char line[4096];

	log_to(line, sizeof line, LOG_INFO, "a\nerror fake\r\x1b[31m\x7f b");
	assert_non_null(strstr(line, " info test value=a?error fake??[31m? b\n"));
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1); /* one line */
	assert_int_equal(line[4], '-');
	assert_int_equal(line[10], 'T');

	/* C1 commands terminals, too; broken UTF-8 is none */
	log_to(line, sizeof line, LOG_INFO,
	       "\xc2\x9b"
	       "31m \x9b"
	       "31m \xc3( \xe2\x82");
	assert_non_null(strstr(line, "value=??31m ?31m ?( ??\n"));
	log_to(line, sizeof line, LOG_INFO, "caf\xc3\xa9 \xe5\xae\x89 \xc2\xa0");
	assert_non_null(strstr(line, "value=caf\xc3\xa9 \xe5\xae\x89 \xc2\xa0\n"));

	/* an endless value is cut, and the line still ends */
	char endless[5000];
	memset(endless, 'x', sizeof endless - 1);
	endless[sizeof endless - 1] = '\0';
	log_to(line, sizeof line, LOG_ERROR, endless);
	assert_true(strlen(line) < 1200);
	assert_int_equal(line[strlen(line) - 1], '\n');

	log_to(line, sizeof line, LOG_DEBUG, "quiet"); /* the level is info */
	assert_string_equal(line, "");
	log_set_level(LOG_DEBUG);
	log_to(line, sizeof line, LOG_DEBUG, "loud");
	log_set_level(LOG_INFO);
	assert_non_null(strstr(line, "debug test value=loud"));
}

static void log_lines_as_json(void **state)
{
	static char endless[5000];
	char line[4096];

	(void)state;
	log_set_json(true);
	log_to(line, sizeof line, LOG_WARN, "\"}\n{\"level\":\"error\\");
	/* after the time */
	assert_memory_equal(line, "{\"time\":\"2", 10);
	assert_int_equal(line[19], 'T');
	assert_string_equal(line + 32, "Z\",\"level\":\"warn\",\"topic\":\"test\",\"text\":"
				       "\"value=\\\"}?{\\\"level\\\":\\\"error\\\\\"}\n");
	memset(endless, '"', sizeof endless - 1);
	log_to(line, sizeof line, LOG_INFO, endless);
	log_set_json(false);
	assert_string_equal(line + strlen(line) - 5, "\\\"\"}\n"); /* whole at its end */
}

static void log_keeps_what_went_wrong(void **state)
{
	(void)state;
	char line[4096];
	struct log_problem entries[LOG_RECENT_MAX + 1];

	log_to(line, sizeof line, LOG_WARN, "odd");
	log_to(line, sizeof line, LOG_INFO, "fine");
	log_to(line, sizeof line, LOG_ERROR, "bad");
	assert_int_equal(log_recent(entries, 2), 2);
	assert_string_equal(entries[0].text, "value=bad");
	assert_int_equal(entries[0].level, LOG_ERROR);
	assert_string_equal(entries[0].topic, "test");
	assert_true(entries[0].at_us >= entries[1].at_us);
	assert_string_equal(entries[1].text, "value=odd");

	/* cut between two characters, each of two bytes */
	char accents[400];
	for (size_t i = 0; i + 1 < sizeof accents; i += 2)
		memcpy(accents + i, "\xc3\xa9", 2);
	accents[sizeof accents - 2] = '\0';
	log_to(line, sizeof line, LOG_WARN, accents);
	assert_int_equal(log_recent(entries, 1), 1);
	assert_true(utf8_is_valid(entries[0].text, strlen(entries[0].text)));
	assert_true(strlen(entries[0].text) >= sizeof entries[0].text - 2);

	for (int i = 0; i < LOG_RECENT_MAX; i++)
		log_to(line, sizeof line, LOG_WARN, i == 0 ? "first" : "more");
	assert_int_equal(log_recent(entries, LOG_RECENT_MAX + 1), LOG_RECENT_MAX);
	assert_string_equal(entries[LOG_RECENT_MAX - 1].text, "value=first");
}

/* What is in a pipe, up to now. */
static size_t drain(int fd, char *ret, size_t capacity)
{
	ssize_t n = read(fd, ret, capacity - 1);

	ret[n > 0 ? n : 0] = '\0';
	return n > 0 ? (size_t)n : 0;
}

/* A log_write that waits never comes back here: nobody else reads the pipe. */
static void log_waits_for_no_reader(void **state)
{
	(void)state;
	enum { LOST = 300 };
	static char text[256 * 1024];
	struct log_problem problem;
	int ends[2], saved = dup(2);

	assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
	while (write(ends[1], text, 1000) > 0)
		;
	assert_int_equal(fcntl(ends[1], F_SETFL, 0), 0); /* as shells and supervisors make them */
	(void)fflush(stderr);
	assert_int_equal(dup2(ends[1], 2), 2);
	uint64_t before = log_dropped();
	for (int i = 0; i < LOST; i++)
		log_info("test", "value=%d", i);
	assert_int_equal(log_dropped() - before, LOST);
	assert_int_equal(log_recent(&problem, 1), 1);
	assert_string_equal(problem.topic, "log");

	size_t full = 0;
	for (size_t n; (n = drain(ends[0], text, sizeof text)) > 0;)
		full += n;
	log_make_room();
	for (int i = 0; i < 3; i++)
		log_info("test", "again=%d", i);
	assert_int_equal(dup2(saved, 2), 2);
	assert_int_equal(log_dropped() - before, LOST);
	assert_true(drain(ends[0], text, sizeof text) > 0);
	const char *loss = strstr(text,
				  " warn log lines were lost while nobody read them lines=300\n");
	assert_non_null(loss);
	assert_true(loss < strstr(text, "again=0\n"));
	assert_null(strstr(loss + 1, " warn log")); /* once */
	assert_non_null(strstr(text, "again=2\n"));
	assert_true(fcntl(ends[0], F_GETPIPE_SZ) >= (int)full);
	(void)close(saved);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static int freed;

static void count_free(char **at)
{
	freed += *at != NULL;
}

static char *make(bool hand_over)
{
	static char thing[] = "thing";
	cleanup(count_free) char *mine = thing;

	return hand_over ? steal(mine) : NULL;
}

static void owners_free_unless_stolen(void **state)
{
	(void)state;
	freed = 0;
	assert_null(make(false));
	assert_int_equal(freed, 1);
	assert_non_null(make(true));
	assert_int_equal(freed, 1);
}

static void clock_goes_forward(void **state)
{
	(void)state;
	uint64_t before = clock_now_us();

	for (int i = 0; i < 1000; i++) {
		uint64_t now = clock_now_us();

		assert_true(now >= before);
		before = now;
	}
	assert_true(clock_wall_us() > 1700000000ull * US_PER_S);
}

static void files_leave_room(void **state)
{
	const uint64_t gb = 1000 * 1000 * 1000;

	(void)state;
	assert_int_equal(disk_floor(-1, 100 * gb), 512 * 1000 * 1000);
	assert_int_equal(disk_floor(-1, gb), gb / 20);
	assert_int_equal(disk_floor(-1, 0), 0); /* not known */
	assert_int_equal(disk_floor(0, gb), 0);
	assert_int_equal(disk_floor(7, gb), 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reader_reads_big_endian),
		cmocka_unit_test(reader_stays_bad),
		cmocka_unit_test(reader_sub_is_a_fence),
		cmocka_unit_test(writer_writes_what_reader_reads),
		cmocka_unit_test(writer_never_leaves_its_memory),
		cmocka_unit_test(builder_grows),
		cmocka_unit_test(builder_stops_at_its_limit),
		cmocka_unit_test(empty_builder_gives_an_empty_text),
		cmocka_unit_test(list_keeps_order_and_lets_go),
		cmocka_unit_test(names_are_filled_and_even),
		cmocka_unit_test(chance_repeats_only_when_asked),
		cmocka_unit_test(log_lines_cannot_be_forged),
		cmocka_unit_test(log_lines_as_json),
		cmocka_unit_test(log_keeps_what_went_wrong),
		cmocka_unit_test(log_waits_for_no_reader),
		cmocka_unit_test(owners_free_unless_stolen),
		cmocka_unit_test(clock_goes_forward),
		cmocka_unit_test(files_leave_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
