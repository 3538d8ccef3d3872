/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes what comes in into files, one for each track: video (VP8, VP9, AV1) as IVF, sound as Ogg, until the call ends
 * or Enter is pressed:
 *
 *	recorder https://chat.example.com USER TOKEN CALL-ID FOLDER
 *
 * Times in a file count from its first frame. When that one was captured, by the server's clock, is printed: what players
 * and editors need to lay sound and pictures of several people side by side (ffmpeg -itsoffset).
 *
 * With "-" as USER, the URL is that of a LiveKit server and TOKEN its access token.
 */
#include <confab/confab.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRACKS = 100, PRE_SKIP = 312 /* samples, of encoders as browsers have them */ };

/* A track that comes in; everything on the client's thread. */
struct file {
	FILE *out; /* NULL: free */
	char track[64], path[512];
	confab_codec codec;
	uint32_t last;	      /* timestamp of the newest frame, which wraps */
	uint64_t time;	      /* of it, from the first frame on */
	unsigned long frames; /* Ogg: pages, too, with the two of the header */
	unsigned serial;
	int told;
};

static struct file files[TRACKS];
static const char *folder;

static void put(uint8_t *at, uint64_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		at[i] = (uint8_t)(v >> (8 * i));
}

/* ---- IVF: a header of 32 bytes; before each frame 4 bytes of length and 8 of time ---- */

static void ivf_begin(FILE *f, const char *fourcc)
{
	uint8_t header[32] = "DKIF\0\0\40";

	memcpy(header + 8, fourcc, 4);
	put(header + 12, 640, 2); /* a hint: decoders take what key frames say */
	put(header + 14, 360, 2);
	put(header + 16, 90000, 4);
	put(header + 20, 1, 4);
	fwrite(header, 1, sizeof header, f);
}

static void ivf_frame(FILE *f, const confab_frame *frame, uint64_t time)
{
	uint8_t header[12];

	put(header, frame->length, 4);
	put(header + 4, time, 8);
	fwrite(header, 1, sizeof header, f);
	fwrite(frame->bytes, 1, frame->length, f);
}

/* ---- Ogg (RFC 3533): each packet has a page of its own, so that nothing is lost when we are ended ---- */

static uint32_t ogg_crc(const uint8_t *bytes, size_t n, uint32_t crc)
{
	for (size_t i = 0; i < n; i++) {
		crc ^= (uint32_t)bytes[i] << 24;
		for (int bit = 0; bit < 8; bit++)
			crc = crc << 1 ^ (crc & 0x80000000u ? 0x04c11db7 : 0);
	}
	return crc;
}

static void ogg_page(struct file *f, const uint8_t *bytes, size_t n, uint64_t granule)
{
	uint8_t page[27 + 255] = "OggS";
	size_t segments = n / 255 + 1;

	if (segments > 255)
		return;			  /* no packet of Opus is so long */
	page[5] = f->frames == 0 ? 2 : 0; /* the first page */
	put(page + 6, granule, 8);
	put(page + 14, f->serial, 4);
	put(page + 18, f->frames++, 4);
	page[26] = (uint8_t)segments;
	memset(page + 27, 255, segments - 1);
	page[27 + segments - 1] = (uint8_t)(n % 255);
	put(page + 22, ogg_crc(bytes, n, ogg_crc(page, 27 + segments, 0)), 4);
	fwrite(page, 1, 27 + segments, f->out);
	fwrite(bytes, 1, n, f->out);
}

/* RFC 7845 5 */
static void ogg_begin(struct file *f)
{
	uint8_t head[19] = "OpusHead\1\2", tags[20] = "OpusTags\4\0\0\0none";

	put(head + 10, PRE_SKIP, 2);
	put(head + 12, 48000, 4);
	ogg_page(f, head, sizeof head, 0);
	ogg_page(f, tags, sizeof tags, 0);
}

/* ---- tracks ---- */

static struct file *find(const char *track)
{
	size_t i = 0;

	while (i < TRACKS && strcmp(files[i].track, track) != 0)
		i++;
	return i < TRACKS ? &files[i] : NULL;
}

