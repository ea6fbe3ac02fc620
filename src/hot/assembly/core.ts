export { decode } from './decode';
export { open, place, probe, run } from './express';
export { frame } from './frame';
export { total } from './total';
