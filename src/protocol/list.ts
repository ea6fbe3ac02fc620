/**
 * The one list of message decoders. A protocol is one new file, one line here, one corpus case. The order matters only
 * where two decoders share a trigger: the first that does not answer `foreign` has the bytes.
 */
import { arpDecoder } from './arp.ts';
import type { MessageDecoder } from './decoder.ts';
import { dhcpv4Decoder } from './dhcpv4.ts';
import { dnsDecoder, dnsTcpDecoder, llmnrDecoder, mdnsDecoder } from './dns.ts';
import { neighborDiscoveryDecoder } from './neighbor-discovery.ts';
import { ssdpDecoder } from './ssdp.ts';
import { tlsDecoder } from './tls.ts';
import { quicDecoder } from './quic.ts';
import { socksDecoder } from './socks.ts';
import { httpDecoder } from './http.ts';
import { sshDecoder } from './ssh.ts';
import { mqttDecoder } from './mqtt.ts';
import { dtlsDecoder } from './dtls.ts';
import { dhcpv6Decoder } from './dhcpv6.ts';
import { netbiosNameDecoder } from './netbios-name.ts';
import { netbiosDatagramDecoder } from './netbios-datagram.ts';
import { wsDiscoveryDecoder } from './ws-discovery.ts';
import { coapDecoder } from './coap.ts';
import { ntpDecoder } from './ntp.ts';
import { snmpDecoder } from './snmp.ts';
import { portControlDecoder } from './port-control.ts';
import { stunDecoder } from './stun.ts';
import { lldpDecoder } from './lldp.ts';
import { cdpDecoder } from './cdp.ts';
import { igmpDecoder } from './igmp.ts';
import { eapolDecoder } from './eapol.ts';
import { tftpDecoder } from './tftp.ts';
import { syslogDecoder } from './syslog.ts';
import { kasaDecoder, kasaTcpDecoder } from './kasa.ts';
import { tuyaDecoder } from './tuya.ts';
import { yeelightDecoder } from './yeelight.ts';
import { lifxDecoder } from './lifx.ts';
import { wizDecoder } from './wiz.ts';
import { sadpDecoder } from './sadp.ts';
import { dahuaDecoder } from './dahua.ts';
import { ubiquitiDecoder } from './ubiquiti.ts';
import { mikrotikDecoder } from './mikrotik.ts';
import { knxnetIpDecoder } from './knxnet-ip.ts';
import { miioDecoder } from './miio.ts';
import { bjnpDecoder } from './bjnp.ts';
import { steamDecoder } from './steam.ts';
import { spotifyDecoder } from './spotify.ts';
import { dropboxDecoder } from './dropbox.ts';
import { plexDecoder } from './plex.ts';
import { smtpDecoder } from './smtp.ts';
import { pop3Decoder } from './pop3.ts';
import { imapDecoder } from './imap.ts';
import { telnetDecoder } from './telnet.ts';
import { ircDecoder } from './irc.ts';
import { ftpDecoder } from './ftp.ts';
import { edimaxDecoder } from './edimax.ts';
import { smbDecoder } from './smb.ts';
import { rtspDecoder } from './rtsp.ts';
import { sipDecoder } from './sip.ts';
import { vncDecoder } from './vnc.ts';
import { rdpDecoder } from './rdp.ts';
import { modbusDecoder } from './modbus.ts';
import { bacnetDecoder } from './bacnet.ts';
import { bittorrentDecoder } from './recognised.ts';
import { wireguardDecoder } from './recognised.ts';
import { openvpnDecoder } from './recognised.ts';
import { tapoDecoder } from './tapo.ts';
import { icmpRedirectDecoder } from './icmp-redirect.ts';

export const PROTOCOLS: readonly MessageDecoder[] = [
  arpDecoder,
  neighborDiscoveryDecoder,
  dhcpv4Decoder,
  dnsDecoder,
  dnsTcpDecoder,
  mdnsDecoder,
  llmnrDecoder,
  ssdpDecoder,
  tlsDecoder,
  quicDecoder,
  socksDecoder,
  httpDecoder,
  sshDecoder,
  mqttDecoder,
  dtlsDecoder,
  dhcpv6Decoder,
  netbiosNameDecoder,
  netbiosDatagramDecoder,
  wsDiscoveryDecoder,
  coapDecoder,
  ntpDecoder,
  snmpDecoder,
  stunDecoder,
  portControlDecoder,
  lldpDecoder,
  cdpDecoder,
  igmpDecoder,
  eapolDecoder,
  tftpDecoder,
  syslogDecoder,
  kasaDecoder,
  kasaTcpDecoder,
  tuyaDecoder,
  yeelightDecoder,
  lifxDecoder,
  wizDecoder,
  sadpDecoder,
  dahuaDecoder,
  ubiquitiDecoder,
  mikrotikDecoder,
  knxnetIpDecoder,
  miioDecoder,
  bjnpDecoder,
  steamDecoder,
  spotifyDecoder,
  dropboxDecoder,
  plexDecoder,
  smtpDecoder,
  pop3Decoder,
  imapDecoder,
  telnetDecoder,
  ircDecoder,
  ftpDecoder,
  edimaxDecoder,
  smbDecoder,
  rtspDecoder,
  sipDecoder,
  vncDecoder,
  rdpDecoder,
  modbusDecoder,
  bacnetDecoder,
  bittorrentDecoder,
  wireguardDecoder,
  openvpnDecoder,
  tapoDecoder,
  icmpRedirectDecoder,
];
