/** Version of the store's shape. */
export const STORE_VERSION = 1;
