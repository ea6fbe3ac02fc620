/** What the person has chosen in the terminal view, and what each key changes. Pure. */

export const SORTS = ['traffic', 'rate', 'name', 'address', 'newest', 'findings'] as const;
export type Sort = (typeof SORTS)[number];
export type Pane = 'devices' | 'findings';

export interface ViewState {
  readonly pane: Pane;
  readonly sort: Sort;
  /** Text that devices and findings must contain, in any case; '' for all. */
  readonly filter: string;
  readonly isTyping: boolean;
  readonly isHelp: boolean;
  /** All of the chosen device or finding is shown. */
  readonly isDetail: boolean;
  /** First line of the detail that is shown. */
  readonly scroll: number;
  /** Keys of what is chosen in each pane: it stays chosen when the order changes. '' for the first. */
  readonly chosen: Readonly<Record<Pane, string>>;
}

export const FIRST_STATE: ViewState = {
  pane: 'devices',
  sort: 'traffic',
  filter: '',
  isTyping: false,
  isHelp: false,
  isDetail: false,
  scroll: 0,
  chosen: { devices: '', findings: '' },
};

/** A key as the terminal gives it; `text` is the character that was typed. */
export interface Key {
  readonly text: string;
  readonly name:
    '' | 'up' | 'down' | 'pageUp' | 'pageDown' | 'home' | 'end' | 'enter' | 'escape' | 'tab' | 'backspace';
}

/** What the keys move over: the entries of the present pane in their order, and lines of a page. */
export interface Extent {
  readonly keys: readonly string[];
  readonly page: number;
  /** Lines of the detail. */
  readonly detailLines: number;
}

const MAX_FILTER = 60;

export function press(state: ViewState, key: Key, extent: Extent): ViewState {
  if (state.isHelp) return { ...state, isHelp: false };
  if (state.isTyping) return type(state, key);
  const move = step(key, extent.page);
  if (move !== 0) return state.isDetail ? scrollBy(state, move, extent) : moveBy(state, move, extent);
  if (key.name === 'escape' || key.name === 'backspace' || key.text === 'h') {
    return state.isDetail ? { ...state, isDetail: false, scroll: 0 } : { ...state, filter: '' };
  }
  if (key.name === 'enter' || key.text === 'l') {
    return extent.keys.length === 0 ? state : { ...state, isDetail: !state.isDetail, scroll: 0 };
  }
  if (key.name === 'tab') {
    return { ...state, isDetail: false, pane: state.pane === 'devices' ? 'findings' : 'devices' };
  }
  if (key.text === '?') return { ...state, isHelp: true };
  if (key.text === '/') return { ...state, isDetail: false, isTyping: true };
  if (key.text === 's' && state.pane === 'devices') {
    return { ...state, sort: SORTS[(SORTS.indexOf(state.sort) + 1) % SORTS.length]! };
  }
  return state;
}

function type(state: ViewState, { text, name }: Key): ViewState {
  if (name === 'enter') return { ...state, isTyping: false };
  if (name === 'escape') return { ...state, isTyping: false, filter: '' };
  if (name === 'backspace') return { ...state, filter: [...state.filter].slice(0, -1).join('') };
  return name === '' ? { ...state, filter: (state.filter + text).slice(0, MAX_FILTER) } : state;
}

/** Entries or lines to move by; 0 when the key does not move. */
function step({ text, name }: Key, page: number): number {
  if (name === 'down' || text === 'j') return 1;
  if (name === 'up' || text === 'k') return -1;
  if (name === 'pageDown' || text === ' ') return page;
  if (name === 'pageUp') return -page;
  if (name === 'home' || text === 'g') return -Infinity;
  return name === 'end' || text === 'G' ? Infinity : 0;
}

function moveBy(state: ViewState, by: number, { keys }: Extent): ViewState {
  if (keys.length === 0) return state;
  const at = Math.max(0, keys.indexOf(state.chosen[state.pane]));
  const key = keys[Math.min(keys.length - 1, Math.max(0, at + by))]!;
  return { ...state, chosen: { ...state.chosen, [state.pane]: key } };
}

function scrollBy(state: ViewState, by: number, { detailLines, page }: Extent): ViewState {
  const most = Math.max(0, detailLines - page);
  return { ...state, scroll: Math.min(most, Math.max(0, state.scroll + by)) };
}
