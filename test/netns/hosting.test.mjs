// SPDX-License-Identifier: Apache-2.0
// docs/self-hosting.md, word for word: its blocks are run in the order in which they stand there, as root, in a root folder and a network
// of their own, at the addresses that are named there. Two things are stood in for: systemd, which no container runs (the unit is what is
// obeyed: user, capability, limits), and the certificate authority.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../lib/confabd.mjs';
import { snippet, snippets } from '../lib/snippets.mjs';

const DOCUMENT = 'docs/self-hosting.md';
const HOST = 'chat.example.com';
const DOCTOR = 'confab doctor --data';
const ELSEWHERE = 'CONFAB_API_KEY=…';
const STAMP = 'node_modules/.confab-stamp'; // of tools/deps.sh
const netns = `confab-hosting-${process.pid}`;
const block = (language, words) => snippet(DOCUMENT, language, words).text;
const ip = (...words) => execFileSync('ip', words);
const inside = (...words) => ip('netns', 'exec', netns, 'ip', ...words);
let folder;

before(() => {
	// `make install` would fetch them, and wait long for a network that is not there
	const words = (name) => fs.readFileSync(path.join(root, 'web', name), { encoding: 'utf8' });
	assert.ok(fs.existsSync(path.join(root, 'web', STAMP)) && words(STAMP) === words('package-lock.json'), 'the npm packages in web are not those of its lock file: run tools/deps.sh test');
	folder = fs.mkdtempSync(path.join(os.tmpdir(), 'confab-hosting-'));
	ip('netns', 'add', netns);
	inside('link', 'set', 'lo', 'up');
	inside('link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
	for (const address of ['203.0.113.7/24', '192.168.1.20/24']) inside('addr', 'add', address, 'dev', 'v0');
	for (const device of ['v0', 'v1']) inside('link', 'set', device, 'up');
	inside('route', 'add', 'default', 'via', '203.0.113.1', 'src', '203.0.113.7');
});
after(() => {
	spawnSync('ip', ['netns', 'del', netns]);
	fs.rmSync(folder, { recursive: true, force: true });
});

const SYSTEMCTL = `#!/bin/bash
# Obeys the unit as far as a container can.
unit=/usr/local/lib/systemd/system/confabd.service
start() {
	install -d -o "$(sed -n 's/^User=//p' $unit)" -g "$(sed -n 's/^Group=//p' $unit)" -m "$(sed -n 's/^StateDirectoryMode=//p' $unit)" /var/lib/"$(sed -n 's/^StateDirectory=//p' $unit)"
	rm -f /run/confabd.log # what the one before said is not this one's
	capability=$(sed -n 's/^AmbientCapabilities=CAP_//p' $unit | tr A-Z a-z)
	files=$(sed -n 's/^LimitNOFILE=//p' $unit); most=$(ulimit -Hn)
	[ "$most" = unlimited ] || [ "$files" -le "$most" ] || files=$most
	prlimit --nofile="$files" setpriv --reuid "$(sed -n 's/^User=//p' $unit)" --regid "$(sed -n 's/^Group=//p' $unit)" --clear-groups --no-new-privs \\
		--bounding-set="-all,+$capability" --inh-caps="-all,+$capability" --ambient-caps="-all,+$capability" $(sed -n 's/^ExecStart=//p' $unit) </dev/null >/run/confabd.log 2>&1 &
	echo $! >/run/confabd.pid
	for i in $(seq 300); do
		grep -qs 'is listening on' /run/confabd.log && return
		kill -0 "$(cat /run/confabd.pid)" || break
		sleep 0.1
	done
	cat /run/confabd.log >&2
	exit 1
}
stop() {
	kill "$(cat /run/confabd.pid)"
	while kill -0 "$(cat /run/confabd.pid)" 2>/dev/null; do sleep 0.05; done
}
case $1 in
enable | start) start ;;
disable | stop) stop ;;
restart) stop; start ;;
reload) kill -HUP "$(cat /run/confabd.pid)" ;;
*) exit 2 ;;
esac
`;

// A root folder that shares what is only read; everything that is written is of its own.
const ROOT = `
set -euo pipefail
T=${'${1:?}'}; shift
mount -t tmpfs tmpfs "$T"
R=$T/root; mkdir "$R"; cd "$R"
for d in bin sbin lib lib32 lib64 libx32; do [ ! -L /$d ] || cp -a /$d .; done
for d in usr proc dev sys; do mkdir $d; mount --rbind /$d $d; done
mount -t tmpfs tmpfs usr/local
cp -a /etc .
mkdir -p root run home tmp backup var/log/nginx var/lib/nginx var/cache var/tmp var/lib/dpkg fake
chmod 755 "$R"; chmod 1777 tmp
mount --rbind /var/lib/dpkg var/lib/dpkg
mount --rbind /root root
mkdir -p ./${'${REPOSITORY:?}'}; mount --rbind "$REPOSITORY" "./$REPOSITORY"
printf '%s' "$SYSTEMCTL" >fake/systemctl; chmod 755 fake/systemctl
echo '203.0.113.7 ${HOST}' >>etc/hosts
exec chroot "$R" env PATH=/fake:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/home bash --norc -euo pipefail -c "cd $REPOSITORY
$1"
`;

/** Runs lines of bash in there; what they print. */
function run(lines) {
	const where = fs.mkdtempSync(path.join(folder, 'r'));
	const done = spawnSync('ip', ['netns', 'exec', netns, 'unshare', '--mount', '--propagation', 'private', 'bash', '-c', ROOT, 'bash', where, lines], {
		encoding: 'utf8', timeout: 280_000, stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH, LANG: 'C', REPOSITORY: root, SYSTEMCTL },
	});
	assert.equal(done.status, 0, `${done.stdout}\n${done.stderr}`);
	return done.stdout;
}

