#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the seed corpora of the wire targets: fuzz/corpus/<name>/. Run it again after changing a message here.

Messages are built by hand from the RFCs; STUN and SDP also come from test/vectors."""
import hashlib
import hmac
import pathlib
import struct
import zlib

HERE = pathlib.Path(__file__).parent
VECTORS = HERE.parent / "test" / "vectors"


def put(target, name, data):
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def attribute(kind, value):
    return struct.pack(">HH", kind, len(value)) + value + bytes(-len(value) % 4)


def stun(kind, attributes, password=b"secret", fingerprint=True):
    head = lambda n: struct.pack(">HHI", kind, n, 0x2112A442) + bytes(range(12))
    body = b"".join(attributes)
    if password:
        mac = hmac.new(password, head(len(body) + 24) + body, hashlib.sha1).digest()
        body += attribute(8, mac)
    if fingerprint:
        crc = zlib.crc32(head(len(body) + 8) + body) ^ 0x5354554E
        body += attribute(0x8028, struct.pack(">I", crc))
    return head(len(body)) + body


def stun_seeds():
    user = attribute(6, b"srvr:clnt")
    priority = attribute(0x24, struct.pack(">I", 1853824767))
    tie = struct.pack(">Q", 0x1234567890)
    put("stun", "chromium-check", stun(1, [user, attribute(0xC057, bytes(4)), attribute(0x802A, tie), priority]))
    put("stun", "nomination", stun(1, [user, attribute(0x802A, tie), attribute(0x25, b""), priority]))
    put("stun", "controlled", stun(1, [user, attribute(0x8029, tie), priority]))
    put("stun", "bare", stun(1, [], password=None, fingerprint=False))
    put("stun", "indication", stun(0x11, [], password=None))
    put("stun", "unknown", stun(1, [attribute(3, bytes(4)), attribute(0x19, b"\x11\0\0\0")], password=None))
    put("stun", "error-487", stun(0x111, [attribute(9, b"\0\0\x04\x57Role Conflict")]))
    put("stun", "success", stun(0x101, [attribute(0x20, bytes.fromhex("0001a147e112a643"))]))
    for file in (VECTORS / "stun").glob("*.bin"):
        put("stun", file.stem, file.read_bytes())


def turn_seeds():
    address = lambda ip, port: b"\0\1" + struct.pack(">H", port ^ 0x2112) + bytes(a ^ b for a, b in zip(ip, b"\x21\x12\xa4\x42"))
    ours, other = address(bytes([203, 0, 113, 7]), 7882), address(bytes([127, 0, 0, 1]), 22)
    channel = attribute(0x0C, b"\x40\1\0\0")
    signed = lambda kind, *attributes, how=0: bytes([kind << 4 | 1 | how, len(b"".join(attributes))]) + b"".join(attributes)
    plain = lambda message, how=0: bytes([how, len(message)]) + message
    send = lambda peer: plain(stun(0x16, [attribute(0x12, peer), attribute(0x13, b"packet")], None, False))
    allocate = signed(3, attribute(0x19, b"\x11\0\0\0"))
    permit = signed(8, attribute(0x12, ours))
    bind = signed(9, attribute(0x12, ours), channel)
    data = plain(b"\x40\1\0\6packet\0\0")
    put("turn", "call", allocate + permit + send(ours) + bind + data)
    put("turn", "elsewhere", allocate + permit + signed(8, attribute(0x12, other)) + signed(9, attribute(0x12, other), channel) + send(other))
    put("turn", "forged", signed(3, attribute(0x19, b"\x11\0\0\0"), how=2) + allocate + signed(4, how=2) + signed(4, attribute(0x0D, bytes(4))))
    put("turn", "late", allocate + bind + signed(4, how=4) + signed(4, how=4) + signed(4, how=4) + data + send(ours))
    put("turn", "stranger", plain(stun(3, [attribute(0x19, b"\x11\0\0\0")], None, False)) + data)
    put("turn", "long-term", (VECTORS / "stun/rfc5769-2.4-long-term.bin").read_bytes())
    put("turn", "answer", stun(0x103, [attribute(0x16, ours), attribute(0x20, other), attribute(0x0D, b"\0\0\2\x58")], b"secret", False))


def rtp(payload, pt=96, marker=False, block=None, csrcs=0, padding=0, profile=0xBEDE):
    first = 0x80 | (0x10 if block is not None else 0) | csrcs | (0x20 if padding else 0)
    out = struct.pack(">BBHII", first, pt | (0x80 if marker else 0), 65535, 0xFFFFFFF0, 0xDEADBEEF)
    out += bytes(range(4 * csrcs))
    if block is not None:
        block += bytes(-len(block) % 4)
        out += struct.pack(">HH", profile, len(block) // 4) + block
    return out + payload + (bytes(padding - 1) + bytes([padding]) if padding else b"")


# Dependency descriptors, packet after packet (test/lib/svc_source.c).
DESCRIPTORS = {
    "l2t2": [
        "c00000b00367af130a010202800168050002d15400",
        "c2000130540000",
        "c10002309c0200",
        "c30003300c030000",
        "c00004357c0600",
        "c200053054070000",
    ],
    "l3t3-key": [
        "c00000b0085965ea00018000100002a00018000100002a00018000100080a0005a014000b402800168555540",
        "c300013015550000",
        "c600023000550000",
        "c200033020010100",
        "c500043000810100",
        "c800053000030100",
    ],
}


VP8_KEY = bytes.fromhex("90e0fffe4260" "5001009d012a0045d0021122")


def rtp_seeds():
    audio = bytes.fromhex("10ff" "22010203" "311234" "4030")
    video = bytes.fromhex("22010203" "311235" "4031" "a071" "d000")
    put("rtp", "audio", rtp(b"opus", 111, True, audio))
    put("rtp", "video", rtp(VP8_KEY, 96, False, video))
    put("rtp", "plain", rtp(b"x" * 40))
    put("rtp", "csrcs", rtp(b"x", csrcs=15, block=audio))
    put("rtp", "padding", rtp(b"", block=video, padding=224))
    put("rtp", "two-byte", rtp(b"x", block=bytes.fromhex("0101850200031400"), profile=0x1000))
    put("rtp", "stop", rtp(b"x", block=bytes.fromhex("10fff00000000000")))
    put("rtp", "rtx", rtp(b"\x12\x34" + VP8_KEY, 97, block=bytes.fromhex("b071" "4031")))
    put("rtp", "empty-block", rtp(b"x", block=b""))


def rtcp(count, kind, body):
    return struct.pack(">BBH", 0x80 | count, kind, len(body) // 4) + body


REPORT = struct.pack(">IIIIII", 1, 0x10FFFFFB, 0x1FFFF, 17, 0xAABBCCDD, 65536)
TWCC = bytes.fromhex("fffe0014ffffff07" "20039001d9000004ff081028fffc000000000000"[:40])


def rtcp_seeds():
    sr = rtcp(1, 200, struct.pack(">IQIII", 5, 0xE000000180000000, 90000, 10, 12345) + REPORT)
    rr = rtcp(2, 201, struct.pack(">I", 5) + REPORT + REPORT)
    sdes = rtcp(1, 202, struct.pack(">IBB", 5, 1, 6) + b"confab" + bytes(4))
    heads = struct.pack(">II", 5, 6)
    nack = rtcp(1, 205, heads + struct.pack(">HHHH", 65530, 0x8011, 40, 0xFFFF))
    pli = rtcp(1, 206, heads)
    fir = rtcp(4, 206, heads + struct.pack(">IBxxx", 6, 200))
    remb = rtcp(15, 206, heads + b"REMB" + struct.pack(">BBHII", 2, 0x13, 0x1234, 8, 9))
    twcc = rtcp(15, 205, heads + TWCC + bytes(-len(TWCC) % 4))
    bye = rtcp(2, 203, heads)
    xr = rtcp(0, 207, struct.pack(">IBBHQ", 5, 4, 0, 2, 1))
    rle, rrtr = struct.pack(">BBHIHH", 1, 0, 2, 9, 1, 8), struct.pack(">BBHQ", 4, 0, 2, 1 << 60)
    dlrr = struct.pack(">BBH6I", 5, 0, 6, 7, 0x2038004, 65536, 8, 1, 32768)
    put("rtcp", "xr", rtcp(0, 207, struct.pack(">I", 5) + rle + rrtr + dlrr))
    put("rtcp", "xr-overrun", rtcp(0, 207, struct.pack(">I", 5) + rle + dlrr[:-12]))
    put("rtcp", "chromium-sender", sr + sdes + xr)
    put("rtcp", "chromium-receiver", rr + sdes + remb)
    put("rtcp", "feedback", nack + pli + fir + twcc)
    put("rtcp", "bye", rr + bye)
    put("rtcp", "padding", sr + bytes.fromhex("a0cb000100000004"))
    for name, packet in (("nack", nack), ("pli", pli), ("fir", fir), ("remb", remb), ("twcc", twcc)):
        put("rtcp", name, packet)


def twcc_seeds():
    put("twcc", "vector", b"\0\xff" + TWCC)
    put("twcc", "run", b"\0\x40" + struct.pack(">HHIH", 7, 100, 0x12345601, 0x2064) + bytes(100))
    put("twcc", "lost-then-one", b"\0\x10" + struct.pack(">HHIHHB", 1, 9, 1, 8, 0x2001, 3) + b"\0")
    put("twcc", "write-even", b"\1\x80" + b"\x05\x20" * 200)
    put("twcc", "write-losses", b"\1\x20" + b"\x05\x20\x80\0\x80\0" * 100)
    put("twcc", "write-jumps", b"\1\x05" + b"\x15\x50\x03\x85\x0c\x40" * 60)


def codec_seeds():
    put("vp8", "key", VP8_KEY)
    put("vp8", "inter", bytes.fromhex("90e0fffe4260" "51010000"))
    put("vp8", "narrow", bytes.fromhex("90805010029d012a80026801"))
    put("vp8", "keyidx", bytes.fromhex("a0f07f017f01"))
    put("vp8", "bare", bytes.fromhex("10f000009d012a00050003"))
    put("vp9", "key", bytes.fromhex("a8fffe104211"))
    put("vp9", "upper", bytes.fromhex("ac0503" "0011"))
    put("vp9", "flexible", bytes.fromhex("f8054011"))
    put("vp9", "bare", bytes.fromhex("0811"))
    put("red", "two", bytes.fromhex("ef0f0003" "6f") + b"oldme")
    put("red", "own", bytes.fromhex("6f78"))
    # one structure and what follows it, each after its length: L2T2 and L3T3_KEY of the tests
    for name, packets in DESCRIPTORS.items():
        put("dd", name, b"".join(bytes([len(p) // 2]) + bytes.fromhex(p) for p in packets))
    put("h264", "idr", bytes.fromhex("658884"))
    put("h264", "stap-a", bytes.fromhex("78" "0004" "6742e01f" "0002" "68ce" "0003" "658884"))
    put("h264", "fu-a-start", bytes.fromhex("7c858884"))
    put("h264", "fu-a-end", bytes.fromhex("7c458884"))
    put("h264", "slice", bytes.fromhex("419a02"))


def dcep(kind, reliability, label, protocol=b""):
    return struct.pack(">BBHIHH", 3, kind, 256, reliability, len(label), len(protocol)) + label + protocol


def dcep_seeds():
    put("dcep", "reliable", dcep(0, 0, b"_reliable"))
    put("dcep", "lossy", dcep(0x81, 0, b"_lossy"))
    put("dcep", "ordered-partial", dcep(1, 3, b"chat", b"json"))
    put("dcep", "timed", dcep(0x82, 500, "größer".encode()))
    put("dcep", "no-label", dcep(0x80, 0, b""))
    put("dcep", "long-label", dcep(0, 0, b"x" * 256))
    put("dcep", "not-utf8", dcep(0, 0, b"\xc3\x28"))
    put("dcep", "cut", dcep(0, 0, b"_reliable")[:-3])
    put("dcep", "ack", b"\x02")


def sdp_seeds():
    for file in (VECTORS / "sdp").glob("*.sdp"):
        put("sdp", file.stem, file.read_bytes())
    put("sdp", "odd", b"v=0\no=- x y\nm=audio 0/2 RTP/AVP 0 8 96\na=rtcp-fb:* nack pli\na=extmap:4096 urn:x\n"
        b"a=ssrc:5 msid:a b\na=ssrc-group:SIM 1 2 3\na=simulcast:send ~a,b;c recv d\na=rid:a recv max-fps=3\n"
        b"a=bundle-only\na=mid:x\nm=image 9 udptl t38\n")


def client_stream_seeds():
    """Steps of fuzz_client_streams: kind, sender and id, number, 16-bit length, bytes."""
    header, chunk, trailer, inline, raw, text = 0, 1, 2, 3, 4, 64
    step = lambda kind, which, number=0, data=b"": struct.pack(">BBBH", kind, which, number, len(data)) + data
    field = lambda number, data: bytes([number << 3 | 2, len(data)]) + data
    save = lambda name, *steps: put("client_streams", name, b"".join(steps))
    save("text", step(header, text, 23, b"chat"), step(chunk, text, 0, b"hello "), step(chunk, text, 1, b"world"), step(trailer, text))
    save("bytes", step(header, 1, 0, b"file"), step(chunk, 1, 0, b"\xff\0\1"), step(chunk, 1, 1, b"x" * 70), step(trailer, 1))
    save("two-senders", step(header, 0), step(header, 1), step(chunk, 0, 0, b"a"), step(chunk, 1, 0, b"b"), step(trailer, 1), step(trailer, 0))
    save("given-up", step(header, 2), step(chunk, 2, 0, b"a"), step(trailer, 2, 0, b"no time"))
    save("reason-no-utf8", step(header, 2), step(trailer, 2, 0, b"\x91\xff"))
    save("gap", step(header, 3), step(chunk, 3, 1, b"a"), step(trailer, 3))
    save("again", step(header, 3), step(chunk, 3, 0, b"a"), step(chunk, 3, 0, b"a"), step(header, 3), step(trailer, 3))
    save("too-long", step(header, 3, 3), step(chunk, 3, 0, b"aaaa"))
    save("too-short", step(header, 3, 9), step(chunk, 3, 0, b"a"), step(trailer, 3))
    save("no-utf8", step(header, text + 3), step(chunk, text + 3, 0, b"\xc3"))
    save("inline", step(inline, text, 0, b"short"), step(inline, text, 5, b"sh"))
    save("longer-than-whole", step(header, 3), *(step(chunk, 3, i, b"y" * 30000) for i in range(3)), step(trailer, 3))
    save("left-open", step(header, 0), step(header, 1), step(header, 2), step(chunk, 2, 0, b"z"))
    whole = field(1, b"0") + field(3, b"t") + field(4, b"text/plain") + field(8, field(1, b"k") + field(2, b"v")) + field(9, field(3, b"r"))
    packet = lambda number, message: step(raw, 0, 0, field(number, message) + field(4, b"0"))
    save("raw", packet(13, whole), packet(14, field(1, b"0") + field(3, b"abc")), packet(15, field(1, b"0")))
    save("raw-compressed", packet(13, field(1, b"0") + b"\x60\1" + field(10, field(1, b"n"))))


if __name__ == "__main__":
    for make in (stun_seeds, turn_seeds, rtp_seeds, rtcp_seeds, twcc_seeds, codec_seeds, dcep_seeds, sdp_seeds, client_stream_seeds):
        make()
