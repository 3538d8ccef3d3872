/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A camera with layers, made of files: plays 1 to 3 IVF files (VP8), smallest picture first, into a room,
 * again and again, as an encoder would: a layer that nobody wants is not written, and one that is asked for
 * a key frame begins its file again. Says as lines of JSON what was asked of it. For tests.
 *
 *	layers URL TOKEN SECONDS SMALL.ivf [MEDIUM.ivf [LARGE.ivf]]
 */
#include <confab/confab.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LAYERS = 3, HEADER = 32, FRAME_HEADER = 12, RATE = 15 };

struct file {
	uint8_t *bytes;
	size_t length, at;
	unsigned written;
	_Atomic int key_wanted;
};

struct source {
	struct file files[LAYERS];
	confab_layer layers[LAYERS];
	unsigned count;
	_Atomic unsigned wanted;
};

static uint32_t le(const uint8_t *p, unsigned bytes)
{
	uint32_t v = 0;

	while (bytes--)
		v = v << 8 | p[bytes];
	return v;
}

static int load(struct source *s, const char *path)
{
	struct file *f = &s->files[s->count];
	FILE *in = fopen(path, "rb");

	if (!in)
		return 0;
	f->bytes = malloc(8 << 20);
	f->length = f->bytes ? fread(f->bytes, 1, 8 << 20, in) : 0;
	(void)fclose(in);
	if (f->length < HEADER + FRAME_HEADER || memcmp(f->bytes, "DKIF", 4) != 0)
		return 0;
	f->at = HEADER;
	s->layers[s->count].width = le(f->bytes + 12, 2);
	s->layers[s->count].height = le(f->bytes + 14, 2);
	s->count++;
	return 1;
}

static void say(const char *name, unsigned value)
{
	printf("{\"%s\":%u}\n", name, value);
	(void)fflush(stdout);
}

static void on_event(void *arg, const confab_event *e)
{
	struct source *s = arg;

	if (e->type == CONFAB_EVENT_KEY_FRAME_WANTED) {
		s->files[e->layer].key_wanted = 1;
		say("key", e->layer);
	} else if (e->type == CONFAB_EVENT_LAYERS_WANTED) {
		s->wanted = e->layers;
		say("wanted", e->layers);
	} else if (e->type == CONFAB_EVENT_TARGET_BITRATE) {
		say("target", e->bitrate);
	} else if (e->type == CONFAB_EVENT_CALLING_STATE) {
		say("state", (unsigned)e->state);
	}
}

static void write_next(struct file *f, confab_track *track, unsigned layer, uint32_t timestamp)
{
	if (f->key_wanted || f->at + FRAME_HEADER > f->length) {
		f->key_wanted = 0;
		f->at = HEADER;
	}
	confab_frame frame = { .codec = CONFAB_VP8,
			       .bytes = f->bytes + f->at + FRAME_HEADER,
			       .length = le(f->bytes + f->at, 4),
			       .timestamp = timestamp,
			       .layer = (uint8_t)layer };

	f->at += FRAME_HEADER + frame.length;
	if (f->at > f->length) {
		f->at = HEADER;
		return;
	}
	f->written += confab_track_write(track, &frame) == 0;
}

static void play(struct source *s, confab_track *track, int seconds)
{
	const struct timespec piece = { .tv_nsec = 1000000000l / RATE };

	for (uint32_t i = 0; i < (uint32_t)seconds * RATE; i++) {
		for (unsigned layer = 0; layer < s->count; layer++) {
			if (s->wanted & 1u << layer)
				write_next(&s->files[layer], track, layer, i * (90000 / RATE));
		}
		(void)nanosleep(&piece, NULL);
	}
}

int main(int argc, char **argv)
{
	static struct source s = { .wanted = (1u << LAYERS) - 1 };
	confab_client_options options = { .on_event = on_event, .arg = &s };
	confab_join_options join = { 0 };
	confab_client *client = NULL;
	confab_track *track = NULL;
	confab_error error = { 0 };

	for (int i = 4; i < argc && s.count < LAYERS; i++) {
		if (!load(&s, argv[i]))
			return 2;
	}
	if (!s.count || confab_client_new(&client, &options, &error))
		return 2;
	join.url = argv[1];
	join.token = argv[2];
	confab_call *call = confab_client_call(client, "default", "layers", &error);
	confab_track_options video = { .codec = CONFAB_VP8,
				       .name = "camera",
				       .width = s.layers[s.count - 1].width,
				       .height = s.layers[s.count - 1].height,
				       .layers = s.layers,
				       .layer_count = s.count > 1 ? s.count : 0 };
	if (!call || confab_call_join(call, &join, &error) ||
	    confab_call_publish(call, &video, &track, &error)) {
		(void)fprintf(stderr, "%s (code %d)\n", error.message, error.code);
		confab_client_free(client);
		return 1;
	}
	say("published", s.count);
	play(&s, track, atoi(argv[3]));
	confab_client_free(client);
	for (unsigned i = 0; i < s.count; i++) {
		say("written", s.files[i].written);
		free(s.files[i].bytes);
	}
	return 0;
}
