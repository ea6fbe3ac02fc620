/** The frame of an HTML page that needs nothing but itself: no scripts, no fonts, no requests. */
import { escapeHtml } from './escape.ts';

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --dim: #777; --accent: #2563eb; }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2.25rem 0 .75rem; }
p { margin: .25rem 0; } .dim { color: var(--dim); } .mono, td.mono { font-family: ui-monospace, monospace; font-size: .87em; }
table { border-collapse: collapse; width: 100%; } .wide { overflow-x: auto; }
th { text-align: left; font-weight: 600; color: var(--dim); font-size: .85em; border-bottom: 2px solid var(--line); }
th, td { padding: .4rem .6rem; vertical-align: top; } td { border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
td.num, th.num { text-align: right; white-space: nowrap; } td.mac { white-space: nowrap; }
.badge { border-radius: .7em; padding: .05em .6em; font-size: .85em; font-weight: 600; color: #fff; background: #6b7280; }
.info { background: #0e7490; } .low { background: #2563eb; } .medium { background: #b45309; } .high { background: #dc2626; } .critical { background: #a21caf; }
.score { font-size: 2.4rem; font-weight: 700; line-height: 1; } .cards { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0; }
.card { border: 1px solid var(--line); border-radius: .6rem; padding: .7rem 1rem; min-width: 8.5rem; } .card b { display: block; font-size: 1.35rem; }
.bar { background: var(--soft); border-radius: .3rem; height: .45rem; width: 6rem; margin-top: .35rem; } .bar i { display: block; height: 100%; border-radius: .3rem; background: var(--accent); }
details { border-bottom: 1px solid var(--line); padding: .35rem 0; } summary { cursor: pointer; } details > div { padding: .4rem 0 .8rem 1.2rem; }
ul { margin: .3rem 0; padding-left: 1.2rem; } .plus { color: #15803d; } .minus { color: #b91c1c; } .notice { border-left: 4px solid #b45309; padding: .4rem .8rem; background: var(--soft); margin: .75rem 0; }
@media print { body { max-width: none; padding: 0; } details > div { display: block; } }
`;

/** A whole document. `title` is text, `body` is HTML. */
export function htmlPage(title: string, body: Iterable<string>): Iterable<string> {
  return (function* () {
    yield `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n`;
    yield `<meta name="viewport" content="width=device-width, initial-scale=1">\n`;
    // Belt and braces: even text that slipped through could load and run nothing.
    yield `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">\n`;
    yield `<title>${escapeHtml(title)}</title>\n<style>${STYLE}</style>\n</head>\n<body>\n`;
    yield* body;
    yield `</body>\n</html>\n`;
  })();
}