// In place of certbot: a certificate of our own, which this machine trusts.
const CERTIFY = `certify() {
	mkdir -p /etc/letsencrypt/live/${HOST}
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 -subj /CN=${HOST}/serialNumber=$1 -addext subjectAltName=DNS:${HOST} \\
		-keyout /etc/letsencrypt/live/${HOST}/privkey.pem -out /etc/letsencrypt/live/${HOST}/fullchain.pem 2>/dev/null
	cp /etc/letsencrypt/live/${HOST}/fullchain.pem /usr/local/share/ca-certificates/test$1.crt
	update-ca-certificates >/dev/null 2>&1
	RENEWED_LINEAGE=/etc/letsencrypt/live/${HOST} /etc/letsencrypt/renewal-hooks/deploy/confab
}`;
const INSTALL = () => `
${block('sh', 'adduser')}
cat >/etc/confab/confabd.conf <<'END'
${block('ini', 'listen')}
END
mkdir -p /etc/letsencrypt/renewal-hooks/deploy /usr/local/share/ca-certificates
cat >/etc/letsencrypt/renewal-hooks/deploy/confab <<'END'
${block('sh', 'RENEWED_LINEAGE')}
END
chmod +x /etc/letsencrypt/renewal-hooks/deploy/confab
${CERTIFY}
certify 1
`;
const SIGN_IN = `
link=$(confab link create --user anna --url https://${HOST} --data /var/lib/confab)
[[ $link == https://${HOST}/signin#* ]]
curl --fail --silent -H 'Content-Type: application/json' -d "{\\"token\\":\\"\${link#*#}\\"}" https://${HOST}/api/auth/link
`;

test('every block of commands is run here', () => {
	const run = ['adduser', 'RENEWED_LINEAGE', 'enable --now', 'openssl req', DOCTOR, ELSEWHERE, 'data backup', 'data restore', 'systemctl restart', 'deluser'];
	for (const { line, text } of snippets(DOCUMENT).filter((s) => s.language === 'sh')) assert.equal(run.filter((words) => text.includes(words)).length, 1, `${DOCUMENT}:${line}`);
});

