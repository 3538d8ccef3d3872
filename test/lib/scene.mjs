// SPDX-License-Identifier: Apache-2.0
// People and rooms for the pictures of calls, drawn here by the page itself: nobody's photograph, nobody's licence. What
// getUserMedia and getDisplayMedia give is a canvas; sound and permissions stay the browser's fake devices.

/** How everybody looks and where they sit. */
export const LOOKS = {
	sam: { skin: '#b9764a', shade: '#9a5d37', hair: '#2a1c17', cut: 'curls', top: '#e0a02f', topShade: '#c2841b', room: 'kitchen', x: 610 },
	alex: { skin: '#f0c3a0', shade: '#d99f78', hair: '#7a3b22', cut: 'bob', top: '#1f5f5b', topShade: '#17494a', room: 'office', x: 650, headset: true },
	kenji: { skin: '#eec39a', shade: '#d3a074', hair: '#1d1b20', cut: 'short', top: '#7385b8', topShade: '#5a6c9e', room: 'home', x: 640, glasses: true },
};

/** For `openPage({ init })`: the page's camera shows the person. */
export const actor = (look) => `(${scene})(${JSON.stringify(look)});`;

/* Runs in the page, before its scripts. */
function scene(look) {
	const W = 1280, H = 720;
	const TAU = Math.PI * 2;
	const layer = (paint) => {
		const canvas = document.createElement('canvas');
		canvas.width = W;
		canvas.height = H;
		paint(canvas.getContext('2d'));
		return canvas;
	};
	const fill = (c, style, path) => {
		c.fillStyle = style;
		c.beginPath();
		path(c);
		c.fill();
	};
	const box = (c, style, x, y, w, h, r = 0) => fill(c, style, () => c.roundRect(x, y, w, h, r));
	const oval = (c, style, x, y, rx, ry = rx, turn = 0) => fill(c, style, () => c.ellipse(x, y, rx, ry, turn, 0, TAU));
	const shapes = (c, style, d) => {
		c.fillStyle = style;
		c.fill(new Path2D(d));
	};
	const line = (c, style, width, d) => {
		c.strokeStyle = style;
		c.lineWidth = width;
		c.lineCap = 'round';
		c.lineJoin = 'round';
		c.stroke(new Path2D(d));
	};
	const fade = (c, from, to, ...stops) => {
		const gradient = c.createLinearGradient(...from, ...to);
		stops.forEach((stop, i) => gradient.addColorStop(i / (stops.length - 1), stop));
		return gradient;
	};
	const glow = (c, x, y, r, inner, outer) => {
		const gradient = c.createRadialGradient(x, y, 0, x, y, r);
		gradient.addColorStop(0, inner);
		gradient.addColorStop(1, outer);
		c.fillStyle = gradient;
		c.fillRect(0, 0, W, H);
	};
	const plant = (c, x, y, size, green, pot) => {
		for (let i = 0; i < 9; i++) {
			const turn = -Math.PI / 2 + (i - 4) * 0.34;
			const reach = size * (0.78 + 0.22 * Math.cos(i * 2.4));
			oval(c, i % 2 ? green[0] : green[1], x + (Math.cos(turn) * reach) / 2, y + (Math.sin(turn) * reach) / 2, reach / 2, size * 0.11, turn);
		}
		shapes(c, pot, `M${x - size * 0.3} ${y}h${size * 0.6}l${-size * 0.09} ${size * 0.5}h${-size * 0.42}z`);
	};

	const ROOMS = {
		kitchen(c) {
			box(c, fade(c, [0, 0], [W, H], '#fbeedb', '#f1d6b4', '#d8b48c'), 0, 0, W, H);
			box(c, '#fffdf6', 40, -20, 330, 430, 8);
			box(c, fade(c, [0, 0], [0, 400], '#cfe9f7', '#f7fbf2'), 62, -20, 286, 408, 4);
			box(c, '#fffdf6', 198, -20, 14, 408);
			for (let y = 0; y < 3; y++) for (let x = 0; x < 6; x++) box(c, (x + y) % 3 ? '#efe2cd' : '#e7d6bb', 820 + x * 92, 240 + y * 92, 86, 86, 6);
			box(c, '#a9714a', 800, 190, 520, 20, 4);
			const cups = ['#0f766e', '#e9efe9', '#cf6a4b', '#f2c14e'];
			cups.forEach((colour, i) => {
				box(c, colour, 840 + i * 86, 132, 56, 58, 10);
				line(c, colour, 9, `M${896 + i * 86} 146q22 14 0 30`);
			});
			plant(c, 1210, 140, 110, ['#5d8f57', '#7cab63'], '#e9efe9');
			box(c, fade(c, [0, 520], [0, 720], '#b98055', '#8f5d3a'), 0, 545, W, 180);
			box(c, '#d7dadd', 985, 330, 235, 215, 18); // the machine that drips
			box(c, '#aeb4ba', 985, 330, 235, 62, 18);
			box(c, '#2f3338', 1010, 410, 185, 92, 10);
			box(c, '#8f979e', 1070, 402, 64, 34, 6);
			box(c, '#f6f2ea', 1078, 462, 48, 40, 8);
			oval(c, '#0f766e', 1025, 361, 11);
			oval(c, '#e8ebee', 1180, 361, 15);
			plant(c, 70, 520, 150, ['#4f8a5b', '#77a866'], '#cf6a4b');
			glow(c, 200, 120, 700, 'rgba(255,246,220,.75)', 'rgba(255,246,220,0)');
		},
		office(c) {
			box(c, fade(c, [0, 0], [W, H], '#dbe9e6', '#b9d2cf', '#8fb3b2'), 0, 0, W, H);
			box(c, '#8a5f43', 60, 150, 330, 16, 3);
			box(c, '#8a5f43', 60, 360, 330, 16, 3);
			const books = ['#0f766e', '#e3b23c', '#cf6a4b', '#35506b', '#f3ede2', '#7a9e7e', '#b5533c', '#24505a'];
			books.forEach((colour, i) => {
				box(c, colour, 76 + i * 30, 150 - 92 - (i % 3) * 14, 26, 92 + (i % 3) * 14, 3);
				if (i < 5) box(c, books[7 - i], 210 + i * 32, 360 - 84 - (i % 2) * 20, 28, 84 + (i % 2) * 20, 3);
			});
			plant(c, 130, 345, 120, ['#3f7d5c', '#66a078'], '#f3ede2');
			box(c, '#fbfaf5', 900, 70, 250, 190, 4);
			box(c, '#e9efe9', 922, 92, 206, 146);
			shapes(c, '#0f766e', 'M922 238l74-92 58 66 30-30 44 56z');
			oval(c, '#e3b23c', 1080, 134, 20);
			plant(c, 1130, 560, 330, ['#2f6e53', '#569471'], '#cf6a4b');
			glow(c, 1150, 40, 760, 'rgba(255,255,255,.65)', 'rgba(255,255,255,0)');
		},
		home(c) {
			box(c, fade(c, [0, 0], [W, H], '#ece3f1', '#cdbfd8', '#9d8fb3'), 0, 0, W, H);
			box(c, '#fdfbff', 850, -10, 360, 400, 8);
			box(c, fade(c, [0, 0], [0, 390], '#f9d9b8', '#f5b7a1', '#9c8cc4'), 874, -10, 312, 378, 4);
			oval(c, '#fff1d0', 1020, 250, 56);
			shapes(c, '#75689c', 'M874 368v-90l70 36 90-60 70 50 82-40v104z');
			box(c, '#fdfbff', 1022, -10, 14, 378);
			line(c, '#5e5273', 8, 'M180 0v130');
			shapes(c, '#f7d98f', 'M110 200q70-130 140 0z');
			box(c, '#6f5f8e', 40, 470, 420, 260, 40);
			box(c, '#8273a3', 70, 420, 360, 120, 36);
			plant(c, 1180, 560, 220, ['#48705f', '#6d977d'], '#f3ede2');
			glow(c, 180, 240, 520, 'rgba(255,224,150,.7)', 'rgba(255,224,150,0)');
		},
	};

	function hairBehind(c) {
		if (look.cut === 'bob') shapes(c, look.hair, 'M500 300c-8-150 66-214 140-214s148 64 140 214c-4 76 12 122 22 160-40 30-284 30-324 0 10-38 26-84 22-160z');
		if (look.cut === 'curls') {
			for (let i = 0; i < 15; i++) {
				const turn = Math.PI * (0.94 + (i / 14) * 1.12);
				oval(c, look.hair, 640 + Math.cos(turn) * 128, 292 + Math.sin(turn) * 140, 50 + (i % 3) * 7);
			}
		}
	}
	function hairInFront(c) {
		if (look.cut === 'bob') {
			shapes(c, look.hair, 'M514 322c-12-146 50-222 126-222 84 0 140 74 126 222-10-70-34-106-66-128-52 34-128 44-158 40-14 22-24 48-28 88z');
			line(c, 'rgba(255,255,255,.16)', 9, 'M548 196c20-40 52-62 88-66');
		}
		if (look.cut === 'curls') {
			oval(c, look.hair, 640, 190, 112, 58);
			for (const [x, y, r] of [[560, 214, 38], [606, 190, 42], [656, 184, 44], [706, 200, 40], [736, 236, 30], [540, 252, 28]]) oval(c, look.hair, x, y, r);
			for (const [x, y] of [[560, 190], [630, 152], [700, 176]]) line(c, 'rgba(255,255,255,.10)', 7, `M${x} ${y}q12-22 34-18`);
		}
		if (look.cut === 'short') {
			shapes(c, look.hair, 'M516 320c-20-138 36-226 132-226 92 0 136 74 118 224-8-26-14-66-26-94-48 6-116-2-160-26-30 26-54 66-64 122z');
			line(c, 'rgba(255,255,255,.14)', 8, 'M566 168c24-30 60-44 98-40');
		}
	}
	function face(c) {
		const eye = (x) => {
			oval(c, '#fffaf4', x, 338, 19, 13);
			oval(c, '#3b2a20', x + 1, 338, 11);
			oval(c, '#fff', x + 5, 334, 3.4);
			line(c, 'rgba(40,24,16,.75)', 4, `M${x - 20} 336q20-17 40 0`);
			line(c, look.hair, 8, `M${x - 24} 302q24-17 48-2`);
		};
		eye(594);
		eye(686);
		line(c, look.shade, 6, 'M640 346c-4 22-12 38-9 45 5 7 16 7 24 2');
		shapes(c, '#8f2f2c', 'M596 416c26 14 62 14 88 0-6 34-24 46-44 46s-38-12-44-46z');
		shapes(c, '#fffaf4', 'M602 419c24 11 52 11 76 0-2 9-6 15-10 18-18 6-38 6-56 0-4-3-8-9-10-18z');
		c.filter = 'blur(9px)';
		oval(c, 'rgba(226,96,77,.42)', 562, 392, 26, 17);
		oval(c, 'rgba(226,96,77,.42)', 718, 392, 26, 17);
		c.filter = 'none';
		if (look.glasses) {
			line(c, '#33333b', 6, 'M562 322h62q8 0 8 8v24q0 16-16 16h-46q-16 0-16-16v-24q0-8 8-8zM656 322h62q8 0 8 8v24q0 16-16 16h-46q-16 0-16-16v-24q0-8 8-8zM632 338q8-6 16 0M554 332l-30-6M726 332l30-6');
		}
	}
	function person(c) {
		hairBehind(c);
		shapes(c, look.shade, 'M582 420h116v110c0 60-116 60-116 0z'); // the neck
		shapes(c, fade(c, [300, 560], [980, 720], look.top, look.topShade), 'M250 730c6-110 90-150 180-172l138-42c20 66 124 66 144 0l138 42c90 22 174 62 180 172z');
		shapes(c, look.topShade, 'M568 516c-22 8-34 20-34 30 40 76 172 76 212 0 0-10-12-22-34-30-20 66-124 66-144 0z');
		oval(c, look.shade, 518, 352, 22, 32);
		oval(c, look.shade, 762, 352, 22, 32);
		shapes(c, fade(c, [520, 200], [780, 460], look.skin, look.skin, look.shade), 'M520 300c0-110 54-170 120-170s120 60 120 170c0 60-8 100-34 142-22 34-54 60-86 60s-64-26-86-60c-26-42-34-82-34-142z');
		face(c);
		hairInFront(c);
		if (look.headset) {
			line(c, '#22272e', 13, 'M508 330c-6-160 60-246 132-246s138 86 132 246');
			box(c, '#22272e', 488, 310, 42, 84, 20);
			box(c, '#22272e', 750, 310, 42, 84, 20);
			line(c, '#22272e', 6, 'M510 386c4 54 40 76 74 78');
			box(c, '#22272e', 574, 455, 36, 18, 9);
		}
	}

	/** A page of the machine's manual, as somebody would share it. */
	function manual(c) {
		box(c, '#eef1f4', 0, 0, W, H);
		box(c, '#dfe4ea', 0, 0, W, 56);
		['#f0655a', '#f3bd4f', '#58c05f'].forEach((colour, i) => oval(c, colour, 30 + i * 26, 28, 8));
		box(c, '#fff', 130, 12, 760, 32, 16);
		const say = (text, x, y, size, colour = '#1d2530', weight = 400) => {
			c.fillStyle = colour;
			c.font = `${weight} ${size}px system-ui, sans-serif`;
			c.fillText(text, x, y);
		};
		say('shop.example/manuals/barista-2', 152, 34, 17, '#57606c');
		box(c, '#fff', 70, 90, W - 140, 600, 14);
		say('Barista 2', 120, 160, 42, '#0f766e', 700);
		say('Changing the gasket of the group head', 120, 206, 25, '#57606c');
		['Switch off, let it cool for 30 minutes.', 'Turn the group head anticlockwise.', 'Lift the old gasket out with a spoon.', 'Press in the new one: 8 mm, flat side up.'].forEach((step, i) => {
			oval(c, i === 3 ? '#0f766e' : '#dff3f0', 142, 276 + i * 74, 22);
			say(String(i + 1), 135, 284 + i * 74, 22, i === 3 ? '#fff' : '#0f766e', 700);
			say(step, 184, 284 + i * 74, 23, '#1d2530', i === 3 ? 650 : 400);
		});
		box(c, '#f4f6f8', 720, 130, 440, 500, 20);
		box(c, '#cfd5db', 800, 190, 280, 74, 18);
		box(c, '#aeb6be', 840, 264, 200, 44, 6);
		fill(c, '#0f766e', () => c.ellipse(940, 356, 112, 26, 0, 0, TAU));
		fill(c, '#f4f6f8', () => c.ellipse(940, 354, 78, 15, 0, 0, TAU));
		box(c, '#8f979e', 850, 430, 180, 40, 8);
		box(c, '#3a3f46', 1026, 440, 96, 22, 11);
		line(c, '#98a2ad', 3, 'M940 314v12M940 388v34');
		line(c, '#0f766e', 3, 'M830 356h-60v190');
		say('gasket, 8 mm', 744, 580, 21, '#0f766e', 650);
	}

	const background = () => layer((c) => {
		const sharp = layer(ROOMS[look.room]);
		c.filter = 'blur(5px)'; // a lens that looks at the person
		c.drawImage(sharp, -12, -12, W + 24, H + 24);
	});
	const front = () => layer((c) => {
		c.translate(look.x - 640 * 1.06, -8);
		c.scale(1.06, 1.06);
		c.shadowColor = 'rgba(30,20,10,.28)';
		c.shadowBlur = 40;
		c.drawImage(layer(person), 0, 0);
	});
	const filmed = () => {
		const [back, someone] = [background(), front()];
		return (c, t) => {
			c.drawImage(back, 0, 0);
			c.drawImage(someone, Math.sin(t / 1700) * 5, Math.sin(t / 1100) * 3);
			glow(c, W / 2, H / 2, 820, 'rgba(0,0,0,0)', 'rgba(20,12,6,.30)');
		};
	};
	const shown = () => {
		const page = layer(manual);
		return (c) => c.drawImage(page, 0, 0);
	};

	/** The room alone, as a JPEG: a picture to send. */
	window.takePhoto = () => layer((c) => {
		c.translate(-1240, -400);
		c.scale(2, 2);
		ROOMS[look.room](c);
		oval(c, 'rgba(120,80,50,.55)', 1102, 545, 46, 9); // what drips
		shapes(c, '#6b4630', 'M1102 506c-7 10-9 14-9 18a9 9 0 0 0 18 0c0-4-2-8-9-18z');
	}).toDataURL('image/jpeg', 0.9);

	/** A track that goes on until it is stopped. */
	function film(paint, settings) {
		const canvas = layer(() => {});
		const c = canvas.getContext('2d');
		const frame = () => paint(c, performance.now());
		frame();
		const timer = setInterval(frame, 100);
		const [track] = canvas.captureStream(10).getVideoTracks();
		const stop = track.stop.bind(track);
		track.stop = () => {
			clearInterval(timer);
			stop();
		};
		track.getSettings = () => ({ ...settings, width: W, height: H });
		track.applyConstraints = () => Promise.resolve();
		return track;
	}

	const devices = navigator.mediaDevices;
	if (!devices) return;
	const { getUserMedia, enumerateDevices } = MediaDevices.prototype;
	const NAMES = { videoinput: 'Built-in camera', audioinput: 'Built-in microphone', audiooutput: 'Built-in speakers' };
	devices.getUserMedia = async (wanted) => {
		const stream = await getUserMedia.call(devices, wanted);
		for (const camera of stream.getVideoTracks()) {
			stream.removeTrack(camera);
			stream.addTrack(film(filmed(), camera.getSettings()));
			camera.stop();
		}
		return stream;
	};
	devices.getDisplayMedia = async () => new MediaStream([film(shown(), { displaySurface: 'browser' })]);
	devices.enumerateDevices = async () => {
		const seen = {};
		return (await enumerateDevices.call(devices)).map(({ kind, deviceId, groupId, label }) => {
			const count = (seen[kind] = (seen[kind] ?? 0) + 1);
			return { kind, deviceId, groupId, label: label && (count === 1 ? NAMES[kind] : `${NAMES[kind]} ${count}`) };
		});
	};
}
