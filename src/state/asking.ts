import type { App } from './app.svelte.ts';
import { AnnotateState } from './annotate.svelte.ts';
import { TeacherState } from './teacher.svelte.ts';

/** What asks teachers: half of the scripts that the app begins with, and none of it stands on the first page. */
export interface Asking {
  readonly teacher: TeacherState;
  readonly annotate: AnnotateState;
}

export function askingOf({ services, datasets, notices }: Pick<App, 'services' | 'datasets' | 'notices'>): Asking {
  const teacher = new TeacherState(services);
  return { teacher, annotate: new AnnotateState(services, datasets, notices, teacher) };
}
