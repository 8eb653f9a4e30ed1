import { fileURLToPath } from 'node:url';
import boundaries from 'eslint-plugin-boundaries';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const root = fileURLToPath(new URL('.', import.meta.url));

/** The house: each floor of `src/` and the floors it may import. The same table stands, with reasons, in src/README.md. */
export const floors = {
  core: [],
  data: ['core'],
  tokenizer: ['core', 'data'],
  eval: ['core', 'data'],
  blend: ['core'],
  run: ['core', 'data', 'blend', 'eval'],
  engine: ['core', 'data', 'tokenizer', 'eval', 'blend', 'run'],
  llm: ['core', 'data', 'eval'],
  storage: ['core', 'data', 'eval', 'run', 'llm'],
  worker: ['core', 'data', 'tokenizer', 'eval', 'run', 'engine', 'llm', 'storage'],
  state: ['core', 'data', 'tokenizer', 'eval', 'blend', 'run', 'llm', 'storage', 'worker', 'offline'],
  ui: ['core', 'data', 'eval', 'blend', 'run', 'state'],
  offline: [],
  cli: ['core', 'data', 'tokenizer', 'eval', 'blend', 'run', 'engine', 'llm', 'offline'],
};

/** Packages that only some floors may import. */
const owned = [
  { packages: ['@tensorflow/*', '@tensorflow/*/**'], floors: ['engine'] },
  { packages: ['idb'], floors: ['storage'] },
  { packages: ['svelte', 'svelte/**'], floors: ['state', 'ui'] },
];

const house = {
  default: 'disallow',
  checkAllOrigins: true,
  checkUnknownLocals: true,
  policies: [
    ...Object.entries(floors).map(([floor, below]) => ({
      from: { element: { type: floor } },
      allow: { to: { element: { types: { anyOf: [floor, ...below] } } } },
    })),
    { allow: { to: { module: { origin: 'external' } } } },
    { from: { element: { type: 'cli' } }, allow: { to: { module: { origin: 'core' } } } },
    ...owned.map(({ packages, floors: owners }) => ({
      from: { element: { types: { noneOf: owners } } },
      disallow: { to: { module: { origin: 'external', source: packages } } },
    })),
    // The page side of the worker knows the engine by its types only: tfjs stays out of the page.
    {
      from: { element: { type: 'worker' }, file: { categories: 'page-side' } },
      disallow: {
        to: { element: { types: { anyOf: ['tokenizer', 'engine', 'llm', 'storage'] } } },
        dependency: { kind: 'value' },
      },
    },
  ],
};

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'dist-cli/',
      'dist-single/',
      'release/',
      'public/',
      'coverage/',
      'test-results/',
      'playwright-report/',
      'demo-report/',
      '.venv/',
      'src/engine/wasm/assembly/', // AssemblyScript, a language of its own
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts', '**/*.svelte'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['tsconfig.core.json', 'tsconfig.json', 'tsconfig.node.json'],
        tsconfigRootDir: root,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      // An index that a loop keeps in range is said to be so with `!`: noUncheckedIndexedAccess makes each one a decision.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // A call for its effect may be the whole of an arrow function.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Closed unions are matched in full, so that a new member shows every place that has to know it.
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      // Objects here are plain data and closures: functions in them do not use `this`, and are handed on freely.
      '@typescript-eslint/unbound-method': 'off',
      // Columns and headers of outside files are named by strings.
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      // Loops over typed arrays need the index more often than not.
      '@typescript-eslint/prefer-for-of': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    extends: [svelte.configs['flat/recommended']],
    languageOptions: { parserOptions: { parser: tseslint.parser, svelteConfig } },
    // Svelte's own form of the rule knows that a bindable prop is assigned to from outside.
    rules: {
      'prefer-const': 'off',
      'svelte/prefer-const': 'error',
      // Sets and maps of the state are replaced whole ($state.raw), and those inside a function are nobody's state.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    files: ['src/**/*.ts', 'src/**/*.svelte'],
    plugins: { boundaries },
    settings: {
      'boundaries/root-path': root,
      'boundaries/include': ['src/*/**'],
      'boundaries/legacy-warnings': false,
      'boundaries/elements': Object.keys(floors).map((type) => ({ type, pattern: `src/${type}`, partialMatch: false })),
      'boundaries/files': [{ category: 'page-side', pattern: 'src/worker/client.ts' }],
    },
    rules: { 'boundaries/dependencies': ['error', house] },
  },
  {
    // Names the worker's script by an import with a query, Vite's way to its address, which no file resolves to.
    files: ['src/state/ownFiles.ts'],
    rules: { 'boundaries/dependencies': ['error', { ...house, checkUnknownLocals: false }] },
  },
  {
    files: ['tests/**/*.ts', 'bench/**/*.ts'],
    rules: {
      // `Object.values` of an interface is any[] by its type; assertions on it check the values.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    extends: [tseslint.configs.recommended],
    languageOptions: { globals: globals.node },
  },
);