static void begin(const confab_event *e)
{
	static const char *const fourcc[] = {
		[CONFAB_VP8] = "VP80", [CONFAB_VP9] = "VP90", [CONFAB_AV1] = "AV01"
	};
	static unsigned number;
	struct file *f = find("");

	if (!f || e->codec == CONFAB_H264) {
		fprintf(stderr, "%s of %s is not recorded\n", e->track_id, e->name);
		return;
	}
	*f = (struct file){ .codec = e->codec, .serial = ++number };
	snprintf(f->path, sizeof f->path, "%s/%u.%s", folder, number,
		 e->codec == CONFAB_OPUS ? "ogg" : "ivf");
	f->out = fopen(f->path, "wb");
	if (!f->out) {
		perror(f->path);
		return;
	}
	snprintf(f->track, sizeof f->track, "%s", e->track_id);
	printf("%s: %s of %s\n", f->path, e->codec == CONFAB_OPUS ? "sound" : "a picture", e->name);
	if (e->codec == CONFAB_OPUS)
		ogg_begin(f);
	else
		ivf_begin(f->out, fourcc[e->codec]);
}

static void take(struct file *f, const confab_frame *frame)
{
	const unsigned clock = f->codec == CONFAB_OPUS ? 48000 : 90000;

	if (f->frames == (f->codec == CONFAB_OPUS ? 2 : 0))
		f->last = frame->timestamp;
	/* the difference wraps as timestamps do; what was lost stays a gap */
	f->time += (uint32_t)(frame->timestamp - f->last);
	f->last = frame->timestamp;
	/* known after about a second */
	if (frame->captured_us && !f->told++)
		printf("%s: begins at %.6f\n", f->path,
		       (double)frame->captured_us / 1e6 - (double)f->time / clock);
	if (f->codec == CONFAB_OPUS) {
		/* a page says the time of its end; packets of browsers have 20 ms */
		ogg_page(f, frame->bytes, frame->length, f->time + PRE_SKIP + 960);
	} else {
		f->frames++;
		ivf_frame(f->out, frame, f->time);
	}
}

static void end(struct file *f)
{
	fclose(f->out);
	printf("%s: %lu frames\n", f->path, f->frames - (f->codec == CONFAB_OPUS ? 2 : 0));
	*f = (struct file){ 0 };
}

static void on_event(void *arg, const confab_event *e)
{
	struct file *f = e->track_id ? find(e->track_id) : NULL;

	(void)arg;
	if (e->type == CONFAB_EVENT_TRACK_SUBSCRIBED)
		begin(e);
	else if (e->type == CONFAB_EVENT_FRAME && f)
		take(f, e->frame);
	else if (e->type == CONFAB_EVENT_TRACK_UNSUBSCRIBED && f)
		end(f);
	else if (e->type == CONFAB_EVENT_CALLING_STATE && e->error)
		fprintf(stderr, "%s\n", e->error->message);
	fflush(stdout);
}

static void provide_token(void *arg, confab_token_request *request)
{
	confab_token_reply(request, arg, NULL);
}

int main(int argc, char **argv)
{
	confab_client_options options = { .on_event = on_event };
	confab_join_options join = { .create = 1 };
	confab_client *client = NULL;
	confab_call *call = NULL;
	confab_user user = { 0 };
	confab_error error;
	int r;

	if (argc != 6) {
		fprintf(stderr, "usage: %s URL USER TOKEN CALL-ID FOLDER\n", argv[0]);
		return 2;
	}
	user.id = argv[2];
	folder = argv[5];
	if (strcmp(user.id, "-") == 0) {
		join.url = argv[1];
		join.token = argv[3];
	} else {
		options.base_url = argv[1];
	}
	r = confab_client_new(&client, &options, &error);
	if (r == 0 && !join.url)
		r = confab_client_connect_user(client, &user, provide_token, argv[3], &error);
	if (r == 0 && !(call = confab_client_call(client, "default", argv[4], &error)))
		r = error.code;
	if (r == 0)
		r = confab_call_join(call, &join, &error);
	if (r)
		fprintf(stderr, "%s (code %d)\n", error.message, error.code);
	else
		(void)getchar();
	confab_client_free(client); /* TRACK_UNSUBSCRIBED comes of all that are open */
	return r != 0;
}
