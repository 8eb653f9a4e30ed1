import { mount } from 'svelte';
import './theme/tokens.css';
import './theme/base.css';
import { appVersion } from '../core/version.ts';
import { sentenceOf } from '../core/errorTexts.ts';
import { App } from '../state/app.svelte.ts';
import { openServices } from '../state/openServices.ts';
import Fatal from './shell/Fatal.svelte';
import Shell from './shell/Shell.svelte';

const target = document.querySelector('#app') ?? document.body;
try {
  const app = new App(await openServices(appVersion));
  mount(Shell, { target, props: { app } });
  await app.start();
} catch (error) {
  mount(Fatal, { target, props: { problem: sentenceOf(error) } });
}
