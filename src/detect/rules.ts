/** What each rule says, in one line, and its ATT&CK technique: the list that people read. */
export interface RuleText {
  readonly text: string;
  /** '' where none fits. */
  readonly technique: string;
}

export const RULES: Readonly<Record<string, RuleText>> = {
  'new-device': { text: 'a device that was not there before', technique: '' },
  'mac-flood': { text: 'so many new MAC addresses at once that they are forged', technique: 'T1499' },
  'new-peer': {
    text: 'a known device talks to an unnamed address or a neighbour for the first time',
    technique: '',
  },
  'new-domain': { text: 'a known device asks for a registered domain for the first time', technique: '' },
  'port-scan': {
    text: 'one source tries many ports of one host: SYN, connect, half-open, FIN, NULL, Xmas, ACK, Maimon, UDP; fast or slow, also with decoys',
    technique: 'T1046',
  },
  'host-scan': {
    text: 'one source looks for hosts: a port, any port, ARP, echo requests',
    technique: 'T1018, T1595.001',
  },
  'connection-storm': { text: 'attempts at one port of one host that never get through', technique: 'T1071' },
  'volume-spike': { text: "many times the traffic of the device's own average", technique: '' },
  'traffic-burst': {
    text: "many times the packets of the device's own average within a second",
    technique: '',
  },
  'arp-spoof': {
    text: 'ARP replies, requests or announcements claim the address of another',
    technique: 'T1557.002',
  },
  'ip-conflict': { text: 'two MAC addresses take turns in using one IPv4 address', technique: '' },
  'mac-clone': { text: 'two systems take turns behind one MAC address', technique: 'T1036' },
  'rogue-dhcp': { text: 'a second DHCP server with another router or name server', technique: 'T1557.003' },
  'rogue-ra': { text: 'a second IPv6 router with another prefix or name server', technique: 'T1557' },
  'nd-spoof': {
    text: 'IPv6 neighbour or router advertisements claim the address of another',
    technique: 'T1557',
  },
  'dhcp-starvation': { text: 'leases are asked for in the name of many clients', technique: 'T1499' },
  'name-poisoning': {
    text: 'one host answers LLMNR or NetBIOS for the names of others',
    technique: 'T1557.001',
  },
  'syn-flood': { text: 'more connection attempts than a host can answer, in or out', technique: 'T1499.001' },
  'udp-flood': { text: 'more datagrams than a host can answer, in or out', technique: 'T1498.001' },
  'icmp-flood': { text: 'more echo requests than anybody needs, in or out', technique: 'T1498.001' },
  'brute-force': { text: 'login after login, by telnet, ssh, ftp, rdp, vnc', technique: 'T1110.001' },
  'cleartext-login': {
    text: 'a login without encryption: FTP, Telnet, HTTP, MQTT, POP3, IMAP, SMTP, RTSP, IRC',
    technique: 'T1552',
  },
  'default-credentials': {
    text: 'such a login with a name and password that devices ship with (as worms try)',
    technique: 'T1078.001',
  },
  'weak-tls': {
    text: 'TLS older than 1.2, or a certificate that is not valid in packet time',
    technique: '',
  },
  beaconing: { text: 'connections to one address at regular intervals', technique: 'T1071' },
  heartbeat: { text: 'a connection kept open to nobody known, with small talk', technique: 'T1071' },
  'dns-tunnel': { text: 'many long random names below one domain', technique: 'T1071.004' },
  'icmp-tunnel': { text: 'many large echo messages whose answers differ', technique: 'T1095' },
  dga: { text: 'many domains that do not exist', technique: 'T1568.002' },
  exfiltration: {
    text: 'much more sent to one address than comes back, than to all others, or than ever before',
    technique: 'T1048',
  },
  amplification: { text: 'long answers to short questions with a forged sender', technique: 'T1498.002' },
  'port-mapping': { text: 'a request to the router to open a port: UPnP, NAT-PMP, PCP', technique: 'T1133' },
};
