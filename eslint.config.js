import boundaries from 'eslint-plugin-boundaries';
import tseslint from 'typescript-eslint';

/**
 * The rooms of src/, and for each the rooms that it may import, with the reason. A room is a step of the one data
 * path; imports point up the path only, so that every step can be tested and replaced without those after it.
 */
const ROOMS = {
  launch: { may: [], because: 'it runs before anything is loaded' },
  bytes: { may: [], because: 'bounded reads and formats know nothing of captures' },
  hot: { may: [], because: 'memory and its layout mean nothing to those who own them' },
  packet: { may: ['hot', 'bytes'], because: 'header decoders fill columns and know no file format' },
  capture: {
    may: ['packet', 'hot', 'bytes'],
    because: 'sources yield batches and know nothing of what is in them',
  },
  protocol: { may: ['packet', 'bytes'], because: 'message decoders are pure functions of bytes' },
  flow: { may: ['protocol', 'packet', 'hot', 'bytes'], because: 'flows group packets and feed the decoders' },
  fingerprint: {
    may: ['flow', 'protocol', 'packet', 'bytes'],
    because: 'evidence comes from messages, never from the registry',
  },
  device: {
    may: ['fingerprint', 'flow', 'protocol', 'packet', 'hot', 'bytes'],
    because: 'the registry applies evidence',
  },
  detect: {
    may: ['device', 'fingerprint', 'flow', 'protocol', 'packet', 'bytes'],
    because: 'detectors read views and do no input or output',
  },
  model: {
    may: ['detect', 'device', 'fingerprint', 'flow', 'protocol', 'packet', 'bytes'],
    because:
      'a model scores what the features of the detect room say, and writes findings; it reports nothing',
  },
  report: {
    may: ['detect', 'device', 'fingerprint', 'flow', 'protocol', 'packet', 'capture', 'bytes'],
    because: 'the report describes results and starts nothing',
  },
  mud: {
    may: ['report', 'detect', 'device', 'flow', 'protocol', 'packet', 'bytes'],
    because: 'a profile is learned from results and compared with them',
  },
  engine: {
    may: [
      'report',
      'model',
      'detect',
      'device',
      'fingerprint',
      'flow',
      'protocol',
      'packet',
      'capture',
      'hot',
      'bytes',
    ],
    because: 'the engine is the only place that wires the stages together',
  },
  store: { may: ['report', 'bytes'], because: 'the store remembers reports, not engines' },
  harness: {
    may: [
      'launch',
      'engine',
      'report',
      'model',
      'detect',
      'fingerprint',
      'flow',
      'capture',
      'packet',
      'bytes',
    ],
    because: 'the harness runs the engine over corpora',
  },
  serve: {
    may: ['engine', 'store', 'report', 'capture', 'packet', 'bytes'],
    because: 'live mode is a source and a view',
  },
  cli: {
    may: [
      'launch',
      'serve',
      'harness',
      'store',
      'engine',
      'mud',
      'report',
      'model',
      'detect',
      'device',
      'fingerprint',
      'flow',
      'protocol',
      'packet',
      'capture',
      'bytes',
    ],
    because: 'commands call everything and nothing calls them',
  },
};

const policies = Object.entries(ROOMS).map(([room, { may, because }]) => ({
  from: { element: { type: room } },
  disallow: {
    to: {
      element: {
        types: { anyOf: Object.keys(ROOMS).filter((other) => other !== room && !may.includes(other)) },
      },
    },
  },
  message: `src/${room} may import ${may.join(', ') || 'no other room'}: ${because}.`,
}));

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'node_modules/', 'ml/', '**/*.d.ts', 'src/hot/assembly/'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Typed arrays in the hot path are indexed within bounds that were checked before.
      '@typescript-eslint/no-non-null-assertion': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-globals': ['error', { name: 'isNaN', message: 'Use Number.isNaN.' }],
      'no-restricted-properties': [
        'error',
        { property: 'localeCompare', message: 'Reports do not depend on a locale: use compareText.' },
        { property: 'toLocaleString', message: 'Output does not depend on a locale.' },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { boundaries },
    settings: {
      'boundaries/elements': Object.keys(ROOMS).map((room) => ({ type: room, pattern: `src/${room}` })),
      'import/resolver': { node: { extensions: ['.ts'] } },
    },
    rules: { 'boundaries/dependencies': ['error', { default: 'allow', policies }] },
  },
  {
    // Deterministic rooms: no clock, no randomness.
    files: ['src/{bytes,packet,protocol,flow,fingerprint,device,detect,report}/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
          message: 'Packet time only.',
        },
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Packet time only.' },
        {
          selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
          message: 'No randomness.',
        },
        { selector: "MemberExpression[object.name='performance']", message: 'Packet time only.' },
      ],
    },
  },
  {
    files: ['src/cli/**/*.ts', 'scripts/**/*.ts', 'bench/**/*.ts', 'test/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    // node:test returns promises that the runner itself awaits.
    rules: { '@typescript-eslint/no-floating-promises': 'off', '@typescript-eslint/require-await': 'off' },
  },
);
