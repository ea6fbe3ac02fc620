/**
 * What decoders say: flat records, told apart by `kind`, each defined by its decoder; this is the one list of them. Text
 * fields come from `readText`, so they are bounded and hold whatever the wire held: they are escaped where they are
 * shown, never before. Addresses are text (IPv4-only protocols: words), MACs numbers, wire values numbers until the
 * report names them. Lists are bounded by the decoder. No field ever holds a password, a community or a key.
 */
import type { ArpObservation } from './arp.ts';
import type { Dhcpv4Observation } from './dhcpv4.ts';
import type { DnsObservation } from './dns.ts';
import type { NeighborObservation, RouterAdvertisementObservation } from './neighbor-discovery.ts';
import type { SsdpObservation } from './ssdp.ts';
import type { TlsCertificateObservation } from './tls.ts';
import type { TlsClientHelloObservation } from './tls-client-hello.ts';
import type { TlsServerHelloObservation } from './tls-server-hello.ts';
import type { SocksObservation } from './socks.ts';
import type { HttpRequestObservation } from './http.ts';
import type { HttpResponseObservation } from './http.ts';
import type { HttpTitleObservation } from './http-body.ts';
import type { UpnpDescriptionObservation } from './http-body.ts';
import type { LoginObservation } from './login.ts';
import type { LoginResultObservation } from './login.ts';
import type { SshVersionObservation } from './ssh.ts';
import type { SshKexInitObservation } from './ssh.ts';
import type { MqttConnectObservation } from './mqtt.ts';
import type { AnnouncementObservation } from './announcement.ts';
import type { Dhcpv6Observation } from './dhcpv6.ts';
import type { NetbiosNameObservation } from './netbios-name.ts';
import type { NetbiosDatagramObservation } from './netbios-datagram.ts';
import type { WsDiscoveryObservation } from './ws-discovery.ts';
import type { CoapObservation } from './coap.ts';
import type { NtpObservation } from './ntp.ts';
import type { SnmpObservation } from './snmp.ts';
import type { StunObservation } from './stun.ts';
import type { LldpObservation } from './lldp.ts';
import type { CdpObservation } from './cdp.ts';
import type { IgmpObservation } from './igmp.ts';
import type { EapolObservation } from './eapol.ts';
import type { TftpObservation } from './tftp.ts';
import type { SyslogObservation } from './syslog.ts';
import type { BannerObservation } from './line-protocol.ts';
import type { SmtpClientObservation } from './smtp.ts';
import type { IrcObservation } from './irc.ts';
import type { NtlmObservation } from './ntlm.ts';
import type { SmbNegotiateObservation } from './smb.ts';
import type { SmbNativeObservation } from './smb.ts';
import type { RtspObservation } from './rtsp.ts';
import type { SipObservation } from './sip.ts';
import type { ModbusObservation } from './modbus.ts';
import type { ModbusIdentityObservation } from './modbus.ts';
import type { BacnetIAmObservation } from './bacnet.ts';
import type { BacnetTextObservation } from './bacnet.ts';
import type { IppPrinterObservation } from './ipp.ts';
import type { IcmpRedirectObservation } from './icmp-redirect.ts';
import type { DeviceInfoObservation } from './device-info.ts';
import type { PortControlObservation } from './port-control.ts';

export type Observation =
  | ArpObservation
  | Dhcpv4Observation
  | DnsObservation
  | SsdpObservation
  | NeighborObservation
  | RouterAdvertisementObservation
  | TlsCertificateObservation
  | TlsClientHelloObservation
  | TlsServerHelloObservation
  | SocksObservation
  | HttpRequestObservation
  | HttpResponseObservation
  | HttpTitleObservation
  | UpnpDescriptionObservation
  | LoginObservation
  | LoginResultObservation
  | SshVersionObservation
  | SshKexInitObservation
  | MqttConnectObservation
  | AnnouncementObservation
  | Dhcpv6Observation
  | NetbiosNameObservation
  | NetbiosDatagramObservation
  | WsDiscoveryObservation
  | CoapObservation
  | NtpObservation
  | SnmpObservation
  | StunObservation
  | LldpObservation
  | CdpObservation
  | IgmpObservation
  | EapolObservation
  | TftpObservation
  | SyslogObservation
  | BannerObservation
  | SmtpClientObservation
  | IrcObservation
  | NtlmObservation
  | SmbNegotiateObservation
  | SmbNativeObservation
  | RtspObservation
  | SipObservation
  | ModbusObservation
  | ModbusIdentityObservation
  | BacnetIAmObservation
  | BacnetTextObservation
  | IppPrinterObservation
  | IcmpRedirectObservation
  | DeviceInfoObservation
  | PortControlObservation;
