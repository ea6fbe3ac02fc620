"""A host's programs in one process: starting curl for every poll of a day would take longer than the day.

Reads one JSON command a line from standard input, runs it with the kernel's own stack (sockets, OpenSSL), and answers
one line with the same `id`. Nothing is sent unless it is asked for; every command is bounded in bytes and time.
"""
import base64, json, os, random, socket, ssl, struct, sys, threading, time

TIMEOUT = 4
CLIENT = ssl.create_default_context()
CLIENT.check_hostname = False
CLIENT.verify_mode = ssl.CERT_NONE


def resolve(name, server, kind=1, timeout=1.5):
    """One question to one server (RFC 1035); the first A record, or None."""
    if name.replace('.', '').isdigit():
        return name
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(timeout)
        q = struct.pack('>HHHHHH', random.randrange(65536), 0x0100, 1, 0, 0, 0)
        q += b''.join(bytes([len(p)]) + p.encode() for p in name.split('.')) + b'\0' + struct.pack('>HH', kind, 1)
        s.sendto(q, (server, 53))
        try:
            a = s.recv(4096)
        except OSError:
            return None
    answers = struct.unpack('>H', a[6:8])[0]
    at = len(q)
    for _ in range(min(answers, 16)):
        while a[at] and a[at] < 192:
            at += a[at] + 1
        at += 2 if a[at] >= 192 else 1
        rtype, _, _, length = struct.unpack('>HHIH', a[at:at + 10])
        at += 10
        if rtype == 1:
            return socket.inet_ntoa(a[at:at + 4])
        at += length
    return None


def drain(s, limit):
    got = 0
    while got < limit:
        part = s.recv(65536)
        if not part:
            break
        got += len(part)
    return got


def connect(c):
    address = resolve(c['host'], c.get('dns', ''))
    if address is None:
        return None
    return socket.create_connection((address, c['port']), timeout=TIMEOUT)


def http(c):
    """GET, or POST of `up` bytes, over TLS or not; reads the whole answer."""
    s = connect(c)
    if s is None:
        return {'resolved': False}
    with s:
        if c.get('tls', True):
            s = CLIENT.wrap_socket(s, server_hostname=c.get('sni', c['host']))
        up = c.get('up', 0)
        head = f"{'POST' if up else 'GET'} {c.get('path', '/')} HTTP/1.1\r\nHost: {c['host']}\r\nUser-Agent: {c.get('agent', 'Mozilla/5.0')}\r\nConnection: close\r\n"
        if c.get('login'):
            head += 'Authorization: Basic ' + base64.b64encode(c['login'].encode()).decode() + '\r\n'
        for name, value in c.get('headers', {}).items():
            head += f'{name}: {value}\r\n'
        if up or c.get('body'):
            head += f"Content-Length: {up or len(c['body'])}\r\n"
        s.sendall((head + '\r\n').encode() + c.get('body', '').encode())
        block = os.urandom(65536)
        while up > 0:
            s.sendall(block[:min(up, 65536)])
            up -= 65536
        return {'bytes': drain(s, 100_000_000)}


def raw(c):
    """A protocol of its own over TCP: sends, waits for something, closes."""
    s = connect(c)
    if s is None:
        return {'resolved': False}
    with s:
        s.settimeout(TIMEOUT)
        left = c.get('up', 64)
        block = os.urandom(65536)
        while left > 0:
            s.sendall(block[:min(left, 65536)])
            left -= 65536
        s.shutdown(socket.SHUT_WR)
        return {'bytes': drain(s, 1_000_000)}


KEPT = {}


def keep(c):
    """One message on a connection that stays open, and its answer."""
    s = KEPT.get(c['name'])
    if s is None:
        s = connect(c)
        s.settimeout(TIMEOUT)
        KEPT[c['name']] = s
    s.sendall(os.urandom(c.get('up', 32)))
    return {'bytes': len(s.recv(65536))}


def datagrams(c):
    """`count` datagrams of `size`, `rate` a second; `both`: the other side answers each."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(0.3)
        if c.get('broadcast'):
            s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        target = (resolve(c['host'], c.get('dns', '')), c['port'])
        body = bytes.fromhex(c['hex']) if c.get('hex') else os.urandom(c.get('size', 100))
        got = 0
        for _ in range(c.get('count', 1)):
            s.sendto(body, target)
            if c.get('both'):
                try:
                    got += len(s.recv(65536))
                except OSError:
                    pass
            if c.get('rate'):
                time.sleep(1 / c['rate'])
        return {'bytes': got}


def ask(c):
    found = None
    for name in c['names']:
        found = resolve(name, c['dns'], c.get('type', 1), c.get('timeout', 1.5))
        if c.get('pause'):
            time.sleep(c['pause'])
    return {'address': found}


def probe(c):
    """Connection attempts, `parallel` at once, each given up after `wait` seconds."""
    pending = []
    opened = 0
    for host, port in c['targets']:
        s = socket.socket()
        s.setblocking(False)
        s.connect_ex((host, port))
        pending.append((s, time.time()))
        time.sleep(c.get('pause', 0.02))
        while pending and (len(pending) >= c.get('parallel', 64) or time.time() - pending[0][1] > c.get('wait', 1)):
            pending.pop(0)[0].close()
    time.sleep(c.get('wait', 1))
    for s, _ in pending:
        s.close()
    return {'opened': opened}


def telnet(c):
    """Logs in as Mirai's scanner does: one pair of its list, one connection each."""
    for user, word in c['pairs']:
        try:
            with socket.create_connection((c['host'], c.get('port', 23)), timeout=TIMEOUT) as s:
                s.settimeout(1)
                s.recv(256)
                s.sendall(b'\xff\xfc\x18\xff\xfc\x20')
                s.sendall(user.encode() + b'\r\n')
                s.recv(256)
                s.sendall(word.encode() + b'\r\n')
                s.recv(256)
                if c.get('then'):
                    for line in c['then']:
                        s.sendall(line.encode() + b'\r\n')
                        s.recv(256)
        except OSError:
            pass
        time.sleep(c.get('pause', 0.1))
    return {}


