/** The part of pcap-parser that the tests use. */
declare module 'pcap-parser' {
  interface ParsedPacket {
    readonly header: {
      readonly timestampSeconds: number;
      readonly timestampMicroseconds: number;
      readonly capturedLength: number;
      readonly originalLength: number;
    };
    readonly data: Buffer;
  }
  interface Parser {
    on(event: 'packet', listener: (packet: ParsedPacket) => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
    on(event: 'end', listener: () => void): this;
  }
  const pcapParser: { parse(input: NodeJS.ReadableStream | string): Parser };
  export default pcapParser;
}
