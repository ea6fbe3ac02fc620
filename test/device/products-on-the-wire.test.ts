/**
 * The products of `products.tsv`, each as a device that says on a network what it is publicly known to say: DHCP, DNS,
 * TLS, mDNS, SSDP, HTTP. What crosses decoders, attribution and fusion must be what the facts alone give.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatMac, NO_MAC } from '../../src/bytes/address.ts';
import { fuse } from '../../src/fingerprint/fuse.ts';
import { lookupVendor } from '../../src/fingerprint/oui.ts';
import { Scene } from '../detect/scene.ts';
import { type Product, readProducts } from '../fingerprint/products.ts';
import { Simulated } from './simulated.ts';

/** Devices of one scene, each with an address of its own. */
const DEVICES_A_SCENE = 80;
const FIRST_ADDRESS = 100;
/** What no frame is made for here: discovery protocols of vendors, SNMP and WS-Discovery have tests of their own. */
const NOT_MADE = new Set(['vend', 'snmp', 'wsd', 'realm']);
/** A universal prefix that nobody has, for products of which none is known. */
const NOBODYS = 0xfc_ff_fe_00_00_00;
/** The longest registered prefix has 36 bits: what is left counts the devices. */
const COUNTED = 0x1000;

interface Placed {
  readonly product: Product;
  readonly mac: number;
}

function place(products: readonly Product[]): Placed[] {
  return products.map((product, i) => {
    const base = product.mac === NO_MAC ? NOBODYS : product.mac - (product.mac % COUNTED);
    return { product, mac: base + i };
  });
}

/** Frames of what the device says; domains by DNS and by TLS in turn. */
function speak(device: Simulated, { signals }: Product): void {
  const value = (wanted: string): string | undefined => signals.find(([key]) => key === wanted)?.[1];
  const all = (wanted: string): string[] => signals.flatMap(([key, text]) => (key === wanted ? [text] : []));
  const hostName = value('host');
  const vendorClass = value('vc');
  const parameters = value('prl')?.split(',').map(Number);
  device.dhcp({
    ...(hostName === undefined ? {} : { hostName }),
    ...(vendorClass === undefined ? {} : { vendorClass }),
    ...(parameters === undefined ? {} : { parameters }),
  });
  all('dom').forEach((domain, i) => (i % 2 === 0 ? device.asks(domain) : device.connects(domain)));
  const txt = all('txt');
  const services = all('svc');
  for (const type of services)
    device.announces({ type, instance: value('inst') ?? 'It', txt, host: 'it-77' });
  if (services.length === 0 && (txt.length > 0 || value('inst') !== undefined)) {
    device.announces({ type: '_http._tcp', instance: value('inst') ?? 'It', txt, host: 'it-77' });
  }
  for (const NT of all('nt')) device.notifies({ NT, USN: 'uuid:0' });
  for (const SERVER of all('ssdp')) device.notifies({ NT: 'upnp:rootdevice', SERVER });
  for (const userAgent of all('ua')) device.browsesAs(userAgent);
  for (const request of all('req')) {
    const slash = request.indexOf('/');
    device.browsesAs('', request.slice(0, slash), request.slice(slash));
  }
  for (const Server of all('srv')) device.serves({ Server });
  const manufacturer = value('man');
  const modelName = value('mod');
  if (manufacturer !== undefined || modelName !== undefined) {
    device.describes({
      ...(manufacturer === undefined ? {} : { manufacturer }),
      ...(modelName === undefined ? {} : { modelName }),
    });
  }
}

const products = readProducts().filter(({ signals }) => !signals.some(([key]) => NOT_MADE.has(key)));

test('most products can be put on a wire', () => {
  assert.ok(products.length >= 0.9 * readProducts().length, `${products.length}`);
  assert.equal(lookupVendor(NOBODYS), '');
});

for (let from = 0; from < products.length; from += DEVICES_A_SCENE) {
  const placed = place(products.slice(from, from + DEVICES_A_SCENE));
  test(`products ${from + 1} to ${from + placed.length}, on the wire`, async () => {
    const scene = new Scene();
    placed.forEach(({ product, mac }, i) => {
      speak(new Simulated(formatMac(mac), `192.168.1.${FIRST_ADDRESS + i}`, scene), product);
    });
    const { devices } = await scene.report();
    for (const { product, mac } of placed) {
      const { name, brand, category, evidence, domains } = product;
      const identity = devices.find(({ id }) => id === formatMac(mac))?.identity;
      assert.ok(identity !== undefined, `${name} is a device`);
      const told = `${name}: ${identity.brand} ${identity.category} ${JSON.stringify(identity.evidence, undefined, 1)}`;
      assert.ok(identity.brand === '' || brand.includes(identity.brand), told);
      assert.ok(identity.category === 'unknown' || category.includes(identity.category), told);
      const alone = fuse(evidence, product.mac, { domainCount: domains });
      assert.ok(identity.brand !== '' || alone.brand === '', `the brand ${alone.brand} is lost: ${told}`);
      assert.ok(
        identity.category !== 'unknown' || alone.category === 'unknown',
        `the category ${alone.category} is lost: ${told}`,
      );
    }
  });
}
