/**
 * A plain office: a file server with what such servers run (samba, wsdd, CUPS, nginx with TLS, OpenSSH, avahi) and two
 * computers that use it. There is nothing else on the network, so nothing else may be found.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { addRouter, browse, leaseByDhclient, ROUTER, startAvahi } from './home.ts';
import type { Lab } from './lab.ts';

const MACS = {
  server: '00:25:90:4a:10:02', // Super Micro
  desktop: 'a8:a1:59:30:22:07', // ASRock
  laptop: '98:fa:9b:61:0c:5d', // LCFC, which builds ThinkPads
} as const;
const SERVER = '192.168.77.10';
const WORKGROUP = 'OFFICE';
const QUEUE_PATH = '/printers/office';

/** As CUPS announces a queue that it shares. */
const QUEUE = `<?xml version="1.0" standalone='no'?><!DOCTYPE service-group SYSTEM "avahi-service.dtd">
<service-group><name>Second floor @ files</name>
<service><type>_ipp._tcp</type><subtype>_universal._sub._ipp._tcp</subtype><port>631</port>
<txt-record>txtvers=1</txt-record><txt-record>qtotal=1</txt-record><txt-record>rp=printers/office</txt-record>
<txt-record>ty=Brother HL-L2350DW series</txt-record><txt-record>note=second floor</txt-record></service></service-group>`;

const SHARE = `<?xml version="1.0" standalone='no'?><!DOCTYPE service-group SYSTEM "avahi-service.dtd">
<service-group><name>FILES</name><service><type>_smb._tcp</type><port>445</port></service></service-group>`;

export async function officeLan(lab: Lab, file: string): Promise<void> {
  addRouter(lab);
  const fixed = { address: `${SERVER}/24`, gateway: ROUTER.ip, resolver: ROUTER.ip };
  lab.addHost('server', { mac: MACS.server, ...fixed });
  lab.addHost('desktop', { mac: MACS.desktop, resolver: ROUTER.ip });
  lab.addHost('laptop', { mac: MACS.laptop, resolver: ROUTER.ip });
  const stop = await lab.record(file);
  await sleep(500);
  startSamba(lab);
  startCups(lab);
  startWeb(lab);
  startSsh(lab);
  startAvahi(lab, 'server', 'files', { queue: QUEUE, share: SHARE });
  leaseByDhclient(lab, 'desktop', 'desk-4');
  leaseByDhclient(lab, 'laptop', 'berta-thinkpad');
  startAvahi(lab, 'desktop', 'desk-4');
  await sleep(4000);
  await browse(lab, 'desktop', 4);
  const question = lab.file('get-printer-attributes', getPrinterAttributes());
  for (const [host, name] of [
    ['desktop', 'DESK-4'],
    ['laptop', 'BERTA-THINKPAD'],
  ] as const) {
    const conf = lab.file(`samba-${host}.conf`, clientConf(lab, name));
    lab.quiet(host, ['nmblookup', '-s', conf, 'FILES'], 8000);
    lab.quiet(host, ['smbclient', '-s', conf, '-N', '-c', 'ls', `//${SERVER}/team`], 8000);
    // TLS 1.3 hides the certificate, so one of them speaks 1.2.
    const tls = host === 'desktop' ? ['--tls-max', '1.2'] : [];
    lab.quiet(host, ['curl', '-sk', ...tls, '-m', '5', '-o', '/dev/null', `https://${SERVER}/index.html`]);
    // The client of CUPS would tell which machine this is recorded on.
    const ipp = ['-H', 'Content-Type: application/ipp', '--data-binary', `@${question}`];
    lab.quiet(host, [
      'curl',
      '-s',
      '-m',
      '5',
      '-o',
      '/dev/null',
      ...ipp,
      `http://${SERVER}:631${QUEUE_PATH}`,
    ]);
    await sleep(500);
  }
  lab.quiet('laptop', [
    'ssh',
    ...[
      'BatchMode=yes',
      'StrictHostKeyChecking=no',
      'UserKnownHostsFile=/dev/null',
      'ConnectTimeout=5',
    ].flatMap((option) => ['-o', option]),
    ...['-F', '/dev/null', '-i', `${lab.folder}/user-key`, `root@${SERVER}`, 'true'],
  ]);
  await browse(lab, 'laptop', 4);
  await sleep(8000);
  await stop();
}

/** IPP 2.0 (RFC 8010): what is asked before anything is printed. */
function getPrinterAttributes(): string {
  const counted = (text: string): string => `\0${String.fromCharCode(text.length)}${text}`;
  const attribute = (tag: number, name: string, value: string): string =>
    String.fromCharCode(tag) + counted(name) + counted(value);
  return [
    '\x02\x00\x00\x0b\x00\x00\x00\x01\x01',
    attribute(0x47, 'attributes-charset', 'utf-8'),
    attribute(0x48, 'attributes-natural-language', 'en'),
    attribute(0x45, 'printer-uri', `ipp://${SERVER}${QUEUE_PATH}`),
    '\x03',
  ].join('');
}

