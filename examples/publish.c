/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A camera made of files: plays an IVF file (VP8, VP9, AV1) and, if given, an Ogg file (Opus) into a call, again
 * and again, for so many seconds:
 *
 *	publish https://chat.example.com USER TOKEN CALL-ID 60 test.ivf [test.ogg]
 *
 * With "-" as USER, the URL is that of a LiveKit server and TOKEN its access token.
 */
#include "clip.h"

/*
 * How loud the sound is. No packet of Opus says it: only who decodes them knows. All a file can say is how
 * loud it is as a whole, by the tag R128_TRACK_GAIN: what to add for -23 LUFS, in 1/256 dB (RFC 7845 5.2.1).
 * Without it the server cannot tell when we speak. A program with a microphone measures each frame.
 */
static unsigned char level_of(const unsigned char *tags, size_t n)
{
	static const char name[] = "R128_TRACK_GAIN=";
	const size_t length = sizeof name - 1;

	for (size_t i = 0; i + length < n; i++) {
		if (memcmp(tags + i, name, length) == 0) {
			int level = 23 + atoi((const char *)tags + i + length) / 256;

			return (unsigned char)(level < 1 ? 1 : level > 127 ? 127 : level);
		}
	}
	return 0;
}

/* Ogg: pages with up to 255 segments; packets of our files do not cross pages. 20 ms a packet. */
static int load_ogg(struct clip *c, const char *path)
{
	size_t n = clip_read(path, &c->file), at = 0;

	c->codec = CONFAB_OPUS;
	c->clock = 48000;
	while (n - at > 27 && memcmp(c->file + at, "OggS", 4) == 0) {
		const unsigned char *segments = c->file + at + 27;
		size_t count = c->file[at + 26], body = at + 27 + count, length = 0;

		for (size_t i = 0; i < count && body + segments[i] <= n; i++) {
			length += segments[i];
			if (segments[i] == 255)
				continue;
			if (memcmp(c->file + body, "OpusTags", 8) == 0)
				c->level = level_of(c->file + body, length);
			else if (memcmp(c->file + body, "OpusHead", 8) != 0 &&
				 !clip_add(c, c->file + body, length, 960))
				return 0;
			body += length;
			length = 0;
		}
		at = body;
	}
	return c->count > 0;
}

static struct clip video, audio;

static void on_event(void *arg, const confab_event *e)
{
	(void)arg;
	if (e->type == CONFAB_EVENT_KEY_FRAME_WANTED)
		video.key_wanted = 1;
	if (e->type == CONFAB_EVENT_CALLING_STATE && e->error)
		fprintf(stderr, "%s\n", e->error->message);
}

static void provide_token(void *arg, confab_token_request *request)
{
	confab_token_reply(request, arg, NULL);
}

static int enter(confab_client *client, char **argv, confab_call **ret, confab_error *error)
{
	confab_join_options join = { .create = 1 };
	confab_user user = { .id = argv[2] };
	int r = 0;

	if (strcmp(argv[2], "-") == 0) {
		join.url = argv[1];
		join.token = argv[3];
	} else {
		r = confab_client_connect_user(client, &user, provide_token, argv[3], error);
	}
	if (r == 0 && !(*ret = confab_client_call(client, "default", argv[4], error)))
		r = error->code;
	return r ? r : confab_call_join(*ret, &join, error);
}

int main(int argc, char **argv)
{
	confab_client_options options = { .on_event = on_event };
	confab_track_options camera = { 0 }, microphone = { .codec = CONFAB_OPUS };
	confab_track *picture = NULL, *sound = NULL;
	confab_client *client = NULL;
	confab_call *call = NULL;
	confab_error error = { 0 };
	int r;

	if (argc < 7 || !clip_load_ivf(&video, argv[6]) ||
	    (argc > 7 && !load_ogg(&audio, argv[7]))) {
		fprintf(stderr, "usage: %s URL USER TOKEN CALL-ID SECONDS VIDEO.ivf [OPUS.ogg]\n",
			argv[0]);
		return 2;
	}
	camera.codec = video.codec;
	if (strcmp(argv[2], "-") != 0)
		options.base_url = argv[1];
	r = confab_client_new(&client, &options, &error);
	if (r == 0)
		r = enter(client, argv, &call, &error);
	if (r == 0)
		r = confab_call_publish(call, &camera, &picture, &error);
	if (r == 0 && audio.count)
		r = confab_call_publish(call, &microphone, &sound, &error);
	if (r) {
		fprintf(stderr, "%s (code %d)\n", error.message, error.code);
		confab_client_free(client);
		return 1;
	}
	video.at = audio.at = clip_now();
	for (double end = video.at + atof(argv[5]); clip_now() < end;) {
		clip_play(&video, picture);
		if (sound)
			clip_play(&audio, sound);
		nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
	}
	confab_client_free(client);
	return 0;
}
