// Reads a capture with the package pcap-parser and counts packets: the baseline of bench/peers.ts.
const pcap = require('pcap-parser');
let packets = 0;
const parser = pcap.parse(process.argv[2]);
parser.on('packet', () => packets++);
parser.on('end', () => process.stdout.write(`${packets} packets\n`));
