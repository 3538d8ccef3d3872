/* SPDX-License-Identifier: Apache-2.0 */
/* Everything a peer can make grow has its limit here (reliability: R2, R8, R9, R43, R51). */
#pragma once

enum {
	/* HTTP and WebSocket */
	LIMIT_REQUEST_LINE = 64 * 1024, /* LiveKit clients put 20 KB and more into the URL */
	LIMIT_JSON_BODY = 64 * 1024,
	LIMIT_JSON_DEPTH = 16,
	LIMIT_EVENT_FRAME = 64 * 1024, /* one frame on the event socket, from a client */
	/* one LiveKit signalling message, as LiveKit has it */
	LIMIT_SIGNAL_FRAME = 2 * 1024 * 1024,
	/* bytes waiting for one slow socket before it is closed */
	LIMIT_SOCKET_QUEUE = 1024 * 1024,
	LIMIT_SOCKET_SENDS = 16,    /* messages of one event socket that are being stored */
	LIMIT_REQUEST_ID = 64,	    /* bytes of the name that a client gives a request there */
	LIMIT_CONNECT_FRAME_S = 10, /* seconds for the first frame on the event socket */
	/* event sockets: of one person, … */
	LIMIT_SOCKETS_PER_PERSON = 50,
	LIMIT_SOCKETS_PER_GUEST = 30, /* … of one without an account (a shop's tabs), and … */
	LIMIT_SOCKETS_UNKNOWN = 500,  /* … of one address that have not said who they are */

	/* accounts and chat */
	LIMIT_USER_ID = 64,
	LIMIT_USER_NAME = 128,
	LIMIT_PASSWORD = 1024,
	LIMIT_SESSIONS = 100,		 /* sign-ins of one person; the oldest go */
	LIMIT_MESSAGE_TEXT = 10 * 1000,	 /* bytes of UTF-8 */
	LIMIT_UPLOAD = 10 * 1024 * 1024, /* bytes of one attachment */
	LIMIT_UPLOADS_AT_ONCE = 16,	 /* bodies of that kind in memory, of all clients */
	LIMIT_UPLOADS_PER_PEER = 4,	 /* of one address */
	LIMIT_ATTACHMENTS = 10,		 /* of one message */
	LIMIT_FILE_NAME = 200,		 /* bytes */
	LIMIT_CALL_ID = 64,
	LIMIT_CONVERSATION_ID = 7 + 2 * LIMIT_USER_ID + 1, /* "direct.A.B" */
	LIMIT_CHAT_CALL_ID = 5 + LIMIT_CONVERSATION_ID,	   /* "chat-" and the conversation */
	LIMIT_EXPORT = 20 * 1000,     /* messages of one exported conversation */
	LIMIT_PAGE = 100,	      /* rows of one list answer */
	LIMIT_CALL_CUSTOM = 5 * 1024, /* bytes of custom data, as JSON */
	LIMIT_CALL_MEMBERS = 500,     /* listed on one call */
	LIMIT_CALLS_A_DAY = 1000,     /* made by one person in 24 hours; conversations' own apart */
	LIMIT_CALL_STATE_NAMES = 10,  /* participants that an event names; replies name all */
	LIMIT_CALL_REASON = 500,      /* bytes of what somebody says of a call */
	LIMIT_CONVERSATIONS = 1000,   /* of an admin's list */
	LIMIT_CHANNELS = 10 * 1000,   /* direct and group conversations; all are in memory */
	LIMIT_CHANNEL_MEMBERS = 2000,
	LIMIT_VOICE_MS = 5 * 60 * 1000, /* of a voice note */
	LIMIT_VOICE_BARS = 64,		/* of its waveform */
	LIMIT_BLOCKS = 1000,		/* of one person; all are in memory */
	LIMIT_WORDS = 500,		/* of the team's list */
	LIMIT_WORD = 64,		/* bytes of one of them */
	LIMIT_REPORTS = 100,		/* of one person that are open */
	LIMIT_CHANNEL_NAME = 128,	/* bytes */
	LIMIT_BULK = 100,		/* conversations that are changed together */
	LIMIT_LABELS_PUT = 20,		/* on one conversation */
	LIMIT_EVENTS_KEPT = 10 * 1000,	/* for replay; older ones make a `resync` */
	LIMIT_HASHES_AT_ONCE = 2,	/* Argon2id needs 19 MiB each (R11) */
	LIMIT_HASHES_QUEUED = 64,

	/* media */
	LIMIT_MEDIA_LOAD_DEFAULT =
		85, /* percent of a core, of a media thread that takes people in */
	LIMIT_DATAGRAM = 1500,
	LIMIT_SDP = 512 * 1024, /* of a few hundred sections, as clients write them */
	LIMIT_SDP_SECTIONS = 512,
	LIMIT_SDP_CANDIDATES = 100,
	LIMIT_PENDING_TRACKS = 20,
	LIMIT_TRACKS_PER_PARTICIPANT = 32,
	LIMIT_PARTICIPANTS_PER_ROOM = 2000, /* that --room-limit may ask for, … */
	LIMIT_PARTICIPANTS_DEFAULT = 1000,  /* … and without it */
	LIMIT_SSRCS_PER_TRANSPORT = 64,
	LIMIT_IDENTITY = 256,
	LIMIT_ROOM_NAME = 256,
	LIMIT_ROOMS = 10 * 1000,    /* that exist, people in them or not */
	LIMIT_METADATA = 64 * 1024, /* bytes of a participant's name, metadata and attributes */
	LIMIT_ATTRIBUTES = 128,

	/* data channels (R52) */
	LIMIT_SCTP_STREAMS = 1024,
	LIMIT_SCTP_MESSAGE = 256 * 1024,
	LIMIT_SCTP_RECEIVE = 1024 * 1024, /* incomplete messages held of one peer */
	LIMIT_SCTP_SEND = 1024 * 1024,	  /* messages waiting for one peer */
	LIMIT_DATA_QUEUE = 512 * 1024,	  /* of them, before reliable ones wait at their senders */
	LIMIT_DATA_LABEL = 256,
	LIMIT_DATA_PACKET = 64 * 1024,	/* a=max-message-size */
	LIMIT_DATA_LOSSY = 128 * 1024,	/* waiting, above which lossy messages are dropped */
	LIMIT_DATA_REPLAY = 256 * 1024, /* reliable packets kept of one room */
	LIMIT_DATA_DESTINATIONS = 512,	/* of one packet */
	LIMIT_DATA_TRACKS = 32,		/* of one participant */
	/* bytes a second of one participant's data, all copies counted, and as many at once */
	LIMIT_DATA_RATE = 50 * 1000 * 1000,
	LIMIT_DATA_BURST = 50 * 1000 * 1000,
	LIMIT_DATA_TRACK_NAME = 256,
	LIMIT_DATA_TRACK_SCHEMA = 1024, /* bytes of what it says about its frames */
};