def serve(c):
    """Services: `http`, `sink` (swallows and answers shortly), `echo` (answers each message), `telnet`, `udp`."""
    kind = c['kind']
    if kind in DATAGRAM_SERVERS:
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind((c.get('address', ''), c['port']))
        threading.Thread(target=DATAGRAM_SERVERS[kind], args=(s,), daemon=True).start()
        return {}
    context = None
    if c.get('cert'):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(c['cert'], c['key'])
    listener = socket.create_server(('', c['port']), backlog=64)
    threading.Thread(target=accept, args=(listener, kind, context, c.get('accept')), daemon=True).start()
    return {}


def udp_server(s):
    while True:
        body, peer = s.recvfrom(65536)
        s.sendto(os.urandom(min(len(body), 1200)), peer)


def ssdp_server(s):
    """Answers whoever asks, as old UPnP stacks do: one datagram for each device and service."""
    while True:
        body, peer = s.recvfrom(2048)
        if not body.startswith(b'M-SEARCH'):
            continue
        for kind in ('upnp:rootdevice', 'device:Basic:1', 'service:Layer3Forwarding:1', 'service:WANIPConnection:1', 'device:InternetGatewayDevice:1'):
            s.sendto(
                f'HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT:\r\nLOCATION: http://192.168.1.1:49152/description.xml\r\nSERVER: Linux/2.6.32, UPnP/1.0, Portable SDK for UPnP devices/1.6.6\r\nST: urn:schemas-upnp-org:{kind}\r\nUSN: uuid:28802880-2880-1880-a880-001122334455::urn:schemas-upnp-org:{kind}\r\n\r\n'.encode(),
                peer,
            )


def monlist_server(s):
    """A clock of before 2014: the list of those who asked, in datagrams of 440 bytes."""
    while True:
        body, peer = s.recvfrom(2048)
        if body[:4] == b'\x17\x00\x03\x2a':
            for i in range(6):
                s.sendto(struct.pack('>BBBBHH', 0xD7, i, 3, 0x2A, 6, 72) + os.urandom(432), peer)


DATAGRAM_SERVERS = {'udp': udp_server, 'ssdp': ssdp_server, 'monlist': monlist_server}


def accept(listener, kind, context, accepted):
    while True:
        s, _ = listener.accept()
        s.settimeout(30)
        threading.Thread(target=session, args=(s, kind, context, accepted), daemon=True).start()


def session(s, kind, context, accepted):
    try:
        with s:
            if context:
                s = context.wrap_socket(s, server_side=True)
            if kind == 'http':
                http_session(s)
            elif kind == 'telnet':
                telnet_session(s, accepted)
            elif kind == 'echo':
                while True:
                    body = s.recv(4096)
                    if not body:
                        break
                    s.sendall(os.urandom(24))
            else:
                drain(s, 1 << 40)
                s.sendall(b'ok')
    except OSError:
        pass


def http_session(s):
    """`/bytes/N` answers N bytes; anything that is posted is swallowed."""
    head = b''
    while b'\r\n\r\n' not in head and len(head) < 16384:
        part = s.recv(4096)
        if not part:
            return
        head += part
    head, rest = head.split(b'\r\n\r\n', 1)
    lines = head.decode('latin-1').split('\r\n')
    length = next((int(l.split(':')[1]) for l in lines if l.lower().startswith('content-length')), 0) - len(rest)
    if length > 0:
        drain(s, length)
    path = lines[0].split(' ')[1]
    size = int(path.split('/')[2]) if path.startswith('/bytes/') else 600
    s.sendall(f'HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n'.encode())
    block = os.urandom(65536)
    while size > 0:
        s.sendall(block[:min(size, 65536)])
        size -= 65536


def line(s):
    got = b''
    while not got.endswith(b'\n') and len(got) < 256:
        part = s.recv(64)
        if not part:
            raise OSError('closed')
        got += part
    return got.replace(b'\xff\xfc\x18\xff\xfc\x20', b'').strip().decode('latin-1')


def telnet_session(s, accepted):
    """What a cheap device shows: options, `login:`, `Password:`, and a shell or `Login incorrect`."""
    s.sendall(b'\xff\xfd\x18\xff\xfd\x20\r\nlogin: ')
    user = line(s)
    s.sendall(b'Password: ')
    word = line(s)
    if accepted != f'{user}:{word}':
        s.sendall(b'\r\nLogin incorrect\r\nlogin: ')
        return
    s.sendall(b'\r\n\r\nBusyBox v1.19.3 built-in shell (ash)\r\n\r\n# ')
    while True:
        line(s)
        s.sendall(b'-sh: not found\r\n# ')


COMMANDS = {f.__name__: f for f in (http, raw, keep, datagrams, ask, probe, telnet, serve)}


def work(c):
    try:
        answer = COMMANDS[c['do']](c)
    except Exception as error:  # a peer that is gone is no reason to end
        answer = {'error': f'{type(error).__name__}: {error}'}
    sys.stdout.write(json.dumps({'id': c['id'], **answer}) + '\n')
    sys.stdout.flush()


for text in sys.stdin:
    threading.Thread(target=work, args=(json.loads(text),), daemon=True).start()