test('install, first account, renewal, backup, restore, restart, uninstall', { timeout: 300_000 }, () => {
	const printed = run(`${INSTALL()}
${block('sh', 'enable --now')}
${SIGN_IN}
echo; echo "pid $(cat /run/confabd.pid) is $(stat -c %U /proc/$(cat /run/confabd.pid))"
certify 2
for i in $(seq 100); do
	curl -sv https://${HOST}/healthz 2>&1 | grep -q 'subject:.*serialNumber=2' && echo renewed && break
	sleep 0.2
done
${block('sh', 'data backup')}
confab user add too-late --data /var/lib/confab
${block('sh', 'data restore')}
confab user list --data /var/lib/confab
find /var/lib/confab ! -user confab
systemctl restart confabd
${SIGN_IN}
cat /run/confabd.log
${block('sh', 'deluser').replace('ninja -C build uninstall\n', '') /* other tests install from the same build folder at the same time */}
ls -d /var/lib/confab* /etc/confab 2>/dev/null || echo nothing is left
`);
	assert.match(printed, new RegExp(`^https://${HOST}/signin#\\S+$`, 'm'), 'the link that the page tells to make');
	assert.match(printed, /"user":\{"id":"anna","name":"Anna","role":"admin"\}/);
	assert.match(printed, /^pid \d+ is confab$/m);
	assert.match(printed, /^renewed$/m);
	assert.match(printed, /1 accounts, 0 messages/);
	assert.match(printed, /^anna .*$/m);
	assert.doesNotMatch(printed, /too-late .*user|^\/var\/lib\/confab\//m, 'what came after the backup is gone; all is confab\'s');
	assert.match(printed, /media   UDP 203\.0\.113\.7:7882/);
	assert.match(printed, /nothing is left/);
});

test('in your own network: the page, and media at its address', { timeout: 120_000 }, () => {
	const text = block('sh', 'openssl req').replace('build/confabd', '/usr/local/bin/confabd');
	const printed = run(`make install
cd /tmp
${text} >log 2>&1 &
for i in $(seq 300); do grep -q signin log && break; sleep 0.1; done
curl --silent --cacert cert.pem https://192.168.1.20:8443/healthz
kill %1; wait %1; cat log`);
	assert.match(printed, /others  https:\/\/203\.0\.113\.7:8443 in your network/);
	assert.match(printed, /signin#/);
});

// What the doctor says behind a firewall that lets UDP through only when told; then its own line is obeyed.
const FIREWALLED = () => `
nft add table inet filter
nft add chain inet filter input '{ type filter hook input priority 0; policy drop; }'
nft add rule inet filter input ct state established accept
nft add rule inet filter input meta l4proto tcp accept
${block('sh', DOCTOR)} >/tmp/closed && echo 'closed, and nothing is bad' || cat /tmp/closed
eval "$(sed -n 's/.*on the server: \\(nft add rule inet filter input udp [^,]*\\),.*/\\1/p' /tmp/closed | head -n 1)"
${block('sh', DOCTOR)} && echo 'open, and all is well'
`;

test('behind nginx: pages, the event socket, a call, and who it was', { timeout: 300_000 }, () => {
	const printed = run(`${INSTALL()}
printf '%s\\n' 'data = /var/lib/confab' 'listen = 127.0.0.1:8080' 'rtc-ip = 203.0.113.7' >/etc/confab/confabd.conf
cat >/etc/nginx/conf.d/confab.conf <<'END'
${block('nginx', 'proxy_pass')}
END
rm -f /etc/nginx/sites-enabled/*
nginx -t 2>&1
nginx
systemctl enable --now confabd
confab user add anna --role admin --name Anna --data /var/lib/confab
${SIGN_IN}
echo; curl --silent -o /dev/null -w 'metrics %{http_code}\\n' https://${HOST}/metrics
curl --silent -o /dev/null -w 'wrong %{http_code}\\n' -H 'Content-Type: application/json' -d '{"userId":"anna","password":"wrong"}' https://${HOST}/api/auth/login
link=$(confab link create --user anna --url https://${HOST} --data /var/lib/confab)
curl --silent -c /tmp/jar -o /dev/null -H 'Content-Type: application/json' -d "{\\"token\\":\\"\${link#*#}\\"}" https://${HOST}/api/auth/link
curl --silent -b /tmp/jar "https://${HOST}/api/v1/audit?action=session.refuse"
echo; token=$(confab token create --user anna --data /var/lib/confab)
(sleep 5; echo) | build/examples/example_hello https://${HOST} anna "$token" behind-nginx
pair() { sed -n "s/^$1=//p" /var/lib/confab/api-keys; }
${block('sh', ELSEWHERE).replace('CONFAB_API_KEY=…', 'CONFAB_API_KEY=$(pair key)').replace('CONFAB_API_SECRET=…', 'CONFAB_API_SECRET=$(pair secret)')} && echo 'and from elsewhere'
${FIREWALLED()}
systemctl disable --now confabd
nginx -s stop
`);
	assert.match(printed, /"user":\{"id":"anna"/);
	assert.match(printed, /^metrics (403|404)$/m, 'not for what came through the proxy');
	assert.match(printed, /^wrong 401$/m);
	assert.match(printed, /"place":"203\.0\.113\.7"/, 'the address that nginx saw, not its own');
	assert.match(printed, /state 3\nstate 4\n/, 'joined: socket and media');
	assert.match(printed, /^\d+ ok, 0 to look at, 0 bad\nand from elsewhere$/m);
	assert.match(printed, /^ok +proxy +it says for whom it asks$/m);
	assert.match(printed, /^bad +udp +203\.0\.113\.7:7882: no answer in 3 s[\s\S]*^open, and all is well$/m);
});
