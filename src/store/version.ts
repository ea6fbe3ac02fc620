/** Version of the store's shape; read-store.ts brings earlier ones up to it. */
export const STORE_VERSION = 2;
