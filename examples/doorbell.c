/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A doorbell. Each Enter is a press of the button: it rings the whole team, whoever answers first sees who is
 * there, and if nobody does, a message with a picture is left in the conversation. What the team writes is printed.
 *
 *	doorbell https://chat.example.com USER TOKEN [CAMERA.ivf [PICTURE.jpg]]
 *
 * The device is a customer like any other, with an account of its own (`confab user add`); TOKEN is a user
 * token of POST /api/video-call/token or `confab token create`. The camera is a file here, and so is what it
 * sees when nobody comes.
 */
#include "clip.h"
#include <poll.h>

struct door {
	confab_client *client;
	const char *user;
	struct clip camera;
	confab_file picture; /* length 0: none */
	confab_track *track; /* while somebody is connected */
};

static void on_ring(struct door *door, const confab_event *e)
{
	int missed = e->ring->state == CONFAB_RING_ENDED && e->ring->outcome &&
		     strcmp(e->ring->outcome, "accepted") != 0;

	if (e->ring->state == CONFAB_RING_ACCEPTED)
		printf("%s answers\n", e->name);
	/* of each of the team who has missed it there is an event: one message is enough */
	if (missed)
		confab_chat_send_async(door->client, door->user,
				       &(confab_draft){ .text = "Somebody was at the door.",
							.client_id = e->ring->id,
							.files = &door->picture,
							.file_count = door->picture.length > 0 },
				       NULL, NULL);
}

static void on_event(void *arg, const confab_event *e)
{
	struct door *door = arg;

	switch (e->type) {
	case CONFAB_EVENT_RING:
		on_ring(door, e);
		break;
	case CONFAB_EVENT_CALLING_STATE:
		if (e->state == CONFAB_CALL_RINGING)
			printf("ringing\n");
		if (e->state == CONFAB_CALL_JOINED)
			printf("connected\n");
		if (e->state == CONFAB_CALL_LEFT)
			printf("quiet again\n");
		break;
	case CONFAB_EVENT_KEY_FRAME_WANTED:
		door->camera.key_wanted = 1;
		break;
	case CONFAB_EVENT_PARTICIPANT_LEFT:
		confab_call_leave_async(e->call, NULL, NULL);
		break;
	case CONFAB_EVENT_MESSAGE:
		printf("%s: %s\n", e->name, e->message->text);
		break;
	default:
		break;
	}
	fflush(stdout);
}

/* A real device asks its own server for a new token here: this one is good for an hour. */
static void provide_token(void *arg, confab_token_request *request)
{
	confab_token_reply(request, arg, NULL);
}

/* Publishing waits, so it has no place in a callback. */
static void show(struct door *d, confab_call *call)
{
	confab_calling_state state = confab_call_state(call);

	if (!d->track && d->camera.count && state == CONFAB_CALL_JOINED) {
		d->camera.at = clip_now();
		(void)confab_call_publish(call, &(confab_track_options){ .codec = d->camera.codec },
					  &d->track, NULL);
	} else if (d->track && state == CONFAB_CALL_LEFT) {
		(void)confab_track_unpublish(d->track);
		d->track = NULL;
	} else if (d->track) {
		clip_play(&d->camera, d->track);
	}
}

static int load_picture(confab_file *ret, const char *path)
{
	unsigned char *bytes;

	ret->name = "door.jpg";
	ret->length = clip_read(path, &bytes);
	ret->bytes = bytes;
	return ret->length > 0;
}

int main(int argc, char **argv)
{
	struct pollfd button = { .fd = 0, .events = POLLIN }; /* Enter */
	static struct door door;
	confab_client_options options = { .on_event = on_event, .arg = &door };
	confab_user user = { 0 };
	confab_call *call = NULL;
	confab_error error;
	char id[80];

	if (argc < 4 || (argc > 4 && !clip_load_ivf(&door.camera, argv[4])) ||
	    (argc > 5 && !load_picture(&door.picture, argv[5]))) {
		fprintf(stderr, "usage: %s URL USER TOKEN [VIDEO.ivf [PICTURE]]\n", argv[0]);
		return 2;
	}
	options.base_url = argv[1];
	user.id = door.user = argv[2];
	snprintf(id, sizeof id, "chat-%s", argv[2]); /* the call of this device's conversation */
	if (confab_client_new(&door.client, &options, &error) ||
	    confab_client_connect_user(door.client, &user, provide_token, argv[3], &error) ||
	    !(call = confab_client_call(door.client, "default", id, &error))) {
		fprintf(stderr, "%s (code %d)\n", error.message, error.code);
		confab_client_free(door.client);
		return 1;
	}
	(void)setvbuf(stdin, NULL, _IONBF, 0);
	while (poll(&button, 1, 5) <= 0 || getchar() != EOF) {
		show(&door, call);
		if (button.revents && confab_call_ring(call, NULL, &error))
			fprintf(stderr, "%s (code %d)\n", error.message, error.code);
	}
	confab_client_free(door.client);
	return 0;
}
