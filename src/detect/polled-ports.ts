/** Ports on which clients poll, and keep connections open, by design. */
export const POLLED_PORTS: ReadonlySet<number> = new Set([
  53, 80, 123, 443, 853, 993, 1883, 5222, 5223, 5228, 8080, 8443, 8883,
]);
