/**
 * User names and passwords that devices ship with, or that worms try first: public facts, from vendors' manuals and from
 * published analyses of Mirai and its kin. `user password`, one pair a line; `-` is an empty password.
 */
const PAIRS = `
root xc3511
root vizxv
root admin
admin admin
root 888888
root xmhdipc
root default
root juantech
root 123456
root 54321
support support
root -
admin password
root root
root 12345
user user
admin -
root pass
admin admin1234
root 1111
admin smcadmin
admin 1111
root 666666
root password
root 1234
root klv123
Administrator admin
service service
supervisor supervisor
guest guest
guest 12345
admin1 password
administrator 1234
666666 666666
888888 888888
ubnt ubnt
root klv1234
root Zte521
root hi3518
root jvbzd
root anko
root zlxx.
root 7ujMko0vizxv
root 7ujMko0admin
root system
root ikwb
root dreambox
root user
root realtek
root 00000000
admin 1111111
admin 1234
admin 12345
admin 54321
admin 123456
admin 7ujMko0admin
admin pass
admin meinsm
tech tech
mother fucker
root toor
root alpine
root raspberry
pi raspberry
root openelec
root oelinux123
root hunt5759
root tsgoingon
root GM8182
root 20080826
root cat1029
root ttnet
root changeme
root calvin
admin changeme
admin 888888
admin 666666
admin 12345678
admin 123456789
admin 9999
admin 4321
admin epicrouter
admin conexant
admin motorola
admin netgear1
admin ubnt
admin default
admin admin123
admin Admin123
admin root
admin user
admin support
admin system
admin CenturyL1nk
admin zhone
admin tlJwpbo6
telnet telnet
telnetadmin telnetadmin
telecomadmin admintelecom
user -
user password
user 1234
user 12345
user 123456
guest -
guest password
guest 123456
default -
default default
default OxhlwSG8
default S2fGqNFs
default lJwpbo6
default tlJwpbo6
daemon daemon
bin bin
nobody nobody
adm adm
ftp ftp
anonymous -
cisco cisco
cisco -
mysql mysql
oracle oracle
postgres postgres
test test
hikvision hikvision
dvr 2580222
vstarcam2015 20150602
e8ehome e8ehome
e8telnet e8telnet
zyfwp PrOw!aN_fXp
sysadmin sysadmin
operator operator
manager manager
monitor monitor
debug debug
toor root
super sp-admin
superadmin superadmin
debian debian
openhabian openhabian
osmc osmc
volumio volumio
vagrant vagrant
mosquitto mosquitto
homeassistant homeassistant
`;

/** `user`, newline, `password`. */
export const DEFAULT_CREDENTIALS: ReadonlySet<string> = new Set(
  PAIRS.trim()
    .split('\n')
    .map((line) => {
      const [user, password] = line.split(' ') as [string, string];
      return `${user}\n${password === '-' ? '' : password}`;
    }),
);
