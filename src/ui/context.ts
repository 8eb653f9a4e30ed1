import { createContext } from 'svelte';
import type { App } from '../state/app.svelte.ts';

/** The app's state, handed to every component below the shell. */
export const [useApp, provideApp] = createContext<App>();
