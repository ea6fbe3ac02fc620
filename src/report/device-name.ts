/** What programs append to a host name to make a service name unique: `laptop [aa:bb:cc:dd:ee:ff]`. */
const WITH_MAC = / \[(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\]$/i;

interface NamedBy {
  readonly name: string;
  readonly source: string;
}

/**
 * The name a person would call it: what it asked the DHCP server to be called, else its first that is no service name
 * with a MAC address in it, else that without the address; '' without any.
 */
export function bestName({ names }: { readonly names: Iterable<NamedBy> }): string {
  const all = [...names];
  const best =
    all.find(({ source }) => source.startsWith('dhcp')) ??
    all.find(({ name }) => !WITH_MAC.test(name)) ??
    all[0];
  return best?.name.replace(WITH_MAC, '') ?? '';
}