function startSamba(lab: Lab): void {
  const conf = lab.file(
    'smb.conf',
    `[global]
workgroup = ${WORKGROUP}
netbios name = FILES
server string = Office files
map to guest = bad user
interfaces = eth0
bind interfaces only = yes
load printers = no
disable spoolss = yes
${folders(lab)}
[team]
path = ${lab.folder}/team
guest ok = yes
read only = yes
`,
  );
  lab.run('server', ['mkdir', `${lab.folder}/team`]);
  lab.file('team/minutes.txt', 'nothing to decide\n');
  lab.start('server', ['smbd', '-F', '-s', conf]);
  lab.start('server', ['nmbd', '-F', '-s', conf]);
  lab.start('server', ['wsdd', '-i', 'eth0', '-4', '-n', 'FILES', '-w', WORKGROUP, '-U', WSD_ID]);
}

/** Fixed, because wsdd derives one from the machine that it runs on. */
const WSD_ID = '5f0c1c5e-2b7d-5a51-9a35-0025904a1002';

function clientConf(lab: Lab, name: string): string {
  return `[global]\nnetbios name = ${name}\nworkgroup = ${WORKGROUP}\n${folders(lab)}\n`;
}

/** Everything that samba keeps goes to the scratch folder. */
function folders(lab: Lab): string {
  const kinds = ['private dir', 'lock directory', 'state directory', 'cache directory', 'pid directory'];
  return [...kinds, 'ncalrpc dir'].map((kind) => `${kind} = ${lab.folder}`).join('\n');
}

function startCups(lab: Lab): void {
  const files = lab.file(
    'cups-files.conf',
    ['ServerRoot', 'CacheDir', 'StateDir', 'RequestRoot', 'TempDir', 'DocumentRoot']
      .map((name) => `${name} ${lab.folder}/cups\n`)
      .concat('FileDevice Yes\nAccessLog /dev/null\nErrorLog /dev/null\nPageLog /dev/null\n')
      .join(''),
  );
  const conf = lab.file(
    'cupsd.conf',
    `Listen 0.0.0.0:631
Browsing Off
ServerAlias *
DefaultAuthType None
<Location />
Order allow,deny
Allow all
</Location>
`,
  );
  // A queue that leads nowhere; its description is what the driver of such a printer says.
  const queue = `<Printer office>
Info Second floor
MakeModel Brother HL-L2350DW series
DeviceURI file:///dev/null
State Idle
Accepting Yes
Shared Yes
</Printer>
`;
  const script = [
    `mkdir -p ${lab.folder}/cups`,
    `cp ${lab.file('printers.conf', queue)} ${lab.folder}/cups/printers.conf`,
    `exec cupsd -f -c ${conf} -s ${files}`,
  ].join(' && ');
  lab.start('server', ['sh', '-c', script]);
}

function startWeb(lab: Lab): void {
  const [key, certificate] = [`${lab.folder}/web.key`, `${lab.folder}/web.crt`];
  lab.run('server', [
    'openssl',
    ...[
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '825',
    ],
    ...['-subj', '/O=Example Office/CN=files.office.example', '-keyout', key, '-out', certificate],
  ]);
  const conf = lab.file(
    'office-nginx.conf',
    `user root; worker_processes 1; daemon off; pid ${lab.folder}/office-nginx.pid; error_log /dev/null; events {}
     http { access_log off; server { listen 443 ssl; ssl_protocols TLSv1.2 TLSv1.3;
       ssl_certificate ${certificate}; ssl_certificate_key ${key}; root ${lab.folder}; } }\n`,
  );
  lab.start('server', ['nginx', '-c', conf]);
}

function startSsh(lab: Lab): void {
  for (const name of ['host-key', 'user-key'])
    lab.run('server', [
      'ssh-keygen',
      '-q',
      '-t',
      'ed25519',
      '-N',
      '',
      '-C',
      '',
      '-f',
      `${lab.folder}/${name}`,
    ]);
  const conf = lab.file(
    'sshd_config',
    `HostKey ${lab.folder}/host-key
PidFile none
AuthorizedKeysFile ${lab.folder}/user-key.pub
StrictModes no
PasswordAuthentication no
UsePAM no
`,
  );
  // `ip netns exec` gives the daemon a mount namespace of its own, so these mounts are seen by it alone.
  const script = `mkdir -p /run/sshd && mount -t tmpfs -o mode=755 tmpfs /run/sshd && exec /usr/sbin/sshd -D -f ${conf}`;
  lab.start('server', ['sh', '-c', script]);
}
