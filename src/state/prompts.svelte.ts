import { parseJson } from '../core/decode.ts';
import { promptFile, readPrompt } from '../llm/prompts/promptFile.ts';
import { shippedPrompts } from '../llm/prompts/shipped.ts';
import type { PromptBlocks, PromptTemplate } from '../llm/prompts/template.ts';
import { copied, edited, templateOf } from '../llm/prompts/versions.ts';
import { loadSetting, saveSetting } from '../storage/settings.ts';
import { decodeTemplate } from './annotateRecipe.ts';
import type { Services } from './services.ts';

export type { PromptBlocks, PromptTemplate };

const shipped: readonly PromptTemplate[] = Object.values(shippedPrompts);
const setting = 'prompts';

/**
 * The prompts that ship and those of the person's own. A version that a job has used never changes again: the next edit
 * makes the next version. Until then an edit changes the version at hand, so that typing makes no versions.
 */
export class PromptsState {
  /** Every version of every prompt of one's own, the oldest first. */
  own: readonly PromptTemplate[] = $state.raw([]);
  /** The newest version of each. */
  readonly list: readonly PromptTemplate[] = $derived([...shipped, ...newest(this.own)]);

  readonly #services: Pick<Services, 'database' | 'newId'>;
  /** Whether a job has used the words with this hash. */
  readonly #isUsed: (hash: string) => boolean;
  /** Versions that this tab has held: what it finds stored besides is of another tab, and stays. */
  readonly #held = new Set<string>();
  #saving: Promise<void> = Promise.resolve();

  constructor(services: Pick<Services, 'database' | 'newId'>, isUsed: (hash: string) => boolean) {
    this.#services = services;
    this.#isUsed = isUsed;
  }

  async load(): Promise<void> {
    this.#show(await this.#stored());
  }

  /** The newest version; the standard prompt for an id that is gone. */
  find(id: string): PromptTemplate {
    return this.list.find((prompt) => prompt.id === id) ?? shippedPrompts.standard;
  }

  isShipped(id: string): boolean {
    return shipped.some((prompt) => prompt.id === id);
  }

  versionsOf(id: string): readonly PromptTemplate[] {
    return this.own.filter((prompt) => prompt.id === id);
  }

  /** A prompt of one's own with the words of another; gives its id. */
  async copy(from: PromptTemplate): Promise<string> {
    return this.#add(from, `${from.name}, my own`);
  }

  /** A prompt of one's own with the words of a file; gives its id. Throws `file-unreadable`. */
  async open(fileName: string, text: string): Promise<string> {
    const json = parseJson(text);
    const prompt = readPrompt(json.ok ? json.value : null, fileName);
    return this.#add(prompt, prompt.name);
  }

  /** Changes the words of a prompt of one's own. */
  async change(id: string, blocks: PromptBlocks): Promise<void> {
    const last = this.versionsOf(id).at(-1);
    if (last === undefined) return;
    const next = edited(last, blocks);
    if (next === last) return;
    await this.#keep(this.#isUsed(last.hash) ? [...this.own, next] : this.#with(last, templateOf({ ...last, blocks })));
  }

  async rename(id: string, name: string): Promise<void> {
    await this.#keep(this.own.map((prompt) => (prompt.id === id ? { ...prompt, name } : prompt)));
  }

  /** Takes back an old version's words as the newest. */
  async takeBack(old: PromptTemplate): Promise<void> {
    await this.change(old.id, old.blocks);
  }

  /** Removes a prompt with its versions; gives what puts it back. Jobs keep the words that they were asked with. */
  async remove(id: string): Promise<() => Promise<void>> {
    const before = this.own;
    await this.#keep(before.filter((prompt) => prompt.id !== id));
    return () => this.#keep([...this.own, ...before.filter((prompt) => prompt.id === id)]);
  }

  async #add(from: PromptTemplate, called: string): Promise<string> {
    const id = this.#services.newId();
    const names = new Set(this.list.map(({ name }) => name));
    let name = called;
    for (let n = 2; names.has(name); n++) name = `${called} ${String(n)}`;
    await this.#keep([...this.own, copied(from, id, name)]);
    return id;
  }

  #with(old: PromptTemplate, by: PromptTemplate): readonly PromptTemplate[] {
    return this.own.map((prompt) => (prompt === old ? by : prompt));
  }

  /** Shows prompts at once, and stores them after what is being stored. */
  async #keep(own: readonly PromptTemplate[]): Promise<void> {
    this.#show(own);
    const save = async () => {
      const others = (await this.#stored()).filter((prompt) => !this.#held.has(versionName(prompt)));
      if (others.length > 0) this.#show([...this.own, ...others]);
      await saveSetting(this.#services.database, setting, this.own);
    };
    this.#saving = this.#saving.then(save, save);
    await this.#saving;
  }

  #show(own: readonly PromptTemplate[]): void {
    for (const prompt of own) this.#held.add(versionName(prompt));
    this.own = own;
  }

  async #stored(): Promise<readonly PromptTemplate[]> {
    const stored = await loadSetting(this.#services.database, setting);
    return Array.isArray(stored) ? stored.flatMap((one) => decodeTemplate(one) ?? []) : [];
  }
}

/** A prompt as a file, which `open` reads, and the command line with `--prompt`. */
export function fileOf(prompt: PromptTemplate): { readonly name: string; readonly text: string } {
  const name = prompt.name.trim() || 'my prompt';
  return { name: `${name.replace(/[^\p{L}\p{N}]+/gu, '-')}.json`, text: promptFile({ ...prompt, name }) };
}

function versionName({ id, version }: PromptTemplate): string {
  return `${id} ${String(version)}`;
}

function newest(own: readonly PromptTemplate[]): PromptTemplate[] {
  return [...new Map(own.map((prompt) => [prompt.id, prompt])).values()];
}
