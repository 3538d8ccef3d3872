/* SPDX-License-Identifier: Apache-2.0 */
#include "confabd/config.h"

#define TITLE                      \
	"usage: confabd [flags]\n" \
	"\n"                       \
	"Chat with ringing video calls, in one program."

/* What a server needs; the last one is open to a word more. */
#define NEEDED                                                                                   \
	"  --data DIR          database and keys (confab-data)\n"                                \
	"  --listen HOST:PORT  HTTP, HTTPS and WebSocket (127.0.0.1:8080)\n"                     \
	"  --domain NAME       name of the site: gets and renews its certificate by itself, on " \
	"ports 443 and 80\n"                                                                     \
	"                      (you agree to the authority's terms by that)\n"                   \
	"  --tls-cert FILE     or one that you have: its chain, PEM, with --tls-key FILE\n"      \
	"  --rtc-ip IP[/LOCAL] address for media that browsers reach (this machine's, as it "    \
	"listens);\n"                                                                            \
	"                      behind a NAT with the machine's own after it"

static const char first[] = TITLE
	" To try it: confabd --demo\n\n" NEEDED "\n\n"
	"confabd --help all shows the rest; confab doctor says why a call does not work.\n";

static const char whole[] = TITLE
	"\n\n" NEEDED "; may be repeated\n"
	"  --tls-key FILE      private key of --tls-cert, PEM\n"
	"  --http-port N       with --domain: port that proves the name and sends http on to https "
	"(80); 0 = off\n"
	"  --acme-directory URL  whom to ask for certificates (Let's Encrypt)\n"
	"  --acme-contact MAIL address that the authority may write to\n"
	"  --acme-ca FILE      the authority's root, PEM, when the system does not trust it\n"
	"  --rtc-port N        first UDP port for media (7882); worker i uses N + i\n"
	"  --rtc-tcp-port N    TCP port for media where UDP is blocked (7881); 0 = off\n"
	"  --no-turn           no media through the port of --listen, for networks that let "
	"only that pass\n"
	"  --workers N         media threads (one per core)\n"
	"  --room-limit N      people in one room (1000)\n"
	"  --media-load N      percent of a core; a media thread that uses more takes "
	"nobody "
	"in (85); 0 = no limit\n"
	"  --webhook URL       told what happens in rooms; may be repeated\n"
	"  --event-webhook URL told what happens in calls and chat; may be repeated\n"
	"  --push-contact URI  mailto: or https: address that push services may write to\n"
	"  --no-push           no notifications to browsers without an open page\n"
	"  --push-local        push services may be on http and private addresses (tests)\n"
	"  --widget-origin URL site whose pages may show the chat widget; may be repeated\n"
	"  --remote-unmute     servers may unmute participants (they may always mute)\n"
	"  --open-channels     everybody starts direct and group conversations, not only "
	"the team\n"
	"  --message-rate N    what one person may write in a minute (240); 0 = any\n"
	"  --storage-per-person MB  what one person's files may take (1000); 0 = any\n"
	"  --storage-total MB  what the files of all may take (0); 0 = any\n"
	"  --disk-floor MB     no files when the disk would have less left (512, or 5 % of "
	"a smaller disk)\n"
	"  --no-guests         no accounts for whoever asks (POST /api/v1/guest)\n"
	"  --demo              make a demo admin and a demo user, print a sign-in link for "
	"each\n"
	"  --config FILE       lines of `key = value`, named as the flags without the "
	"dashes\n"
	"  --log-level LEVEL   error, warn, info or debug (info)\n"
	"  --log-json          each line of the log is a JSON object\n"
	"  --help [all], --version\n"
	"\n"
	"Flags win over environment variables (CONFAB_DATA, CONFAB_LISTEN, CONFAB_RTC_IP, "
	"...), which win over the\n"
	"file. CONFAB_API_KEY and CONFAB_API_SECRET replace the pair that the first start "
	"makes.\n";

const char *config_help(bool all)
{
	return all ? whole : first;
}
