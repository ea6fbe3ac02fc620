/** Version of the report's shape; apart from the schema so that reading it costs nothing. */
export const SCHEMA_VERSION = 1;
